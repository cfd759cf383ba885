import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { RunEvent } from '../../src/engine/model/events.ts';
import type { HostModelRequest, ModelProvider } from '../../src/runner/models.ts';
import type { RunOptions } from '../../src/runner/runner.ts';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('models.graph.ts');

/** Runs one graph of the fixture and gives what its node told. */
async function listOf(
  t: TestContext,
  exportName: string,
  options: Partial<RunOptions> = {},
): Promise<any[]> {
  const result = await createTestRunner(t).run({ file, exportName, input: {}, ...options });
  assert.equal(result.status, 'done', result.error?.message);
  return (result.state as { list: unknown[] }).list;
}

const offline: ModelProvider = {
  choose: async () => ({ kind: 'offline', options: { latencyMs: 0, tokensPerSecond: Infinity } }),
};

const request = (body: object) => ({
  input: { prompt: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], ...body }) },
});

test('the host is asked who answers once a run, and only if a model is called', async (t) => {
  const asked: string[] = [];
  const models: ModelProvider = {
    choose: async ({ model }) => {
      asked.push(model);
      return { kind: 'key', apiKey: 'the key', baseURL: 'http://models.invalid' };
    },
  };
  assert.deepEqual(await listOf(t, 'override', { models }), [false]);
  assert.deepEqual(asked, []);
  assert.deepEqual(await listOf(t, 'access', { models }), [
    { kind: 'key', apiKey: '[redacted]', baseURL: 'http://models.invalid' },
    true,
  ]);
  assert.deepEqual(asked, ['m']);
});

test('override reaches the thread', async (t) => {
  assert.deepEqual(await listOf(t, 'override', { models: { ...offline, override: true } }), [true]);
});

test('without models a request fails with what to do', async (t) => {
  const [first] = await listOf(t, 'failsTwice');
  assert.equal(first.code, 'NO_MODEL');
  assert.match(first.message, /model "m".*OPENAI_API_KEY.*\.env/);
});

test('what choose throws fails every request of the run, and is asked for once', async (t) => {
  let asked = 0;
  const models: ModelProvider = {
    choose: async () => {
      asked++;
      throw Object.assign(new RangeError('Not today'), { code: 'DISMISSED' });
    },
  };
  const told = { name: 'RangeError', message: 'Not today', code: 'DISMISSED' };
  assert.deepEqual(await listOf(t, 'failsTwice', { models }), [told, told]);
  assert.equal(asked, 1);
});

test('what choose throws is a problem at the place that asks', async (t) => {
  const models: ModelProvider = { choose: () => Promise.reject(new Error('Not today')) };
  const runner = createTestRunner(t);
  const { problem } = await runner.run({ file, exportName: 'access', input: {}, models });
  assert.match(problem?.message ?? '', /Not today/);
  assert.ok((problem?.range?.line1 ?? 0) > 1);
});

test('a user who gives up cancels the run, and none of its code goes on', async (t) => {
  const bothWait = Promise.withResolvers<void>();
  const models: ModelProvider = { choose: () => bothWait.promise.then(() => undefined) };
  const events: RunEvent[] = [];
  const result = await createTestRunner(t).run({
    file,
    exportName: 'recovers',
    input: {},
    models,
    onEvents: (more) => {
      events.push(...more);
      if (events.filter(({ type }) => type === 'taskStarted').length === 2) bothWait.resolve();
    },
  });
  assert.equal(result.status, 'cancelled');
  assert.equal(result.error?.code, 'STOPPED');
  assert.match(result.error.message, /cancelled: nobody was chosen to answer the model "m"/);
  assert.equal(result.problem, undefined);
  const kinds = events.map((event) => event.type);
  assert.ok(!kinds.includes('console'), 'a catch, a finally or an error handler went on');
  const ends = events.filter((event) => event.type === 'taskFailed');
  assert.deepEqual(
    ends.map(({ cancelled }) => cancelled),
    [true, true],
  );
  assert.equal(kinds.at(-1), 'runFailed');
});

test('the offline model answers inside the thread', async (t) => {
  const [status, answer] = await listOf(t, 'asks', { models: offline, ...request({}) });
  assert.equal(status, 200);
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.deepEqual((await listOf(t, 'access', { models: offline }))[0], {
    kind: 'handler',
    source: 'offline',
  });
});

test('Stop while the user is being asked ends the run and the question', async (t) => {
  const isAsked = Promise.withResolvers<AbortSignal>();
  const models: ModelProvider = {
    choose({ signal }) {
      isAsked.resolve(signal);
      return new Promise(() => {});
    },
  };
  const stop = new AbortController();
  const { result } = record(createTestRunner(t), {
    file,
    exportName: 'waits',
    models,
    signal: stop.signal,
  });
  const signal = await isAsked.promise;
  assert.equal(signal.aborted, false);
  stop.abort();
  assert.equal((await result).status, 'cancelled');
  assert.equal(signal.aborted, true);
});

/** A host whose models answer with these parts, and remembers what it was asked. */
function editor(
  complete: NonNullable<ModelProvider['complete']>,
): ModelProvider & { readonly requests: HostModelRequest[]; readonly signals: AbortSignal[] } {
  const requests: HostModelRequest[] = [];
  const signals: AbortSignal[] = [];
  return {
    requests,
    signals,
    choose: async () => ({ kind: 'editor' }),
    complete(asked, signal) {
      requests.push(asked);
      signals.push(signal);
      return complete(asked, signal);
    },
  };
}

test('a model of the editor answers in the form of chat completions', async (t) => {
  const models = editor(async function* () {
    yield { type: 'text', text: 'Let me ' };
    yield { type: 'text', text: 'look.' };
    yield { type: 'toolCall', id: 'c1', name: 'look', args: { at: 'the sky' } };
  });
  const tool = {
    name: 'look',
    description: 'Looks',
    parameters: { type: 'object', properties: { at: { type: 'string' } } },
  };
  const messages = [
    { role: 'developer', content: 'Be brief' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'How is ' },
        { type: 'text', text: 'it?' },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c0', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c0', content: 'dark' },
  ];
  const body = request({
    messages,
    tools: [{ type: 'function', function: tool }],
    tool_choice: 'required',
  });
  const [status, answer] = await listOf(t, 'asks', { models, ...body });
  assert.equal(status, 200);
  const [{ message, finish_reason }] = answer.choices;
  assert.equal(finish_reason, 'tool_calls');
  assert.equal(message.content, 'Let me look.');
  assert.deepEqual(message.tool_calls, [
    { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":"the sky"}' } },
  ]);
  assert.equal(answer.usage, undefined);
  assert.deepEqual(models.requests, [
    {
      model: 'm',
      messages: [
        { role: 'system', text: 'Be brief' },
        { role: 'user', text: 'How is \nit?' },
        { role: 'assistant', text: '', toolCalls: [{ id: 'c0', name: 'look', args: { at: 'x' } }] },
        { role: 'tool', callId: 'c0', text: 'dark' },
      ],
      tools: [tool],
      toolChoice: 'required',
    },
  ]);
});

test('the editor’s models refuse a JSON Schema in a way that clients know, and take JSON mode as words', async (t) => {
  const models = editor(async function* () {
    yield { type: 'text', text: '{}' };
  });
  const json_schema = { name: 'x', schema: { type: 'object' } };
  const strict = request({ response_format: { type: 'json_schema', json_schema } });
  const [status, { error }] = await listOf(t, 'asks', { models, ...strict });
  assert.equal(status, 400);
  assert.equal(error.code, 'unsupported_response_format');
  assert.equal(models.requests.length, 0);

  const mode = request({ response_format: { type: 'json_object' } });
  assert.equal((await listOf(t, 'asks', { models, ...mode }))[0], 200);
  assert.match(models.requests[0]!.messages[0]!.text, /one JSON object/);
});

test('what a model of the editor throws is the answer’s error, before and in the middle of a stream', async (t) => {
  const refuses = editor(async function* () {
    throw Object.assign(new Error('No consent was given'), { code: 'NoPermissions' });
  });
  const [status, { error }] = await listOf(t, 'asks', { models: refuses, ...request({}) });
  assert.equal(status, 403);
  assert.equal(error.message, 'No consent was given');

  const breaks = editor(async function* () {
    yield { type: 'text', text: 'So far' };
    throw new Error('The model is gone');
  });
  const [streamed, lines] = await listOf(t, 'asks', {
    models: breaks,
    ...request({ stream: true }),
  });
  assert.equal(streamed, 200);
  assert.match(lines, /So far[^]*"error":\{"message":"The model is gone"/);
  assert.doesNotMatch(lines, /\[DONE\]/);
});

test('a host without models of its own says so', async (t) => {
  const models: ModelProvider = { choose: async () => ({ kind: 'editor' }) };
  const [status, { error }] = await listOf(t, 'asks', { models, ...request({}) });
  assert.equal(status, 400);
  assert.match(error.message, /no language models of its own/);
});

/** Tells one piece, then nothing until its signal is aborted. */
async function* endless(_request: HostModelRequest, signal: AbortSignal) {
  yield { type: 'text', text: 'first' } as const;
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

test('a request that is given up is given up in the host, too', async (t) => {
  const models = editor(endless);
  assert.deepEqual(await listOf(t, 'givesUp', { models }), ['enough']);
  assert.equal(models.signals[0]!.aborted, true);
});

test('the end of a run gives up what the host still answers', async (t) => {
  const models = editor(endless);
  const stop = new AbortController();
  const options = { file, exportName: 'waits', models, signal: stop.signal };
  const { result, when } = record(createTestRunner(t), options);
  await when((event) => event.type === 'console');
  while (models.signals.length === 0) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  assert.equal((await result).status, 'cancelled');
  assert.equal(models.signals[0]!.aborted, true);
});

test('Stop in the middle of ten streams gives up all ten in the host', async (t) => {
  const allBegun = Promise.withResolvers<void>();
  let begun = 0;
  const models = editor(async function* (_request, signal) {
    yield { type: 'text', text: 'first' } as const;
    if (++begun === 10) allBegun.resolve();
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  });
  const stop = new AbortController();
  const options = { file, exportName: 'waitsTen', models, signal: stop.signal };
  const { result } = record(createTestRunner(t), options);
  await allBegun.promise;
  stop.abort();
  assert.equal((await result).status, 'cancelled');
  assert.deepEqual(
    models.signals.map(({ aborted }) => aborted),
    Array.from({ length: 10 }, () => true),
  );
});

test('variables reach the environment before the file is loaded, in a warm thread too, and not the host’s', async (t) => {
  const runner = createTestRunner(t, { keepWarm: true });
  for (const value of ['cold', 'warm']) {
    const env = { FROM_HOST: value };
    const { state } = await runner.run({ file, exportName: 'environment', input: {}, env });
    assert.deepEqual((state as { list: unknown }).list, [value, value, true]);
  }
  assert.equal(process.env['FROM_HOST'], undefined);
  await runner.run({ file, exportName: 'changesEnvironment', input: {} });
  assert.equal(process.env['FROM_RUN'], undefined);
  const { state } = await runner.run({ file, exportName: 'environment', input: {} });
  assert.deepEqual((state as { list: unknown }).list, [undefined, undefined, true]);
});

test('a look at a file has the variables that a run has, and looks again when they change', async (t) => {
  const runner = createTestRunner(t, { keepWarm: true });
  for (const value of ['one', 'one', 'two']) {
    const { graphs } = await runner.describe(file, { env: { FROM_HOST: value } });
    const seen = graphs.find(({ exportName }) => exportName === 'environment');
    assert.deepEqual(seen?.input, { list: [value] });
  }
  assert.equal(process.env['FROM_HOST'], undefined);
});

test('a graph that keeps its state gets a thread of its own, or the one that is named', async (t) => {
  const runner = createTestRunner(t);
  const threadOf = async (options: Partial<RunOptions>) => {
    const { state, error } = await runner.run({ file, exportName: 'keeps', input: {}, ...options });
    assert.equal(error, undefined);
    return (state as { thread: string }).thread;
  };
  const [one, two] = [await threadOf({}), await threadOf({})];
  assert.match(one, /^[\da-f-]{36}$/);
  assert.notEqual(one, two);
  assert.equal(await threadOf({ threadId: 'mine' }), 'mine');
  assert.equal(await threadOf({ exportName: 'keepsByDefault' }), 'its own');
});
