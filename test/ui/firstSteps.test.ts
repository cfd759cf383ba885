import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { openHost, type HostedCode } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';
import { packagedVsix } from '../host/packagedVsix.ts';
import { closeEditors } from './closeEditors.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

const example = 'node-parallelism';
const exampleText = readFileSync(join(root, `examples/${example}.graph.ts`), 'utf8');

suite('the first steps, with the packaged extension', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({});
    folder.write('.gitkeep', '');
    host = await openHost({ folder: folder.path, vsix: await packagedVsix() });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  beforeEach(async () => {
    await host.page.keyboard.press('Escape');
    await host.command('notifications.clearAll');
    await closeEditors(host);
  });

  const step = (title: string) =>
    host.page.locator('.getting-started-step').filter({ hasText: title });

  /** What the output channel says from now on. */
  function outputFromNow() {
    const start = host.outputText('Superstep').length;
    return (pattern: RegExp) =>
      host.until(() => pattern.test(host.outputText('Superstep').slice(start)));
  }

  const activeFile = () =>
    host.evaluate((code) => code.window.activeTextEditor?.document.fileName ?? '');

  test('the walkthrough has four steps with pictures, and checks off what was done', async () => {
    await host.palette('Superstep: First Steps');
    for (const title of ['Open an example', 'Run it, offline', 'Look at the panel', 'Set a key']) {
      await step(title).click();
      await host.page.locator('.getting-started-step.expanded', { hasText: title }).waitFor();
      if (title === 'Set a key') await host.webview('h2:has-text("Who answers")');
      else {
        const picture = host.page.locator('.getting-started-media img');
        await host.until(() => picture.evaluate((image: any) => image.naturalWidth > 0));
      }
      await host.screenshot(`walkthrough-${title.split(' ')[0]!.toLowerCase()}`);
    }
    await step('Open an example').click();
    await host.page.locator('.getting-started-step.expanded', { hasText: 'example' }).waitFor();
    await host.page.getByRole('button', { name: 'Open an Example', exact: true }).click();
    await host.until(async () => (await host.prompt()).title.includes('Open Example'));
    await host.screenshot('open-example');
    await host.page.keyboard.press('Escape');
    await step('Open an example').locator('.codicon-getting-started-step-checked').waitFor();
  });

  test('an example is copied into the folder, and runs', async () => {
    await host.palette('Superstep: Open Example…');
    await host.pick(example);
    await host.pick('Copy It into folder');
    const copy = folder.file(`${example}.graph.ts`);
    await host.until(async () => (await activeFile()) === copy);
    assert.equal(readFileSync(copy, 'utf8'), exampleText);
    const output = outputFromNow();
    await (await host.codeLens('Run')).click();
    await output(/Node B worked for/);
  });

  test('an example is opened outside of the folder, and runs', async () => {
    await host.palette('Superstep: Open Example…');
    await host.pick(example);
    await host.pick('Just Open It');
    await host.until(async () => (await activeFile()).endsWith(`examples/${example}.graph.ts`));
    assert.ok(!(await activeFile()).startsWith(folder.path));
    // From the walkthrough, which is in front of the file then.
    await host.palette('Superstep: First Steps');
    await step('Run it, offline').click();
    const output = outputFromNow();
    await host.page.getByRole('button', { name: 'Run the Graph', exact: true }).click();
    await host.until(async () => (await host.picks()).length > 1);
    const own = host.page.locator('.quick-input-list .monaco-list-row', {
      hasText: 'globalStorage',
    });
    await own.click();
    await output(/Node B worked for/);
    await step('Run it, offline').locator('.codicon-getting-started-step-checked').waitFor();
  });

  test('New Graph File offers the four ways and an empty graph', async () => {
    await host.palette('Superstep: New Graph File');
    await host.until(async () => (await host.prompt()).title.includes('New Graph File'));
    await host.screenshot('new-graph-file');
    const labels = (await host.picks()).map((label) => label.trim());
    for (const label of [
      ...['Empty Graph', 'Parallel Nodes', 'Tasks'],
      ...['Map and Reduce', 'Parallel Subgraphs'],
    ]) {
      assert.ok(labels.includes(label), label);
    }
    await host.pick('Map and Reduce');
    await host.until(async () => (await host.prompt()).message.includes('Name of the file'));
    await host.page.keyboard.press('Enter');
    await host.until(() => existsSync(folder.file('map-reduce.graph.ts')));
    const output = outputFromNow();
    await (await host.codeLens('Run')).click();
    await host.pick('Built-in Offline Model');
    await output(/Final state[^]*best/);
    await host.screenshot('map-reduce-offline');
  });

  test('snippets write the pieces of a graph', async () => {
    const file = folder.write('snippet.graph.ts', '');
    await host.open(file);
    await host.evaluate((code) =>
      code.commands.executeCommand('editor.action.insertSnippet', { name: 'Graph' }),
    );
    const text = await host.evaluate((code) => code.window.activeTextEditor!.document.getText());
    assert.match(text, /export const graph = new StateGraph\(State\)/);
  });
});
