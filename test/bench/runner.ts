// Measures the built runner in plain Node:  node test/bench/runner.ts
// From the command to the first node, cold (a process of its own each time) and warm; wall time and
// start skew of the first example; how fast a flood of events passes.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunEvent } from '../../src/engine/model/events.ts';
import type { Runner } from '../../src/runner/runner.ts';
import type { createWorkerRunner as Create } from '../../src/runner/workerRunner.ts';

const ROUNDS = 7;
const dist = new URL('../../dist/', import.meta.url);
const example = fileURLToPath(new URL('../../examples/node-parallelism.graph.ts', import.meta.url));
const floods = fileURLToPath(new URL('../fixtures/runner/nodes.graph.ts', import.meta.url));

const [, , mode, bundled] = process.argv;
if (mode === '--cold') {
  const commandAt = epoch();
  const runner = await openRunner(bundled!);
  console.log(await untilFirstNode(runner, commandAt));
  await runner.dispose();
} else {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-bench-'));
  const script = join(folder, 'workerRunner.mjs');
  await bundleRunner(folder);
  const cold = Array.from({ length: ROUNDS }, () => {
    const args = [fileURLToPath(import.meta.url), '--cold', script];
    return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  });
  console.log(`command to first node, cold: ${show(cold)}`);

  const runner = await openRunner(script);
  const looks: number[] = [];
  const firsts: number[] = [];
  const starts: number[] = [];
  await runner.describe(example);
  // A thread in reserve takes a moment to get ready, as between two commands of a person.
  const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
  for (let round = 0; round < ROUNDS; round++) {
    await pause();
    const began = epoch();
    await runner.describe(example, { xray: round });
    looks.push(epoch() - began);
    await pause();
    firsts.push(await untilFirstNode(runner, epoch()));
    await pause();
    starts.push(await untilFirstNode(runner, epoch()));
  }
  console.log(`describe, warm: ${show(looks)}`);
  console.log(`command to first node, after describe: ${show(firsts)}`);
  console.log(`command to first node, warm: ${show(starts)}`);

  const started: number[] = [];
  const { durationMs } = await runner.run({
    file: example,
    onEvents(events) {
      for (const event of events) if (event.type === 'taskStarted') started.push(event.time);
    },
  });
  const skew = Math.max(...started) - Math.min(...started);
  console.log(
    `node-parallelism: wall ${durationMs.toFixed(1)} ms, starts ${skew.toFixed(2)} ms apart`,
  );

  for (const exportName of ['manyLines', 'manyTasks']) {
    let events = 0;
    let longest = 0;
    let last = performance.now();
    const lag = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const result = await runner.run({
      file: floods,
      exportName,
      onEvents: (batch) => void (events += batch.length),
    });
    clearInterval(lag);
    console.log(
      `${exportName}: ${events} events in ${result.durationMs.toFixed(0)} ms, ` +
        `host away for ${longest.toFixed(0)} ms at most`,
    );
  }
  await runner.dispose();
  await rm(folder, { recursive: true });
}

/** The host's side as it ships: JavaScript, with the parser in a file of its own until needed. */
async function bundleRunner(outdir: string): Promise<void> {
  const { build } = await import('esbuild');
  const source = new URL('../../src/runner/workerRunner.ts', import.meta.url);
  await build({
    entryPoints: [fileURLToPath(source)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
  });
}

async function openRunner(script: string): Promise<Runner> {
  const place = (path: string) => new URL(path, dist);
  const module: unknown = await import(pathToFileURL(script).href);
  const { createWorkerRunner } = module as { createWorkerRunner: typeof Create };
  return createWorkerRunner({
    workerUrl: place('worker.js'),
    debugUrl: place('debug.js'),
    shipped: {
      superstep: place('index.js').href,
      zod: place('vendor/zod.js').href,
      openai: place('vendor/openai.js').href,
    },
    loadEsbuild: () => import('esbuild'),
    keepWarm: true,
  });
}

/** Milliseconds from `commandAt` until the first node began; stops the run then. */
async function untilFirstNode(runner: Runner, commandAt: number): Promise<number> {
  const stop = new AbortController();
  let startedAt = NaN;
  let first: number | undefined;
  const onEvents = (events: readonly RunEvent[]) => {
    for (const event of events) {
      if (event.type === 'runStarted') startedAt = event.startedAt;
      if (event.type === 'taskStarted') {
        first ??= startedAt + event.time;
        stop.abort();
      }
    }
  };
  await runner.run({ file: example, signal: stop.signal, onEvents });
  return first! - commandAt;
}

function epoch(): number {
  return performance.timeOrigin + performance.now();
}

function show(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = NaN] = sorted;
  const median = sorted[Math.floor(sorted.length / 2)]!;
  return `median ${median.toFixed(0)} ms (${least.toFixed(0)} to ${sorted.at(-1)!.toFixed(0)})`;
}
