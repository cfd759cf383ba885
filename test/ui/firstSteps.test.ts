import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { packagedVsix } from '../host/packagedVsix.ts';
import { retry } from '../host/retry.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
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
    await startAfresh(host);
  });

  const step = (title: string) =>
    host.page.locator('.getting-started-step').filter({ hasText: title });

  /** Opens a step of the walkthrough; a click on one that is open would close it. */
  async function openStep(title: string): Promise<void> {
    const open = host.page.locator('.getting-started-step.expanded', { hasText: title });
    await host.until(async () => {
      if (await open.isVisible()) return;
      await step(title).click({ timeout: 5000 });
      await open.waitFor({ timeout: 5000 });
    }, `step "${title}"`);
  }

  const isDone = (title: string) =>
    step(title).locator('.codicon-getting-started-step-checked').waitFor();

  /** Clicks a button of the walkthrough until the pick list of its command is there. */
  async function clickButton(name: string): Promise<void> {
    const button = host.page.getByRole('button', { name, exact: true });
    const isAsked = async () => (await host.quickInput.labels()).length > 0;
    await host.until(async () => {
      if (await isAsked()) return;
      await button.click({ timeout: 5000 });
      await retry(isAsked, 5000);
    }, `button "${name}"`);
  }

  const activeFile = async () => (await host.activeEditor())?.path ?? '';

  test('the walkthrough has four steps with pictures, and checks off what was done', async () => {
    await host.palette('Superstep: First Steps');
    for (const title of ['Open an example', 'Run it, offline', 'Look at the panel', 'Set a key']) {
      await openStep(title);
      if (title === 'Set a key') await host.webview('h2:has-text("Who answers")');
      else {
        const picture = host.page.locator('.getting-started-media img');
        await host.until(() => picture.evaluate((image: any) => image.naturalWidth > 0));
      }
      await host.screenshot(`walkthrough-${title.split(' ')[0]!.toLowerCase()}`);
    }
    await openStep('Open an example');
    await clickButton('Open an Example');
    await host.quickInput.asked('Open Example');
    await host.screenshot('open-example');
    await host.page.keyboard.press('Escape');
    await isDone('Open an example');
  });

  test('an example is copied into the folder, and runs', async () => {
    await host.palette('Superstep: Open Example…');
    await host.pick(example);
    await host.pick('Copy It into folder');
    const copy = folder.file(`${example}.graph.ts`);
    await host.until(async () => (await activeFile()) === copy);
    assert.equal(readFileSync(copy, 'utf8'), exampleText);
    const output = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    await output.matching(/Node B worked for/);
  });

  test('an example is opened outside of the folder, and runs', async () => {
    await host.palette('Superstep: Open Example…');
    await host.pick(example);
    await host.pick('Just Open It');
    await host.until(async () => (await activeFile()).endsWith(`examples/${example}.graph.ts`));
    assert.ok(!(await activeFile()).startsWith(folder.path));
    // From the walkthrough, which is in front of the file then.
    await host.palette('Superstep: First Steps');
    await openStep('Run it, offline');
    const output = await outputFromNow(host);
    await clickButton('Run the Graph');
    const own = host.page.locator('.quick-input-list .monaco-list-row', {
      hasText: 'globalStorage',
    });
    await host.press(own, 'example outside of the folder');
    await output.matching(/Node B worked for/);
    await isDone('Run it, offline');
  });

  test('New Graph File offers the four ways and an empty graph', async () => {
    await host.palette('Superstep: New Graph File');
    await host.quickInput.asked('New Graph File');
    await host.until(async () => {
      const labels = await host.quickInput.labels();
      for (const label of [
        ...['Empty Graph', 'Parallel Nodes', 'Tasks'],
        ...['Map and Reduce', 'Parallel Subgraphs'],
      ]) {
        assert.ok(labels.includes(label), label);
      }
    });
    await host.screenshot('new-graph-file');
    await host.pick('Map and Reduce');
    await host.quickInput.asked('Name of the file');
    await host.quickInput.confirm();
    await host.until(async () =>
      assert.equal(await activeFile(), folder.file('map-reduce.graph.ts')),
    );
    const output = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    await host.pick('Built-in Offline Model');
    await output.matching(/Final state[^]*best/);
    await host.screenshot('map-reduce-offline');
  });

  test('New Graph File names the folder that it cannot write to', async () => {
    folder.write('taken.txt', '');
    await host.palette('Superstep: New Graph File');
    await host.pick('Empty Graph');
    await host.quickInput.answer('Name of the file', 'taken.txt/new');
    const toast = await host.notification('Cannot write to folder');
    assert.doesNotMatch(await toast.innerText(), /unexpectedly/);
    await host.command('notifications.clearAll');
  });

  test('snippets write the pieces of a graph', async () => {
    const file = folder.write('snippet.graph.ts', '');
    await host.open(file);
    await host.command('editor.action.insertSnippet', { name: 'Graph' });
    await host.until(async () =>
      assert.match(
        (await host.activeEditor())?.text ?? '',
        /export const graph = new StateGraph\(State\)/,
      ),
    );
  });
});
