import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunOptions } from '../../src/runner/runner.ts';
import { createTestRunner, fixture, record, starts, transcript } from './testRunner.ts';

const file = fixture('nodes.graph.ts');

/** Runs a graph, and stops it when its second node has started. */
async function stop(t: TestContext, exportName: string, options: Partial<RunOptions> = {}) {
  const controller = new AbortController();
  const recording = record(createTestRunner(t), {
    file,
    exportName,
    signal: controller.signal,
    ...options,
  });
  await recording.when(starts('second'));
  controller.abort();
  const result = await recording.result;
  assert.equal(result.status, 'cancelled');
  assert.deepEqual(result.state, { value: 'of first', list: [] });
  const told = transcript(recording.events);
  assert.deepEqual(told.slice(-2), ['taskFailed second cancelled', 'runFailed cancelled']);
  return { ...result, told };
}

test('a node that never settles ends with the stop, without the grace time', async (t) => {
  const { error } = await stop(t, 'neverSettles', { graceMs: 1e9 });
  assert.equal(error?.code, 'ABORTED');
});

test('a node that does not listen to the signal does not hold the end', async (t) => {
  const { error } = await stop(t, 'ignoresSignal', { graceMs: 1e9 });
  assert.equal(error?.code, 'ABORTED');
});

test('a node in a busy loop is seen, and its thread is terminated after the grace time', async (t) => {
  const { error, told } = await stop(t, 'busyLoop', { graceMs: 20 });
  assert.equal(error?.code, 'STOPPED');
  assert.ok(told.includes('log second: before the loop'), 'what it said before is not lost');
});

test('a thread that cannot be terminated in time is given up', async (t) => {
  const gate = mkdtempSync(join(tmpdir(), 'superstep-gate-'));
  process.env.SUPERSTEP_TEST_GATE = gate;
  try {
    // The node waits in a system call for as long as the gate is there.
    const { error } = await stop(t, 'blocked', { graceMs: 20 });
    assert.equal(error?.code, 'STOPPED');
  } finally {
    rmSync(gate, { recursive: true });
    delete process.env.SUPERSTEP_TEST_GATE;
  }
});

test('a host has its event loop for itself while a node is in a busy loop', async (t) => {
  const controller = new AbortController();
  const { when, result } = record(createTestRunner(t), {
    file,
    exportName: 'busyLoop',
    signal: controller.signal,
    graceMs: 20,
  });
  await when(starts('second'));
  let turns = 0;
  for (; turns < 1000; turns++) await new Promise(setImmediate);
  controller.abort();
  await result;
  assert.equal(turns, 1000);
});

test('a run can be stopped while its file is being loaded', async (t) => {
  for (const name of ['endlessLoad', 'waitsOnLoad']) {
    const controller = new AbortController();
    const { result, when } = record(createTestRunner(t), {
      file: fixture(`${name}.graph.ts`),
      signal: controller.signal,
      graceMs: 1e9,
    });
    await when(({ type }) => type === 'console');
    controller.abort();
    const { status, error } = await result;
    assert.equal(status, 'cancelled');
    assert.equal(error?.code, 'STOPPED');
  }
});

test('a look at a file can be stopped while the file is being loaded', async (t) => {
  const runner = createTestRunner(t);
  const controller = new AbortController();
  const channel = new BroadcastChannel('loading');
  t.after(() => channel.close());
  const loads = new Promise((resolve) => (channel.onmessage = resolve));
  const look = runner.describe(fixture('endlessLoad.graph.ts'), { signal: controller.signal });
  await loads;
  controller.abort(new Error('changed my mind'));
  await assert.rejects(look, /changed my mind/);
});

test('a signal that is aborted beforehand stops the run before it starts', async (t) => {
  const run = record(createTestRunner(t), {
    file,
    exportName: 'fine',
    signal: AbortSignal.abort(),
  });
  assert.equal((await run.result).status, 'cancelled');
  assert.deepEqual(run.events, []);
});

test('a stop after the end changes nothing', async (t) => {
  const controller = new AbortController();
  const { result } = record(createTestRunner(t), {
    file,
    exportName: 'fine',
    signal: controller.signal,
  });
  assert.equal((await result).status, 'done');
  controller.abort();
});
