import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazyRunner, type EditorRunner } from '../../../src/extension/runs/lazyRunner.ts';
import type { FileDescription } from '../../../src/runner/runner.ts';

/** Runners that count themselves and answer when they are told to. */
function fakeRunners() {
  const log: string[] = [];
  const open: (() => void)[] = [];
  let count = 0;
  const start = async (): Promise<EditorRunner> => {
    const name = `runner ${++count}`;
    log.push(`${name} starts`);
    return {
      describe: (file) =>
        new Promise<FileDescription>((resolve) => {
          log.push(`${name} describes ${file}`);
          open.push(() => resolve({ graphs: [], code: '', inputs: [file] }));
        }),
      run: () => Promise.reject(new Error('not used')),
      test: () => Promise.reject(new Error('not used')),
      readThread: () => Promise.reject(new Error('not used')),
      readHistory: () => Promise.reject(new Error('not used')),
      prepare: async () => {},
      fileChanged: (path) => void log.push(`${name} hears of ${path}`),
      dispose: async () => void log.push(`${name} ends`),
    };
  };
  return { log, open, start };
}

/** Lets promises that can go on do so. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('LazyRunner starts one runner, at the first use', async () => {
  const { log, open, start } = fakeRunners();
  const lazy = new LazyRunner(start);
  await settle();
  assert.equal(log.length, 0);
  const calls = [lazy.describe('a'), lazy.describe('b')];
  await settle();
  open.forEach((answer) => answer());
  await Promise.all(calls);
  assert.deepEqual(log, ['runner 1 starts', 'runner 1 describes a', 'runner 1 describes b']);
});

test('LazyRunner.renew() lets work end where it began and sends new work to a new runner', async () => {
  const { log, open, start } = fakeRunners();
  const lazy = new LazyRunner(start);
  const old = lazy.describe('old');
  await settle();
  lazy.renew();
  const next = lazy.describe('new');
  await settle();
  open.forEach((answer) => answer());
  await Promise.all([old, next]);
  await settle();
  assert.deepEqual(log, [
    'runner 1 starts',
    'runner 1 describes old',
    'runner 2 starts',
    'runner 2 describes new',
    'runner 1 ends',
  ]);
});

test('LazyRunner tells of changed files to the runner there is, and starts none for that', async () => {
  const { log, start } = fakeRunners();
  const lazy = new LazyRunner(start);
  lazy.fileChanged('unheard');
  await settle();
  assert.equal(log.length, 0);
  void lazy.describe('a');
  lazy.fileChanged('prompt.txt');
  await settle();
  assert.ok(log.includes('runner 1 hears of prompt.txt'));
});

test('LazyRunner.dispose() ends every runner there is, and starts none', async () => {
  const { log, start } = fakeRunners();
  const unused = new LazyRunner(start);
  await unused.dispose();
  assert.equal(log.length, 0);
  const lazy = new LazyRunner(start);
  void lazy.describe('a');
  lazy.renew();
  void lazy.describe('b');
  await settle();
  await lazy.dispose();
  assert.deepEqual(log.filter((line) => line.endsWith('ends')).sort(), [
    'runner 1 ends',
    'runner 2 ends',
  ]);
});
