import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';
import type { GraphDescription, RunResult } from '../../../src/runner/runner.ts';
import '../../fakes/vscode.ts';

const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');

const node = (id: string) => ({ id, name: id.split(':').at(-1) ?? id, mermaidId: id });

const graph: GraphDescription = {
  exportName: 'g',
  name: 'the graph',
  kind: 'graph',
  mermaid: '',
  nodes: ['__start__', 'sub:__start__', 'sub:a', 'sub:b', 'c', '__end__'].map(node),
  hasInput: false,
  inputFields: [],
};

function task(id: number, nodeId: string): TaskInfo {
  return { id, node: nodeId, nodeId, path: nodeId.split(':'), superstep: 1 };
}

const started = (id: number, nodeId: string): RunEvent => ({
  type: 'taskStarted',
  time: 0,
  task: task(id, nodeId),
  attempt: 1,
  input: {},
});

const finished = (id: number, nodeId: string): RunEvent => ({
  type: 'taskFinished',
  time: 1,
  task: task(id, nodeId),
  durationMs: 1,
});

test('RunViewModel counts the nodes that have ended, without START, END and subgraph frames', () => {
  const run = new RunViewModel({ file: '/g.graph.ts', exportName: 'g' }, graph);
  assert.equal(run.state, '0/3');
  run.add([started(1, 'sub'), started(2, 'sub:a'), started(3, 'sub:b'), finished(2, 'sub:a')]);
  assert.equal(run.state, '1/3');
  run.add([finished(3, 'sub:b'), finished(1, 'sub'), started(4, 'c')]);
  assert.equal(run.state, '2/3');
});

test('RunViewModel tells of the nodes that changed, then of its end', () => {
  const run = new RunViewModel({ file: '/g.graph.ts', exportName: 'g' }, graph);
  const told: string[] = [];
  run.onDidProgress((nodes) => told.push(...nodes.map(({ id, status }) => `${id} ${status}`)));
  run.onDidEnd(({ status }) => told.push(status));
  run.add([started(1, 'c')]);
  run.add([]);
  run.add([finished(1, 'c')]);
  const result: RunResult = { graph: 'the graph', status: 'done', durationMs: 1, state: {} };
  run.end(result);
  assert.deepEqual(told, ['c running', 'c done', 'done']);
  assert.equal(run.result, result);
});

test('RunViewModel.stop() aborts its signal, and tells of it once and at once', () => {
  const run = new RunViewModel({ file: '/g.graph.ts', exportName: 'g' }, graph);
  let told = 0;
  run.onDidStop(() => told++);
  assert.equal(run.isStopping, false);
  run.stop();
  assert.equal(told, 1);
  assert.equal(run.signal.aborted, true);
  assert.equal(run.isStopping, true);
  assert.equal(run.state, 'stopping…');
  run.stop();
  assert.equal(told, 1);
});

test('RunViewModel says nothing of a stop that comes after its end', () => {
  const run = new RunViewModel({ file: '/g.graph.ts', exportName: 'g' }, graph);
  run.onDidStop(() => assert.fail('it has ended'));
  run.end({ graph: 'the graph', status: 'done', durationMs: 1, state: {} });
  run.stop();
});

test('runs of one graph that go on side by side have different titles', () => {
  const target = { file: '/g.graph.ts', exportName: 'g' };
  assert.equal(new RunViewModel(target, graph).title, 'the graph');
  assert.equal(new RunViewModel(target, graph, 2).title, 'the graph #2');
});

test('RunViewModel goes along with its file, from one name to the next, and so does its result', () => {
  const run = new RunViewModel({ file: '/a/g.graph.ts', exportName: 'g' }, graph);
  run.move((path) => path.replace('/a/', '/b/'));
  run.move((path) => path.replace('/b/', '/c/'));
  assert.deepEqual(run.target, { file: '/c/g.graph.ts', exportName: 'g' });
  assert.equal(run.file, '/c/g.graph.ts');
  // The thread knows nothing of that.
  const problem = { severity: 'error', message: 'm', file: '/a/lib.ts' } as const;
  run.end(run.locate({ graph: 'g', status: 'failed', durationMs: 1, state: {}, problem }));
  assert.equal(run.result?.problem?.file, '/c/lib.ts');
  run.move((path) => path.replace('/c/', '/d/'));
  assert.equal(run.result?.problem?.file, '/d/lib.ts');
});

test('RunViewModel goes on with a run that waited: what is done stays done, and times are added', () => {
  const target = { file: '/g.graph.ts', exportName: 'g' };
  const interrupted: RunEvent = {
    ...{ type: 'taskInterrupted', time: 2, task: task(2, 'sub:b'), durationMs: 1 },
    interrupts: [{ id: 'q', value: '?' }],
  };
  const first = new RunViewModel(target, graph);
  first.add([started(1, 'sub:a'), started(2, 'sub:b'), finished(1, 'sub:a'), interrupted]);
  const waiting = { questions: [], breakpoints: [] };
  const waits = { graph: 'g', status: 'waiting', state: {}, durationMs: 5, waiting } as const;
  first.end({ ...waits, threadId: 't' });
  const run = new RunViewModel(target, graph, 1, first.before());
  const states = () => run.progress().map(({ id, status }) => `${id} ${status}`);
  assert.equal(run.threadId, 't');
  assert.deepEqual(states(), ['sub:a done', 'sub:b waiting']);
  const told: string[][] = [];
  run.onDidProgress((nodes) => told.push(nodes.map(({ id, status }) => `${id} ${status}`)));
  run.add([started(1, 'c')]);
  assert.deepEqual(told, [['sub:a done', 'sub:b idle', 'c running']]);
  run.add([started(2, 'sub:b'), finished(2, 'sub:b'), finished(1, 'c')]);
  assert.deepEqual(states(), ['sub:a done', 'c done', 'sub:b done']);
  assert.equal(run.progress().find(({ id }) => id === 'sub:b')?.totalMs, 2);
  run.end({ graph: 'g', status: 'done', state: {}, durationMs: 7 });
  assert.equal(run.result?.durationMs, 12);
  assert.equal(run.waiting, undefined);
});
