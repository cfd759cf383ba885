// What LangChain's callback handlers hear of graphs, nodes, routers, subgraphs, models and tools.
import { BaseCallbackHandler } from '@langchain/core/callbacks/base';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, Command, END, MessagesAnnotation, START, StateGraph } from 'superstep';
import * as z from 'zod';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  n: Annotation<number>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** Short names for what has a new id in each run. */
const names = new Map<string, string>();
function nameOf(id: string | undefined): string {
  if (id === undefined) return 'none';
  if (!names.has(id)) names.set(id, `run ${names.size}`);
  return names.get(id)!;
}

function text(value: unknown): string {
  return JSON.stringify(value, (key, item) => {
    if (/checkpoint_ns$/.test(key)) return 'a place';
    if (key === 'lg_name') return undefined;
    if (item?.lc && item.id) return `${item.id.at(-1)} ${item.kwargs?.content ?? ''}`;
    const isPlain = typeof item === 'object' && item !== null && !Array.isArray(item);
    return isPlain
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  });
}

class Recorder extends BaseCallbackHandler {
  name = 'recorder';
  override awaitHandlers = true;

  override handleChainStart(
    ...[made, inputs, id, parent, tags, metadata, type, name]: [any, any, string, ...any[]]
  ) {
    console.log('chain', name, made.id.join('/'), nameOf(id), 'in', nameOf(parent), tags, type);
    console.log(' ', text(metadata), text(inputs));
  }

  override handleChainEnd(outputs: any, id: string, parent?: string) {
    console.log('chain ended', nameOf(id), 'in', nameOf(parent), text(outputs));
  }

  override handleChainError(error: Error, id: string, parent?: string) {
    console.log('chain failed', nameOf(id), 'in', nameOf(parent), error.message);
  }

  override handleChatModelStart(
    ...[, , id, parent, , tags, metadata]: [any, any, string, ...any[]]
  ) {
    console.log('model', nameOf(id), 'in', nameOf(parent), tags, text(metadata));
  }

  override handleLLMEnd(_: unknown, id: string, parent?: string) {
    console.log('model ended', nameOf(id), 'in', nameOf(parent));
  }

  override handleToolStart(
    ...[, input, id, parent, tags, metadata, name]: [any, string, string, ...any[]]
  ) {
    console.log('tool', name, nameOf(id), 'in', nameOf(parent), input, tags, text(metadata));
  }

  override handleToolEnd(output: unknown, id: string, parent?: string) {
    console.log('tool ended', nameOf(id), 'in', nameOf(parent), text(output));
  }
}

const model = new FakeListChatModel({ responses: ['Hello'] });
const add = tool(({ a }: { a: number }) => `sum ${a}`, {
  name: 'add',
  description: 'Adds',
  schema: z.object({ a: z.number() }),
});
const inner = new StateGraph(State)
  .addNode('double', ({ n }) => ({ n: n * 2 }))
  .addEdge(START, 'double')
  .compile({ name: 'inner' });

const graph = new StateGraph(State)
  .addNode('ask', async () => ({ n: (await model.invoke('Hi')).text.length }))
  .addNode('nothing', () => undefined)
  .addNode('inside', inner)
  .addNode('calls', async ({ n }) => ({ log: [await add.invoke({ a: n })] }))
  .addEdge(START, 'ask')
  .addConditionalEdges('ask', () => 'nothing', ['nothing'])
  .addEdge('nothing', 'inside')
  .addEdge('inside', 'calls')
  .compile();

const callbacks = [new Recorder()];
const runId = '11111111-1111-4111-8111-111111111111';
await graph.invoke(
  { n: 5, messages: [] },
  { callbacks, tags: ['mine'], metadata: { of: 'me' }, runName: 'my run', runId },
);

const failing = new StateGraph(State)
  .addNode('breaks', () => {
    throw new Error('no luck');
  })
  .addEdge(START, 'breaks')
  .compile();
await failing.invoke({ n: 1 }, { callbacks }).catch((error: Error) => console.log(error.message));

const outer: any = new StateGraph(State)
  .addNode('call', async ({ n }) => ({ n: (await inner.invoke({ n })).n }))
  .addNode('leave', () => new Command({ update: { n: 9 }, goto: END }), { ends: [END] })
  .addEdge(START, 'call')
  .addEdge('call', 'leave')
  .compile();
await outer.withConfig({ callbacks, tags: ['before'] }).invoke({ n: 1 });
await RunnableLambda.from((n: number) => ({ n }))
  .pipe(inner as any)
  .invoke(3, { callbacks });
