import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Waiting } from '../../src/protocol/waiting.ts';
import type { CodeLens } from '../fakes/vscode.ts';
import { FakeDocument, statusBarItems } from '../fakes/vscode.ts';

const { Activities } = await import('../../src/extension/activities.ts');
const { GraphLenses } = await import('../../src/extension/graphLenses.ts');
const { StatusBar } = await import('../../src/extension/statusBar.ts');
const { WaitingRuns } = await import('../../src/extension/waitingRuns.ts');

const file = '/dir/a.graph.ts';
const range = { line1: 3, column1: 1, endLine1: 3, endColumn1: 2 };
const sources = { read: async () => [{ exportName: 'g', range }] };

let waits: InstanceType<typeof WaitingRuns>;
let activities: InstanceType<typeof Activities>;
let lenses: InstanceType<typeof GraphLenses>;
let refreshes: number;

beforeEach(() => {
  statusBarItems.splice(0);
  waits = new WaitingRuns();
  activities = new Activities();
  lenses = new GraphLenses({ sources: sources as never, activities, waits });
  refreshes = 0;
  lenses.onDidChangeCodeLenses(() => refreshes++);
  new StatusBar(activities, waits);
});

function question(node: string, value: unknown): Waiting['questions'][number] {
  return { id: node, value, node, nodeId: node, path: [node], since: 0 };
}

function waiting(...nodes: string[]): Waiting {
  return { questions: nodes.map((node) => question(node, 'Really?')), breakpoints: [] };
}

const atBreakpoint: Waiting = {
  questions: [],
  breakpoints: [{ when: 'before', nodes: ['pay'], path: [], since: 0 }],
};

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

test('the status bar says what a run waits for, and shows its panel, until the graph is run again', () => {
  assert.equal(shown(), undefined);
  waits.add({ file, exportName: 'g', title: 'hello', waiting: waiting('ask', 'check') });
  assert.equal(shown()?.text, '$(comment-discussion) hello waits for 2 answers');
  assert.match(shown()?.tooltip?.value ?? '', /ask: 'Really\?'\n.*check: 'Really\?'\n/);
  const { command, arguments: target } = shown()?.command as {
    command: string;
    arguments: [{ fsPath: string }, string];
  };
  assert.deepEqual([command, target[0].fsPath, target[1]], ['superstep.previewGraph', file, 'g']);
  waits.forget({ file, exportName: 'g' });
  assert.equal(shown(), undefined);
});

test('the status bar tells a breakpoint from a question, and counts the graphs that wait', () => {
  waits.add({ file, exportName: 'g', title: 'hello', waiting: atBreakpoint });
  assert.equal(shown()?.text, '$(comment-discussion) hello waits at a breakpoint');
  waits.add({ file, exportName: 'other', title: 'other', waiting: waiting('ask') });
  assert.equal(shown()?.text, '$(comment-discussion) 2 graphs wait');
  assert.match(shown()?.tooltip?.value ?? '', /breakpoint before pay\nother waits for an answer\n/);
  waits.forget({ file, exportName: 'g' });
  assert.equal(shown()?.text, '$(comment-discussion) other waits for an answer');
});

test('a name with an icon in it stays a name', () => {
  waits.add({ file, exportName: 'g', title: '$(bug)', waiting: waiting('ask') });
  assert.doesNotMatch(shown()?.text ?? '', /\$\(bug\)/);
});

test('the lens counts what a run waits for, until the graph is run again', async () => {
  const idle = ['$(play) Run', 'Run with Input…', 'Preview'];
  assert.deepEqual(await titles(), idle);
  waits.add({ file, exportName: 'g', title: 'hello', waiting: waiting('ask', 'check') });
  assert.equal(refreshes, 1);
  assert.deepEqual(await titles(), ['$(comment-discussion) Waiting (2)', ...idle]);
  waits.add({ file, exportName: 'g', title: 'hello', waiting: atBreakpoint });
  assert.deepEqual(await titles(), ['$(comment-discussion) Waiting (1)', ...idle]);
  waits.forget({ file, exportName: 'g' });
  assert.equal(refreshes, 3);
  assert.deepEqual(await titles(), idle);
});

test('a run of another graph leaves what waits as it is', () => {
  waits.add({ file, exportName: 'g', title: 'hello', waiting: waiting('ask') });
  waits.forget({ file, exportName: 'other' });
  waits.forget({ file: '/dir/b.graph.ts', exportName: 'g' });
  assert.equal(shown()?.text, '$(comment-discussion) hello waits for an answer');
});

test('what waits stays with a file that is renamed', async () => {
  waits.add({ file, exportName: 'g', title: 'hello', waiting: waiting('ask') });
  waits.move((path) => path.replace('/dir/a.', '/other/b.'));
  assert.equal(waits.of({ file, exportName: 'g' }), undefined);
  assert.equal(waits.of({ file: '/other/b.graph.ts', exportName: 'g' })?.title, 'hello');
  assert.deepEqual(await titles(), ['$(play) Run', 'Run with Input…', 'Preview']);
});
