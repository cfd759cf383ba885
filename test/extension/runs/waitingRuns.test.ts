import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Waiting } from '../../../src/protocol/waiting.ts';
import {
  FakeDocument,
  FakeMemento,
  Uri,
  onDisk,
  statusBarItems,
  type CodeLens,
} from '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');
const { Activities } = await import('../../../src/extension/runs/activities.ts');
const { GraphLenses } = await import('../../../src/extension/source/graphLenses.ts');
const { StatusBar } = await import('../../../src/extension/runs/statusBar.ts');
const { WaitingRuns } = await import('../../../src/extension/runs/waitingRuns.ts');

const file = '/dir/a.graph.ts';
const target = { file, exportName: 'g' };
const range = { line1: 3, column1: 1, endLine1: 3, endColumn1: 2 };
const sources = { read: async () => [{ exportName: 'g', range }] };
const idle = ['$(play) Run', 'Debug', 'Run with Input…', 'Preview'];

let memento: FakeMemento;
let waits: InstanceType<typeof WaitingRuns>;
let activities: InstanceType<typeof Activities>;
let lenses: InstanceType<typeof GraphLenses>;
let refreshes: number;

beforeEach(() => {
  memento = new FakeMemento();
  activities = new Activities();
  open();
});

/** The window is opened, or reloaded. */
function open(): void {
  statusBarItems.splice(0);
  waits = new WaitingRuns(memento);
  lenses = new GraphLenses({ sources: sources as never, activities, waits });
  refreshes = 0;
  lenses.onDidChangeCodeLenses(() => refreshes++);
  new StatusBar(activities, waits);
}

function waiting(...nodes: string[]): Waiting {
  const questions = nodes.map((node) => {
    return { id: node, value: 'Really?', node, nodeId: node, path: [node], since: 0 };
  });
  return { questions, breakpoints: [] };
}

const atBreakpoint: Waiting = {
  questions: [],
  breakpoints: [{ when: 'before', nodes: ['pay'], path: [], since: 0 }],
};

/** A run that has ended so. */
function run(
  what: Waiting,
  { name = 'hello', exportName = 'g', ...result }: Record<string, any> = {},
): InstanceType<typeof RunViewModel> {
  const ended = new RunViewModel({ file, exportName }, { ...graphOf('m'), exportName, name });
  ended.end({
    ...{ graph: name, status: 'waiting', durationMs: 1, state: {}, waiting: what },
    ...{ threadId: 't', keptBy: 'store', ...result },
  });
  return ended;
}

/** What the status bar shows of what waits. */
function shown() {
  const item = statusBarItems.find(({ id }) => id === 'superstep.waiting')!;
  return item.isShown ? item : undefined;
}

async function titles(): Promise<string[]> {
  const found = await lenses.provideCodeLenses(new FakeDocument(file) as never);
  return (found as unknown as CodeLens[]).map(({ command }) =>
    command.title.replaceAll('\u00a0', ' '),
  );
}

test('the status bar says what a run waits for, and leads to the answer, until the graph is run again', () => {
  assert.equal(shown(), undefined);
  waits.add(run(waiting('ask', 'check')));
  assert.equal(shown()?.text, '$(comment-discussion) hello waits for 2 answers');
  assert.match(shown()?.tooltip?.value ?? '', /ask: 'Really\?'\n.*check: 'Really\?'\n/);
  assert.equal(shown()?.command, 'superstep.answerQuestion');
  waits.forget(target);
  assert.equal(shown(), undefined);
});

test('the status bar tells a breakpoint from a question, and counts the graphs that wait', () => {
  waits.add(run(atBreakpoint));
  assert.equal(shown()?.text, '$(comment-discussion) hello waits at a breakpoint');
  waits.add(run(waiting('ask'), { name: 'other', exportName: 'other' }));
  assert.equal(shown()?.text, '$(comment-discussion) 2 graphs wait');
  assert.match(shown()?.tooltip?.value ?? '', /breakpoint before pay\nother waits for an answer\n/);
  waits.forget(target);
  assert.equal(shown()?.text, '$(comment-discussion) other waits for an answer');
});

test('a name with an icon in it stays a name', () => {
  waits.add(run(waiting('ask'), { name: '$(bug)' }));
  assert.doesNotMatch(shown()?.text ?? '', /\$\(bug\)/);
});

test('the lens counts what a run waits for, until the graph is run again', async () => {
  assert.deepEqual(await titles(), idle);
  waits.add(run(waiting('ask', 'check')));
  assert.equal(refreshes, 1);
  assert.deepEqual(await titles(), ['$(comment-discussion) Answer (2)', ...idle]);
  waits.add(run(atBreakpoint));
  assert.deepEqual(await titles(), ['$(comment-discussion) Go On (1)', ...idle]);
  waits.forget(target);
  assert.equal(refreshes, 3);
  assert.deepEqual(await titles(), idle);
});

test('a run of another graph leaves what waits as it is', () => {
  waits.add(run(waiting('ask')));
  waits.forget({ file, exportName: 'other' });
  onDisk.deleted.fire(Uri.file('/dir/b.graph.ts'));
  assert.equal(shown()?.text, '$(comment-discussion) hello waits for an answer');
  onDisk.deleted.fire(Uri.file(file));
  assert.equal(shown(), undefined);
});

test('what waits stays with a file that is renamed, and knows where its thread began', async () => {
  waits.add(run(waiting('ask')));
  waits.move((path) => path.replace('/dir/a.', '/other/b.'));
  assert.equal(waits.of(target), undefined);
  const moved = waits.of({ file: '/other/b.graph.ts', exportName: 'g' });
  assert.deepEqual([moved?.title, moved?.beganAs], ['hello', file]);
  assert.deepEqual(await titles(), idle);
  open();
  assert.equal(waits.of({ file: '/other/b.graph.ts', exportName: 'g' })?.beganAs, file);
});

test('what waits outlives a reload, with the nodes that are done, and not when it was run again', async () => {
  const first = run(waiting('ask'), { state: { a: 1 } });
  waits.add(first);
  open();
  const kept = waits.of(target)!;
  assert.deepEqual(kept.waiting, waiting('ask'));
  assert.deepEqual([kept.threadId, kept.result?.state], ['t', { a: 1 }]);
  assert.deepEqual(kept.graph.mermaid, 'm');
  assert.equal(shown()?.text, '$(comment-discussion) hello waits for an answer');
  assert.deepEqual(await titles(), ['$(comment-discussion) Answer (1)', ...idle]);
  waits.forget(target);
  open();
  assert.equal(shown(), undefined);
  assert.deepEqual(memento.keys(), []);
});

test('a run whose thread is gone with it is not kept over a reload', () => {
  waits.add(run(waiting('ask'), { keptBy: undefined }));
  assert.ok(shown());
  open();
  assert.equal(shown(), undefined);
});

test('a question that is too large, or no JSON, is kept over a reload without its value', () => {
  const question = waiting('ask').questions[0]!;
  for (const value of ['x'.repeat(1_000_000), { big: 1n }]) {
    waits.add(run({ questions: [{ ...question, value }], breakpoints: [] }, { state: value }));
    open();
    assert.match(String(waits.of(target)?.waiting?.questions[0]?.value), /too large/);
  }
});

test('what another version has kept does no harm', () => {
  for (const kept of [[{}], [{ target, result: {} }]]) {
    void memento.update('waitingRuns', kept);
    open();
    assert.equal(shown(), undefined);
  }
});

test('where a run waits is known after a reload, too', () => {
  waits.add(run(waiting('ask'), { keptBy: 'graph', server: 'http://127.0.0.1:8080' }));
  open();
  assert.equal(waits.of(target)?.result?.server, 'http://127.0.0.1:8080');
});
