// The installed LangGraph.js in the editor: chosen to run graphs, and compared with.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';
import { openHost } from '../host/openHost.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

/** What is changed in place and not returned is in the state of the one, and not of the other. */
const changing = `import { Annotation, START, StateGraph } from 'superstep';

const State = Annotation.Root({ list: Annotation<string[]>() });

export const changing = new StateGraph(State)
  .addNode('change', ({ list }) => {
    list.push('changed');
    return {};
  })
  .addEdge(START, 'change')
  .compile({ name: 'changing' });
export const input = { list: ['given'] };
`;

suite('the installed LangGraph.js', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({ 'changing.graph.ts': changing });
    symlinkSync(join(root, 'node_modules'), folder.file('node_modules'), 'junction');
    host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
  });
  after(async () => {
    await host?.close();
    folder?.remove();
  });
  beforeEach(() => startAfresh(host));

  const runWith = () =>
    host.evaluate((code) => code.workspace.getConfiguration('superstep').get('runWith'));

  test('runs the graphs of a workspace once it was picked, until Superstep is picked again', async () => {
    await host.palette('Superstep: Run With…');
    await host.pick('The Installed LangGraph.js');
    await host.until(async () => assert.equal(await runWith(), 'langgraph'));
    const lines = await outputFromNow(host);
    await host.open(folder.file('changing.graph.ts'));
    await (await host.codeLens('Run')).click();
    await lines.matching(/list: \[ 'given', 'changed' \]/);
    await host.palette('Superstep: Run With…');
    await host.pick('Superstep');
    await host.until(async () => assert.equal(await runWith(), 'superstep'));
  });

  test('is compared by a command, which opens what differs side by side', async () => {
    const lines = await outputFromNow(host);
    await host.open(folder.file('changing.graph.ts'));
    await host.palette('Superstep: Compare with LangGraph.js');
    await lines.matching(/Known: Changes in place that are not returned/);
    await host.answerNotification('do not do the same', 'Show Differences');
    await host.until(async () => {
      const tabs = (await host.tabs()).flat();
      assert.ok(
        tabs.some((label) => label.startsWith('changing: Superstep ↔ LangGraph.js')),
        tabs.join(),
      );
    });
    await host.screenshot('compare-with-langgraph');
  });
});
