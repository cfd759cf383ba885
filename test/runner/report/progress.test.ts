import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressTracker } from '../../../src/runner/report/progress.ts';
import type { RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';
import { failed, finished, modelCall, runStarted, started, task } from './events.ts';

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
  const counts = { running: 1, done: 1, failed: 1, cancelled: 1, totalMs: 17, error: 'first line' };
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
  assert.deepEqual(tracker.all(), [{ ...idle, id: 'sub', status: 'cancelled', cancelled: 1 }]);
});

test('ProgressTracker takes a task that waits for an answer for one that has not ended', () => {
  const tracker = new ProgressTracker();
  tracker.add(started(outer, 0));
  tracker.add({ type: 'taskInterrupted', time: 3, task: outer, durationMs: 3, interrupts: [] });
  assert.deepEqual(tracker.all(), [
    { ...idle, id: 'sub', status: 'waiting', paused: 1, totalMs: 3 },
  ]);
});

/** The i-th of several tasks that one node was sent. */
const sent = (id: number, i: number, node = 'each'): TaskInfo => ({
  ...task(id, node),
  path: [`${node}[${i}]`],
});
const superstep = (sends: Record<string, number>): RunEvent => ({
  type: 'superstepStarted',
  time: 0,
  path: [],
  superstep: 1,
  tasks: 3,
  sends,
});
const superstepEnd: RunEvent = {
  type: 'superstepFinished',
  time: 9,
  path: [],
  superstep: 1,
  written: [],
  state: {},
};

test('ProgressTracker takes a task that an edge led to for none that was sent, whatever its node is called', () => {
  const tracker = new ProgressTracker();
  tracker.add(superstep({ 'a[0]': 2 }));
  tracker.add(started(task(1, 'a[0]'), 0));
  tracker.add(started(sent(2, 0, 'a[0]'), 0));
  const [progress] = tracker.takeChanges();
  assert.equal(progress?.running, 2);
  assert.equal(progress.waiting, 1);
});

test('ProgressTracker knows how many tasks of a mapped node wait for their turn', () => {
  const tracker = new ProgressTracker();
  tracker.add(superstep({ each: 4, other: 1 }));
  tracker.add(started(sent(1, 0), 0));
  tracker.add(started(sent(2, 1), 0));
  tracker.add(started(sent(3, 4, 'other'), 0));
  const node = () => tracker.all().find(({ id }) => id === 'each')!;
  assert.deepEqual([node().running, node().waiting], [2, 2]);
  assert.equal(tracker.all().find(({ id }) => id === 'other')?.waiting, undefined);
  tracker.add(finished(sent(1, 0), 5, 5));
  tracker.add(finished(sent(2, 1), 5, 5));
  assert.deepEqual([node().status, node().done, node().waiting], ['running', 2, 2]);
  tracker.add(started(sent(4, 2), 6));
  assert.deepEqual([node().running, node().waiting], [1, 1]);
  tracker.add(finished(sent(4, 2), 7, 1));
  tracker.add(superstepEnd);
  assert.deepEqual([node().status, node().waiting], ['done', undefined]);
});

test('ProgressTracker lets nobody wait after a subgraph, or the run, has ended', () => {
  const tracker = new ProgressTracker();
  const mapped = { ...task(2, 'each', outer), path: ['sub', 'each[0]'] };
  tracker.add(started(outer, 0));
  tracker.add({ ...superstep({ each: 3 }), path: ['sub'] } as RunEvent);
  tracker.add(started(mapped, 0));
  tracker.add(failed(mapped, 1));
  assert.deepEqual(tracker.all()[1]?.waiting, 2);
  tracker.add(failed(outer, 1));
  assert.deepEqual(tracker.all()[1]?.waiting, undefined);
  tracker.add(superstep({ each: 2 }));
  tracker.add(started(sent(9, 0), 3));
  tracker.add({ type: 'runFinished', time: 9, output: {} });
  assert.ok(tracker.all().every(({ waiting, status }) => !waiting && status !== 'running'));
});

test('ProgressTracker says of a functional task who called it', () => {
  const tracker = new ProgressTracker();
  const flow = task(1, 'flow');
  tracker.add(started(flow, 0));
  tracker.add(started({ ...task(2, 'a:b', flow), kind: 'task' }, 0));
  assert.deepEqual(
    tracker.all().map(({ id, calledBy }) => ({ id, calledBy })),
    [
      { id: 'flow', calledBy: undefined },
      { id: 'flow:a:b', calledBy: { parent: 'flow', name: 'a:b' } },
    ],
  );
});

test('ProgressTracker counts models, cached results and cached answers', () => {
  const tracker = new ProgressTracker();
  const call = modelCall(outer, { source: 'offline' });
  tracker.add(started(outer, 0));
  tracker.add(call.started(1));
  tracker.add(call.retrying(2));
  tracker.add(call.finished(3, { tokens: [10, 20] }));
  tracker.add({ type: 'taskFinished', time: 4, task: outer, durationMs: 4, cached: true });
  tracker.add(call.failed(5));
  const [node] = tracker.all();
  assert.equal(node?.cached, 1);
  const { calls, retries, failed: lost, tokensIn, tokensOut, sources } = node.modelUse!;
  assert.deepEqual(
    { calls, retries, lost, tokensIn, tokensOut, sources },
    { calls: 1, retries: 1, lost: 0, tokensIn: 10, tokensOut: 20, sources: ['offline'] },
  );
});

test('ProgressTracker counts a task whose error handler took over as done, and keeps the error', () => {
  const tracker = new ProgressTracker();
  const handled = { name: 'RangeError', message: 'broken\nin two' };
  tracker.add(started(outer, 0));
  tracker.add({ type: 'taskFinished', time: 4, task: outer, durationMs: 4, handled });
  const [node] = tracker.all();
  assert.deepEqual(
    [node?.status, node?.done, node?.failed, node?.handled, node?.error],
    ['done', 1, 0, 1, 'broken'],
  );
});

test('ProgressTracker follows one of several answers to its end, then another', () => {
  const tracker = new ProgressTracker();
  const [one, two] = [modelCall(outer), modelCall(outer, { id: 2 })];
  tracker.add(started(outer, 0));
  const answer = () => tracker.all()[0]?.answer;
  tracker.add(one.streamed(1, 'Once '));
  tracker.add(two.streamed(1, 'Two '));
  tracker.add(one.streamed(1, 'upon'));
  assert.equal(answer(), 'Once upon');
  tracker.add(one.finished(2));
  assert.equal(answer(), undefined);
  tracker.add(two.streamed(3, 'frogs'));
  assert.equal(answer(), 'frogs');
  tracker.add(two.retrying(4));
  assert.equal(answer(), undefined, 'it begins anew');
  tracker.add(two.streamed(5, 'Two'));
  tracker.add(finished(outer, 6, 6));
  assert.equal(answer(), undefined);
});

test('ProgressTracker keeps the end only of a very long answer', () => {
  const tracker = new ProgressTracker();
  const call = modelCall(outer);
  tracker.add(started(outer, 0));
  for (let i = 0; i < 100_000; i++) tracker.add(call.streamed(1, `word${i} `));
  const [node, ...others] = tracker.takeChanges();
  assert.deepEqual(others, []);
  assert.equal(node?.answer?.length, 160);
  assert.match(node.answer, / word99998 word99999 $/);
});
