// Graphs that ask a provider from the command line: what becomes of what goes wrong on the way.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fails, says, startModelServer, streamsForEver, type Reply } from '../fakes/modelServer.ts';
import { start, superstep } from './superstep.ts';

const KEY = 'the-key-that-nobody-sees';

const source = `
import { Annotation, Send, START, StateGraph } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
const model = new ChatOpenAI({ model: 'test-1' });
const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const asking = () => new StateGraph(State).addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }));
export const one = asking().addEdge(START, 'ask').compile();
export const ten = asking()
  .addConditionalEdges(START, () => Array.from({ length: 10 }, () => new Send('ask', {})))
  .compile();
`;

/** A server that answers so, a file that asks it, and what to start it with. */
async function setUp(t: TestContext, replies: Reply | readonly Reply[]) {
  const server = await startModelServer(replies);
  t.after(() => server[Symbol.asyncDispose]());
  const folder = await mkdtemp(join(tmpdir(), 'superstep-models-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'asks.graph.ts');
  await writeFile(file, source);
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseURL };
  return { server, env, args: (graph: string) => ['run', file, '--graph', graph] };
}

test('a key that is not accepted fails the run at once, with what to do, and is not shown', async (t) => {
  const message = `Incorrect API key provided: ${KEY}`;
  const { server, env, args } = await setUp(t, fails(401, { message }));
  const { code, stdout, stderr } = await superstep(t, args('one'), { env });
  assert.equal(code, 1);
  assert.match(stdout, /failed after .* \(MODEL_AUTHENTICATION\)/);
  const told = stdout.match(/ModelError MODEL_AUTHENTICATION: .*status 401/g);
  assert.equal(told?.length, 1, stdout);
  assert.match(stdout.replace(/\s+/g, ' '), /provided: .*Check the API key, and that it is for/);
  assert.doesNotMatch(stdout + stderr, new RegExp(KEY));
  assert.equal(server.requests.length, 1);
});

test('a rate limit that does not say how long it lasts is waited for, and told', async (t) => {
  const { server, env, args } = await setUp(t, [fails(429, { message: 'Slow' }), says('Hello')]);
  const { code, stdout } = await superstep(t, args('one'), { env });
  assert.equal(code, 0);
  assert.match(stdout, /↻ ask .*request 1 failed, sent again in \d+ ms/);
  assert.match(stdout, /said: \[ 'Hello' \]/);
  assert.equal(server.requests.length, 2);
});

test('Ctrl+C in the middle of ten streams closes all ten requests, and sends no more', async (t) => {
  const { server, env, args } = await setUp(t, streamsForEver(['Hel']));
  const { child, ended } = start(t, args('ten'), { env });
  await server.until(({ open }) => open === 10);
  child.kill('SIGINT');
  assert.equal((await ended).code, 130);
  await server.until(({ open }) => open === 0);
  assert.deepEqual([server.requests.length, server.closedEarly], [10, 10]);
});

test('a proxy that the environment names is asked', async (t) => {
  const { server, env, args } = await setUp(t, says('Hello'));
  const proxied = { ...env, OPENAI_BASE_URL: 'http://models.example/v1', HTTP_PROXY: server.host };
  const { code } = await superstep(t, args('one'), {
    env: { ...proxied, http_proxy: '', NO_PROXY: '' },
  });
  assert.equal(code, 0);
  assert.equal(server.requests[0]?.path, 'http://models.example/v1/chat/completions');
});
