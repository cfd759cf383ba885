import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('nodes.graph.ts');

test('of 100,000 console lines none is lost, and they come in order', async (t) => {
  const { result, events, batches } = record(createTestRunner(t), {
    file,
    exportName: 'manyLines',
  });
  assert.equal((await result).status, 'done');
  const lines = events.filter((event) => event.type === 'console');
  assert.equal(lines.length, 100_000);
  assert.ok(lines.every(({ text }, i) => text === `line ${i}`));
  assert.ok(batches.length < 10_000, `${batches.length} batches`);
});

test('20,000 tasks in one superstep are all told', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'manyTasks' });
  assert.equal((await result).status, 'done');
  for (const type of ['taskStarted', 'taskFinished']) {
    assert.equal(events.filter((event) => event.type === type).length, 20_000);
  }
});
