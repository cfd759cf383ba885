import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { EventEmitter, FakeDocument, Uri, workspace } from '../../fakes/vscode.ts';
import {
  activate,
  contextKeys,
  FakeWebviewPanel,
  moveCursor,
  openedPanels,
} from '../../fakes/webviewPanels.ts';
import { graphOf } from '../graphOf.ts';
import { findGraphs } from '../../../src/loader/source/findGraphs.ts';
import type { GraphFile } from '../../../src/extension/graphs/graphFiles.ts';

const { Previews } = await import('../../../src/extension/panel/previews.ts');
const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');
type Run = InstanceType<typeof RunViewModel>;

const a = { file: '/dir/a.graph.ts', exportName: 'g' };
const b = { file: '/dir/b.graph.ts', exportName: 'g' };

let loaded: Map<string, GraphFile>;
let refreshed: string[];
let prepared: string[];
let running: Run[];
let closed: string[];
let started: EventEmitter<Run>;
let changed: EventEmitter<GraphFile>;
let previews: InstanceType<typeof Previews>;

beforeEach(() => {
  Object.assign(workspace, { isTrusted: true });
  openedPanels.length = 0;
  loaded = new Map([load(a.file, 'of a'), load(b.file, 'of b')]);
  [refreshed, prepared, running, closed] = [[], [], [], []];
  started = new EventEmitter<Run>();
  changed = new EventEmitter<GraphFile>();
  const files = {
    onDidChange: changed.event,
    latest: (file: string) => loaded.get(file),
    follow: () => {},
    unfollow: () => {},
    refresh: async (file: string) => void refreshed.push(file),
    prepare: async (file: string) => void prepared.push(file),
    readText: async (file: string) =>
      file.endsWith('.graph.ts')
        ? findGraphs(
            `import { StateGraph } from 'superstep';\nexport const g = new StateGraph(S).addNode('read_from_text', f).compile();\nexport const h = new StateGraph(S).addNode('n', f).compile();\n`,
            file,
          ).graphs
        : [],
  };
  const runs = {
    onDidStart: started.event,
    shown: ({ file }: { file: string }) => running.find((run) => run.file === file),
  };
  const breakpoints = { of: () => [], onDidChange: started.event };
  previews = new Previews({
    extensionUri: Uri.file('/extension'),
    ...{ files, runs, breakpoints },
  } as never);
  previews.onDidClose((file) => closed.push(file));
});

function load(file: string, mermaid: string): [string, GraphFile] {
  const other = { ...graphOf(`${mermaid}, h`), exportName: 'h' };
  const description = { graphs: [graphOf(mermaid), other], code: '', inputs: [], hints: [] };
  return [file, { state: 'loaded', file, description, environment: {} } as never];
}

function begin(target: typeof a, mermaid: string): Run {
  const run = new RunViewModel(target, graphOf(mermaid));
  running.push(run);
  started.fire(run);
  return run;
}

/** Goes to an editor, and waits until whatever comes of that has come. */
async function goTo(file: string | undefined): Promise<void> {
  activate(file);
  for (let i = 0; i < 5; i++) await turnOfLoop();
}

/** What a page shows: the text of its drawing, and what it was last told of a run of it. */
function shown(panel = openedPanels.at(-1)!): string {
  panel.posted.length = 0;
  panel.send({ type: 'ready' });
  const graph = panel.posted.find(({ type }) => type === 'graph');
  const run = panel.posted.findLast(({ type }) => type === 'runStarted' || type === 'runEnded');
  return [graph?.mermaid, run?.type].filter((part) => part !== undefined).join(', ');
}

test('one panel follows the graph of the active editor, and tells who shows a file no more', async () => {
  previews.open(a);
  assert.equal(shown(), 'of a');
  await goTo(b.file);
  assert.equal(shown(), 'of b');
  assert.deepEqual(closed, [a.file]);
  assert.equal(openedPanels.length, 1);
  await goTo(undefined);
  await goTo('/dir/text.ts');
  assert.equal(shown(), 'of b');
});

test('a run goes on while the panel is elsewhere, and is there again with its graph, over or not', async () => {
  previews.open(a);
  const run = begin(a, 'of a');
  await goTo(b.file);
  assert.equal(shown(), 'of b');
  await goTo(a.file);
  assert.equal(shown(), 'of a, runStarted');
  await goTo(b.file);
  run.end({ graph: 'g', status: 'done', durationMs: 1, state: {} });
  running = [];
  await goTo(a.file);
  assert.equal(shown(), 'of a, runEnded');
  loaded = new Map([load(a.file, 'changed'), load(b.file, 'of b')]);
  await goTo(b.file);
  await goTo(a.file);
  assert.equal(shown(), 'changed');
});

test('a locked panel stays with its graph, and another graph gets a panel that follows', async () => {
  previews.open(a);
  const [first] = openedPanels;
  first!.focus(true);
  assert.equal(contextKeys.get('superstep.isPreviewLocked'), false);
  previews.lock(true);
  assert.equal(contextKeys.get('superstep.isPreviewLocked'), true);
  assert.equal(first!.title, '[Preview] g');
  await goTo(b.file);
  assert.equal(shown(first), 'of a');
  previews.open(b);
  assert.equal(openedPanels.length, 2);
  // What is shown already needs no second panel.
  await goTo(a.file);
  assert.equal(shown(), 'of b');
  previews.lock(false);
  assert.deepEqual(
    openedPanels.map(({ title }) => title.split(' ')[0]),
    ['Preview', '[Preview]'],
  );
});

test('a file that was not loaded yet is drawn from its text, and nothing of it runs', async () => {
  loaded.delete(b.file);
  previews.open(a);
  await goTo(b.file);
  assert.match(shown(), /read_from_text/);
  assert.deepEqual(refreshed, []);
  const { notice } = openedPanels[0]!.posted.find(({ type }) => type === 'graph');
  assert.match(notice, /^Drawn from the text/);
});

test('in restricted mode a file that is gone to is read, as one that is previewed', async () => {
  Object.assign(workspace, { isTrusted: false });
  previews.open(a);
  await goTo(b.file);
  assert.deepEqual(refreshed, [b.file]);
});

test('what a panel leads to does not turn it away', async () => {
  previews.open(a);
  openedPanels[0]!.send({ type: 'reveal', nodeId: 'n' });
  await goTo(b.file);
  assert.equal(shown(), 'of a');
  await goTo(a.file);
  await goTo(b.file);
  assert.equal(shown(), 'of b');
});

test('a past run stays, whichever editor is active, until its graph is asked for', async () => {
  const past = new RunViewModel(a, graphOf('of then'));
  previews.openPast(past, 'A past run');
  await goTo(b.file);
  assert.equal(shown(), 'of then, runStarted');
  previews.open(b);
  assert.equal(shown(), 'of b');
});

test('a panel is opened beside the active editor if that is asked for, wherever it was', () => {
  previews.open(a);
  previews.open(a, { isBeside: true });
  assert.deepEqual(
    openedPanels.map(({ viewColumn }) => viewColumn),
    [3],
  );
});

test('the panel follows the cursor from one graph of a file to another, as long as it is not locked', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const cursorTo = async (line1: number, kind?: number) => {
    moveCursor(a.file, line1, kind);
    for (let i = 0; i < 5; i++) await turnOfLoop();
    t.mock.timers.runAll();
    for (let i = 0; i < 5; i++) await turnOfLoop();
  };
  previews.open(a);
  await goTo(a.file);
  // Its first move loads what follows it.
  await cursorTo(2);
  await cursorTo(2);
  assert.equal(shown(), 'of a');
  await cursorTo(3, 3);
  assert.equal(shown(), 'of a', 'a command leads nowhere');
  await cursorTo(3);
  assert.equal(shown(), 'of a, h');
  await cursorTo(1);
  assert.equal(shown(), 'of a, h', 'between the graphs');
  // A graph that was asked for stays until the cursor goes on to another one.
  openedPanels[0]!.focus(true);
  await cursorTo(2);
  assert.equal(shown(), 'of a');
  previews.lock(true);
  await cursorTo(3);
  assert.equal(shown(), 'of a');
});

test('while a file is edited its panel draws ahead what the text tells, and shows none of it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const edit = async (document: FakeDocument) => {
    document.edit('its text comes from the files');
    for (let i = 0; i < 5; i++) await turnOfLoop();
    t.mock.timers.runAll();
    for (let i = 0; i < 5; i++) await turnOfLoop();
  };
  const expected = () =>
    openedPanels[0]!.posted.filter(({ type }) => type === 'expected').map(({ mermaid }) => mermaid);
  previews.open(a);
  openedPanels[0]!.send({ type: 'ready' });
  await edit(new FakeDocument(b.file));
  assert.deepEqual(expected(), [], 'a file that is not shown');
  // The first edit loads what follows it.
  await edit(new FakeDocument(a.file));
  await edit(new FakeDocument(a.file));
  assert.match(expected().at(-1), /read_from_text/);
  assert.equal(prepared.at(-1), a.file);
  assert.equal(shown(), 'of a');
});

test('after a reload only one panel follows, and those that were locked are so again', async () => {
  const back = async (target: typeof a, isLocked: boolean) => {
    const panel = new FakeWebviewPanel();
    const state = { restore: JSON.stringify({ ...target, isLocked }) };
    await previews.deserializeWebviewPanel(panel as never, state);
    return panel;
  };
  const panels = [await back(a, true), await back(b, false), await back(a, false)];
  assert.deepEqual(
    panels.map(({ title }) => title.startsWith('[')),
    [true, false, true],
  );
});
