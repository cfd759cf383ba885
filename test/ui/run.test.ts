import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { openHost, type HostedCode } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';
import { gatedGraph, makeTestFolder, type TestFolder } from './testFolder.ts';
import { closeEditors } from './closeEditors.ts';

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
    await host.command('notifications.clearAll');
    await closeEditors(host);
  });

  /** What the output channel says from now on. */
  function outputFromNow() {
    const start = host.outputText('Superstep').length;
    return {
      text: () => host.outputText('Superstep').slice(start),
      matching: (pattern: RegExp) =>
        host.until(() => {
          const text = host.outputText('Superstep').slice(start);
          return pattern.test(text) ? text : undefined;
        }),
    };
  }

  async function status(nodeId: string, wanted: string): Promise<void> {
    await host.webview(`g[data-status="${wanted}"]:has-text("${nodeId}")`);
  }

  test('the Run lens runs the graph, shows it in the panel and tells of it in the output', async () => {
    const output = outputFromNow();
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
  });

  test('the palette, the play button and the explorer run the graph as well', async () => {
    folder.openGate('gated');
    await host.open(folder.file('gated.graph.ts'));
    let output = outputFromNow();
    await host.palette('Superstep: Run Graph');
    await output.matching(/gated is over/);
    output = outputFromNow();
    await host.page.locator('.editor-actions a[aria-label^="Run Graph"]').first().click();
    await output.matching(/gated is over/);
    output = outputFromNow();
    await host.command('workbench.view.explorer');
    await host.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'gated.graph.ts' })
      .click({ button: 'right' });
    const item = host.page.locator('.monaco-menu .action-label', { hasText: /^Run Graph$/ });
    await item.waitFor();
    // A menu that has just opened does not take clicks yet; it stays until it has taken one.
    await host.until(async () => {
      await item.click({ timeout: 1000 }).catch(() => {});
      return !(await item.isVisible());
    });
    await output.matching(/gated is over/);
  });

  test('unsaved edits are saved before the run', async () => {
    folder.openGate('gated');
    await host.open(folder.file('gated.graph.ts'));
    await host.evaluate(async (code) => {
      const editor = code.window.activeTextEditor!;
      const text = editor.document.getText();
      const at = editor.document.positionAt(text.indexOf('gated is over'));
      await editor.edit((edit) => edit.insert(at, 'edited '));
    });
    const output = outputFromNow();
    await host.palette('Superstep: Run Graph');
    await output.matching(/edited gated is over/);
    assert.equal(
      await host.evaluate((code) => code.window.activeTextEditor!.document.isDirty),
      false,
    );
  });

  test('a graph without input asks for its required fields, and remembers the answers', async () => {
    await host.open(folder.file('asking.graph.ts'));
    const output = outputFromNow();
    await (await host.codeLens('Run')).click();
    assert.match((await host.prompt()).title, /Input of asking/);
    assert.match((await host.prompt()).message, /topic: string/);
    await host.type('ho');
    await host.until(async () => (await host.prompt()).message.includes('count: number'));
    await host.type('three');
    await host.until(async () => (await host.prompt()).message.includes('a number such as'));
    await host.type('3');
    await output.matching(/text: 'ho ho ho'/);
  });

  test('Run with Input… opens JSON to edit, marks what is wrong, runs it and remembers it', async () => {
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run with Input…')).click();
    await host.codeLens('Run asking with this input');
    const setText = (text: string) =>
      host.evaluate(async (code, json) => {
        const editor = code.window.activeTextEditor!;
        const all = new code.Range(0, 0, editor.document.lineCount, 0);
        await editor.edit((edit) => edit.replace(all, json));
      }, text);
    await setText('{\n  "topic": "ha",\n  "count": }\n');
    await (await host.codeLens('Run asking with this input')).click();
    await host.notification('The input is not valid JSON (line 3');
    await host.command('notifications.clearAll');
    const output = outputFromNow();
    await setText('{ "topic": "ha", "count": 2 }\n');
    await (await host.codeLens('Run asking with this input')).click();
    await output.matching(/text: 'ha ha'/);
    await host.screenshot('run-with-input');
    await host.command('workbench.action.closeAllEditors');
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run with Input…')).click();
    await host.codeLens('Run asking with this input');
    assert.match(
      await host.evaluate((code) => code.window.activeTextEditor!.document.getText()),
      /"topic": "ha", "count": 2/,
    );
  });

  test('a file with several graphs asks which one, the last choice first', async () => {
    await host.open(folder.file('several.graph.ts'));
    let output = outputFromNow();
    await host.palette('Superstep: Run Graph');
    assert.deepEqual(await host.picks(), ['first', 'second']);
    await host.pick('second');
    await output.matching(/said: 'the second'/);
    output = outputFromNow();
    await host.palette('Superstep: Run Graph');
    assert.deepEqual(await host.picks(), ['second', 'first']);
    await host.page.keyboard.press('Enter');
    await output.matching(/said: 'the second'/);
  });

  test('Stop ends a node that loops for ever, while the editor answers', async () => {
    await host.open(folder.file('busy.graph.ts'));
    const output = outputFromNow();
    await (await host.codeLens('Run')).click();
    await output.matching(/spinning/);
    assert.equal(await host.evaluate(() => 1 + 1), 2);
    const asked = performance.now();
    await (await host.statusBar('superstep: busy')).click();
    await output.matching(/cancelled/);
    const took = performance.now() - asked;
    console.log(`stopped after ${Math.round(took)} ms`);
    await status('spin', 'cancelled');
    await host.codeLens('Run');
  });

  test('two graphs run side by side, each in its own panel, and can be stopped one by one', async () => {
    folder.write('pair/one.graph.ts', gatedGraph('one'));
    folder.write('pair/two.graph.ts', gatedGraph('two'));
    const output = outputFromNow();
    for (const name of ['one', 'two']) {
      await host.open(folder.file(`pair/${name}.graph.ts`));
      await (await host.codeLens('Run')).click();
      await output.matching(new RegExp(`${name} waits`));
    }
    await host.statusBar('superstep: 2 graphs running');
    await host.palette('Superstep: Stop Run');
    assert.deepEqual(await host.picks(), ['one', 'two', 'All 2']);
    await host.pick('one');
    await output.matching(/one │ .*cancelled/);
    await host.statusBar('superstep: two');
    folder.write('pair/two.gate', '');
    await output.matching(/two is over/);
    const labels = await host.evaluate((code) =>
      code.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)),
    );
    assert.ok(labels.includes('Preview one') && labels.includes('Preview two'), labels.join());
    // The panel of the first is behind that of the second, and comes back as it was.
    await host.page.locator('.tab', { hasText: 'Preview one' }).click();
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
  });

  test('a file that was never saved is asked a name for, then run', async () => {
    await host.evaluate(
      async (code, content) => {
        const document = await code.workspace.openTextDocument({ language: 'typescript', content });
        await code.window.showTextDocument(document);
      },
      several.replace('export const second', 'const second'),
    );
    const output = outputFromNow();
    await host.palette('Superstep: Run Graph');
    const dialog = host.page.locator('.quick-input-title', { hasText: 'Save As' });
    await dialog.waitFor();
    await host.until(async () => {
      // The dialog may still be busy with the path that it proposes, and overlook what is typed.
      await host.type(folder.file('saved.graph.ts'));
      return dialog.waitFor({ state: 'hidden', timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });
    await output.matching(/said: 'the first'/);
  });

  test('New Graph File makes a graph that runs', async () => {
    await host.palette('Superstep: New Graph File');
    await host.pick('Empty Graph');
    await host.pick('second');
    await host.type('made');
    const output = outputFromNow();
    await (await host.codeLens('Run')).click();
    await output.matching(/greeting: '?Hello, world!/);
    const path = await host.evaluate((code) => code.window.activeTextEditor!.document.fileName);
    assert.equal(path, folder.file('second/made.graph.ts'));
  });
});
