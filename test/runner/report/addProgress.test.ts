import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addProgress } from '../../../src/runner/report/addProgress.ts';
import { done, failed, modelUse, running, waits } from '../../webview/sampleGraphs.ts';

test('what was done before stays done, and what had waited does not wait any more', () => {
  assert.deepEqual(addProgress(done('a', 5)), done('a', 5));
  assert.deepEqual(addProgress(failed('a', 5, 'boom')), failed('a', 5, 'boom'));
  const asked = { ...waits('a'), totalMs: 3 };
  const idle = { id: 'a', status: 'idle', running: 0, done: 0, failed: 0, totalMs: 3 };
  assert.deepEqual(addProgress(asked), idle);
  assert.deepEqual(addProgress({ ...asked, done: 2 }), { ...idle, status: 'done', done: 2 });
});

test('tasks, times and models of both runs are added up', () => {
  const asked = { ...waits('a'), done: 1, totalMs: 3, modelUse: modelUse() };
  assert.deepEqual(addProgress(asked, { ...done('a', 4, 2), modelUse: modelUse() }), {
    ...done('a', 7, 3),
    modelUse: modelUse({
      calls: 8,
      retries: 2 * modelUse().retries,
      tokensIn: 2 * modelUse().tokensIn,
      tokensOut: 2 * modelUse().tokensOut,
    }),
  });
  const now = addProgress(asked, running('a'));
  assert.deepEqual([now.status, now.running, now.done, now.paused], ['running', 1, 1, undefined]);
  assert.equal(addProgress(asked, waits('a')).paused, 1);
});
