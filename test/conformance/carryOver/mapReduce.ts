// Map and reduce: a node is sent what is not the state, and streams tell of it in several modes.
import { Annotation, END, Send, START, StateGraph } from 'superstep';

const Overall = Annotation.Root({
  topic: Annotation<string>,
  subjects: Annotation<string[]>,
  jokes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  best: Annotation<string>,
});

interface OneSubject {
  subject: string;
}

const findSubjects = async (_: typeof Overall.State): Promise<Partial<typeof Overall.State>> => ({
  subjects: ['cats', 'dogs', 'birds'],
});
const tellJoke = async ({ subject }: OneSubject): Promise<{ jokes: string[] }> => ({
  jokes: [`a joke about ${subject}`],
});
const pickBest = async ({ jokes }: typeof Overall.State) => ({ best: jokes.at(-1) });

const sendSubjects = async ({ subjects }: typeof Overall.State) =>
  subjects.map((subject) => new Send('tellJoke', { subject }));

const app = new StateGraph(Overall)
  .addNode('findSubjects', findSubjects)
  .addNode('tellJoke', tellJoke)
  .addNode('pickBest', pickBest)
  .addEdge(START, 'findSubjects')
  .addConditionalEdges('findSubjects', sendSubjects)
  .addEdge('tellJoke', 'pickBest')
  .addEdge('pickBest', END)
  .compile();

for await (const step of await app.stream({ topic: 'animals' })) console.log(step);
for await (const state of await app.stream({ topic: 'animals' }, { streamMode: 'values' })) {
  console.log(Object.keys(state), state.jokes?.length);
}
for await (const [mode, chunk] of await app.stream(
  { topic: 'animals' },
  { streamMode: ['updates', 'values'] },
)) {
  console.log(mode, Object.keys(chunk));
}
