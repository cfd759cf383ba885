// Packages read and write the state in the middle of a task by what LangGraph gives its own code.
import { getConfig } from '@langchain/langgraph';
import { Annotation, END, START, StateGraph } from 'superstep';

type Files = Record<string, string>;

const State = Annotation.Root({
  files: Annotation<Files>({ reducer: (a, b) => ({ ...a, ...b }), default: () => ({}) }),
  seen: Annotation<string[]>(),
});

const inside = (): any => getConfig().configurable;
const write = (files: Files) => inside().__pregel_send([['files', files]]);
const names = (isFresh: boolean) => Object.keys(inside().__pregel_read('files', isFresh)).join();

const graph = new StateGraph(State)
  .addNode('save', async () => {
    write({ a: '1' });
    await Promise.resolve();
    write({ b: '2' });
    return { seen: [names(false), names(true)] };
  })
  .addNode('look', () => ({ seen: [names(false)] }))
  .addEdge(START, 'save')
  .addEdge('save', 'look')
  .addEdge('look', END)
  .compile();
for await (const state of await graph.stream({ files: { in: '0' } }, { streamMode: 'values' })) {
  console.log(state);
}
