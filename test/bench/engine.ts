// The built library beside LangGraph.js in one process; medians.   node test/bench/engine.ts [NAME …]
// Names: hot, turns, dist, growth, events, memory, cold, import, each in a process of its own. All but
// `import` are of dist/: build it first.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as theirs from '@langchain/langgraph';
import type { SqliteSaver } from '../../src/engine/sqlite.ts';
import * as source from '../../src/engine/index.ts';
import * as make from './works/engineWorks.ts';
import type { Form, Work } from './works/engineWorks.ts';

const dist = join(import.meta.dirname, '../../dist');
const ours = (await import(join(dist, 'index.js'))) as typeof source;
const { START, END } = ours;
const plain: Form = { isAsync: false, hasReducers: false };
const real: Form = { isAsync: true, hasReducers: true };

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;
const wanted = process.argv.slice(2);
const isWanted = (name: string) =>
  wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase()));

/** Compiles a native module for minutes, so it is no dependency: install it to have the comparison. */
const peerSqlite: string = '@langchain/langgraph-checkpoint-sqlite';
const sqlite = await openSqlite();
const works: readonly Work[] = sqlite
  ? [
      ...make.works,
      {
        name: 'loop of 200 with SqliteSaver, per step',
        required: { hot: 5, turns: 5 },
        count: 200,
        rounds: 5,
        make: (lib, form) => make.loop(lib, form, 200, lib === ours ? sqlite.ours : sqlite.theirs),
      },
    ]
  : make.works;

/** Both SQLite savers, in memory, if the peer's is installed. */
async function openSqlite() {
  try {
    const { SqliteSaver: Ours } = (await import(join(dist, 'sqlite.js'))) as {
      SqliteSaver: typeof SqliteSaver;
    };
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
  // What the call before has left in the queues is not part of this one: of a chain of 100 nodes the peer
  // leaves 100 callbacks, which take 90 µs after its promise has resolved.
  await nextTurn();
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

/** Each work by itself, when everything is warm: the least that it costs. */
async function hot(): Promise<void> {
  title('hot and alone: synchronous nodes, one key');
  for (const { name, required, count, rounds, make } of works) {
    const peer = make(theirs, plain);
    const mine = make(ours, plain);
    const times = { peer: [] as number[], mine: [] as number[] };
    // Warm both up; the peer's large runs take seconds, once is enough.
    for (let i = 0; i < 20; i++) await mine();
    for (let i = 0; i < (rounds > 5 ? 20 : rounds - 1); i++) await peer();
    // Each finds the caches of the processor full of the other's data, and pays for that once a turn.
    const first: number[] = [];
    for (let i = 0; i < 9; i++) first.push(await time(mine));
    const share = (await time(peer)) / median(first);
    const calls = Math.max(1, Math.min(MOST_CALLS, Math.round(share)));
    for (let round = 0; round < rounds; round++) {
      times.peer.push(await time(peer));
      for (let i = 0; i < calls; i++) times.mine.push(await time(mine));
    }
    compare(name, required.hot, [median(times.peer) / count, median(times.mine) / count]);
  }
}

/** Of turns, before any is measured: what a process costs while it is new is told by itself. */
const WARMING_ROUNDS = 25;

/**
 * As people use it: all works in turns, one call of each, so that each finds the process full of what
 * the others have left: in the caches, in the compiled code, for the garbage collector.
 */
async function turns(): Promise<void> {
  title('in turns with all the others: async nodes, two reducers');
  const rows = works.map(({ make, ...work }) => ({
    ...work,
    peer: make(theirs, real),
    mine: make(ours, real),
    times: { peer: [] as number[], mine: [] as number[] },
  }));
  for (let round = 0; round < 2 * WARMING_ROUNDS; round++) {
    for (const { peer, mine, times, rounds } of rows) {
      // The peer takes seconds for the large ones.
      if (rounds > 5 || round < rounds) times.peer.push(await time(peer));
      times.mine.push(await time(mine));
    }
  }
  for (const { times } of rows) {
    times.mine.splice(0, WARMING_ROUNDS);
    if (times.peer.length > WARMING_ROUNDS) times.peer.splice(0, WARMING_ROUNDS);
  }
  for (const { name, required, count, times } of rows) {
    compare(name, required.turns, [median(times.peer) / count, median(times.mine) / count]);
  }
}

function title(text: string): void {
  console.log(`\n${text}`);
  row('', 'peer', 'superstep', 'ratio', 'required');
}

function compare(name: string, required: number, [peer, mine]: [peer: number, mine: number]): void {
  const ratio = peer / mine;
  const verdict = ratio >= required ? 'ok' : 'SHORT';
  row(name, micro(peer), micro(mine), `${ratio.toFixed(0)}x`, `${required}x`, verdict);
}

/**
 * What the build adds to the cost of the source: both in turns, neither always the first. Of each block of
 * calls the quickest counts, and of the blocks the one in the middle.
 */
async function builtAgainstSource(): Promise<void> {
  console.log('\nbuilt library against its source');
  for (const { name, count, make } of works) {
    const sides = { built: make(ours, real), written: make(source, real) };
    const calls = count > 200 ? 4 : 40;
    const best = { built: [] as number[], written: [] as number[] };
    for (let i = 0; i < 20; i++) await Promise.all([sides.built(), sides.written()]);
    for (let block = 0; block < 11; block++) {
      const times = { built: [] as number[], written: [] as number[] };
      const order = ['built', 'written'] as const;
      for (let i = 0; i < calls; i++) {
        for (const side of i % 2 ? order : order.toReversed()) {
          times[side].push(await time(sides[side]));
        }
      }
      for (const side of order) best[side].push(Math.min(...times[side]) / count);
    }
    const factor = median(best.built.map((us, block) => us / best.written[block]!));
    const cells = [micro(median(best.written)), micro(median(best.built)), `x${factor.toFixed(2)}`];
    row(name, ...cells, 'x1.05', factor <= 1.05 ? 'ok' : 'SHORT');
  }
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
    ['Send with append', [1e3, 1e4, 1e5, 1e6], (n) => make.sends(ours, plain, n, ours.append)],
    [
      'Send with append, maxConcurrency 100',
      [1e3, 1e4, 1e5, 1e6],
      (n) => make.sends(ours, plain, n, ours.append, { maxConcurrency: 100 }),
    ],
    ['Send with (a, b) => a.concat(b)', [1e3, 1e4, 1e5, 1e6], (n) => make.sends(ours, plain, n)],
    ['Send with sum, async nodes', [1e3, 1e4, 1e5, 1e6], asyncSends],
    ['loop', [1e3, 1e4, 1e5], (n) => make.loop(ours, plain, n)],
    ['loop that appends an item a step', [1e3, 1e4], appending],
    ['chain of nodes', [1e2, 1e3, 1e4], (n) => make.chain(ours, plain, n)],
    ['fan-out of nodes', [1e2, 1e3, 1e4], (n) => make.fanOut(ours, plain, n)],
    ['functional tasks', [1e3, 1e4, 1e5], (n) => make.tasks(ours, plain, n)],
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
    ['chain of 100', (options) => make.chain(ours, plain, 100, options)],
    ['Send x10000 with append', (options) => make.sends(ours, plain, 10_000, ours.append, options)],
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
  const run = make.one(ours, plain);
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

const root = join(import.meta.dirname, '../..');

/** What a program of its own prints as a list of numbers, in a new process: medians of seven. */
function inProcesses(code: string): number[] {
  const runs = Array.from({ length: 7 }, () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as number[];
  });
  return runs[0]!.map((_, i) => median(runs.map((numbers) => numbers[i]!)));
}

/** A process that does one thing and ends, as scripts, functions and commands do; milliseconds. */
function cold(): void {
  console.log('\na new process: import, build, the first invoke');
  row('', 'peer', 'superstep', 'ratio');
  const works = join(import.meta.dirname, 'works/engineWorks.ts');
  const programs = {
    'one invoke': 'make.one(lib, form)',
    '100 Sends': 'make.sends(lib, form, 100)',
  };
  for (const [name, made] of Object.entries(programs)) {
    const [peer, mine] = ['@langchain/langgraph', join(dist, 'index.js')].map((library) =>
      inProcesses(`import * as make from ${JSON.stringify(works)};
        const form = ${JSON.stringify(real)}, start = performance.now();
        const lib = await import(${JSON.stringify(library)});
        const imported = performance.now(), run = ${made};
        await run();
        console.log(JSON.stringify([performance.now() - start, performance.now() - imported]))`),
    );
    const cells = (i: number) => [`${peer![i]!.toFixed(0)} ms`, `${mine![i]!.toFixed(1)} ms`];
    row(`${name}, with the import`, ...cells(0), `${(peer![0]! / mine![0]!).toFixed(0)}x`);
    row(`${name}, after it`, ...cells(1), `${(peer![1]! / mine![1]!).toFixed(0)}x`);
  }
}

/** Time and memory of importing, each in a process of its own. */
function importing(): void {
  console.log('\nimport');
  const measure = (specifier: string) => {
    const [ms, bytes] =
      inProcesses(`const m = process.memoryUsage().rss, t = performance.now(); await import(${JSON.stringify(specifier)});
      console.log(JSON.stringify([performance.now() - t, process.memoryUsage().rss - m]))`);
    return { ms: ms!, bytes: bytes! };
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

const sections: Record<string, () => void | Promise<void>> = {
  hot,
  turns,
  dist: builtAgainstSource,
  growth,
  events,
  memory,
  cold,
  import: importing,
};
const chosen = Object.keys(sections).filter(isWanted);
const [only] = chosen;
if (chosen.length === 1) {
  await sections[only!]!();
} else {
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`);
  // What one has done to compiled code is nothing that the next should be measured with.
  for (const name of chosen) {
    spawnSync(process.execPath, [import.meta.filename, name], { stdio: 'inherit' });
  }
}
