import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunReport } from '../../src/runner/report/runReport.ts';
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

test('of an answer of 100,000 pieces every piece is told, and only its end is kept', async (t) => {
  const runner = createTestRunner(t);
  const { result, events, batches } = record(runner, {
    file: fixture('tokens.graph.ts'),
    exportName: 'flood',
  });
  assert.equal((await result).status, 'done');
  const pieces = events.filter((event) => event.type === 'modelStreamed');
  assert.equal(pieces.length, 100_000);
  assert.ok(pieces.every(({ text }, i) => text === `word${i} `));
  assert.ok(batches.length < 10_000, `${batches.length} batches`);
  const report = new RunReport();
  assert.ok(report.lines(events).length < 20);
  assert.ok(report.end(await result).length < 200);
});
