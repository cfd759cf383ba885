// What `streamEvents` tells of graphs, nodes, routers, subgraphs, models and tools.
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, START, StateGraph } from 'superstep';
import * as z from 'zod';

const State = Annotation.Root({
  n: Annotation<number>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const model = new FakeListChatModel({ responses: ['ab'] });
const add = tool(({ a }: { a: number }) => `sum ${a}`, {
  name: 'add',
  description: 'Adds',
  schema: z.object({ a: z.number() }),
});
const inner = new StateGraph(State)
  .addNode('double', ({ n }) => ({ n: n * 2 }))
  .addEdge(START, 'double')
  .compile({ name: 'inner' });
const graph: any = new StateGraph(State)
  .addNode('ask', async () => ({ n: (await model.invoke('Hi')).text.length }))
  .addNode('nothing', () => undefined)
  .addNode('inside', inner)
  .addNode('calls', async ({ n }) => ({ log: [await add.invoke({ a: n })] }))
  .addEdge(START, 'ask')
  .addConditionalEdges('ask', () => 'nothing', ['nothing'])
  .addEdge('nothing', 'inside')
  .addEdge('inside', 'calls')
  .compile();

const names = new Map<string, string>();
/** Of messages only the content: what else they hold is each library's own. */
const text = (value: unknown) =>
  JSON.stringify(value, (_, item) => item?.kwargs?.content ?? item?.content ?? item);

async function print(config: object, filter?: object) {
  const pieces: unknown[] = [];
  const events = graph.streamEvents({ n: 5 }, { version: 'v2', tags: ['mine'], ...config }, filter);
  for await (const { event, name, run_id: id, tags, metadata, data } of events) {
    if (!names.has(id)) names.set(id, `run ${names.size}`);
    // When the graph's own pieces come, between the events of its nodes, is not the same each time.
    if (event === 'on_chain_stream') pieces.push([name, data.chunk]);
    else {
      const keys = Object.keys(metadata).sort().join();
      // With a filter LangChain takes the first event that is left for that of the graph.
      console.log(event, name, names.get(id), tags, keys, filter ? '' : text(data));
    }
  }
  console.log(text(pieces));
}

await print({});
await print({ streamMode: ['values'] }, { includeTypes: ['chat_model'] });
await print({ streamMode: 'values' }, { includeNames: ['inside', 'LangGraph'] });
await print({}, { excludeTypes: ['chain'], includeTags: ['mine'] });
