// What a node is told of its task, a context among the other values of a call, and limits of time.
import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
import type { LangGraphRunnableConfig } from 'superstep';
import { z } from 'zod';

const State = Annotation.Root({ log: Annotation<string[]>({ reducer: (a, b) => a.concat(b) }) });
const note = (_state: unknown, { executionInfo: info }: LangGraphRunnableConfig) => {
  const { checkpointNs, taskId, threadId, nodeAttempt, checkpointId } = info!;
  const depth = checkpointNs.split('|').map((part) => part.split(':')[0]);
  console.log(depth, checkpointNs.endsWith(taskId), threadId, nodeAttempt);
  console.log(checkpointId.length > 10, typeof info!.nodeFirstAttemptTime);
  if (nodeAttempt < 2) throw new Error('again');
  return { log: ['noted'] };
};
const inner = new StateGraph(State)
  .addNode('note', note, { retryPolicy: { initialInterval: 1 } })
  .addEdge(START, 'note')
  .compile();
const graph = new StateGraph(State)
  .addNode('inner', inner)
  .addEdge(START, 'inner')
  .compile({ checkpointer: new MemorySaver() });
console.log(await graph.invoke({ log: [] }, { configurable: { thread_id: 't' } }));

const asked = new StateGraph(State, z.object({ user: z.string() }))
  .addNode('greet', (_state, { context, configurable }) => ({
    log: [`${context?.user}, ${configurable?.['user']}`],
  }))
  .addEdge(START, 'greet')
  .compile();
console.log(await asked.invoke({ log: [] }, { context: { user: 'Ada' } }));

const slow = new StateGraph(State)
  .addNode('fast', () => ({ log: ['fast'] }))
  .addNode('slow', (_state, { signal }) => {
    const ended = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => ended.resolve(), { once: true });
    return ended.promise.then(() => ({ log: ['too late'] }));
  })
  .addEdge(START, 'fast')
  .addEdge('fast', 'slow')
  .compile({ checkpointer: new MemorySaver() });
slow.stepTimeout = 20;
const thread = { configurable: { thread_id: 't' } };
// The timer of LangGraph.js does not keep the process alive.
const alive = setInterval(() => {}, 1000);
await slow.invoke({ log: [] }, thread).catch((error: Error) => {
  console.log(/abort/i.test(error.message));
});
const { values, next } = await slow.getState(thread);
console.log(values, next);
clearInterval(alive);

const draining = new StateGraph(State)
  .addNode('a', (_state, { control }) => {
    control!.requestDrain('enough');
    return { log: ['a'] };
  })
  .addNode('b', () => ({ log: ['b'] }))
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .compile();
await draining.invoke({ log: [] }).catch((error: Error & { reason?: string }) => {
  console.log(error.name, error.reason, error.message.includes('Graph drained: enough'));
});
