// What a node is told of the server that calls it, of its store, and what an entrypoint is told to remember.
import { BaseStore } from '@langchain/langgraph-checkpoint';
import {
  Annotation,
  InMemoryStore,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  getPreviousState,
} from 'superstep';
import type { LangGraphRunnableConfig } from 'superstep';

const State = Annotation.Root({ log: Annotation<string[]>({ reducer: (a, b) => a.concat(b) }) });
const tell = (_state: unknown, { serverInfo, store }: LangGraphRunnableConfig) => {
  console.log(serverInfo, store instanceof BaseStore, ({} as unknown) instanceof BaseStore);
  return { log: [] };
};
const graph = new StateGraph(State)
  .addNode('tell', tell, { retryPolicy: { maxAttempts: 2 } })
  .addEdge(START, 'tell')
  .compile({ store: new InMemoryStore() });
const ids = { assistant_id: 'a', graph_id: 'g' };
const user = { identity: 'ada', display_name: 'Ada', permissions: ['read'] };
for (const config of [
  {},
  { configurable: ids },
  { configurable: ids, metadata: { assistant_id: 'not this', graph_id: 'nor this' } },
  { metadata: { ...ids, graph_id: 7 } },
  { configurable: { langgraph_auth_user: user } },
  { configurable: { langgraph_auth_user: 'ada' } },
]) {
  await graph.invoke({ log: [] }, config);
}

const remembers = entrypoint(
  { name: 'remembers', checkpointer: new MemorySaver() },
  async (current: number) => ({ previous: getPreviousState<unknown>(), current }),
);
const thread = { configurable: { thread_id: '1' } };
// Before it has run, and after.
await remembers.updateState(thread, { told: 'first' });
console.log(await remembers.invoke(1, thread));
await remembers.updateState(thread, { told: 'later' });
console.log(await remembers.invoke(2, thread));

for (const none of [[], {}]) {
  try {
    new StateGraph(State).addNode(none as never);
    console.log('added');
  } catch {
    console.log('refused');
  }
}
