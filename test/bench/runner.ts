// Measures the built runner in plain Node:  node test/bench/runner.ts
// From the command to the first node, cold (a process of its own each time) and warm, and from a click,
// which looks at the file before it runs it, as the extension does; wall time and start skew of the first example; how fast a flood of events passes.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../src/engine/model/events.ts';
import type { Runner } from '../../src/runner/runner.ts';
import { bundleRunner, openRunner } from './works/openRunner.ts';

const ROUNDS = 7;
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
  const script = await bundleRunner(folder);
  const cold = Array.from({ length: ROUNDS }, () => {
    const args = [fileURLToPath(import.meta.url), '--cold', script];
    return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  });
  console.log(`command to first node, cold: ${show(cold)}`);

  const runner = await openRunner(script);
  const looks: number[] = [];
  const firsts: number[] = [];
  const starts: number[] = [];
  const clicks: number[] = [];
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
    await pause();
    const clickedAt = epoch();
    await runner.describe(example);
    clicks.push(await untilFirstNode(runner, clickedAt));
  }
  console.log(`describe, warm: ${show(looks)}`);
  console.log(`command to first node, after describe: ${show(firsts)}`);
  console.log(`command to first node, warm: ${show(starts)}`);
  console.log(`click to first node, warm: ${show(clicks)}`);

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
