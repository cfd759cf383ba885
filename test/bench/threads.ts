// Nodes with `thread: true` beside the same in the thread of the run, of dist/:  node test/bench/threads.ts
// 16 tasks of 250 ms of computing; what an empty task costs; how late the host's timers are meanwhile. In
// plain Node, and in the runner that the editor and the command line use. Bare worker threads, which are
// given all of it at once, tell what this machine can do at all.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type * as Graphs from './works/cpu.graph.ts';
import { bundleRunner, openRunner } from './works/openRunner.ts';

const TASKS = 16;
const MS = 250;
const EMPTY = 1000;
const ROUNDS = 5;

const turns = Math.round(calibrate() * MS);
const file = new URL('works/cpu.graph.ts', import.meta.url);
const graphs = (await import(file.href)) as typeof Graphs;
const cores = availableParallelism();

console.log(`${cores} cores, load ${loadavg()[0]!.toFixed(1)}`);
const bareAlone = await bare(1);
console.log(
  `${cores} bare threads: ${(bareAlone / (await bare(cores))).toFixed(2)} times as fast as one`,
);
const alone = await computing('plain Node, in the thread of the run', () =>
  graphs.inThread.invoke({ tasks: TASKS, turns }),
);
for (const threads of new Set([1, cores])) {
  // They start with the first task, which is not what is measured.
  await graphs.onThreads.invoke({ tasks: threads, turns: 1 }, { threads });
  const took = await computing(`plain Node, ${threads} worker threads`, () =>
    graphs.onThreads.invoke({ tasks: TASKS, turns }, { threads }),
  );
  console.log(`  ${(alone / took).toFixed(2)} times as fast`);
}
const empty = async (graph: typeof graphs.inThread) =>
  (await best(() => graph.invoke({ tasks: EMPTY, turns: 0 }))) * (1000 / EMPTY);
console.log(
  `an empty task: ${(await empty(graphs.inThread)).toFixed(1)} µs in the thread of the run`,
);
console.log(`an empty task: ${(await empty(graphs.onThreads)).toFixed(1)} µs on worker threads`);

const folder = await mkdtemp(join(tmpdir(), 'superstep-bench-'));
const runner = await openRunner(await bundleRunner(folder));
const run = (exportName: string) => () =>
  runner.run({
    ...{ file: fileURLToPath(file), exportName },
    input: { tasks: TASKS, turns },
  });
const before = await computing('runner, in the thread of the run', run('inThread'));
const after = await computing('runner, worker threads, their start included', run('onThreads'));
console.log(`  ${(before / after).toFixed(2)} times as fast`);
await runner.dispose();
await rm(folder, { recursive: true });

/**
 * Milliseconds, told with how late a timer of this thread was at the most: in a second run, since to look at
 * that every millisecond takes a tenth of a processor that is wanted elsewhere.
 */
async function computing(what: string, action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  const took = performance.now() - start;
  const lateness = monitorEventLoopDelay({ resolution: 1 });
  lateness.enable();
  await sleep(5);
  await action();
  // So that it sees what has held it up until now.
  await sleep(5);
  lateness.disable();
  const late = (lateness.max / 1e6).toFixed(0);
  console.log(`${what}: ${took.toFixed(0)} ms; timers were late by ${late} ms at most`);
  return took;
}

/** Milliseconds that so many threads take for all tasks together; each of them begins with a share of its own. */
async function bare(threads: number): Promise<number> {
  const script = `const { parentPort } = require('node:worker_threads');
    parentPort.postMessage('here');
    parentPort.on('message', (turns) => {
      let x = 1;
      for (let turn = 0; turn < turns; turn++) x = (x * 1103515245 + 12345) % 2147483648;
      parentPort.postMessage(x);
    });`;
  const workers = Array.from({ length: threads }, () => new Worker(script, { eval: true }));
  const heard = () =>
    Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  await heard();
  const start = performance.now();
  const share = Math.round((TASKS * turns) / threads);
  const done = heard();
  for (const worker of workers) worker.postMessage(share);
  await done;
  const took = performance.now() - start;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return took;
}

/** Milliseconds of the quickest round. */
async function best(action: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    await action();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Turns of the loop of `cpu.graph.ts` in a millisecond, in the quickest of some rounds. */
function calibrate(): number {
  const turns = 2_000_000;
  let least = Infinity;
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    let x = round;
    for (let n = turns; n > 0; n--) x = (x * 1103515245 + 12345) % 2147483648;
    if (x >= 0) least = Math.min(least, performance.now() - start);
  }
  return turns / least;
}
