/** The library under measurement: ours, or LangGraph.js, which has the same names. */
export type Lib = any;

/** How the graphs of a work are written. */
export interface Form {
  /** Nodes are `async` functions. */
  readonly isAsync: boolean;
  /** The state is a list and a count, both with reducers, and nodes write both; otherwise it is one key. */
  readonly hasReducers: boolean;
}

/** Something to be done with one of the libraries. */
export interface Work {
  readonly name: string;
  /** How many times faster than the peer it must be at least, hot and in turns. */
  readonly required: { readonly hot: number; readonly turns: number };
  /** What the time is divided by. */
  readonly count: number;
  /** How often each side does it. */
  readonly rounds: number;
  /** Makes what one run of it does. */
  readonly make: (lib: Lib, form: Form) => () => Promise<unknown>;
}

type Node = (state: any) => unknown;

const concat = (a: unknown[], b: unknown[]) => a.concat(b);
const add = (a: number, b: number) => a + b;

/** The state of graphs that count. */
function counting(lib: Lib, { hasReducers }: Form) {
  if (!hasReducers) return lib.Annotation.Root({ n: lib.Annotation() });
  return lib.Annotation.Root({
    n: lib.Annotation({ reducer: add, default: () => 0 }),
    list: lib.Annotation({ reducer: concat, default: () => [] }),
  });
}

/** The state of graphs that collect. */
function collecting(lib: Lib, form: Form, reducer: unknown = concat) {
  const list = lib.Annotation({ reducer, default: () => [] });
  if (!form.hasReducers) return lib.Annotation.Root({ list });
  return lib.Annotation.Root({
    list,
    n: lib.Annotation({ reducer: add, default: () => 0 }),
  });
}

function nodeOf({ isAsync }: Form, action: Node): Node {
  return isAsync ? async (state) => action(state) : action;
}

const countUp = (form: Form) =>
  nodeOf(form, form.hasReducers ? () => ({ n: 1, list: [1] }) : ({ n }) => ({ n: n + 1 }));

const collect = (form: Form, item: unknown) =>
  nodeOf(form, form.hasReducers ? () => ({ n: 1, list: [item] }) : () => ({ list: [item] }));

export function one(lib: Lib, form: Form) {
  const graph = new lib.StateGraph(counting(lib, form))
    .addNode('a', countUp(form))
    .addEdge(lib.START, 'a')
    .addEdge('a', lib.END)
    .compile();
  return () => graph.invoke({ n: 0 });
}

export function chain(lib: Lib, form: Form, length: number, options: object = {}) {
  const builder = new lib.StateGraph(counting(lib, form));
  for (let i = 0; i < length; i++) {
    builder.addNode(`n${i}`, countUp(form));
    builder.addEdge(i === 0 ? lib.START : `n${i - 1}`, `n${i}`);
  }
  const graph = builder.compile();
  return () => graph.invoke({ n: 0 }, { recursionLimit: length + 2, ...options });
}

export function fanOut(lib: Lib, form: Form, width: number) {
  const builder = new lib.StateGraph(collecting(lib, form));
  for (let i = 0; i < width; i++) {
    builder.addNode(`n${i}`, collect(form, i)).addEdge(lib.START, `n${i}`);
  }
  const graph = builder.compile();
  return () => graph.invoke({});
}

export function sends(
  lib: Lib,
  form: Form,
  count: number,
  reducer: unknown = concat,
  options: object = {},
) {
  const update = form.hasReducers
    ? (i: number) => ({ n: 1, list: [i] })
    : (i: number) => ({ list: [i] });
  const graph = new lib.StateGraph(collecting(lib, form, reducer))
    .addNode('map', nodeOf(form, update))
    .addConditionalEdges(
      lib.START,
      () => Array.from({ length: count }, (_, i) => new lib.Send('map', i)),
      ['map'],
    )
    .compile();
  return () => graph.invoke({}, options);
}

let threads = 0;
export function loop(lib: Lib, form: Form, steps: number, checkpointer?: unknown) {
  const graph = new lib.StateGraph(counting(lib, form))
    .addNode('a', countUp(form))
    .addEdge(lib.START, 'a')
    .addConditionalEdges('a', ({ n }: any) => (n < steps ? 'a' : lib.END), ['a', lib.END])
    .compile(checkpointer === undefined ? {} : { checkpointer });
  return () =>
    graph.invoke(
      { n: 0 },
      { recursionLimit: steps + 2, configurable: { thread_id: `t${threads++}` } },
    );
}

export function tasks(lib: Lib, { isAsync }: Form, count: number) {
  const double = lib.task('double', isAsync ? async (i: number) => i * 2 : (i: number) => i * 2);
  const workflow = lib.entrypoint('all', (upTo: number) =>
    Promise.all(Array.from({ length: upTo }, (_, i) => double(i))),
  );
  return () => workflow.invoke(count);
}

/** A graph of two graphs of two chains of three nodes. */
export function nested(lib: Lib, form: Form) {
  const state = () => collecting(lib, form);
  const leaf = () => {
    const builder = new lib.StateGraph(state());
    for (let i = 0; i < 3; i++) {
      builder
        .addNode(`n${i}`, collect(form, i))
        .addEdge(i === 0 ? lib.START : `n${i - 1}`, `n${i}`);
    }
    return builder.compile();
  };
  const pair = (inner: () => unknown) =>
    new lib.StateGraph(state())
      .addNode('left', inner())
      .addNode('right', inner())
      .addEdge(lib.START, 'left')
      .addEdge(lib.START, 'right')
      .compile();
  const graph = pair(() => pair(leaf));
  return () => graph.invoke({});
}

export const works: readonly Work[] = [
  { name: 'one invoke', required: { hot: 100, turns: 40 }, count: 1, rounds: 200, make: one },
  {
    name: 'chain of 100, per node',
    required: { hot: 100, turns: 100 },
    count: 100,
    rounds: 15,
    make: (...of) => chain(...of, 100),
  },
  {
    name: 'fan-out of 100, per node',
    required: { hot: 50, turns: 100 },
    count: 100,
    rounds: 15,
    make: (...of) => fanOut(...of, 100),
  },
  {
    name: 'loop of 200, per step',
    required: { hot: 100, turns: 80 },
    count: 200,
    rounds: 9,
    make: (...of) => loop(...of, 200),
  },
  {
    name: 'loop of 200 with MemorySaver, per step',
    required: { hot: 50, turns: 60 },
    count: 200,
    rounds: 9,
    make: (lib, form) => loop(lib, form, 200, new lib.MemorySaver()),
  },
  {
    name: 'nested subgraphs 2 x 2 x 3, in all',
    required: { hot: 50, turns: 60 },
    count: 1,
    rounds: 25,
    make: nested,
  },
  {
    name: 'Send x100, per task',
    required: { hot: 60, turns: 100 },
    count: 100,
    rounds: 15,
    make: (...of) => sends(...of, 100),
  },
  {
    name: 'Send x1000, per task',
    required: { hot: 200, turns: 300 },
    count: 1000,
    rounds: 5,
    make: (...of) => sends(...of, 1000),
  },
  {
    name: 'Send x4000, per task',
    required: { hot: 600, turns: 1000 },
    count: 4000,
    rounds: 1,
    make: (...of) => sends(...of, 4000),
  },
  {
    name: 'entrypoint with 1000 tasks, per task',
    required: { hot: 150, turns: 300 },
    count: 1000,
    rounds: 5,
    make: (...of) => tasks(...of, 1000),
  },
];
