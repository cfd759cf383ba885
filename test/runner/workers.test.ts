// Nodes and tasks with `thread: true` in a file that is run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('workers.graph.ts');

for (const exportName of ['graph', 'made']) {
  test(`nodes and tasks of "${exportName}" run on worker threads that load the same file`, async (t) => {
    const { result, events } = record(createTestRunner(t), { file, exportName });
    const { node, task, here } = (await result).state as Record<string, number>;
    assert.notEqual(node, here);
    assert.notEqual(task, here);
    const warnings = events.filter(({ type }) => type === 'warning');
    assert.deepEqual(warnings, []);
  });
}

test('an error of a class that the file exports is of that class where it is asked for', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'retries' });
  const { error } = await result;
  assert.equal(error?.name, 'Busy');
  assert.equal(events.filter(({ type }) => type === 'taskStarted').length, 3);
});

test('a node that computes on a worker thread stops with its run', async (t) => {
  const stop = new AbortController();
  const run = { file, exportName: 'hangs', signal: stop.signal };
  const { result, when } = record(createTestRunner(t), run);
  await when(({ type }) => type === 'taskStarted');
  stop.abort();
  assert.equal((await result).status, 'cancelled');
});

test('a node that takes more memory than a run may have fails alone, on its worker thread', async (t) => {
  const runner = createTestRunner(t, { maxMemoryMb: 64 });
  const { status, error } = await runner.run({ file, exportName: 'eats', input: {} });
  assert.equal(status, 'failed');
  assert.equal(error?.code, 'WORKER_ENDED');
  assert.match(error.message, /"eat".*memory.*give it less/);
  const again = await runner.run({ file, exportName: 'graph', input: {} });
  assert.equal(again.status, 'done', again.error?.message);
});
