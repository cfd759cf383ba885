// Records anew what servers of others answer to the conversations of conversations.ts:
//   npm install --prefix FOLDER openai-mock-api @portkey-ai/gateway
//   node test/openai/recordings/record.ts FOLDER && npx prettier --write test/openai/recordings
// The gateway speaks to a stand-in for Anthropic's API, whose protocol it translates, and to the
// offline model. Needs no network and no key.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOfflineModel } from '../../../src/offline/offlineModel.ts';
import { answerAsAnthropic } from './anthropic.ts';
import { GOOD_KEY, conversations, type ServerName } from './conversations.ts';
import { clientsOf, recordingUrl, type Exchange, type Recording } from './recording.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Say in which folder the servers are installed');
const endings: (() => unknown)[] = [];

const offline = createOfflineModel();
const offlineUrl = await listen(async (request, response) => {
  const init = { method: 'POST', body: await textOf(request) };
  const { status, headers, body } = await offline(`http://127.0.0.1${request.url}`, init);
  response.writeHead(status, Object.fromEntries(headers));
  for await (const piece of body ?? []) response.write(piece);
  response.end();
});
const anthropicUrl = await listen(answerAsAnthropic);

const scratch = await mkdtemp(join(tmpdir(), 'superstep-record-'));
endings.push(() => rm(scratch, { recursive: true }));
const flow = (id: string, ...messages: object[]) => ({ id, messages });
const user = (content: string) => ({ role: 'user', content });
const call = {
  id: 'call_abc123',
  type: 'function',
  function: { name: 'weather', arguments: '{"city": "Rome"}' },
};
const config = {
  apiKey: GOOD_KEY,
  responses: [
    flow(
      'who',
      { ...user('Who are you'), matcher: 'contains' },
      { role: 'assistant', content: 'A server that others wrote.' },
    ),
    flow('ask', user('What is the weather?'), { role: 'assistant', tool_calls: [call] }),
    flow(
      'told',
      user('What is the weather?'),
      { role: 'assistant', matcher: 'any' },
      { role: 'tool', matcher: 'any', tool_call_id: call.id },
      { role: 'assistant', content: 'It is sunny in Rome.' },
    ),
  ],
};
await writeFile(join(scratch, 'config.yaml'), JSON.stringify(config));
const mockUrl = await start('openai-mock-api', [
  '--config',
  join(scratch, 'config.yaml'),
  '--port',
]);
// Without it, this version cannot answer in pieces: it changes headers that are not its own.
const ownHeaders = `data:text/javascript,const { fetch } = globalThis;
  globalThis.fetch = async (...args) => { const r = await fetch(...args); return new Response(r.body, r); };`;
const gatewayUrl = await start('gateway', ['--port='], ['--import', ownHeaders]);

const before = (provider: string, url: string) => ({
  'x-portkey-provider': provider,
  'x-portkey-custom-host': `${url}/v1`,
});
const servers: Record<ServerName, { url: string; headers: Record<string, string> }> = {
  'openai-mock-api': { url: mockUrl, headers: {} },
  'portkey-anthropic': { url: gatewayUrl, headers: before('anthropic', anthropicUrl) },
  'portkey-offline': { url: gatewayUrl, headers: before('openai', offlineUrl) },
  'portkey-unreachable': { url: gatewayUrl, headers: before('openai', 'http://127.0.0.1:3') },
  'portkey-alone': { url: gatewayUrl, headers: {} },
};
try {
  for (const [name, server] of Object.entries(servers)) await record(name as ServerName, server);
} finally {
  for (const end of endings.reverse()) await end();
}

/** Lets clients speak to a server, and writes down all that is said. */
async function record(
  name: ServerName,
  { url, headers }: { url: string; headers: Record<string, string> },
): Promise<void> {
  let exchanges: Exchange[] = [];
  const baseURL = await listen(async (incoming, response) => {
    const body = await textOf(incoming);
    const path = incoming.url ?? '/';
    const authorization = incoming.headers.authorization ?? '';
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, ...headers },
      body,
    });
    const kept = ['content-type', 'retry-after'].flatMap((field) => {
      const value = answer.headers.get(field);
      return value === null ? [] : [[field, value]];
    });
    const exchange = {
      path,
      request: JSON.parse(body) as Exchange['request'],
      status: answer.status,
      headers: Object.fromEntries(kept) as Record<string, string>,
      body: [] as string[],
    };
    exchanges.push(exchange);
    response.writeHead(answer.status, exchange.headers);
    for await (const piece of answer.body ?? []) {
      exchange.body.push(Buffer.from(piece).toString());
      response.write(piece);
    }
    response.end();
  });
  const recording: Recording = { server: await versionOf(name), conversations: {} };
  for (const { name: what, talk } of conversations.filter(({ server }) => server === name)) {
    exchanges = [];
    const seen = await talk(...clientsOf(`${baseURL}/v1`));
    console.log(`${name}: ${what}`, JSON.stringify(seen, undefined, 2));
    Object.assign(recording.conversations, { [what]: exchanges });
  }
  await writeFile(recordingUrl(name), `${JSON.stringify(recording, undefined, 2)}\n`);
}

async function versionOf(name: ServerName): Promise<string> {
  const of = name === 'openai-mock-api' ? name : '@portkey-ai/gateway';
  const text = await readFile(join(folder!, 'node_modules', of, 'package.json'), 'utf8');
  return `${of} ${(JSON.parse(text) as { version: string }).version}`;
}

/** Starts a program of the folder on a free port, and waits until it answers. */
async function start(program: string, args: readonly string[], node: readonly string[] = []) {
  const port = await freePort();
  const last = args.at(-1)!;
  const all = last.endsWith('=')
    ? [...args.slice(0, -1), `${last}${port}`]
    : [...args, String(port)];
  const script = join(folder!, 'node_modules', '.bin', program);
  const child = spawn(process.execPath, [...node, script, ...all], { stdio: 'ignore' });
  endings.push(() => child.kill());
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).catch(() => undefined))) await new Promise((go) => setTimeout(go, 100));
  return url;
}

async function listen(
  answer: (...args: Parameters<RequestListener>) => Promise<void>,
): Promise<string> {
  const server = createServer((...args) => void answer(...args)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat((await request.toArray()) as Buffer[]).toString();
}
