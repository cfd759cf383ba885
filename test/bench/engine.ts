// The engine beside LangGraph.js, in turns in one process; medians.   node test/bench/engine.ts [NAME …]
// Names: parts of the names in the table below, or growth, events, memory, import.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as theirs from '@langchain/langgraph';
import * as ours from '../../src/engine/index.ts';

type Lib = any;
const { START, END } = ours;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;
const wanted = process.argv.slice(2);
const isWanted = (name: string) =>
  wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase()));

interface Work {
  readonly name: string;
  /** Times faster than the peer, at least. */
  readonly required: number;
  /** What the time is divided by. */
  readonly count: number;
  /** How often both have their turn. Default 7. */
  readonly rounds?: number;
  /** Makes what one run of it does. */
  readonly make: (lib: Lib) => () => Promise<unknown>;
}

const concat = (a: unknown[], b: unknown[]) => a.concat(b);
const counter = (lib: Lib) => lib.Annotation.Root({ n: lib.Annotation() });
const lists = (lib: Lib) =>
  lib.Annotation.Root({ list: lib.Annotation({ reducer: concat, default: () => [] }) });

function one(lib: Lib) {
  const graph = new lib.StateGraph(counter(lib))
    .addNode('a', ({ n }: any) => ({ n: n + 1 }))
    .addEdge(START, 'a')
    .addEdge('a', END)
    .compile();
  return () => graph.invoke({ n: 0 });
}

function chain(lib: Lib, length: number, options: object = {}) {
  const builder = new lib.StateGraph(counter(lib));
  for (let i = 0; i < length; i++) {
    builder.addNode(`n${i}`, ({ n }: any) => ({ n: n + 1 }));
    builder.addEdge(i === 0 ? START : `n${i - 1}`, `n${i}`);
  }
  const graph = builder.compile();
  return () => graph.invoke({ n: 0 }, { recursionLimit: length + 2, ...options });
}

function fanOut(lib: Lib, width: number) {
  const builder = new lib.StateGraph(lists(lib));
  for (let i = 0; i < width; i++) {
    builder.addNode(`n${i}`, () => ({ list: [i] })).addEdge(START, `n${i}`);
  }
  const graph = builder.compile();
  return () => graph.invoke({});
}

function sends(lib: Lib, count: number, reducer: unknown = concat, options: object = {}) {
  const graph = new lib.StateGraph(
    lib.Annotation.Root({ list: lib.Annotation({ reducer, default: () => [] }) }),
  )
    .addNode('map', (i: number) => ({ list: [i] }))
    .addConditionalEdges(
      START,
      () => Array.from({ length: count }, (_, i) => new lib.Send('map', i)),
      ['map'],
    )
    .compile();
  return () => graph.invoke({}, options);
}

let threads = 0;
function loop(lib: Lib, steps: number, checkpointer?: unknown) {
  const graph = new lib.StateGraph(counter(lib))
    .addNode('a', ({ n }: any) => ({ n: n + 1 }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', ({ n }: any) => (n < steps ? 'a' : END), ['a', END])
    .compile(checkpointer === undefined ? {} : { checkpointer });
  return () =>
    graph.invoke(
      { n: 0 },
      { recursionLimit: steps + 2, configurable: { thread_id: `t${threads++}` } },
    );
}

function tasks(lib: Lib, count: number) {
  const double = lib.task('double', (i: number) => i * 2);
  const workflow = lib.entrypoint('all', (upTo: number) =>
    Promise.all(Array.from({ length: upTo }, (_, i) => double(i))),
  );
  return () => workflow.invoke(count);
}

function nested(lib: Lib) {
  const leaf = () => {
    const builder = new lib.StateGraph(lists(lib));
    for (let i = 0; i < 3; i++) {
      builder
        .addNode(`n${i}`, () => ({ list: [i] }))
        .addEdge(i === 0 ? START : `n${i - 1}`, `n${i}`);
    }
    return builder.compile();
  };
  const pair = (inner: () => any) =>
    new lib.StateGraph(lists(lib))
      .addNode('left', inner())
      .addNode('right', inner())
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile();
  const graph = pair(() => pair(leaf));
  return () => graph.invoke({});
}

const works: Work[] = [
  { name: 'one node, one invoke', required: 100, count: 1, rounds: 200, make: one },
  {
    name: 'chain of 100, per node',
    required: 100,
    count: 100,
    rounds: 15,
    make: (lib) => chain(lib, 100),
  },
  {
    name: 'fan-out of 100, per node',
    required: 50,
    count: 100,
    rounds: 15,
    make: (lib) => fanOut(lib, 100),
  },
  {
    name: 'Send x100, per task',
    required: 60,
    count: 100,
    rounds: 15,
    make: (lib) => sends(lib, 100),
  },
  {
    name: 'Send x1000, per task',
    required: 200,
    count: 1000,
    rounds: 5,
    make: (lib) => sends(lib, 1000),
  },
  {
    name: 'Send x4000, per task',
    required: 600,
    count: 4000,
    rounds: 1,
    make: (lib) => sends(lib, 4000),
  },
  {
    name: 'loop of 200, per step',
    required: 100,
    count: 200,
    rounds: 9,
    make: (lib) => loop(lib, 200),
  },
  {
    name: 'loop of 200 with MemorySaver, per step',
    required: 50,
    count: 200,
    rounds: 9,
    make: (lib) => loop(lib, 200, new lib.MemorySaver()),
  },
  {
    name: 'entrypoint with 1000 tasks, per task',
    required: 150,
    count: 1000,
    rounds: 5,
    make: (lib) => tasks(lib, 1000),
  },
  {
    name: 'subgraphs 2 x 2 x 3, in all',
    required: 50,
    count: 1,
    rounds: 15,
    make: nested,
  },
];

/** Compiles a native module for minutes, so it is no dependency: install it to have the comparison. */
const peerSqlite: string = '@langchain/langgraph-checkpoint-sqlite';
const sqlite = await openSqlite();
if (sqlite) {
  works.push({
    name: 'loop of 200 with SqliteSaver, per step',
    required: 5,
    count: 200,
    rounds: 5,
    make: (lib) => loop(lib, 200, lib === ours ? sqlite.ours : sqlite.theirs),
  });
}

/** Both SQLite savers, in memory, if the peer's is installed. */
async function openSqlite() {
  try {
    const { SqliteSaver: Ours } = await import('../../src/engine/checkpoint/sqliteSaver.ts');
    const { SqliteSaver: Theirs } = (await import(peerSqlite)) as {
      SqliteSaver: { fromConnString(connection: string): unknown };
    };
    return { ours: new Ours(':memory:'), theirs: Theirs.fromConnString(':memory:') };
  } catch (error) {
    console.log(`without SqliteSaver: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

/** Microseconds that one call takes. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Turns of ours are so many calls that they take about as long as one of the peer's, at the most. */
const MOST_CALLS = 50;

async function compare({ name, required, count, rounds = 7, make }: Work): Promise<void> {
  const peer = make(theirs);
  const mine = make(ours);
  const times = { peer: [] as number[], mine: [] as number[] };
  // Warm both up; the peer's large runs take seconds, once is enough.
  for (let i = 0; i < 20; i++) await mine();
  if (rounds > 1) for (let i = 0; i < 3; i++) await peer();
  // Each finds the caches of the processor full of the other's data, and pays for that once a turn.
  const share = (await time(peer)) / (await time(mine));
  const calls = Math.max(1, Math.min(MOST_CALLS, Math.round(share)));
  for (let round = 0; round < rounds; round++) {
    times.peer.push(await time(peer));
    for (let i = 0; i < calls; i++) times.mine.push(await time(mine));
  }
  const perPeer = median(times.peer) / count;
  const perMine = median(times.mine) / count;
  const ratio = perPeer / perMine;
  const verdict = ratio >= required ? 'ok' : 'SHORT';
  row(name, micro(perPeer), micro(perMine), `${ratio.toFixed(0)}x`, `${required}x`, verdict);
}

const micro = (us: number) => `${us < 10 ? us.toFixed(2) : us.toFixed(0)} µs`;
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(42) + cells.map((cell) => cell.padStart(12)).join(''));
}

/** How the cost of one item grows with their number, and the memory it takes at the most. */
async function growth(): Promise<void> {
  console.log('\ngrowth, per item');
  const rows: [
    name: string,
    counts: readonly number[],
    make: (count: number) => () => Promise<unknown>,
  ][] = [
    ['Send with append', [1e3, 1e4, 1e5, 1e6], (n) => sends(ours, n, ours.append)],
    [
      'Send with append, maxConcurrency 100',
      [1e3, 1e4, 1e5, 1e6],
      (n) => sends(ours, n, ours.append, { maxConcurrency: 100 }),
    ],
    ['Send with (a, b) => a.concat(b)', [1e3, 1e4, 1e5, 1e6], (n) => sends(ours, n)],
    ['Send with sum, async nodes', [1e3, 1e4, 1e5, 1e6], asyncSends],
    ['loop', [1e3, 1e4, 1e5], (n) => loop(ours, n)],
    ['loop that appends an item a step', [1e3, 1e4], appending],
    ['chain of nodes', [1e2, 1e3, 1e4], (n) => chain(ours, n)],
    ['fan-out of nodes', [1e2, 1e3, 1e4], (n) => fanOut(ours, n)],
    ['functional tasks', [1e3, 1e4, 1e5], (n) => tasks(ours, n)],
    ['messages', [1e3, 3e3], talking],
  ];
  for (const [name, counts, make] of rows) {
    const cells: string[] = [];
    let first = 0;
    let last = 0;
    for (const count of counts) {
      const run = make(count);
      const rounds = count >= 1e5 ? 2 : 5;
      if (count < 1e5) for (let i = 0; i < 3; i++) await run();
      const times: number[] = [];
      let peak = 0;
      for (let i = 0; i < rounds; i++) {
        collectGarbage();
        const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
        times.push((await time(run)) / count);
        peak = Math.max(peak, process.memoryUsage().rss);
        clearInterval(watch);
      }
      last = Math.min(...times);
      first ||= last;
      cells.push(
        `${count.toExponential(0)}: ${micro(last)}${count >= 1e6 ? `, ${megabytes(peak)}` : ''}`,
      );
    }
    console.log(
      `${name.padEnd(42)}${cells.map((cell) => cell.padStart(16)).join('')}   x${(last / first).toFixed(1)}`,
    );
  }
}

function asyncSends(count: number) {
  const graph = new ours.StateGraph(
    ours.Annotation.Root({ n: ours.Annotation<number>({ reducer: ours.sum, default: () => 0 }) }),
  )
    .addNode('map', async () => ({ n: 1 }))
    .addConditionalEdges(
      START,
      () => Array.from({ length: count }, (_, i) => new ours.Send('map', i)),
      ['map'],
    )
    .compile();
  return () => graph.invoke({});
}

function appending(steps: number) {
  const graph = new ours.StateGraph(
    ours.Annotation.Root({
      list: ours.Annotation<number[]>({ reducer: ours.append, default: () => [] }),
    }),
  )
    .addNode('a', ({ list }) => ({ list: [list.length] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', ({ list }) => (list.length < steps ? 'a' : END), ['a', END])
    .compile();
  return () => graph.invoke({}, { recursionLimit: Infinity });
}

function talking(steps: number) {
  const graph = new ours.StateGraph(ours.MessagesState)
    .addNode('a', () => ({ messages: 'hi' }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', ({ messages }) => (messages.length < steps ? 'a' : END), ['a', END])
    .compile();
  return () => graph.invoke({}, { recursionLimit: Infinity });
}

/** What an observer costs. */
async function events(): Promise<void> {
  console.log('\nwith an observer, against without');
  const onEvent = () => {};
  const rows: [string, (options: object) => () => Promise<unknown>][] = [
    ['chain of 100', (options) => chain(ours, 100, options)],
    ['Send x10000 with append', (options) => sends(ours, 10_000, ours.append, options)],
  ];
  for (const [name, make] of rows) {
    const off = make({});
    const on = make({ onEvent });
    const times = { off: [] as number[], on: [] as number[] };
    for (let i = 0; i < 5; i++) await Promise.all([off(), on()]);
    for (let i = 0; i < 25; i++) {
      times.off.push(await time(off));
      times.on.push(await time(on));
    }
    const factor = median(times.on) / median(times.off);
    row(
      name,
      micro(median(times.off)),
      micro(median(times.on)),
      `x${factor.toFixed(1)}`,
      'x2',
      factor <= 2 ? 'ok' : 'SHORT',
    );
  }
}

async function memory(): Promise<void> {
  console.log('\nheap after invokes in a row');
  const run = one(ours);
  const used = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  for (let i = 0; i < 1000; i++) await run();
  const before = used();
  for (let i = 0; i < 10_000; i++) await run();
  const after = used();
  console.log(
    `after 1,000: ${megabytes(before)}; after 11,000: ${((after - before) / 1024).toFixed(0)} KB more`,
  );
}

/** Time and memory of importing, each in a process of its own. */
function importing(): void {
  console.log('\nimport');
  const root = join(import.meta.dirname, '../..');
  const measure = (specifier: string) => {
    const code = `const m = process.memoryUsage().rss, t = performance.now(); await import(${JSON.stringify(specifier)});
      console.log(JSON.stringify([performance.now() - t, process.memoryUsage().rss - m]))`;
    const runs = Array.from({ length: 7 }, () => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
        cwd: root,
        encoding: 'utf8',
      });
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as [ms: number, bytes: number];
    });
    return { ms: median(runs.map(([ms]) => ms)), bytes: median(runs.map(([, bytes]) => bytes)) };
  };
  const peer = measure('@langchain/langgraph');
  row('@langchain/langgraph', `${peer.ms.toFixed(0)} ms`, megabytes(peer.bytes));
  try {
    const mine = measure(join(root, 'dist/index.js'));
    const isOk = mine.ms <= 25 && mine.bytes <= 10 * 2 ** 20;
    row(
      'superstep (dist/index.js)',
      `${mine.ms.toFixed(1)} ms`,
      megabytes(mine.bytes),
      '25 ms',
      '10 MB',
      isOk ? 'ok' : 'SHORT',
    );
  } catch {
    console.log('superstep: no dist/index.js; run npm run build first');
  }
}

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`);
row('', 'peer', 'superstep', 'ratio', 'required');
for (const work of works) if (isWanted(work.name)) await compare(work);
if (isWanted('growth')) await growth();
if (isWanted('events')) await events();
if (isWanted('memory')) await memory();
if (isWanted('import')) importing();
