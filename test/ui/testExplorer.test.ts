import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

const graph = `import { Annotation, END, START, StateGraph } from 'superstep';
export const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
  .addNode('twice', ({ n }) => ({ n: n * 2 }))
  .addNode('zero', () => ({ n: 0 }))
  .addEdge(START, 'twice')
  .addConditionalEdges('twice', ({ n }) => (n > 9 ? 'zero' : END), ['zero', END])
  .compile();
export const tests = {
  'doubles two': { input: { n: 2 }, expect: { state: { n: 4 } } },
  'doubles three': { input: { n: 3 }, expect: { state: { n: 7 } } },
};
`;

/** The name of its test, and what its node does after it has told which of them it is. */
const watched = (name: string, what = '') => `import { appendFileSync } from 'node:fs';
import { Annotation, START, StateGraph } from 'superstep';
export const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
  .addNode('tell', () => {
    appendFileSync(import.meta.dirname + '/told', '${name};');
    ${what}
    return { n: 1 };
  })
  .addEdge(START, 'tell')
  .compile();
export const tests = { 'is watched': { input: {}, timeoutMs: 3_600_000 } };
`;
const endless = 'for (;;);';

suite('the Test Explorer', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({ 'sum.graph.ts': graph });
    host = await openHost({ folder: folder.path, extensionDevelopmentPath: process.cwd() });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  const row = (text: string) =>
    host.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();
  const isTold = (name: string, state: string) =>
    host.until(async () =>
      assert.match((await row(name).getAttribute('aria-label')) ?? '', new RegExp(state)),
    );
  /** Of the view. */
  const button = (name: string) => host.page.getByRole('button', { name, exact: true }).first();
  const cancel = () => host.page.locator('.title-actions [aria-label^="Cancel Test Run"]').first();

  test('finds the tests of a graph, runs them, shows what differs, and what was reached', async () => {
    await host.open(folder.file('sum.graph.ts'));
    await host.command('workbench.view.testing.focus');
    await row('sum.graph.ts').waitFor();
    await host.command('testing.coverageAll');
    await row('sum.graph.ts').click();
    await host.page.keyboard.press('ArrowRight');
    await isTold('doubles two', 'Passed');
    await isTold('doubles three', 'Failed');
    const reached = host.page.locator(
      '.test-coverage-list .monaco-list-row, .pane-body .monaco-list-row',
    );
    await reached
      .filter({ hasText: /sum\.graph\.ts\s*62\.5/ })
      .first()
      .waitFor();
    await host.page.locator('.test-error-content-widget').first().click();
    const diff = host.page.locator('.monaco-diff-editor', { hasText: "'state.n': 6" }).first();
    await host.until(async () =>
      assert.match(
        await diff.innerText(),
        /'state\.n':\s7[^]*Expected[^]*'state\.n':\s6[^]*Actual/,
      ),
    );
    await host.screenshot('testExplorer');
  });

  test('marks what the tests have reached on the diagram, and says when the code has changed since', async () => {
    await host.open(folder.file('sum.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await (await host.webview('#reach:not([hidden])')).click();
    const words = await host.webview('#reachText');
    await host.until(async () =>
      assert.match(await words.innerText(), /^2 tests reach 1 of 2 nodes.*Not reached: zero/),
    );
    await host.webview('g.node[data-reached="no"]:has-text("zero")');
    await host.save(folder.file('sum.graph.ts'), `${graph}\n`);
    await host.until(async () =>
      assert.match(await words.innerText(), /The code has changed since they ran/),
    );
  });

  test('runs tests again at each save, in the place of what still runs, until that is turned off', async () => {
    const file = folder.write('watched.graph.ts', watched('first'));
    const told = () => readFileSync(folder.file('told'), 'utf8').split(';').slice(0, -1);
    const isToldBy = (...names: string[]) =>
      host.until(() => assert.deepEqual(told(), names), `runs of ${names.join(', ')}`);
    const isRunning = () => cancel().isVisible();
    await host.open(file);
    await host.command('workbench.view.testing.focus');
    await row('watched.graph.ts').click();
    await host.page.keyboard.press('ArrowRight');
    await row('is watched').waitFor();
    await button('Start Continuous Run').click();
    await button('Stop Continuous Run').waitFor();

    await host.save(file, watched('second'));
    await isToldBy('second');
    await isTold('is watched', 'Passed');

    await host.save(file, watched('third', endless));
    await isToldBy('second', 'third');
    await host.save(file, watched('fourth'));
    await isToldBy('second', 'third', 'fourth');
    await isTold('is watched', 'Passed');
    await host.until(async () => !(await isRunning()), 'end of the run before');

    await host.save(file, watched('fifth', endless));
    await isToldBy('second', 'third', 'fourth', 'fifth');
    await cancel().click();
    await host.until(async () => !(await isRunning()), 'end of what was cancelled');

    await host.save(file, watched('sixth', endless));
    await isToldBy('second', 'third', 'fourth', 'fifth', 'sixth');
    await button('Stop Continuous Run').click();
    await host.until(async () => !(await isRunning()), 'end of what ran');
    await host.save(file, watched('seventh'));
    await host.command('testing.runCurrentFile');
    await isToldBy('second', 'third', 'fourth', 'fifth', 'sixth', 'seventh');
  });

  test('ends a test that loops for ever at once when it is cancelled', async () => {
    const file = folder.write('loops.graph.ts', watched('loops', endless));
    await host.open(file);
    await host.command('workbench.view.testing.focus');
    await row('loops.graph.ts').waitFor();
    void host.command('testing.runCurrentFile');
    await host.until(() => readFileSync(folder.file('told'), 'utf8').endsWith('loops;'));
    await cancel().click();
    await host.until(async () => !(await cancel().isVisible()), 'end of the test');
  });
});
