import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { retry } from '../host/retry.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
import { gatedGraph, makeTestFolder, type TestFolder } from './testFolder.ts';

const asking = `import { Annotation, END, START, StateGraph, StateSchema } from 'superstep';
import { z } from 'zod';
const State = new StateSchema({ topic: z.string(), count: z.number(), text: z.string().default('') });
export const asking = new StateGraph(State)
  .addNode('repeat', ({ topic, count }) => ({ text: Array(count).fill(topic).join(' ') }))
  .addEdge(START, 'repeat')
  .addEdge('repeat', END)
  .compile({ name: 'asking' });
`;

const several = `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ said: Annotation<string>() });
const make = (name: string) =>
  new StateGraph(State)
    .addNode('say', () => ({ said: name }))
    .addEdge(START, 'say')
    .addEdge('say', END)
    .compile({ name });
export const first = make('the first');
export const second = make('the second');
`;

const busy = `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ n: Annotation<number>() });
export const busy = new StateGraph(State)
  .addNode('spin', () => {
    console.log('spinning');
    for (;;);
  })
  .addEdge(START, 'spin')
  .addEdge('spin', END)
  .compile({ name: 'busy' });
`;

suite('running graphs in the editor', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    // Everything here happens in a workspace of two folders.
    folder = makeTestFolder({
      'two folders.code-workspace': JSON.stringify({
        folders: [{ path: '.' }, { path: 'second' }],
      }),
      'second/elsewhere.graph.ts': gatedGraph('elsewhere'),
      'gated.graph.ts': gatedGraph('gated'),
      'asking.graph.ts': asking,
      'several.graph.ts': several,
      'busy.graph.ts': busy,
    });
    host = await openHost({
      workspaceFile: folder.file('two folders.code-workspace'),
      extensionDevelopmentPath: root,
    });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  beforeEach(async () => {
    await startAfresh(host);
    folder.write('gated.graph.ts', gatedGraph('gated'));
    folder.closeGate('gated');
  });

  async function status(nodeId: string, wanted: string): Promise<void> {
    await host.webview(`g[data-status="${wanted}"]:has-text("${nodeId}")`);
  }

  /** Waits until these are the notes behind lines of the source, from the top. */
  async function notesAre(wanted: readonly (string | RegExp)[]): Promise<void> {
    await host.until(async () => {
      const spans = host.page.locator('.view-line span[class*="ced-"]');
      const found = await spans.evaluateAll((elements) =>
        elements.map((element) => {
          const { content } = (globalThis as any).getComputedStyle(element, '::after');
          return [(element as any).getBoundingClientRect().y, content] as [number, string];
        }),
      );
      const notes = found
        .filter(([, content]) => content.startsWith('"'))
        .sort(([a], [b]) => a - b)
        .map(([, content]) => content.slice(1, -1).replaceAll('\u00a0', ' '));
      assert.equal(notes.length, wanted.length, JSON.stringify(notes));
      for (const [i, note] of notes.entries()) assert.match(note, new RegExp(wanted[i]!));
    }, 'notes in the source');
  }

  test('the Run lens runs the graph, shows it in the panel, with state and output, and tells of it in the channel', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('gated.graph.ts'));
    await (await host.codeLens('Run')).click();
    await status('wait', 'running');
    await host.statusBar('superstep: gated 0/2');
    await host.codeLens('Stop');
    assert.match(await output.matching(/gated waits/), /\[wait\] gated waits/);
    await host.screenshot('run-in-progress');
    folder.openGate('gated');
    await status('wait', 'done');
    await status('finish', 'done');
    const text = await output.matching(/Final state[^]*gated is over/);
    assert.match(text, /\d\d:\d\d:\d\d\.\d{3} → wait/);
    assert.match(text, /\d\d:\d\d:\d\d\.\d{3} ✓ wait {2}[\d.]+ m?s/);
    assert.match(text, /node +runs +total +average +longest/);
    assert.match(text, /peak concurrency +1/);
    await host.codeLens('Run');
    await host.screenshot('run-finished');
    await (await host.webview('#stateTab')).click();
    await host.webview('#stateTree .row:has-text("gated is over")');
    await host.webview('#supersteps .row:has-text("1: wait")');
    await (await host.webview('#outputTab')).click();
    await host.webview('#outputLines .row:has-text("gated waits")');
    await host.screenshot('run-output');
    await (await host.webview('#diagramTab')).click();
  });

  test('each node in the source says how it has fared, until it is edited', async () => {
    const file = folder.file('gated.graph.ts');
    await host.open(file);
    await (await host.codeLens('Run')).click();
    await notesAre(['running']);
    folder.openGate('gated');
    await notesAre([/^[\d.]+ m?s$/, /^[\d.]+ ms$/]);
    await host.screenshot('source-notes');
    await host.edit(file, gatedGraph('gated').replace('gated is over', 'gated has ended'));
    await notesAre([/^[\d.]+ m?s$/]);
    await host.command('workbench.action.files.revert');
  });

  test('the graph is also run by the palette, the play button and the explorer', async () => {
    folder.openGate('gated');
    await host.open(folder.file('gated.graph.ts'));
    let output = await outputFromNow(host);
    await host.palette('Superstep: Run Graph');
    await output.matching(/gated is over/);
    output = await outputFromNow(host);
    await host.page.locator('.editor-actions a[aria-label^="Run Graph"]').first().click();
    await output.matching(/gated is over/);
    output = await outputFromNow(host);
    await host.command('workbench.view.explorer');
    const row = host.page.locator('.explorer-folders-view .monaco-list-row', {
      hasText: 'gated.graph.ts',
    });
    const item = host.page.locator('.monaco-menu .action-label', { hasText: /^Run Graph$/ });
    await host.until(async () => {
      if (await item.isVisible()) return true;
      await row.click({ button: 'right', timeout: 5000 });
      await item.waitFor({ timeout: 5000 });
      return true;
    }, 'menu of the explorer');
    await host.press(item, 'menu item "Run Graph"');
    await output.matching(/gated is over/);
  });

  test('unsaved edits are saved before the run', async () => {
    folder.openGate('gated');
    await host.open(folder.file('gated.graph.ts'));
    const edited = gatedGraph('gated').replace('gated is over', 'edited gated is over');
    await host.edit(folder.file('gated.graph.ts'), edited);
    assert.equal(await host.isDirty(folder.file('gated.graph.ts')), true);
    const output = await outputFromNow(host);
    await host.palette('Superstep: Run Graph');
    await output.matching(/edited gated is over/);
    assert.equal(readFileSync(folder.file('gated.graph.ts'), 'utf8'), edited);
    await host.until(async () => !(await host.isDirty(folder.file('gated.graph.ts'))));
  });

  test('a graph without input asks for its required fields, and remembers the answers', async () => {
    await host.open(folder.file('asking.graph.ts'));
    const output = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    await host.quickInput.asked('Input of asking');
    await host.quickInput.answer('topic: string', 'ho');
    await host.quickInput.answer('count: number', 'three');
    await host.quickInput.answer('a number such as', '3');
    await output.matching(/text: 'ho ho ho'/);
  });

  test('Run with Input… opens JSON to edit, marks what is wrong, runs it and remembers it', async () => {
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run with Input…')).click();
    await host.codeLens('Run asking with this input');
    const input = await host.until(async () => {
      const editor = await host.activeEditor();
      return editor?.uri.startsWith('superstep-input:') ? editor : false;
    });
    const setText = (text: string) => host.edit(input.uri, text);
    await setText('{\n  "topic": "ha",\n  "count": }\n');
    await (await host.codeLens('Run asking with this input')).click();
    await host.notification('The input is not valid JSON (line 3');
    await host.command('notifications.clearAll');
    const output = await outputFromNow(host);
    await setText('{ "topic": "ha", "count": 2 }\n');
    await (await host.codeLens('Run asking with this input')).click();
    await output.matching(/text: 'ha ha'/);
    await host.screenshot('run-with-input');
    await host.command('workbench.action.closeAllEditors');
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run with Input…')).click();
    await host.codeLens('Run asking with this input');
    await host.until(async () =>
      assert.match((await host.activeEditor())?.text ?? '', /"topic": "ha", "count": 2/),
    );
  });

  test('a file with several graphs asks which one, the last choice first', async () => {
    await host.open(folder.file('several.graph.ts'));
    let output = await outputFromNow(host);
    await host.palette('Superstep: Run Graph');
    await host.until(async () =>
      assert.deepEqual(await host.quickInput.labels(), ['first', 'second']),
    );
    await host.pick('second');
    await output.matching(/said: 'the second'/);
    output = await outputFromNow(host);
    await host.palette('Superstep: Run Graph');
    await host.until(async () =>
      assert.deepEqual(await host.quickInput.labels(), ['second', 'first']),
    );
    await host.quickInput.confirm();
    await output.matching(/said: 'the second'/);
  });

  test('Stop ends a node that loops for ever, while the editor answers', async () => {
    await host.open(folder.file('busy.graph.ts'));
    const output = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    await output.matching(/spinning/);
    assert.equal(await host.evaluate(() => 1 + 1), 2);
    const item = await host.statusBar('superstep: busy');
    await host.press(item, 'status bar item of the run');
    await output.matching(/cancelled/);
    await status('spin', 'cancelled');
    await host.codeLens('Run');
  });

  test('two graphs run side by side, the panel shows that of the active editor, and each can be stopped', async () => {
    folder.write('pair/one.graph.ts', gatedGraph('one'));
    folder.write('pair/two.graph.ts', gatedGraph('two'));
    const output = await outputFromNow(host);
    for (const name of ['one', 'two']) {
      await host.open(folder.file(`pair/${name}.graph.ts`));
      await (await host.codeLens('Run')).click();
      await output.matching(new RegExp(`${name} waits`));
    }
    await host.statusBar('superstep: 2 graphs running');
    await host.palette('Superstep: Stop Run');
    await host.until(async () =>
      assert.deepEqual(await host.quickInput.labels(), ['one', 'two', 'All 2']),
    );
    await host.pick('one');
    await output.matching(/one │ .*cancelled/);
    await host.statusBar('superstep: two');
    folder.write('pair/two.gate', '');
    await output.matching(/two is over/);
    assert.ok(!(await host.tabs()).flat().includes('Preview one'));
    // The panel follows the active editor, and shows the run of the first as it was.
    await host.open(folder.file('pair/one.graph.ts'));
    await status('wait', 'cancelled');
  });

  test('the panel runs and stops the graph', async () => {
    folder.write('panel/panel.graph.ts', gatedGraph('panel'));
    await host.open(folder.file('panel/panel.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("finish")');
    await (await host.webview('#runButton:has-text("Run")')).click();
    await status('wait', 'running');
    await (await host.webview('#runButton:has-text("Stop")')).click();
    await status('wait', 'cancelled');
    // The palette runs what the panel shows while that has the focus.
    await (await host.webview('#stage')).click({ position: { x: 5, y: 5 } });
    await host.palette('Superstep: Run Graph');
    await status('wait', 'running');
  });

  test('a file that was never saved is asked a name for, then run', async () => {
    await host.evaluate(
      async (code, content) => {
        const document = await code.workspace.openTextDocument({ language: 'typescript', content });
        await code.window.showTextDocument(document);
      },
      several.replace('export const second', 'const second'),
    );
    const output = await outputFromNow(host);
    await host.palette('Superstep: Run Graph');
    const saved = folder.file('saved.graph.ts');
    await host.quickInput.asked('Save As');
    // Before it has its own proposal the dialog overlooks what is typed, and while it looks a folder
    // up the Enter key.
    await host.until(async () => assert.match(await host.quickInput.value(), /import/));
    await host.until(async () => {
      const { title } = await host.quickInput.prompt();
      if (title.includes('Save As')) await host.quickInput.enter(saved);
      await retry(() => existsSync(saved), 3000);
    }, 'saved file');
    await output.matching(/said: 'the first'/);
  });

  test('New Graph File makes a graph that runs', async () => {
    await host.palette('Superstep: New Graph File');
    await host.pick('Empty Graph');
    await host.pick('second');
    await host.quickInput.answer('Name of the file', 'made');
    await host.until(async () =>
      assert.equal((await host.activeEditor())?.path, folder.file('second/made.graph.ts')),
    );
    const output = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    await output.matching(/greeting: '?Hello, world!/);
  });
});
