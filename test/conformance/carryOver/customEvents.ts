// Events that a program dispatches: in nodes, in what nodes call, with and without the config.
import { dispatchCustomEvent } from '@langchain/core/callbacks/dispatch';
import { dispatchCustomEvent as dispatchWith } from '@langchain/core/callbacks/dispatch/web';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { Annotation, START, StateGraph } from 'superstep';
import * as z from 'zod';

const State = Annotation.Root({ n: Annotation<number>() });
const add = tool(
  async ({ a }: { a: number }) => {
    await dispatchCustomEvent('in a tool', { a });
    return `sum ${a}`;
  },
  { name: 'add', description: 'Adds', schema: z.object({ a: z.number() }) },
);
const chain = RunnableLambda.from(async (n: number) => {
  await dispatchCustomEvent('in a runnable', n);
  return n + 1;
});
const inner = new StateGraph(State)
  .addNode('deep', async ({ n }) => {
    await dispatchCustomEvent('in a subgraph', { n });
    return { n: n + 1 };
  })
  .addEdge(START, 'deep')
  .compile({ name: 'inner' });
const graph: any = new StateGraph(State)
  .addNode('plain', async ({ n }) => {
    await dispatchCustomEvent('in a node', { n });
    await new Promise(setImmediate);
    await dispatchCustomEvent('later', 'text');
    return { n: n + 1 };
  })
  .addNode('config', async ({ n }, config) => {
    await dispatchWith('with its config', { n }, config as never);
    await dispatchCustomEvent('with both', [n], config as never);
    return { n: n + 1 };
  })
  .addNode('calls', async ({ n }) => {
    await add.invoke({ a: n });
    return { n: await chain.invoke(n) };
  })
  .addNode('inside', inner)
  .addEdge(START, 'plain')
  .addEdge('plain', 'config')
  .addEdge('config', 'calls')
  .addEdge('calls', 'inside')
  .compile();

async function print(filter: object) {
  const starts = new Map<string, string>();
  const events = graph.streamEvents({ n: 1 }, { version: 'v2', tags: ['mine'] }, filter);
  for await (const { event, name, run_id: id, tags, metadata, data } of events) {
    if (event.endsWith('_start')) starts.set(id, name);
    if (event !== 'on_custom_event') continue;
    console.log(name, 'of', starts.get(id), tags, Object.keys(metadata).sort().join(), data);
  }
}

await print({});
await print({ includeNames: ['plain', 'add'] });

const told: unknown[] = [];
const handler = {
  handleCustomEvent(name: string, data: unknown, _id: string, tags: string[], metadata: any) {
    told.push([name, data, tags, metadata.langgraph_node]);
  },
};
await graph.invoke({ n: 1 }, { callbacks: [handler], tags: ['heard'] });
for (const line of told) console.log(JSON.stringify(line));
// Where nobody listens nothing happens.
console.log(await graph.invoke({ n: 1 }));
