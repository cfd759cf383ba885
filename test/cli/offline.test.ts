// What the command line does about models: the built-in one, keys in .env files, threads.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import OpenAI from 'openai';
import { fixture, start, superstep } from './superstep.ts';

const file = fixture('models.graph.ts');
const run = (graph: string, ...more: string[]) => [
  'run',
  file,
  '--graph',
  graph,
  '--json',
  ...more,
];
const hello = JSON.stringify({ prompt: '{"messages":[{"role":"user","content":"Hello"}]}' });

test('run answers models without a key by the built-in one, and says so in one line', async (t) => {
  const { code, stdout, stderr } = await superstep(t, run('asks', '--input', hello));
  assert.equal(code, 0);
  assert.match(stderr, /^Answers are made up by the built-in offline model \(no key: .*\)\n$/);
  const [status, answer] = JSON.parse(stdout).state.list;
  assert.equal(status, 200);
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('run does not speak of models where none is called', async (t) => {
  const { stdout, stderr } = await superstep(t, run('override'));
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout).state.list, [false]);
});

test('run --model offline answers every request by the built-in model', async (t) => {
  const { stdout } = await superstep(t, run('override', '--model', 'offline'));
  assert.deepEqual(JSON.parse(stdout).state.list, [true]);
  const { stderr } = await superstep(t, run('asks', '--input', hello, '--model', 'offline'));
  assert.match(stderr, /^Answers are made up .*\(--model offline\)\n$/);
});

test('run --thread names the thread', async (t) => {
  const { stdout } = await superstep(t, run('keeps', '--thread', 'mine'));
  assert.equal(JSON.parse(stdout).state.thread, 'mine');
  const { code } = await superstep(t, run('keeps'));
  assert.equal(code, 0);
});

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'superstep-cli-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('run reads .env beside the file, then in the current folder, below the environment', async (t) => {
  const [near, cwd] = [await folder(t), await folder(t)];
  const copy = join(near, 'copy.graph.ts');
  await copyFile(file, copy);
  const valueOf = async (env: NodeJS.ProcessEnv = {}) => {
    const args = ['run', copy, '--graph', 'environment', '--json'];
    const { stdout, stderr } = await superstep(t, args, { cwd, env });
    return [JSON.parse(stdout).state.list[0], stderr];
  };
  await writeFile(join(cwd, '.env'), 'FROM_HOST=cwd');
  assert.deepEqual(await valueOf(), ['cwd', '']);
  await writeFile(join(near, '.env'), 'export FROM_HOST="near"');
  assert.deepEqual(await valueOf(), ['near', '']);
  assert.deepEqual(await valueOf({ FROM_HOST: 'real' }), ['real', '']);
  await writeFile(join(near, '.env'), 'x'.repeat(1_000_001));
  const [value, note] = await valueOf();
  assert.equal(value, 'cwd');
  assert.match(note, /^Cannot read .*\.env, its variables are not set/);
});

test('draw and list give the file the variables of .env, as run does', async (t) => {
  const near = await folder(t);
  const path = join(near, 'needy.graph.ts');
  const source = `
    import { Annotation, START, StateGraph } from 'superstep';
    if (!process.env['AT_LOADING']) throw new Error('There is no AT_LOADING');
    const State = Annotation.Root({ text: Annotation<string>() });
    export const needy = new StateGraph(State).addNode('only', () => ({})).addEdge(START, 'only').compile();
  `;
  await writeFile(path, source);
  for (const name of ['run', 'draw', 'list']) {
    assert.match((await superstep(t, [name, path])).stderr, /There is no AT_LOADING/, name);
  }
  await writeFile(join(near, '.env'), 'AT_LOADING=yes');
  for (const name of ['run', 'draw', 'list']) {
    const { code, stderr } = await superstep(t, [name, path]);
    assert.deepEqual([code, stderr], [0, ''], name);
  }
});

test('keys from a .env file are not shown', async (t) => {
  const near = await folder(t);
  const copy = join(near, 'copy.graph.ts');
  await copyFile(fixture('tellsKeys.graph.ts'), copy);
  await writeFile(join(near, '.env'), 'MY_API_KEY=correct-horse-battery');
  for (const graph of ['tells', 'throws']) {
    const { stdout, stderr } = await superstep(t, ['run', copy, '--graph', graph, '--xray']);
    assert.match(stdout, /\[redacted\]/);
    assert.doesNotMatch(stdout + stderr, /correct-horse/);
  }
});

test('offline-model serves the built-in model to other programs until Ctrl+C', async (t) => {
  const { child, ended } = start(t, ['offline-model', '--seed', '3']);
  let printed = '';
  while (!printed.includes('OPENAI_BASE_URL')) {
    printed += String((await once(child.stdout, 'data'))[0]);
  }
  const [baseURL] = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(printed) ?? [];
  const client = new OpenAI({ apiKey: 'any', baseURL: baseURL! });
  const messages = [{ role: 'user' as const, content: 'Tell me about tea' }];
  const whole = await client.chat.completions.create({ model: 'm', messages });
  const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  assert.equal(text, whole.choices[0]!.message.content);
  assert.equal((await client.models.list()).data.length, 1);
  await assert.rejects(client.embeddings.create({ model: 'm', input: 'x' }), OpenAI.NotFoundError);
  child.kill('SIGINT');
  assert.equal((await ended).code, 0);
});

test('offline-model limits, delays and fails requests as it is told to', async (t) => {
  const { child } = start(t, ['offline-model', '--rate-limit', '1/min', '--latency', '1']);
  const printed = String((await once(child.stdout, 'data'))[0]);
  const [url] = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(printed) ?? [];
  const send = () =>
    fetch(`${url!}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] }),
    });
  assert.equal((await send()).status, 200);
  const refused = await send();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 30);
});

test('offline-model says when its port cannot be had', async (t) => {
  const { child } = start(t, ['offline-model']);
  const printed = String((await once(child.stdout, 'data'))[0]);
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
  const { code, stderr } = await superstep(t, ['offline-model', '--port', port!]);
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`Cannot listen on port ${port}: .*EADDRINUSE`));
});

test('run --record writes calls of models down, and --replay answers from there', async (t) => {
  const recordings = await folder(t);
  const run = (...more: string[]) =>
    superstep(t, ['run', fixture('recorded.graph.ts'), '--graph', 'asks', '--json', ...more]);
  const first = await run('--record', recordings, '--model', 'offline');
  const again = await run('--replay', recordings);
  assert.equal(again.stderr, '');
  assert.deepEqual(JSON.parse(again.stdout).state, JSON.parse(first.stdout).state);
  const other = await run('--replay', recordings, '--input', '{ "question": "Who?" }');
  assert.equal(other.code, 1);
  const { error } = JSON.parse(other.stdout);
  assert.equal(error.code, 'MODEL_NOT_RECORDED');
  assert.match(error.message, /- Why\?\n {2}\+ Who\?/);
});
