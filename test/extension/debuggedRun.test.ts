import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fakeDebug, recorded } from '../fakes/vscode.ts';
import { graphOf } from './graphOf.ts';

const { RunViewModel } = await import('../../src/extension/runs/runViewModel.ts');
const { DebuggedRun } = await import('../../src/extension/debug/debuggedRun.ts');

const url = 'ws://127.0.0.1:4711/x';

let again: object[];
let run: InstanceType<typeof RunViewModel>;
let debugged: InstanceType<typeof DebuggedRun>;

beforeEach(() => {
  recorded.length = 0;
  again = [];
  fakeDebug.configuration = undefined;
  fakeDebug.stopped.length = 0;
  run = new RunViewModel({ file: '/dir/a.graph.ts', exportName: 'g' }, graphOf('g'));
  debugged = new DebuggedRun(
    run,
    { runtime: { path: 'node' } },
    { again: () => again.push(run.target) },
  );
});

afterEach(() => {
  debugged.dispose();
  assert.equal(fakeDebug.listeners, 0);
});

/** The process of the run listens, and the debugger begins a session on it. */
function attaching() {
  debugged.options.onListening(url);
  return fakeDebug.begin('parent', fakeDebug.configuration!);
}

test('a run that is over ends all sessions of its debugger, and nothing listens any more', async () => {
  const parent = attaching();
  await fakeDebug.attach(true);
  const child = fakeDebug.begin('child', {}, parent);
  debugged.dispose();
  assert.deepEqual(fakeDebug.stopped, ['parent', 'child']);
  fakeDebug.end(child);
  assert.ok(fakeDebug.listeners > 0);
  fakeDebug.end(parent);
  assert.equal(fakeDebug.listeners, 0);
});

test('a run that is over ends sessions that only begin then, as soon as that can be', async () => {
  const parent = attaching();
  debugged.dispose();
  const child = fakeDebug.begin('child', {}, parent);
  fakeDebug.says(child, 'initialized');
  assert.deepEqual(fakeDebug.stopped, ['parent', 'child']);
  fakeDebug.end(child);
  fakeDebug.end(parent);
  assert.ok(fakeDebug.listeners > 0);
  await fakeDebug.attach(true);
  assert.equal(fakeDebug.listeners, 0);
  assert.deepEqual(recorded, []);
});

test('a run whose process listens only once it is over has no session', () => {
  debugged.dispose();
  debugged.options.onListening(url);
  assert.equal(fakeDebug.configuration, undefined);
});

test('a run stops before its debugger ends the process, and when the session has ended', async () => {
  const parent = attaching();
  await fakeDebug.attach(true);
  const child = fakeDebug.begin('child', {}, parent);
  fakeDebug.end(child);
  assert.equal(run.isStopping, false);
  fakeDebug.told(parent, 'disconnect');
  assert.equal(run.isStopping, true);
  fakeDebug.end(parent);
});

test('a run that is restarted in its debugger stops, and begins again when its session has ended', async () => {
  const parent = attaching();
  await fakeDebug.attach(true);
  fakeDebug.told(parent, 'restart');
  assert.equal(run.isStopping, true);
  debugged.dispose();
  assert.deepEqual(again, []);
  fakeDebug.end(parent);
  assert.deepEqual(again, [run.target]);
});

test('a run stops whose debugger cannot be started, and says so', async () => {
  debugged.options.onListening(url);
  await fakeDebug.attach(false);
  assert.equal(run.isStopping, true);
  assert.deepEqual(recorded, ['g was not run. The debugger could not be started']);
});

test('sessions of others are left alone', () => {
  const other = fakeDebug.begin('other', { type: 'node' });
  fakeDebug.told(other, 'disconnect');
  fakeDebug.end(other);
  debugged.dispose();
  assert.equal(run.isStopping, false);
  assert.deepEqual(fakeDebug.stopped, []);
});
