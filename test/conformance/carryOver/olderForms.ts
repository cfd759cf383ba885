// The forms of a state that older programs use.
import { Annotation, END, START, StateGraph } from 'superstep';

const channels: any = {
  notes: { value: (a: string[], b: string[]) => a.concat(b), default: () => [] },
  total: { reducer: (a: number, b: number) => a + b, default: () => 10 },
  last: null,
};
const older: any = new StateGraph<any>({ channels } as any);
older.addNode('one', ({ total }: any) => ({ notes: [`saw ${total}`], total: 1, last: 'one' }));
older.addNode('two', () => ({ notes: ['two'], total: 2 }));
older.addEdge(START, 'one').addEdge('one', 'two').addEdge('two', END);
console.log(await older.compile().invoke({ notes: ['first'] }));

const State = Annotation.Root({ question: Annotation<string>(), answer: Annotation<string>() });
const Input = Annotation.Root({ question: Annotation<string>() });
const Output = Annotation.Root({ answer: Annotation<string>() });
const parts = new StateGraph({ stateSchema: State, input: Input, output: Output })
  .addNode('reply', ({ question }) => ({ answer: `${question} Yes.` }))
  .addEdge(START, 'reply')
  .addEdge('reply', END)
  .compile();
console.log(await parts.invoke({ question: 'Ready?' }));

// A default without a reducer counts for nothing, and so does an option of a call at compile().
const Loose = Annotation.Root({
  name: Annotation<string>({ default: () => 'nobody' } as any),
  seen: Annotation<string>(),
});
const loose = new StateGraph(Loose)
  .addNode('look', ({ name }) => ({ seen: String(name) }))
  .addEdge(START, 'look')
  .addEdge('look', END)
  .compile({ recursionLimit: 10 } as any);
console.log(await loose.invoke({}), await loose.invoke({ name: 'Ada' }));
