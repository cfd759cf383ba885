// A thread is given its input without a call, and goes on with it.
import { Annotation, Command, MemorySaver, START, Send, StateGraph } from 'superstep';

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const graph: any = new StateGraph(State)
  .addNode('note', ({ log }) => ({ log: [`saw ${log.length}`] }))
  .addEdge(START, 'note')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: '1' } };
for (const given of ['first', 'second']) {
  await graph.updateState(config, { log: [given] }, '__input__');
  const { values, next, metadata } = await graph.getState(config);
  console.log(values, next, metadata.source, metadata.step);
  console.log(await graph.invoke(null, config));
}

// Both are told in the form in which LangGraph's servers send them.
console.log(JSON.stringify(new Send('note', { log: [] })));
console.log(JSON.stringify(new Command({ update: { log: ['a'] }, goto: ['note'] })));
