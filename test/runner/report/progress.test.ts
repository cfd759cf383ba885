import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressTracker } from '../../../src/runner/report/progress.ts';
import { failed, finished, runStarted, started, task } from './events.ts';

const outer = task(1, 'sub');
const inner = task(2, 'work', outer);
const idle = { running: 0, done: 0, failed: 0, totalMs: 0 };

test('ProgressTracker tells what changed, and only that', () => {
  const tracker = new ProgressTracker();
  tracker.add(runStarted('g', {}));
  assert.deepEqual(tracker.takeChanges(), []);
  tracker.add(started(outer, 0));
  tracker.add(started(inner, 1));
  assert.deepEqual(tracker.takeChanges(), [
    { ...idle, id: 'sub', status: 'running', running: 1 },
    { ...idle, id: 'sub:work', status: 'running', running: 1 },
  ]);
  tracker.add(finished(inner, 3, 2));
  assert.deepEqual(tracker.takeChanges(), [
    { ...idle, id: 'sub:work', status: 'done', done: 1, totalMs: 2 },
  ]);
  assert.deepEqual(tracker.takeChanges(), []);
  assert.equal(tracker.all().find(({ id }) => id === 'sub')?.status, 'running');
});

test('ProgressTracker counts the tasks of a mapped node', () => {
  const tracker = new ProgressTracker();
  for (let i = 0; i < 4; i++) tracker.add(started(task(i, 'each'), 0));
  tracker.add(finished(task(0, 'each'), 5, 5));
  tracker.add(failed(task(1, 'each'), 6, { durationMs: 6, message: 'first line\nsecond' }));
  tracker.add(failed(task(2, 'each'), 6, { durationMs: 6, cancelled: true }));
  const counts = { running: 1, done: 1, failed: 2, totalMs: 17, error: 'first line' };
  assert.deepEqual(tracker.takeChanges(), [{ id: 'each', status: 'running', ...counts }]);
  tracker.add(finished(task(3, 'each'), 7, 7));
  const [change] = tracker.takeChanges();
  assert.equal(change?.status, 'failed', 'a failure stays visible');
});

test('ProgressTracker takes another attempt for the same task', () => {
  const tracker = new ProgressTracker();
  tracker.add(started(outer, 0));
  tracker.add({ type: 'taskStarted', time: 5, task: outer, attempt: 2, input: {} });
  tracker.add(finished(outer, 6, 6));
  assert.deepEqual(tracker.all(), [{ ...idle, id: 'sub', status: 'done', done: 1, totalMs: 6 }]);
});

test('ProgressTracker leaves nothing running after the run', () => {
  const tracker = new ProgressTracker();
  tracker.add(started(outer, 0));
  tracker.add({ type: 'runFinished', time: 9, output: {} });
  assert.deepEqual(tracker.all(), [{ ...idle, id: 'sub', status: 'cancelled', failed: 1 }]);
});

test('ProgressTracker takes a task that waits for an answer for one that has not ended', () => {
  const tracker = new ProgressTracker();
  tracker.add(started(outer, 0));
  tracker.add({ type: 'taskInterrupted', time: 3, task: outer, durationMs: 3, interrupts: [] });
  assert.deepEqual(tracker.all(), [{ ...idle, id: 'sub', status: 'idle', totalMs: 3 }]);
});
