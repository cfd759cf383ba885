import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

/** A graph whose second node asks; its first one tells in a file that it has run. */
function askingGraph(name: string, question: string): string {
  return `import { appendFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph, interrupt } from 'superstep';

const State = Annotation.Root({ log: Annotation<string>() });

export const ${name} = new StateGraph(State)
  .addNode('prepare', () => {
    appendFileSync(import.meta.dirname + '/${name}.ran', 'prepare ');
    return { log: 'prepared' };
  })
  .addNode('ask', () => ({ log: 'answered with ' + JSON.stringify(interrupt(${question})) }))
  .addEdge(START, 'prepare')
  .addEdge('prepare', 'ask')
  .addEdge('ask', END)
  .compile({ name: '${name}' });
`;
}

suite('answers to what a graph asks', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({
      'color.graph.ts': askingGraph('color', "{ question: 'Which?', options: ['red', 'green'] }"),
      'name.graph.ts': askingGraph('name', "'Your name?'"),
      'kept.graph.ts': askingGraph('kept', "'Still there?'"),
    });
    host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  beforeEach(() => startAfresh(host));

  /** How often the first node of a graph has run. */
  const ran = (name: string) => readFileSync(folder.file(`${name}.ran`), 'utf8').trim();

  test('in the panel: the run goes on there, and nothing that is done runs again', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('color.graph.ts'));
    await (await host.codeLens('Run')).click();
    await host.statusBar('color waits for an answer');
    await host.webview('#runState:has-text("Waiting after")');
    const green = await host.webview('.card button:has-text("green")');
    await host.webview('g[data-status="waiting"]:has-text("ask")');
    await host.screenshot('answers-panel');
    await green.click();
    await output.matching(/answered with "green"/);
    await host.webview('#runState:has-text("Done in")');
    await host.webview('g[data-status="done"]:has-text("prepare")');
    await host.webview('g[data-status="done"]:has-text("ask")');
    assert.equal(ran('color'), 'prepare');
    await host.codeLens('Run');
    const waiting = host.page.locator('.statusbar-item', { hasText: 'waits for an answer' });
    await host.until(async () => assert.equal(await waiting.count(), 0), 'end of the waiting');
  });

  test('from the notification and from the palette, without the panel', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('name.graph.ts'));
    await (await host.codeLens('Run')).click();
    await host.answerNotification('name waits for an answer', 'Answer');
    await host.quickInput.asked('Your name?');
    await host.page.keyboard.press('Escape');
    await host.palette('Superstep: Answer Question…');
    await host.screenshot('answers-palette');
    await host.quickInput.answer('Your name?', 'Ann');
    await output.matching(/answered with "Ann"/);
    assert.equal(ran('name'), 'prepare');
  });

  test('from the lens, after the window was reloaded while the graph waited', async () => {
    await host.open(folder.file('kept.graph.ts'));
    await (await host.codeLens('Run')).click();
    await host.codeLens('Answer (1)');
    await host.webview('.card:has-text("Still there?")');
    await host.reload();
    await host.open(folder.file('kept.graph.ts'));
    await host.statusBar('kept waits for an answer');
    // The editor may have had no time to write down that the panel was open.
    await (await host.codeLens('Preview')).click();
    await host.webview('.card:has-text("Still there?")');
    await host.webview('g[data-status="done"]:has-text("prepare")');
    const output = await outputFromNow(host);
    await (await host.codeLens('Answer (1)')).click();
    await host.quickInput.answer('Still there?', 'yes');
    await output.matching(/answered with "yes"/);
    await host.webview('#runState:has-text("Done in")');
    assert.equal(ran('kept'), 'prepare');
  });

  test('runs before a reload stand in the view of runs, and open as they were', async () => {
    await host.reload();
    await host.open(folder.file('kept.graph.ts'));
    await host.codeLens('Run');
    await host.palette('View: Show Superstep');
    const row = (text: string) =>
      host.page.locator('.pane-body .monaco-list-row', { hasText: text });
    const thread = row('2 runs of one thread').filter({ hasText: 'kept' });
    await thread.locator('.monaco-tl-twistie').click();
    await host.until(
      async () => assert.equal(await row('kept').count(), 5),
      'the runs of the thread',
    );
    await host.screenshot('history-views');
    // The first is that of the file, the second its graph, the third the thread, and then the newest.
    await row('kept').nth(3).click();
    await host.webview('#notice:has-text("This is a past run")');
    await host.webview('#runState:has-text("Done in")');
    await host.webview('g[data-status="done"]:has-text("ask")');
    await host.screenshot('history-panel');
  });
});
