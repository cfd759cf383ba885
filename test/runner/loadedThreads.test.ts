import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type { Bundle } from '../../src/loader/bundle/bundle.ts';
import { LoadedThreads } from '../../src/runner/loadedThreads.ts';
import type { FromThread, WorkerThread } from '../../src/runner/workerThread.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

const from = (name: string) => ({
  bundle: { file: `/${name}`, code: '', imports: {}, inputs: [`/${name}`] } as unknown as Bundle,
  env: {},
});

/** A thread that lives until it is terminated. */
function loadedThread(threads: LoadedThreads, name: string) {
  const thread = { isAlive: true, terminate: () => (thread.isAlive = false) };
  const loaded = threads.begin(thread as unknown as WorkerThread, from(name));
  return { thread, loaded };
}

test('a thread that has loaded a file waits a minute, or seconds where something goes on in it', () => {
  const threads = new LoadedThreads();
  const [quiet, busy] = [loadedThread(threads, 'quiet'), loadedThread(threads, 'busy')];
  threads.keep(quiet.loaded, { isBusy: false });
  threads.keep(busy.loaded, { isBusy: true });
  mock.timers.tick(5_000);
  assert.deepEqual([quiet.thread.isAlive, busy.thread.isAlive], [true, false]);
  assert.equal(threads.take(from('busy')), undefined);
  mock.timers.tick(55_000);
  assert.equal(quiet.thread.isAlive, false);
  assert.equal(threads.has('/quiet'), false);
});

test('a thread that a run has taken is not ended by the time', () => {
  const threads = new LoadedThreads();
  const { loaded, thread } = loadedThread(threads, 'a');
  threads.keep(loaded, { isBusy: false });
  assert.equal(threads.take(from('a')), loaded);
  mock.timers.tick(100_000);
  threads.dispose();
  assert.equal(thread.isAlive, true);
  assert.equal(threads.take(from('a')), undefined);
});

test('a file is held by one thread: the older one ends, as does that of another code', () => {
  const threads = new LoadedThreads();
  const [first, second] = [loadedThread(threads, 'a'), loadedThread(threads, 'a')];
  threads.keep(first.loaded, { isBusy: false });
  threads.keep(second.loaded, { isBusy: false });
  assert.deepEqual([first.thread.isAlive, second.thread.isAlive], [false, true]);
  const changed = { ...from('a'), env: { A: '1' } };
  assert.equal(threads.take(changed), undefined);
  assert.equal(second.thread.isAlive, false);
});

test('dispose() ends every thread that waits, and those that are to wait after it', () => {
  const threads = new LoadedThreads();
  const { loaded, thread } = loadedThread(threads, 'a');
  threads.keep(loaded, { isBusy: false });
  const later = loadedThread(threads, 'later');
  threads.dispose();
  assert.equal(thread.isAlive, false);
  threads.keep(later.loaded, { isBusy: false });
  assert.equal(later.thread.isAlive, false);
});

test('a thread is not kept if a file that it may read has changed while it loaded its own', () => {
  const threads = new LoadedThreads();
  const { loaded, thread } = loadedThread(threads, 'a');
  threads.fileChanged('/prompt.txt');
  threads.keep(loaded, { isBusy: false });
  assert.equal(thread.isAlive, false);
  const again = loadedThread(threads, 'a');
  threads.fileChanged('/a');
  threads.keep(again.loaded, { isBusy: false });
  assert.equal(threads.take(from('a')), again.loaded);
});

test('a module that comes to harm while it waits serves no run', () => {
  const threads = new LoadedThreads();
  const { loaded, thread } = loadedThread(threads, 'a');
  threads.keep(loaded, { isBusy: true });
  const crashed: FromThread = { type: 'crashed', error: { name: 'Error', message: 'rejected' } };
  loaded.onMessage(crashed);
  assert.equal(thread.isAlive, false);
  assert.equal(threads.take(from('a')), undefined);
});
