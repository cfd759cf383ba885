import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import type { ShownProblem } from '../host/insideHost.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { startAfresh } from './startAfresh.ts';
import { gatedGraph, makeTestFolder, type TestFolder } from './testFolder.ts';

const chain = `import { Annotation, END, START, StateGraph } from 'superstep';
import { text } from './text.ts';

const State = Annotation.Root({ said: Annotation<string>() });

export const chain = new StateGraph(State)
  .addNode('hello', () => ({ said: text }))
  .addNode('goodbye', () => ({ said: 'bye' }))
  .addEdge(START, 'hello')
  .addEdge('hello', 'goodbye')
  .addEdge('goodbye', END)
  .compile({ name: 'chain' });
`;

const failing = `import { Annotation, END, START, StateGraph } from 'superstep';

const State = Annotation.Root({ said: Annotation<string>() });

function read(): string {
  throw new Error('the file is gone', { cause: new Error('disk on fire') });
}

export const failing = new StateGraph(State)
  .addNode('read', () => ({ said: read() }))
  .addEdge(START, 'read')
  .addEdge('read', END)
  .compile({ name: 'failing' });
`;

suite('diagrams and problems', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    // A name that breaks whatever takes paths for URLs.
    folder = makeTestFolder(
      {
        'chain.graph.ts': chain,
        'text.ts': "export const text = 'hello';\n",
        'failing.graph.ts': failing,
        'gated.graph.ts': gatedGraph('gated'),
      },
      { name: 'a folder #1, 100% größe' },
    );
    host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  beforeEach(async () => {
    await startAfresh(host);
    folder.write('chain.graph.ts', chain);
    folder.write('text.ts', "export const text = 'hello';\n");
    await noProblems();
  });

  async function ownProblems(): Promise<ShownProblem[]> {
    return (await host.problems()).filter(({ source }) => source === 'superstep');
  }

  /** Waits until there is one problem and no other, and returns it. */
  async function ownProblem(message = ''): Promise<ShownProblem> {
    return host.until(async () => {
      const [problem, ...others] = await ownProblems();
      assert.ok(problem, 'there is none');
      assert.ok(problem.message.includes(message), problem.message);
      assert.deepEqual(others, []);
      return problem;
    }, 'problem');
  }

  async function noProblems(): Promise<void> {
    await host.until(async () => assert.deepEqual(await ownProblems(), []), 'end of the problems');
  }

  /** Replaces the text of the chain's file and saves it. */
  async function saveText(text: string): Promise<void> {
    await host.save(folder.file('chain.graph.ts'), text);
  }

  test('Preview draws the graph beside the editor, which keeps the focus', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await host.until(async () =>
      assert.deepEqual(await host.tabs(), [['chain.graph.ts'], ['Preview chain']]),
    );
    assert.equal((await host.activeEditor())?.path, folder.file('chain.graph.ts'));
    assert.deepEqual(await ownProblems(), []);
  });

  test('the panel is drawn with the fonts that the tests bring', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    const title = await host.webview('h1:has-text("chain")');
    const { family, faces } = await title.evaluate((element) => {
      const { document, getComputedStyle } = globalThis as any;
      return {
        family: getComputedStyle(element).fontFamily as string,
        faces: [...document.fonts].map((face) => face.family as string),
      };
    });
    for (const name of ['Roboto Variable', 'DejaVu Mono']) assert.ok(faces.includes(name), name);
    assert.match(family, /^"(Roboto Variable|DejaVu Mono)"/);
  });

  test('the diagram follows the file as it is saved, by the editor and by other programs', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await saveText(chain.replaceAll("'goodbye'", "'farewell'"));
    await host.webview('g.node:has-text("farewell")');
    folder.write('chain.graph.ts', chain.replaceAll("'goodbye'", "'so long'"));
    await host.webview('g.node:has-text("so long")');
  });

  test('the diagram shows what was written, where saving changes the text', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await host.evaluate((code) => {
      const formatter = code.workspace.onWillSaveTextDocument((event) => {
        const text = event.document.getText();
        if (!text.includes('draft')) return;
        formatter.dispose();
        const all = new code.Range(0, 0, event.document.lineCount, 0);
        const formatted = code.TextEdit.replace(all, text.replaceAll('draft', 'formatted'));
        event.waitUntil(Promise.resolve([formatted]));
      });
    });
    await host.edit(folder.file('chain.graph.ts'), chain.replaceAll("'goodbye'", "'draft'"));
    await host.command('workbench.action.files.save');
    await host.webview('g.node:has-text("formatted")');
  });

  test('the diagram shows all that was saved, where several files are saved at once', async () => {
    const named = chain.replaceAll("'hello'", 'text');
    folder.write('chain.graph.ts', named);
    await host.open(folder.file('text.ts'));
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("hello")');
    await host.edit(folder.file('text.ts'), "export const text = 'good morning';\n");
    await host.edit(folder.file('chain.graph.ts'), named.replaceAll("'goodbye'", "'good night'"));
    await host.command('workbench.action.files.saveAll');
    await host.webview('#stage:has(g.node:has-text("good morning")):has-text("good night")');
  });

  test('the diagram leaves edits that could not be saved, once they are given up', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await host.edit(folder.file('chain.graph.ts'), chain.replaceAll("'goodbye'", "'mine'"));
    folder.write('chain.graph.ts', chain.replaceAll("'goodbye'", "'of another program'"));
    await host.webview('g.node:has-text("of another program")');
    await host.command('workbench.action.files.save');
    await host.notification('The content of the file is newer');
    await host.webview('g.node:has-text("mine")');
    await host.command('workbench.action.files.revert');
    await host.webview('g.node:has-text("of another program")');
  });

  test('a syntax error stands in Problems at its place and in the panel, until it is mended', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await saveText(chain.replace(".addEdge('hello', 'goodbye')", ".addEdge('hello', 'goodbye'"));
    const panelProblem = await host.webview('#problem');
    const problem = await ownProblem();
    assert.ok(problem.file.endsWith('chain.graph.ts'));
    assert.deepEqual([problem.line1, problem.column1, problem.severity], [12, 30, 'error']);
    await host.until(async () => assert.match((await host.problemRows()).join('\n'), /superstep/));
    await host.webview('g.node:has-text("goodbye")');
    await host.codeLens('Preview');
    await host.screenshot('problem');
    await saveText(chain);
    await noProblems();
    await host.until(() => panelProblem.isHidden());
  });

  test('a problem in an import stands in the import', async () => {
    await host.open(folder.file('chain.graph.ts'));
    folder.write('text.ts', 'export const text = ;\n');
    await host.palette('Superstep: Run Graph');
    await host.notification('chain.graph.ts: ');
    const problem = await ownProblem();
    assert.ok(problem.file.endsWith('text.ts'), JSON.stringify(problem));
    assert.deepEqual([problem.line1, problem.column1], [1, 21]);
    folder.write('text.ts', "export const text = 'hello';\n");
    await host.palette('Superstep: Run Graph');
    await noProblems();
  });

  test('the panel of a broken file follows the files that it needs, a missing one too', async () => {
    rmSync(folder.file('text.ts'));
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('#problem:has-text("text.ts")');
    folder.write('text.ts', 'export const text = ;\n');
    await host.webview('#problem:has-text("Unexpected")');
    folder.write('text.ts', "export const text = 'hello';\n");
    await host.webview('g.node:has-text("goodbye")');
    await noProblems();
  });

  test('a mistake in the graph and a throw at the top level stand at their lines', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await saveText(chain.replace(".addEdge('goodbye', END)", ".addEdge('nowhere', END)"));
    await host.palette('Superstep: Run Graph');
    await host.notification('nowhere');
    const mistake = await ownProblem('nowhere');
    const code = host.page.locator('.markers-panel a', { hasText: 'UNKNOWN_NODE' }).first();
    await host.until(async () => {
      await host.problemRows();
      await code.click({ timeout: 5000 });
      assert.ok((await host.tabs()).flat().includes('Preview errors.md'), 'the page of errors');
    });
    await host.webview('h2:text-is("UNKNOWN_NODE")');
    await host.screenshot('error-explained');
    await host.open(folder.file('chain.graph.ts'));
    assert.deepEqual([mistake.line1, mistake.column1], [12, 4]);
    await host.command('notifications.clearAll');
    await saveText(`${chain}\nthrow new Error('too early');\n`);
    await host.palette('Superstep: Run Graph');
    await host.notification('too early');
    const thrown = await ownProblem('too early');
    assert.deepEqual([thrown.line1, thrown.severity], [14, 'error']);
  });

  test('a node that fails is told of in a notification, in Problems at its line and in the panel', async () => {
    await host.open(folder.file('failing.graph.ts'));
    await (await host.codeLens('Run')).click();
    const message = 'failing failed in node "read": the file is gone (failing.graph.ts:6)';
    await host.notification(message);
    await host.webview('g[data-status="failed"]:has-text("read")');
    const problem = await ownProblem();
    assert.ok(problem.file.endsWith('failing.graph.ts'));
    assert.equal(problem.line1, 6);
    assert.match(problem.message, /the file is gone/);
    await host.screenshot('node-failed');
    await host.answerNotification(message, 'Go to Problem');
    await host.until(async () => assert.equal((await host.activeEditor())?.line1, 6));
    await host.command('workbench.action.closeAllEditors');
    await noProblems();
  });

  test('a click on a node moves the cursor to where the node is added', async () => {
    await host.open(folder.file('chain.graph.ts'), { line1: 1 });
    await (await host.codeLens('Preview')).click();
    await (await host.webview('g.node:has-text("goodbye")')).click();
    await host.until(async () => assert.equal((await host.activeEditor())?.line1, 8));
  });

  test('the menu of a node lets runs pause before it, and the panel lets them go on', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    const entry = host.page.locator('.monaco-menu .action-label', { hasText: 'Before Node' });
    const toggle = async () => {
      await (await host.webview('g.node:has-text("goodbye")')).click({ button: 'right' });
      await host.press(entry, 'entry of the menu');
    };
    await toggle();
    await host.webview('.breakpoint circle');
    await (await host.codeLens('Run')).click();
    await host.webview('g[data-status="waiting"]:has-text("goodbye")');
    await toggle();
    await (await host.webview('.card button:has-text("Go On")')).click();
    await host.webview('#runState:has-text("Done in")');
  });

  test('lenses stay, and move along, while the text is broken', async () => {
    await host.open(folder.file('chain.graph.ts'));
    const lens = await host.codeLens('Run');
    const top = async () => (await lens.boundingBox())?.y ?? 0;
    const before = await top();
    await host.edit(folder.file('chain.graph.ts'), `const x = {{{ (\n\n${chain}`);
    await host.until(async () => assert.ok((await top()) > before));
    await host.codeLens('Run');
  });

  test('a deleted file leaves no problems and says so in its panel', async () => {
    const file = folder.write('gone.graph.ts', `${chain}\nthrow new Error('x');\n`);
    await host.open(file);
    await host.palette('Superstep: Preview Graph');
    await ownProblem();
    rmSync(file);
    await host.webview('#problem:has-text("was deleted")');
    await noProblems();
  });

  test('a reload brings the panel back', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    // As the user does it: a page that is reloaded from outside loses what it has not stored yet.
    const loaded = host.page.waitForEvent('load');
    await host.palette('Developer: Reload Window');
    await loaded;
    await host.whenReady();
    await host.webview('g.node:has-text("goodbye")');
    const themes = {
      'Light Modern': 'vscode-light',
      'High Contrast': 'vscode-high-contrast',
      'High Contrast Light': 'vscode-high-contrast-light',
      'Dark Modern': 'vscode-dark',
    };
    for (const [name, kind] of Object.entries(themes)) {
      await host.theme(`Default ${name}`);
      await host.webview(`body[data-vscode-theme-kind="${kind}"] g.node:has-text("goodbye")`);
      await host.screenshot(`panel-default-${name.replaceAll(' ', '-').toLowerCase()}`);
    }
  });

  test('the panel follows the active editor until it is locked, which a reload keeps', async () => {
    await host.open(folder.file('chain.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("goodbye")');
    await host.open(folder.file('gated.graph.ts'));
    await host.webview('g.node:has-text("finish")');
    await host.until(async () =>
      assert.deepEqual((await host.tabs()).at(-1), ['Preview gated'], 'one panel'),
    );
    await (await host.webview('#stage')).click({ position: { x: 4, y: 4 } });
    const button = (name: string) =>
      host.page.locator(`.editor-actions [aria-label^="${name}"]:visible`);
    await button('Lock Preview').click();
    await button('Unlock Preview').waitFor();
    await host.screenshot('preview-locked');
    await host.command('workbench.action.focusFirstEditorGroup');
    await host.open(folder.file('chain.graph.ts'));
    await host.palette('Superstep: Preview Graph');
    await host.until(async () =>
      assert.deepEqual((await host.tabs()).at(-1), ['[Preview] gated', 'Preview chain']),
    );
    // A page tells which graph it shows once it is there; until then a reload cannot bring it back.
    await host.webview('g.node:has-text("goodbye")');
    await host.screenshot('preview-beside-locked');
    const loaded = host.page.waitForEvent('load');
    await host.palette('Developer: Reload Window');
    await loaded;
    await host.whenReady();
    await host.webview('g.node:has-text("goodbye")');
    await host.until(async () =>
      assert.deepEqual((await host.tabs()).at(-1), ['[Preview] gated', 'Preview chain']),
    );
  });

  test('a panel that could draw nothing yet comes back too; its problem stays until it is closed', async () => {
    const file = folder.write('broken.graph.ts', `${chain}\nthrow new Error('never well');\n`);
    await host.open(file);
    await (await host.codeLens('Preview')).click();
    await host.webview('#problem:has-text("never well")');
    const loaded = host.page.waitForEvent('load');
    await host.palette('Developer: Reload Window');
    await loaded;
    await host.whenReady();
    await host.webview('#problem:has-text("never well")');
    await host.open(file);
    await host.command('workbench.action.closeActiveEditor');
    await host.until(async () => assert.deepEqual((await host.tabs()).flat(), ['Preview chain']));
    await ownProblem('never well');
    await host.command('workbench.action.closeAllEditors');
    await noProblems();
  });

  test('nothing has offended the content security policy of the panels', () => {
    assert.deepEqual(host.violations, []);
  });
});
