import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { GraphBreakpoint } from '../../src/protocol/breakpoints.ts';
import type { RunOptions } from '../../src/runner/runner.ts';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('pauses.graph.ts');

/** Runs the graph `stage` up to a breakpoint; what it returns goes on from there. */
async function pausing(t: TestContext, breakpoint: GraphBreakpoint) {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-pauses-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const runner = createTestRunner(t);
  const store = { path: join(folder, 'threads.sqlite'), isTemporary: true, freshThread: 'new' };
  const options = { file, exportName: 'stage', store, breakpoints: [breakpoint] };
  const paused = await record(runner, options).result;
  const goOn = (resume: RunOptions['resume'] = {}) =>
    record(runner, { ...options, threadId: paused.threadId!, resume }).result;
  return { paused, goOn };
}

const places = ({ waiting }: Awaited<ReturnType<typeof pausing>>['paused']) =>
  waiting?.breakpoints.map(({ when, nodes, path }) => ({ when, nodes, path }));

test('a run pauses before a node, with the state so far, and goes on with an edited one', async (t) => {
  const { paused, goOn } = await pausing(t, { node: 'bow', when: 'before' });
  assert.equal(paused.status, 'waiting');
  assert.equal(paused.keptBy, 'store');
  assert.deepEqual(places(paused), [{ when: 'before', nodes: ['bow'], path: [] }]);
  const lines = ['I am the Judge', 'I am the Pirate'];
  assert.deepEqual((paused.state as { lines: string[] }).lines, lines);
  const edited = { update: { values: { lines: { __overwrite__: ['nobody'] } } } };
  const { status, state } = await goOn(edited);
  assert.deepEqual([status, (state as { lines: string[] }).lines], ['done', ['nobody', '1 bow']]);
});

test('a run pauses after a superstep, and goes on', async (t) => {
  const { paused, goOn } = await pausing(t, { node: 'play', when: 'after' });
  assert.deepEqual(places(paused), [{ when: 'after', nodes: ['play'], path: [] }]);
  assert.equal((await goOn()).status, 'done');
});

test('a run pauses where a branch matches, in a subgraph, and goes on', async (t) => {
  const condition = `role === 'Pirate'`;
  const { paused, goOn } = await pausing(t, { node: 'play:speak', when: 'before', condition });
  assert.deepEqual(places(paused), [{ when: 'before', nodes: ['speak'], path: ['play[1]'] }]);
  const { status, state } = await goOn();
  const lines = ['I am the Judge', 'I am the Pirate', '2 bow'];
  assert.deepEqual([status, (state as { lines: string[] }).lines], ['done', lines]);
});

test('a run in which no branch matches does not pause', async (t) => {
  const { paused } = await pausing(t, { node: 'play', when: 'before', condition: 'role === 1' });
  assert.equal(paused.status, 'done');
});

test('a run tells of a condition that throws, and of breakpoints that it cannot pause at', async (t) => {
  const told: string[] = [];
  const onHints: RunOptions['onHints'] = (hints) => told.push(...hints.map((h) => h.message));
  const run = (exportName: string, breakpoint: GraphBreakpoint) => {
    const options = { file, exportName, onHints, breakpoints: [breakpoint] };
    return record(createTestRunner(t), options).result;
  };
  const condition = 'nothing.at.all';
  const { status } = await run('forgets', { node: 'only', when: 'before' });
  assert.equal(status, 'done');
  assert.match(told.join('\n'), /does not pause at breakpoints of the graph/);
  told.length = 0;
  await run('stage', { node: 'bow', when: 'before', condition });
  assert.match(told.join('\n'), /The breakpoint at "bow" if nothing\.at\.all is passed by: Cannot/);
});
