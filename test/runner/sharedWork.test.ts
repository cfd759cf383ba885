import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedWork } from '../../src/runner/sharedWork.ts';

function begin() {
  const { promise, resolve } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const work = new SharedWork((given) => {
    signal = given;
    return promise;
  });
  return { work, resolve, signal: signal! };
}

test('all who join get the result', async () => {
  const { work, resolve } = begin();
  const { signal } = new AbortController();
  const all = [work.join(signal), work.join(signal)];
  resolve('done');
  assert.deepEqual(await Promise.all(all), ['done', 'done']);
  assert.equal(work.isOver, true);
});

test('work goes on for those who still wait, and ends with the last of them', async () => {
  const { work, signal } = begin();
  const [first, second] = [new AbortController(), new AbortController()];
  const [one, two] = [work.join(first.signal), work.join(second.signal)];
  first.abort(new Error('first'));
  await assert.rejects(one, /first/);
  assert.deepEqual([signal.aborted, work.isOver], [false, false]);
  second.abort(new Error('second'));
  await assert.rejects(two, /second/);
  assert.equal((signal.reason as Error).message, 'second');
  assert.equal(work.isOver, true);
});
