import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { GraphBreakpoint } from '../../../src/protocol/breakpoints.ts';
import type { ToWebview } from '../../../src/protocol/webviewMessages.ts';
import type { RunResult } from '../../../src/runner/runner.ts';
import { EventEmitter, Uri } from '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');
const { PreviewPanel } = await import('../../../src/extension/panel/previewPanel.ts');
const { restored } = await import('../../../src/extension/panel/panelTarget.ts');

const target = { file: '/dir/a.graph.ts', exportName: 'g' };
const done: RunResult = { graph: 'g', status: 'done', durationMs: 1, state: {} };
const toOtherFolder = (path: string) => path.replace('/dir/a.', '/other/b.');

/** What the page was told, in order, since it was last asked. */
const posted: ToWebview[] = [];
const requested: unknown[] = [];
let breakpoints: readonly GraphBreakpoint[];
let fromPage: EventEmitter<unknown>;
let title: () => string;
let panel: InstanceType<typeof PreviewPanel>;

beforeEach(() => {
  breakpoints = [];
  fromPage = new EventEmitter<unknown>();
  const webview = {
    onDidReceiveMessage: fromPage.event,
    postMessage: async (message: ToWebview) => void posted.push(message),
    asWebviewUri: (uri: Uri) => uri,
  };
  const nothing = new EventEmitter<void>().event;
  const shown = {
    title: '',
    visible: true,
    webview,
    onDidDispose: nothing,
    onDidChangeViewState: nothing,
    dispose: () => {},
  };
  title = () => shown.title;
  panel = new PreviewPanel(shown as never, {
    extensionUri: Uri.file('/extension') as never,
    target,
    isLocked: false,
    onRequest: (request) => requested.push(request),
    onNamed: () => {},
    onActive: () => {},
    reachOf: () => undefined,
    breakpointsOf: () => breakpoints,
  });
  fromPage.fire({ type: 'ready' });
  take();
  requested.splice(0);
});

/** The messages that came since the last look. */
function take(): ToWebview[] {
  return posted.splice(0);
}

/** Their types, with the text of what is drawn. */
function told(): string[] {
  return take()
    .filter(({ type }) => type !== 'breakpoints')
    .map((message) => (message.type === 'graph' ? `graph ${message.mermaid}` : message.type));
}

function diagram(mermaid: string) {
  return { title: 'g', mermaid, nodes: [] };
}

function runOf(mermaid: string): InstanceType<typeof RunViewModel> {
  return new RunViewModel(target, graphOf(mermaid));
}

test('a run keeps its drawing while its source changes, and the page is told that it has', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  told();
  panel.show(target, diagram('welcome'));
  const kept = ['restore', 'graph greet', 'runStarted', 'progress', 'sourceChanged'];
  assert.deepEqual(told(), kept);
  // A page that was thrown away while it was hidden is told the same.
  fromPage.fire({ type: 'ready' });
  assert.deepEqual(told(), kept);
});

test('the hint that the source has changed goes when the source is as the run has it again', () => {
  panel.show(target, diagram('greet'));
  panel.follow(runOf('greet'));
  panel.show(target, diagram('welcome'));
  told();
  panel.show(target, diagram('greet'));
  assert.deepEqual(told(), ['restore', 'graph greet', 'runStarted', 'progress']);
  panel.show(target, diagram('greet'));
  assert.deepEqual(told(), []);
});

test('a save that leaves the graph as it is, or breaks it, changes nothing about the drawing of a run', () => {
  panel.show(target, diagram('greet'));
  panel.follow(runOf('greet'));
  told();
  panel.show(target, diagram('greet'));
  assert.deepEqual(told(), []);
  panel.showProblem('broken');
  assert.deepEqual(told(), ['problem']);
});

test('the changed graph is drawn with the first loading after the run, and at once by the next run', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  panel.show(target, diagram('welcome'));
  told();
  run.end(done);
  assert.deepEqual(told(), ['runEnded']);
  panel.show(target, diagram('welcome'));
  assert.deepEqual(told(), ['restore', 'graph welcome']);
  panel.follow(runOf('hello'));
  assert.deepEqual(told(), ['restore', 'graph hello', 'runStarted', 'progress']);
});

test('a panel stays with a file that is renamed while its graph runs', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  panel.showProblem('a.graph.ts was deleted');
  take();
  run.move(toOtherFolder);
  panel.move(toOtherFolder);
  const [restore, graph, ...others] = take();
  const moved = { file: '/other/b.graph.ts', exportName: 'g' };
  const kept = { ...moved, isLocked: false };
  assert.deepEqual(restore?.type === 'restore' && JSON.parse(restore.restore), kept);
  assert.equal(graph?.type === 'graph' && graph.file, 'b.graph.ts');
  assert.deepEqual(
    others.map(({ type }) => type),
    ['breakpoints', 'runStarted', 'progress'],
  );
  assert.equal(title(), 'Preview g');
  fromPage.fire({ type: 'reveal', nodeId: 'n' });
  assert.deepEqual(requested, [{ type: 'reveal', nodeId: 'n', target: moved }]);
  fromPage.fire({ type: 'stop' });
  assert.equal(run.isStopping, true);
});

test('the place in the error of an ended run leads to where the file is now', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  const problem = { severity: 'error', message: 'm', file: target.file } as const;
  run.end({ ...done, status: 'failed', error: { name: 'Error', message: 'oops' }, problem });
  take();
  panel.move(toOtherFolder);
  const end = take().find(({ type }) => type === 'runEnded');
  assert.ok(end?.type === 'runEnded');
  assert.equal(end.message, 'oops (b.graph.ts)');
  assert.deepEqual(end.places, ['b.graph.ts']);
  fromPage.fire({ type: 'openPlace', place: 0 });
  const [request] = requested as { problem: { file: string } }[];
  assert.equal(request?.problem.file, '/other/b.graph.ts');
});

test('a rename of other files is nothing to a panel', () => {
  panel.show(target, diagram('greet'));
  told();
  panel.move((path) => (path === '/dir' ? '/other' : path));
  assert.deepEqual(told(), []);
  assert.deepEqual(panel.target, target);
});

test('a run that waits keeps its drawing and its cards when the file changes, until the next run', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  const question = { id: '1', value: 'Really?', node: 'n', nodeId: 'n', path: ['n'], since: 0 };
  const waiting = { questions: [question], breakpoints: [] };
  told();
  run.end({ ...done, status: 'waiting', waiting, threadId: 't', keptBy: 'store' });
  const [end] = take();
  assert.ok(end?.type === 'runEnded');
  const [card] = end.waits?.questions ?? [];
  assert.deepEqual([card?.id, card?.asker, card?.lines], ['1', 'n', ['Really?']]);
  assert.equal(end.waits?.obstacle, undefined);
  panel.show(target, diagram('welcome'));
  assert.deepEqual(told().slice(1), [
    'graph greet',
    'runStarted',
    'progress',
    'runEnded',
    'sourceChanged',
  ]);
  panel.restate();
  assert.deepEqual(told(), ['runEnded']);
});

test('a run that nothing keeps says that it cannot be answered', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  take();
  run.end({ ...done, status: 'waiting', waiting: { questions: [], breakpoints: [] } });
  const [end] = take();
  assert.match((end?.type === 'runEnded' && end.waits?.obstacle) || '', /cannot go on/);
});

test('only answers that are well formed are taken from the page', () => {
  const answer = { choices: [{ option: 0, input: 'yes' }] };
  const good = { type: 'answer', answers: [{ id: '1', answer }] };
  fromPage.fire(good);
  fromPage.fire({ type: 'goOn', state: { a: 1 } });
  for (const answers of [1, [1], [{ id: 1, answer }], [{ id: '1' }], [{ id: '1', answer: {} }]]) {
    fromPage.fire({ type: 'answer', answers });
  }
  assert.deepEqual(requested.splice(0), [
    { ...good, target },
    { type: 'goOn', state: { a: 1 }, target },
  ]);
});

test('a past run is marked as such, and stays until a run begins or the present is asked for', () => {
  panel.show(target, diagram('greet'));
  take();
  const past = runOf('old');
  past.end(done);
  panel.followPast(past, 'This is a past run');
  const [, graph] = take();
  assert.equal(graph?.type === 'graph' && graph.notice, 'This is a past run');
  panel.show(target, diagram('greet'));
  panel.showProblem('broken');
  assert.deepEqual(told(), []);
  panel.follow(runOf('old'));
  const again = take().find((message) => message.type === 'graph');
  assert.ok(again && !('notice' in again));

  panel.followPast(past, 'This is a past run');
  take();
  panel.leavePast();
  panel.show(target, diagram('greet'));
  assert.deepEqual(told(), ['restore', 'graph greet']);
});

test('what is to be chosen in a page is told when the page is there, once', () => {
  const run = runOf('greet');
  panel.follow(run);
  told();
  panel.select('a', 'state');
  assert.deepEqual(take(), [{ type: 'select', revision: 1, nodeId: 'a', view: 'state' }]);
  fromPage.fire({ type: 'ready' });
  assert.ok(!told().includes('select'));
});

test('a locked panel says so on its tab, and when it comes back after a reload', () => {
  panel.show(target, diagram('greet'));
  take();
  panel.isLocked = true;
  assert.equal(title(), '[Preview] g');
  const [message] = take();
  assert.ok(message?.type === 'restore');
  assert.deepEqual(restored(message), { target, isLocked: true });
  panel.isLocked = false;
  assert.equal(title(), 'Preview g');
});

test('a panel that turns to another graph keeps nothing of the one before, whose run goes on unseen', () => {
  panel.show(target, diagram('greet'));
  const run = runOf('greet');
  panel.follow(run);
  told();
  const other = { file: '/dir/other.graph.ts', exportName: 'other' };
  panel.turnTo(other);
  run.end(done);
  assert.deepEqual(told(), []);
  assert.ok(panel.isEmpty);
  panel.show(other, diagram('other'));
  assert.deepEqual(told(), ['restore', 'graph other']);
  panel.turnTo(target);
  panel.follow(run);
  assert.deepEqual(told(), ['restore', 'graph greet', 'runStarted', 'progress', 'runEnded']);
});

test('the page is told where runs pause, with each graph and whenever that changes', () => {
  breakpoints = [{ node: 'judge', when: 'before' }];
  panel.show(target, { title: 'g', mermaid: 'one', nodes: [] });
  const told = () => take().flatMap((each) => (each.type === 'breakpoints' ? [each] : []));
  const [first, ...others] = told();
  assert.deepEqual([first?.breakpoints, others], [breakpoints, []]);
  breakpoints = [];
  panel.showBreakpoints();
  assert.deepEqual(told(), [{ ...first, breakpoints }]);
});
