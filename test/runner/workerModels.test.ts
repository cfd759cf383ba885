// What nodes on worker threads print, and the models that they ask, beside the same in the thread of the run.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { RunEvent } from '../../src/engine/model/events.ts';
import type { RecordingOptions } from '../../src/protocol/recording.ts';
import type { ModelProvider } from '../../src/runner/models.ts';
import type { RunOptions } from '../../src/runner/runner.ts';
import { says, startModelServer } from '../fakes/modelServer.ts';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('workerModels.graph.ts');
const runner = createTestRunner({ after });
const key = 'k3y-of-the-test-0815';
const nobody = 'http://127.0.0.1:9/v1';
/** Nodes on worker threads, and the same where the run is. */
const pairs = [
  ['onWorkers', 'here'],
  ['fetchesOnWorkers', 'fetchesHere'],
] as const;

/** Runs a graph, and makes sure of where its nodes have run. */
async function run(exportName: string, options: Partial<RunOptions> = {}) {
  const events: RunEvent[] = [];
  const onEvents = (batch: readonly RunEvent[]) => void events.push(...batch);
  const result = await runner.run({ file, exportName, input: {}, onEvents, ...options });
  assert.equal(result.status, 'done', result.error?.message);
  const { said, threads } = result.state as { said: string[]; threads: number[] };
  const isHere = threads.slice(0, -1).every((thread) => thread === threads.at(-1));
  assert.equal(isHere, !exportName.endsWith('OnWorkers') && exportName !== 'onWorkers');
  return { said, events };
}

/** What was told of the calls of models and on the console, in an order that no timing changes. */
const told = (events: readonly RunEvent[]) =>
  events
    .flatMap((event) => {
      if (event.type !== 'console' && event.type !== 'modelFinished') return [];
      const isLine = event.type === 'console';
      const what = isLine ? [event.level, event.text] : [event.call.model, event.call.source];
      return [[event.task?.path.join('/'), ...what].join(' | ')];
    })
    .sort();

const choosing = (models: Partial<ModelProvider> & Pick<ModelProvider, 'choose'>): RunOptions => ({
  ...{ file, models: { override: true, ...models } },
  env: { OPENAI_BASE_URL: nobody },
});

const providers: Record<string, () => RunOptions> = {
  'the offline model': () =>
    choosing({
      choose: async () => ({
        kind: 'offline',
        options: { latencyMs: 0, tokensPerSecond: Infinity },
      }),
    }),
  'a model of the editor': () =>
    choosing({
      choose: async () => ({ kind: 'editor' }),
      async *complete() {
        yield { type: 'text', text: 'Let me ' };
        yield { type: 'text', text: 'see.' };
      },
    }),
};

for (const [provider, options] of Object.entries(providers)) {
  test(`${provider} answers on worker threads as elsewhere, and lines have the names of nodes`, async () => {
    const { file: _, ...given } = options();
    const onWorkers = await run('onWorkers', given);
    const here = await run('here', given);
    assert.deepEqual(onWorkers.said, here.said);
    assert.deepEqual(told(onWorkers.events), told(here.events));
    const lines = told(onWorkers.events);
    assert.ok(lines.includes('same[1] | log | asks Why?'), lines.join('\n'));
    assert.ok(lines.includes('same[1] | log | has no line end'), lines.join('\n'));
    assert.ok(lines.includes('same[1]/again[0] | warn | once more'), lines.join('\n'));
    assert.equal(lines.length, 10);
  });
}

test('a key that was chosen reaches worker threads, and is not told', async () => {
  await using server = await startModelServer(says({ pieces: ['It is ', key] }));
  const models: ModelProvider = {
    choose: async () => ({ kind: 'key', apiKey: key, baseURL: server.baseURL }),
  };
  const { said, events } = await run('onWorkers', { models, env: { OPENAI_API_KEY: '' } });
  assert.deepEqual(said, Array(2).fill('It is [redacted] It is [redacted]'));
  assert.equal(server.requests.length, 4);
  assert.equal(server.requests[0]!.headers.authorization, `Bearer ${key}`);
  assert.ok(!JSON.stringify(events).includes(key));
});

test('without a model to choose, nodes on worker threads fail with what to do', async () => {
  const { error } = await runner.run({
    ...{ file, exportName: 'onWorkers', input: {} },
    env: { OPENAI_API_KEY: '' },
  });
  assert.equal(error?.code, 'NO_MODEL');
  assert.match(error.message, /OPENAI_API_KEY.*\.env/);
});

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-recording-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What was written of calls, by the names of files, without when it came. */
async function recorded(folder: string, exportName: string) {
  const root = join(folder, 'workerModels', exportName);
  const paths = await readdir(root, { recursive: true });
  const texts = paths
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map(async (path) => {
      const text = await readFile(join(root, path), 'utf8');
      return [path, text.replaceAll(/"ms": \d+/g, '"ms": 0')];
    });
  return Promise.all(texts);
}

for (const [onWorkers, here] of pairs) {
  test(`calls of "${onWorkers}" are recorded as those of "${here}", and replayed without a server`, async (t) => {
    const folder = await folderOf(t);
    const keep = (mode: RecordingOptions['mode'], baseURL: string) => ({
      recording: { folder, mode },
      env: { OPENAI_BASE_URL: baseURL, ...(baseURL !== nobody && { OPENAI_API_KEY: key }) },
    });
    await using server = await startModelServer(says({ pieces: ['Yes', '.'] }));
    const first = await run(onWorkers, keep('record', server.baseURL));
    await run(here, keep('record', server.baseURL));
    const asked = server.requests.length;
    const files = await recorded(folder, onWorkers);
    assert.equal(files.length, asked / 2);
    assert.deepEqual(files, await recorded(folder, here));
    const again = await run(onWorkers, keep('replay', nobody));
    assert.deepEqual(again.said, first.said);
    assert.equal(server.requests.length, asked);
    const { error } = await runner.run({
      ...{ file, exportName: onWorkers, input: { question: 'What else?' } },
      ...keep('replay', nobody),
    });
    assert.match(error?.message ?? '', /is not recorded/);
  });
}

test('a run that stops ends the requests of its worker threads', async () => {
  const never = () => {};
  await using server = await startModelServer(never);
  const stop = new AbortController();
  const { result } = record(runner, {
    ...{ file, exportName: 'onWorkers', signal: stop.signal },
    recording: { folder: join(tmpdir(), 'nothing-is-written-here'), mode: 'record' },
    env: { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: key },
  });
  await server.until(({ open }) => open === 2);
  stop.abort();
  assert.equal((await result).status, 'cancelled');
  await server.until(({ open }) => open === 0);
});
