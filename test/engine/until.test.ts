import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { until } from '../../src/engine/model/until.ts';

const never = new Promise<never>(() => {});

test('a promise that settles first is what comes, and leaves no listener behind', async () => {
  const { signal } = new AbortController();
  assert.equal(await until(Promise.resolve(1), signal), 1);
  await assert.rejects(until(Promise.reject(new Error('no')), signal), /no/);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a signal that is aborted, before or meanwhile, ends the waiting with its reason', async () => {
  await assert.rejects(until(never, AbortSignal.abort(new Error('before'))), /before/);
  const abort = new AbortController();
  const waiting = until(never, abort.signal);
  abort.abort(new Error('meanwhile'));
  await assert.rejects(waiting, /meanwhile/);
  assert.deepEqual(getEventListeners(abort.signal, 'abort'), []);
});
