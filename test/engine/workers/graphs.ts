// What worker threads load in the tests: graphs and tasks whose functions run there.
import { isMainThread, threadId } from 'node:worker_threads';
import {
  Annotation,
  Command,
  START,
  StateGraph,
  append,
  entrypoint,
  getStore,
  getWriter,
  interrupt,
  pushMessage,
  reportModelCall,
  task,
  AIMessage,
  MessagesAnnotation,
  Send,
  SuperstepError,
  type NodeConfig,
} from '../../../src/engine/index.ts';
import { ModelError } from '../../../src/openai/modelError.ts';

const module = import.meta.url;

export const State = Annotation.Root({
  wanted: Annotation<string>(),
  items: Annotation<number[]>({ reducer: append, default: () => [] }),
  threads: Annotation<number[]>({ reducer: append, default: () => [] }),
  out: Annotation<unknown>(),
});

const where = () => (isMainThread ? 'main' : 'worker');

/** Found again by what it is exported as. */
export class Overdrawn extends Error {
  override readonly name: string = 'Overdrawn';
  readonly by: number;

  constructor(message: string, by: number) {
    super(message);
    this.by = by;
  }

  get half(): number {
    return this.by / 2;
  }
}

class FarOverdrawn extends Overdrawn {
  override readonly name = 'FarOverdrawn';
}

const behaviours: Record<string, (config: NodeConfig) => unknown> = {
  thread: () => ({ out: where() }),
  classes: () => ({ out: { map: new Map([[1, new Date(5)]]), message: new AIMessage('hello') } }),
  command: () => new Command({ update: { out: 'by command' }, goto: 'after' }),
  range: () => {
    throw new RangeError('too far', { cause: new TypeError('inside') });
  },
  ours: () => {
    throw new SuperstepError('INVALID_INPUT', 'not like this', { key: 'out' });
  },
  text: () => {
    throw 'just text';
  },
  model: () => {
    throw new ModelError('MODEL_SERVER_ERROR', 'busy', { model: 'm', host: 'h', status: 503 });
  },
  exported: () => {
    throw new Overdrawn('too much', 5);
  },
  derived: () => {
    throw new FarOverdrawn('far too much', 50);
  },
  bulky: () => {
    throw Object.assign(new TypeError('no socket', { cause: 7 }), { status: 404, close: () => {} });
  },
  write: (config) => {
    config.writer({ at: 1 });
    getWriter()({ at: 2 });
  },
  store: async () => {
    await getStore()!.put(['a'], 'k', { n: 1 });
    return { out: (await getStore()!.get(['a'], 'k'))!.value };
  },
  badStore: async () => void (await getStore()!.put([], 'k', { n: 1 })),
  ask: () => ({ out: [interrupt('first?'), interrupt('second?'), where()] }),
  config: (config) => ({
    out: [
      config.configurable['user'],
      config.context,
      config.metadata['langgraph_node'],
      config.tags,
    ],
  }),
  call: () => {
    const call = reportModelCall({ model: 'parrot', messageId: 'm1' });
    call?.streamed('hello');
    call?.finished();
  },
  inner: async () => ({ out: await Promise.all([double(1), double(2)]) }),
  graph: async () => ({ out: (await small.invoke({ out: 1 })).out }),
  exit: () => process.exit(3),
  function: () => ({ out: () => 1 }),
  hang: () => {
    for (;;);
  },
  untilAbort: async ({ signal }) => {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  },
};

const double = task('double', (n: number) => n * 2);

const small = new StateGraph(Annotation.Root({ out: Annotation<number>() }))
  .addNode('plus', ({ out }) => ({ out: out + 1 }))
  .addEdge(START, 'plus')
  .compile({ name: 'small' });

/** One node on a worker thread that does what `wanted` says. */
export const builder = new StateGraph(State)
  .addNode('work', async (state, config) => behaviours[state.wanted]!(config) as object, {
    thread: true,
    ends: ['after'],
  })
  .addNode('after', () => ({ items: [1] }))
  .addEdge(START, 'work');

export const graph = builder.compile({ name: 'work', module });

/** Each item is computed on a worker thread. */
export const map = new StateGraph(State)
  .addNode('each', ({ n }: { n: number }) => ({ items: [n * n], threads: [threadId] }), {
    thread: true,
    input: Annotation.Root({ n: Annotation<number>() }),
  })
  .addConditionalEdges(START, ({ items }) => items.map((n) => new Send('each', { n })))
  .compile({ name: 'map', module });

export const square = task({ name: 'square', thread: true, module }, (n: number) =>
  isMainThread ? NaN : n * n,
);

export const squares = entrypoint('squares', (ns: number[]) =>
  Promise.all(ns.map((n) => square(n))),
);

export const talk = new StateGraph(MessagesAnnotation)
  .addNode(
    'say',
    () => {
      pushMessage({ role: 'assistant', content: 'On it', id: '1' });
      return { messages: [{ role: 'assistant', content: 'Done', id: '2' }] };
    },
    { thread: true },
  )
  .addEdge(START, 'say')
  .compile({ name: 'talk', module });

/** Made by a function: worker threads do not know it. */
export const makeLate = () =>
  new StateGraph(State)
    .addNode('late', () => ({ out: where() }), { thread: true })
    .addEdge(START, 'late')
    .compile({ name: 'late', module });

export const withoutModule = new StateGraph(State)
  .addNode('lost', () => ({}), { thread: true })
  .addEdge(START, 'lost')
  .compile({ name: 'lost' });
