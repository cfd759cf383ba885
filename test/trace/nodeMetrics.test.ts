import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import { failed, finished, modelCall, runStarted, started, task } from '../runner/report/events.ts';

const outer = task(1, 'sub');
const inner = task(2, 'work', outer);
const idle = { running: 0, done: 0, failed: 0, totalMs: 0 };

test('RunMetrics tells what changed, and only that', () => {
  const metrics = new RunMetrics();
  metrics.add(runStarted('g', {}));
  assert.deepEqual(metrics.takeChanges(), []);
  metrics.add(started(outer, 0));
  metrics.add(started(inner, 1));
  assert.deepEqual(metrics.takeChanges(), [
    { ...idle, id: 'sub', status: 'running', running: 1 },
    { ...idle, id: 'sub:work', status: 'running', running: 1 },
  ]);
  metrics.add(finished(inner, 3, 2));
  assert.deepEqual(metrics.takeChanges(), [
    { ...idle, id: 'sub:work', status: 'done', done: 1, totalMs: 2 },
  ]);
  assert.deepEqual(metrics.takeChanges(), []);
  assert.equal(metrics.progress().find(({ id }) => id === 'sub')?.status, 'running');
});

test('RunMetrics counts the tasks of a mapped node', () => {
  const metrics = new RunMetrics();
  for (let i = 0; i < 4; i++) metrics.add(started(task(i, 'each'), 0));
  metrics.add(finished(task(0, 'each'), 5, 5));
  metrics.add(failed(task(1, 'each'), 6, { durationMs: 6, message: 'first line\nsecond' }));
  metrics.add(failed(task(2, 'each'), 6, { durationMs: 6, cancelled: true }));
  const counts = { running: 1, done: 1, failed: 1, cancelled: 1, totalMs: 17, error: 'first line' };
  assert.deepEqual(metrics.takeChanges(), [{ id: 'each', status: 'running', ...counts }]);
  metrics.add(finished(task(3, 'each'), 7, 7));
  const [change] = metrics.takeChanges();
  assert.equal(change?.status, 'failed', 'a failure stays visible');
});

test('RunMetrics takes another attempt for the same task', () => {
  const metrics = new RunMetrics();
  metrics.add(started(outer, 0));
  metrics.add({ type: 'taskStarted', time: 5, task: outer, attempt: 2, input: {} });
  metrics.add(finished(outer, 6, 6));
  assert.deepEqual(metrics.progress(), [
    { ...idle, id: 'sub', status: 'done', done: 1, totalMs: 6 },
  ]);
});

test('RunMetrics leaves nothing running after the run', () => {
  const metrics = new RunMetrics();
  metrics.add(started(outer, 0));
  metrics.add({ type: 'runFinished', time: 9, output: {} });
  assert.deepEqual(metrics.progress(), [{ ...idle, id: 'sub', status: 'cancelled', cancelled: 1 }]);
});

test('RunMetrics takes a task that waits for an answer for one that has not ended', () => {
  const metrics = new RunMetrics();
  metrics.add(started(outer, 0));
  metrics.add({ type: 'taskInterrupted', time: 3, task: outer, durationMs: 3, interrupts: [] });
  assert.deepEqual(metrics.progress(), [
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

test('RunMetrics takes a task that an edge led to for none that was sent, whatever its node is called', () => {
  const metrics = new RunMetrics();
  metrics.add(superstep({ 'a[0]': 2 }));
  metrics.add(started(task(1, 'a[0]'), 0));
  metrics.add(started(sent(2, 0, 'a[0]'), 0));
  const [progress] = metrics.takeChanges();
  assert.equal(progress?.running, 2);
  assert.equal(progress.waiting, 1);
});

test('RunMetrics knows how many tasks of a mapped node wait for their turn', () => {
  const metrics = new RunMetrics();
  metrics.add(superstep({ each: 4, other: 1 }));
  metrics.add(started(sent(1, 0), 0));
  metrics.add(started(sent(2, 1), 0));
  metrics.add(started(sent(3, 4, 'other'), 0));
  const node = () => metrics.progress().find(({ id }) => id === 'each')!;
  assert.deepEqual([node().running, node().waiting], [2, 2]);
  assert.equal(metrics.progress().find(({ id }) => id === 'other')?.waiting, undefined);
  metrics.add(finished(sent(1, 0), 5, 5));
  metrics.add(finished(sent(2, 1), 5, 5));
  assert.deepEqual([node().status, node().done, node().waiting], ['running', 2, 2]);
  metrics.add(started(sent(4, 2), 6));
  assert.deepEqual([node().running, node().waiting], [1, 1]);
  metrics.add(finished(sent(4, 2), 7, 1));
  metrics.add(superstepEnd);
  assert.deepEqual([node().status, node().waiting], ['done', undefined]);
});

test('RunMetrics lets nobody wait after a subgraph, or the run, has ended', () => {
  const metrics = new RunMetrics();
  const mapped = { ...task(2, 'each', outer), path: ['sub', 'each[0]'] };
  metrics.add(started(outer, 0));
  metrics.add({ ...superstep({ each: 3 }), path: ['sub'] } as RunEvent);
  metrics.add(started(mapped, 0));
  metrics.add(failed(mapped, 1));
  assert.deepEqual(metrics.progress()[1]?.waiting, 2);
  metrics.add(failed(outer, 1));
  assert.deepEqual(metrics.progress()[1]?.waiting, undefined);
  metrics.add(superstep({ each: 2 }));
  metrics.add(started(sent(9, 0), 3));
  metrics.add({ type: 'runFinished', time: 9, output: {} });
  assert.ok(metrics.progress().every(({ waiting, status }) => !waiting && status !== 'running'));
});

test('RunMetrics says of a functional task who called it', () => {
  const metrics = new RunMetrics();
  const flow = task(1, 'flow');
  metrics.add(started(flow, 0));
  metrics.add(started({ ...task(2, 'a:b', flow), kind: 'task' }, 0));
  assert.deepEqual(
    metrics.progress().map(({ id, calledBy }) => ({ id, calledBy })),
    [
      { id: 'flow', calledBy: undefined },
      { id: 'flow:a:b', calledBy: { parent: 'flow', name: 'a:b' } },
    ],
  );
});

test('RunMetrics counts models, cached results and cached answers', () => {
  const metrics = new RunMetrics();
  const call = modelCall(outer, { source: 'offline' });
  metrics.add(started(outer, 0));
  metrics.add(call.started(1));
  metrics.add(call.retrying(2));
  metrics.add(call.finished(3, { tokens: [10, 20] }));
  metrics.add({ type: 'taskFinished', time: 4, task: outer, durationMs: 4, cached: true });
  metrics.add(call.failed(5));
  const [node] = metrics.progress();
  assert.equal(node?.cached, 1);
  const { calls, retries, failed: lost, tokensIn, tokensOut, sources } = node.modelUse!;
  assert.deepEqual(
    { calls, retries, lost, tokensIn, tokensOut, sources },
    { calls: 1, retries: 1, lost: 0, tokensIn: 10, tokensOut: 20, sources: ['offline'] },
  );
});

test('RunMetrics counts a task whose error handler took over as done, and keeps the error', () => {
  const metrics = new RunMetrics();
  const handled = { name: 'RangeError', message: 'broken\nin two' };
  metrics.add(started(outer, 0));
  metrics.add({ type: 'taskFinished', time: 4, task: outer, durationMs: 4, handled });
  const [node] = metrics.progress();
  assert.deepEqual(
    [node?.status, node?.done, node?.failed, node?.handled, node?.error],
    ['done', 1, 0, 1, 'broken'],
  );
});

test('RunMetrics follows one of several answers to its end, then another', () => {
  const metrics = new RunMetrics();
  const [one, two] = [modelCall(outer), modelCall(outer, { id: 2 })];
  metrics.add(started(outer, 0));
  const answer = () => metrics.progress()[0]?.answer;
  metrics.add(one.streamed(1, 'Once '));
  metrics.add(two.streamed(1, 'Two '));
  metrics.add(one.streamed(1, 'upon'));
  assert.equal(answer(), 'Once upon');
  metrics.add(one.finished(2));
  assert.equal(answer(), undefined);
  metrics.add(two.streamed(3, 'frogs'));
  assert.equal(answer(), 'frogs');
  metrics.add(two.retrying(4));
  assert.equal(answer(), undefined, 'it begins anew');
  metrics.add(two.streamed(5, 'Two'));
  metrics.add(finished(outer, 6, 6));
  assert.equal(answer(), undefined);
});

test('RunMetrics keeps the end only of a very long answer', () => {
  const metrics = new RunMetrics();
  const call = modelCall(outer);
  metrics.add(started(outer, 0));
  for (let i = 0; i < 100_000; i++) metrics.add(call.streamed(1, `word${i} `));
  const [node, ...others] = metrics.takeChanges();
  assert.deepEqual(others, []);
  assert.equal(node?.answer?.length, 160);
  assert.match(node.answer, / word99998 word99999 $/);
});
