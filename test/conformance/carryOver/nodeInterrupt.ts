// A node that throws NodeInterrupt until the state is to its liking.
import { Annotation, MemorySaver, NodeInterrupt, START, StateGraph } from 'superstep';

const State = Annotation.Root({
  text: Annotation<string>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const graph = new StateGraph(State)
  .addNode('check', ({ text }) => {
    if (text.length > 5) throw new NodeInterrupt(`Too long: ${text}`);
    return { log: ['checked'] };
  })
  .addNode('beside', () => ({ log: ['beside'] }))
  .addEdge(START, 'check')
  .addEdge(START, 'beside')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: '1' } };
const asked = async () => {
  const { next, tasks } = await graph.getState(config);
  console.log(
    next,
    tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value as unknown)),
  );
};
await graph.invoke({ text: 'much too long' }, config);
await asked();
await graph.invoke(null, config);
await asked();
await graph.updateState(config, { text: 'short' }, 'beside');
console.log(await graph.invoke(null, config));
await asked();
