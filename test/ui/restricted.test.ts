import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { packagedVsix } from '../host/packagedVsix.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

/** Leaves a trace as soon as any of it is run. */
const spy = `import { writeFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph } from 'superstep';
writeFileSync(import.meta.dirname + '/trace', '');
const State = Annotation.Root({ said: Annotation<string>(), unheard: Annotation<string>() });
export const spy = new StateGraph(State)
  .addNode('look', () => ({ said: 'seen' }))
  .addNode('tell', () => ({ said: 'told' }))
  .addEdge(START, 'look')
  .addEdge('look', 'tell')
  .addEdge('tell', END)
  .compile({ name: 'spy' });
export const tests = { 'looks and tells': { input: {} } };
`;

suite('restricted mode, with the packaged extension', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({ 'spy.graph.ts': spy });
    host = await openHost({ folder: folder.path, vsix: await packagedVsix(), trust: false });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  test('lenses and a diagram from the text are there; running is off and says why', async () => {
    await host.open(folder.file('spy.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("tell")');
    const notice = await host.webview('#notice');
    await host.until(async () => assert.match(await notice.innerText(), /Restricted mode/));
    await (await host.codeLens('Run')).click();
    await host.notification('A graph file is a program');
    await host.screenshot('restricted');
    await host.answerNotification('A graph file is a program', 'Manage Workspace Trust');
    await host.page.locator('.workspace-trust-editor').waitFor();
    await host.page.keyboard.press('Escape');
    assert.equal(existsSync(folder.file('trace')), false);
  });

  test('mistakes are reported, and tests are listed, whose run asks for trust and runs nothing', async () => {
    await host.open(folder.file('spy.graph.ts'));
    await host.until(async () => {
      const messages = (await host.problems()).map(({ message }) => message);
      assert.match(messages.join(), /No node reads or writes "unheard"/);
    });
    await host.command('workbench.view.testing.focus');
    const row = host.page.locator('.test-explorer .monaco-list-row', { hasText: 'spy.graph.ts' });
    await row.first().click();
    await host.page.keyboard.press('ArrowRight');
    await host.page
      .locator('.test-explorer .monaco-list-row', { hasText: 'looks and tells' })
      .first()
      .waitFor();
    const asked = host.command('testing.runAll');
    const dialog = host.page.locator('.monaco-dialog-box', { hasText: 'may execute code' });
    await dialog.waitFor();
    await host.screenshot('restrictedTests');
    await host.page.keyboard.press('Escape');
    await asked;
    assert.equal(existsSync(folder.file('trace')), false);
  });

  test('trust makes the diagram live and the graph run', async () => {
    await host.grantTrust();
    await host.until(() => existsSync(folder.file('trace')));
    await host.open(folder.file('spy.graph.ts'));
    await (await host.codeLens('Run')).click();
    await host.outputMatching('Superstep', /said: 'told'/);
    await host.webview('g[data-status="done"]:has-text("tell")');
  });

  test('when trust is taken back, what ran can be looked at, at any time of it, and nothing runs', async () => {
    await host.revokeTrust();
    rmSync(folder.file('trace'));
    await host.palette('View: Show Superstep');
    const runs = host.page.locator('.pane-body .monaco-list-row[aria-label^="spy, done"]');
    await runs.first().click();
    await host.webview('#notice:has-text("This is a past run")');
    await host.webview('g[data-status="done"]:has-text("tell")');
    await (await host.webview('#moment')).press('Home');
    await host.webview('#momentText:has-text("0 ms of")');
    const again = host.command('superstep.runAgain');
    await host.pick('spy');
    await again;
    await host.notification('A graph file is a program');
    assert.equal(existsSync(folder.file('trace')), false);
  });
});
