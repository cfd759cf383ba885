import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunReport } from '../../../src/runner/report/runReport.ts';
import type { RunResult } from '../../../src/runner/runner.ts';
import { finished, runStarted, started, task } from './events.ts';

const a = task(1, 'a');
const done: RunResult = { graph: 'g', status: 'done', durationMs: 10, state: { topic: 'tea' } };
const error = { name: 'RunnerError', message: 'out of memory', code: 'OUT_OF_MEMORY' };
const failed: RunResult = { ...done, status: 'failed', error };

test('RunReport ends with the summary and the final state', () => {
  const report = new RunReport();
  const lines = report.lines([runStarted('g', {}), started(a, 0), finished(a, 5, 5)]);
  assert.equal(lines.length, 4);
  const end = report.end(done);
  assert.equal(end[0], '');
  assert.match(end[1]!, /^node +runs/);
  assert.deepEqual(end.slice(-3), ['', 'Final state', "topic: 'tea'"]);
});

test('RunReport tells the error of a run that never came as far as its own events', () => {
  const lines = new RunReport().end(failed);
  assert.match(lines[0]!, /✗ RunnerError OUT_OF_MEMORY: out of memory$/);
  assert.deepEqual(lines.slice(1), ['', 'State so far', "topic: 'tea'"]);
});

test('RunReport tells no error twice', () => {
  const report = new RunReport();
  report.lines([
    runStarted('g', {}),
    { type: 'runFailed', time: 1, error, cancelled: false, state: {} },
  ]);
  assert.deepEqual(report.end(failed), ['', 'State so far', "topic: 'tea'"]);
});

test('RunReport folds a state that nobody could read', () => {
  const rows = Array.from({ length: 900 }, (_, i) => ({ i, text: `${'word '.repeat(30)}\nend` }));
  const lines = new RunReport().end({ ...done, state: { rows, answer: 'x '.repeat(200_000) } });
  assert.ok(lines.length < 2010);
  assert.match(lines.at(-1)!, /^… [\d,]+ more lines$/);
});
