import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { retry } from '../host/retry.ts';
import { root } from '../host/install.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
import { gatedGraph, makeTestFolder, type TestFolder } from './testFolder.ts';

suite('an editor under a hasty user', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({ 'gated.graph.ts': gatedGraph('gated') });
    host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
    // What does not listen ends when the test lets it, not when a time has passed.
    await host.evaluate((code) =>
      code.workspace.getConfiguration('superstep').update('stopGraceMs', 60_000, true),
    );
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  beforeEach(async () => {
    for (const name of ['gated', 'stubborn']) folder.openGate(name);
    await startAfresh(host);
    folder.write('gated.graph.ts', gatedGraph('gated'));
    for (const name of ['gated', 'stubborn']) folder.closeGate(name);
  });

  test('a double click on Run starts one run, and does not stop it', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('gated.graph.ts'));
    await (await host.codeLens('Run')).dblclick();
    await output.matching(/gated waits/);
    await host.codeLens('Running');
    await host.statusBar('superstep: gated 0/2');
    folder.openGate('gated');
    const text = await output.matching(/gated is over[^]*Final state/);
    await host.codeLens('Run');
    assert.equal(text.match(/▶/g)?.length, 1);
    assert.doesNotMatch(text, /cancelled|│/);
  });

  test('a double click on the button of the panel starts one run, and does not stop it', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('gated.graph.ts'));
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("finish")');
    await (await host.webview('#runButton:has-text("Run")')).dblclick();
    await host.webview('g[data-status="running"]:has-text("wait")');
    folder.openGate('gated');
    const text = await output.matching(/gated is over[^]*Final state/);
    assert.equal(text.match(/▶/g)?.length, 1);
  });

  test('a second run of a graph that runs is asked for, and told apart from the first', async () => {
    const output = await outputFromNow(host);
    await host.open(folder.file('gated.graph.ts'));
    await (await host.codeLens('Run')).click();
    await output.matching(/gated waits/);
    await host.until(async () => {
      await host.palette('Superstep: Run Graph');
      // Within a second of the first start it is taken for a double click: then once more.
      await retry(async () => {
        const { title } = await host.quickInput.prompt();
        assert.match(title, /gated Is Running Already/);
      }, 2000);
    }, 'question whether to run again');
    await host.screenshot('hasty-run-again');
    await host.pick('Start a Second Run');
    await output.matching(/gated #2 │ .*gated waits/);
    await host.codeLens('Running 2×');
    await host.statusBar('superstep: 2 graphs running');
    await host.palette('Superstep: Stop Run');
    await host.until(async () =>
      assert.deepEqual(await host.quickInput.labels(), ['gated', 'gated #2', 'All 2']),
    );
    await host.screenshot('hasty-which-run');
    await host.pick('gated');
    await output.matching(/^gated │ .*cancelled/m);
    await host.statusBar('superstep: gated #2 0/2');
    // The panel shows the newest run, and its button stops that one.
    await (await host.webview('#runButton:has-text("Stop")')).click();
    await output.matching(/^(?:gated #2 │ )?[\d:.]+ ■ cancelled(?![^]*^gated │)/m);
  });

  test('Stop on a node that does not listen says at once, everywhere, that it is stopping', async () => {
    folder.write('stubborn.graph.ts', gatedGraph('stubborn', { listens: false }));
    const output = await outputFromNow(host);
    await host.open(folder.file('stubborn.graph.ts'));
    await (await host.codeLens('Run')).click();
    await output.matching(/stubborn waits/);
    await (await host.codeLens('Stop')).click();
    await host.statusBar('superstep: stubborn stopping…');
    await host.codeLens('Stopping…');
    await host.webview('#runState:has-text("Stopping…")');
    await host.webview('#runButton:disabled');
    assert.match(await output.matching(/stopping…/), /[\d:.]{12} ■ stopping…/);
    await host.screenshot('hasty-stopping');
    folder.openGate('stubborn');
    await output.matching(/■ cancelled/);
    await host.codeLens('Run');
    await host.webview('#runButton:has-text("Run"):enabled');
  });
});
