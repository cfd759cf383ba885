// Branches in parallel, routers that return names, loops with a limit, and nodes that wait.
import { Annotation, END, GraphRecursionError, START, StateGraph } from 'superstep';

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (x, y) => x.concat(y), default: () => [] }),
  which: Annotation<string>,
});

const step = (name: string) => async (state: typeof State.State) => {
  console.log(`${name} sees ${state.trail.join(' ')}`);
  return { trail: [name] };
};
const route = (state: typeof State.State): string[] => (state.which === 'cd' ? ['c', 'd'] : ['b']);

const branches = new StateGraph(State)
  .addNode('a', step('a'))
  .addNode('b', step('b'))
  .addNode('c', step('c'))
  .addNode('d', step('d'))
  .addNode('e', step('e'), { defer: true })
  .addEdge(START, 'a')
  .addConditionalEdges('a', route, ['b', 'c', 'd'])
  .addEdge('b', 'e')
  .addEdge('c', 'e')
  .addEdge('d', 'e')
  .addEdge('e', END)
  .compile();
for (const which of ['cd', 'b']) console.log((await branches.invoke({ which })).trail);

const loop = new StateGraph(State)
  .addNode('a', () => ({ trail: ['a'] }))
  .addNode('b', () => ({ trail: ['b'] }))
  .addEdge(START, 'a')
  .addConditionalEdges('a', ({ trail }) => (trail.length < 7 ? 'b' : END), { b: 'b', [END]: END })
  .addEdge('b', 'a')
  .compile();
console.log((await loop.invoke({})).trail.length);
try {
  await loop.invoke({}, { recursionLimit: 4 });
} catch (error) {
  console.log(error instanceof GraphRecursionError, (error as Error).name);
}
