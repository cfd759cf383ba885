// Runs of the editor on a real Restate server, shown and answered in the panel as those that run here.
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { output, start } from '../cli/superstep.ts';
import type { HostedCode } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';
import { openHost } from '../host/openHost.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from '../restate/restateServer.ts';
import { outputFromNow } from './outputFromNow.ts';
import { startAfresh } from './startAfresh.ts';
import { gatedGraph, makeTestFolder, type TestFolder } from './testFolder.ts';

const skip = (await missingServer()) ?? false;

/** Which process has run its first node is in the state. */
const asking = (
  question: string,
) => `import { Annotation, START, StateGraph, interrupt } from 'superstep';

const State = Annotation.Root({ ranIn: Annotation<number>(), answer: Annotation<string>() });

export const asking = new StateGraph(State)
  .addNode('prepare', () => {
    console.log('prepares in process ' + process.pid);
    return { ranIn: process.pid };
  })
  .addNode('ask', () => ({ answer: 'answered with ' + interrupt('${question}') }))
  .addEdge(START, 'prepare')
  .addEdge('prepare', 'ask')
  .compile({ name: 'asking' });
`;

suite('graphs that the editor runs on a Restate server', { skip }, () => {
  let host: HostedCode;
  let folder: TestFolder;
  let server: RestateServer;
  let worker: ReturnType<typeof start>['child'];
  const ends: (() => unknown)[] = [];

  before(async () => {
    folder = makeTestFolder({
      'asking.graph.ts': asking('Go on?'),
      'gated.graph.ts': gatedGraph('gated'),
    });
    server = await RestateServer.start();
    const [port] = await freePorts(1);
    const files = [folder.file('asking.graph.ts'), folder.file('gated.graph.ts')];
    const at = [`--restate=${server.ingress}`, `--register=${server.admin}`, '--port', `${port}`];
    const suite = { after: (end: () => unknown) => void ends.push(end) };
    worker = start(suite, ['serve', ...files, ...at]).child;
    await output(worker.stdout, /Registered as/);
    host = await openHost({
      folder: folder.path,
      extensionDevelopmentPath: root,
    });
  });
  after(async () => {
    await host?.close();
    for (const end of ends) await end();
    await server?.end();
    folder?.remove();
  });
  beforeEach(() => startAfresh(host));

  const runOn = (value: string) =>
    host.evaluate(
      (code, to) =>
        code.workspace.getConfiguration('superstep').update('runOn', to || undefined, false),
      value,
    );

  const ranThere = () => new RegExp(`ranIn: ${worker.pid}`);

  test('that was picked show their run in the panel, ask there, and go on with the answer', async () => {
    await host.palette('Superstep: Run On…');
    await host.pick('Restate Elsewhere…');
    await host.quickInput.answer('Run on a Restate Server', server.ingress);
    const lines = await outputFromNow(host);
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run')).click();
    await lines.matching(new RegExp(`Runs on the Restate server at ${server.ingress}`));
    await lines.matching(new RegExp(`prepares in process ${worker.pid}`));
    await host.statusBar('asking waits for an answer');
    await host.webview('g[data-status="done"]:has-text("prepare")');
    await (await host.webview('.card:has-text("Go on?") :is(input, textarea)')).fill('yes');
    await host.screenshot('run-on-restate');
    await (await host.webview('.card button:has-text("Send")')).click();
    await lines.matching(/answered with yes/);
    await lines.matching(ranThere());
    await host.webview('#runState:has-text("Done in")');
  });

  test('wait there and go on there, whatever is chosen meanwhile', async () => {
    await runOn(server.ingress);
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run')).click();
    await host.codeLens('Answer (1)');
    await runOn('');
    const lines = await outputFromNow(host);
    await (await host.codeLens('Answer (1)')).click();
    await host.quickInput.answer('Go on?', 'yes');
    await lines.matching(/answered with yes/);
    await lines.matching(ranThere());
    // And the next one runs here.
    const next = await outputFromNow(host);
    await (await host.codeLens('Run')).click();
    assert.doesNotMatch(await next.matching(/prepares in process \d+/), /Restate server/);
  });

  test('are cancelled there by Stop', async () => {
    await runOn(server.ingress);
    const lines = await outputFromNow(host);
    await host.open(folder.file('gated.graph.ts'));
    await (await host.codeLens('Run')).click();
    await lines.matching(/gated waits/);
    await (await host.codeLens('Stop')).click();
    await lines.matching(/■ cancelled/);
    await host.webview('#runState:has-text("Cancelled after")');
    await host.webview('g[data-status="cancelled"]:has-text("wait")');
  });

  test('tell that workers have other code than the file, and where no server is', async () => {
    await runOn(server.ingress);
    folder.write('asking.graph.ts', asking('Really?'));
    const lines = await outputFromNow(host);
    await host.open(folder.file('asking.graph.ts'));
    await (await host.codeLens('Run')).click();
    await lines.matching(/workers have other code of "asking\.asking" than this file has now/);
    await host.webview('.card:has-text("Go on?")');
    const [port] = await freePorts(1);
    await runOn(`http://127.0.0.1:${port}`);
    await (await host.codeLens('Run')).click();
    await host.notification('Cannot reach the Restate server at');
  });
});
