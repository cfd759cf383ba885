import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { outputFromNow } from './outputFromNow.ts';
import { runsEnded, startAfresh } from './startAfresh.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

const QUESTION = 'There Is No Key for the Model parrot';
const OFFLINE = 'Built-in Offline Model';
const EDITOR = "The Editor's Language Models";

/** A graph that asks a model one thing. */
const asking = (name: string, prompt: string) => `import { entrypoint } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
const model = new ChatOpenAI({ model: 'parrot' });
export const ${name} = entrypoint('${name}', async (prompt: string) => {
  const answer = await model.invoke([{ role: 'system', content: 'be brief' }, { role: 'user', content: prompt }]);
  return 'answer: ' + answer.text;
});
export const input = ${JSON.stringify(prompt)};
`;

const withTool = `import { entrypoint } from 'superstep';
import { ChatOpenAI, tool } from 'superstep/openai';
import { z } from 'zod';
const double = tool(({ n }) => String(n * 2), { name: 'double', description: 'Doubles', schema: z.object({ n: z.number() }) });
const model = new ChatOpenAI({ model: 'parrot' }).bindTools([double]);
export const withTool = entrypoint('withTool', async (prompt: string) => {
  const first = await model.invoke(prompt);
  const [call] = first.tool_calls;
  const result = { role: 'tool', content: 'forty', tool_call_id: call!.id! };
  const second = await model.invoke([{ role: 'user', content: prompt }, first, result]);
  return call!.name + JSON.stringify(call!.args) + ' then ' + second.text;
});
export const input = 'call the tool';
`;

suite('models in the editor', () => {
  let host: HostedCode;
  let folder: TestFolder;
  let provider: Server;
  /** What the provider's server was sent as authorization. */
  const authorizations: (string | undefined)[] = [];

  before(async () => {
    provider = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      request.resume().on('end', () => {
        if (request.headers.authorization?.includes('wrong')) {
          const error = { message: `Incorrect API key: ${request.headers.authorization}` };
          response.writeHead(401, { 'content-type': 'application/json' });
          return response.end(JSON.stringify({ error }));
        }
        const message = { role: 'assistant', content: 'from the provider' };
        const choices = [{ index: 0, message, finish_reason: 'stop' }];
        const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id: 'x', object: 'chat.completion', choices, usage }));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    folder = makeTestFolder({
      'one.graph.ts': asking('one', 'hello'),
      'two.graph.ts': asking('two', 'hello too'),
      'blocked.graph.ts': asking('blocked', 'be blocked'),
      'endless.graph.ts': asking('endless', 'never end'),
      'tool.graph.ts': withTool,
    });
    for (const name of ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY']) delete process.env[name];
    host = await openHost({
      folder: folder.path,
      extensionDevelopmentPath: [root, join(root, 'test/fixtures/modelProvider')],
    });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
    provider?.close();
  });

  beforeEach(async () => {
    await startAfresh(host);
  });

  async function run(name: string): Promise<void> {
    await host.open(folder.file(`${name}.graph.ts`));
    await (await host.codeLens('Run')).click();
  }

  /** Waits until the question with this title is on the screen. */
  const question = (title: string) => host.quickInput.asked(title);

  /** What the editor's language models have been told so far. */
  const told = () =>
    host.evaluate(
      (code) =>
        (code.extensions.getExtension('test.model-provider')?.exports as { told?: string[] })
          ?.told ?? [],
    );

  test('a run that has no key asks who is to answer; without an answer it is cancelled quietly', async () => {
    const output = await outputFromNow(host);
    await run('one');
    await question(QUESTION);
    // The extensions that bring models take their time.
    await host.until(async () =>
      assert.deepEqual(await host.quickInput.labels(), [
        OFFLINE,
        'Makes its answers up, to try a graph: no key, no account, no network',
        'Set an API Key…',
        'OpenAI, DashScope, or any server that speaks the same protocol',
        EDITOR,
        'Owl 1, Parrot 1',
      ]),
    );
    await host.screenshot('model-question');
    await host.page.keyboard.press('Escape');
    const text = await output.matching(/nobody was chosen to answer "parrot"[^]*cancelled/);
    await runsEnded(host);
    assert.doesNotMatch(text, /NO_MODEL|failed|answer: /);
    assert.equal(
      await host.page.locator('.notifications-toasts .notification-list-item').count(),
      0,
    );
    await host.webview('#runState[data-status="cancelled"]');
    await host.screenshot('model-not-chosen');
  });

  test('all runs that ask at the same time wait for one question, which goes when they end', async () => {
    const output = await outputFromNow(host);
    await run('one');
    await question(QUESTION);
    await host.command('superstep.stopRun');
    await host.until(async () => assert.equal((await host.quickInput.prompt()).title, ''));
    await output.matching(/cancelled/);
    const both = await outputFromNow(host);
    await run('one');
    await question(QUESTION);
    await host.evaluate((code, path) => {
      void code.commands.executeCommand('superstep.runGraph', code.Uri.file(path));
    }, folder.file('two.graph.ts'));
    await host.statusBar('superstep: 2 graphs running');
    await host.pick(OFFLINE);
    const text = await both.matching(/one │ [^]*answer: [^]*answer: /);
    assert.match(text, /the built-in offline model makes the answers up/);
    assert.match(text, /offline/);
  });

  test('the answer is remembered, and Choose Model shows and changes it', async () => {
    const output = await outputFromNow(host);
    await run('one');
    await output.matching(/answer: /);
    await host.palette('Superstep: Choose Model…');
    await question('Choose Model');
    const inUse = host.page.locator('.quick-input-list .monaco-list-row', { hasText: 'in use' });
    await host.until(async () => assert.match(await inUse.innerText(), /Offline/));
    await host.screenshot('choose-model');
    await host.pick(EDITOR);
    const next = await outputFromNow(host);
    await run('one');
    await next.matching(/answer: parrot-1 heard be brief \| hello/);
  });

  test("the editor's models can call tools", async () => {
    const output = await outputFromNow(host);
    await run('tool');
    await output.matching(/double\{"n":20\} then parrot-1 heard .*call the tool.*result: forty/);
    await host.until(async () => (await told()).some((line) => line.endsWith('[double]')));
  });

  test("Stop ends a request to the editor's models", async () => {
    const output = await outputFromNow(host);
    await run('endless');
    await host.until(async () => (await told()).some((line) => line.includes('never end')));
    await host.command('superstep.stopRun');
    await output.matching(/cancelled/);
    await host.until(async () => (await told()).includes('parrot-1: cancelled'));
  });

  test('what the editor refuses is told as it is', async () => {
    const output = await outputFromNow(host);
    await run('blocked');
    await output.matching(/editor's model "Parrot 1" did not answer: the request was blocked/);
  });

  test('Set API Key keeps a key that nobody sees, and runs use it until it is cleared', async () => {
    const { port } = provider.address() as AddressInfo;
    const key = 'sk-superstep-0123456789abcdef';
    await host.palette('Superstep: Set API Key…');
    await host.pick('Other provider…');
    await host.quickInput.answer('Address of the API', 'not an address');
    await host.quickInput.answer('begins with https', `http://127.0.0.1:${port}/v1`);
    const hidden = host.page.locator('.quick-input-widget input[type=password]');
    await hidden.fill(key);
    await host.screenshot('set-api-key');
    await hidden.press('Enter');
    await host.notification('Models are now asked at http://127.0.0.1');
    const output = await outputFromNow(host);
    await run('one');
    await output.matching(/answer: from the provider/);
    assert.equal(authorizations.at(-1), `Bearer ${key}`);
    for (const path of readdirSync(host.userDataDir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(log|json|txt)$/.test(path)) continue;
      assert.ok(!readFileSync(join(host.userDataDir, path), 'utf8').includes(key), path);
    }
    await host.palette('Superstep: Clear API Key');
    await host.notification('The API key was removed');
    await run('one');
    await question(QUESTION);
    await host.page.keyboard.press('Escape');
  });

  test('a key in a .env file beside the graph comes before all choices', async () => {
    const { port } = provider.address() as AddressInfo;
    folder.write(
      '.env',
      `OPENAI_API_KEY="key-of-the-file"\nOPENAI_BASE_URL=http://127.0.0.1:${port}/v1\n`,
    );
    const output = await outputFromNow(host);
    await run('one');
    await output.matching(/answer: from the provider/);
    assert.equal(authorizations.at(-1), 'Bearer key-of-the-file');
  });

  test('a key that the provider does not accept is told in a notification, and not shown', async () => {
    const { port } = provider.address() as AddressInfo;
    folder.write(
      '.env',
      `OPENAI_API_KEY="wrong-key-of-the-file"\nOPENAI_BASE_URL=http://127.0.0.1:${port}/v1\n`,
    );
    const sent = authorizations.length;
    await run('one');
    const toast = await host.notification('failed with status 401');
    const text = (await toast.textContent()) ?? '';
    assert.match(text, /Incorrect API key.*Check the API key/);
    assert.ok(!text.includes('wrong-key'), text);
    assert.equal(authorizations.length, sent + 1);
  });
});
