// The offline model behind the client that programs really use.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import * as z from 'zod';
import { createOfflineModel, type OfflineModelOptions } from '../../src/offline/offlineModel.ts';

const model = 'qwen3-max';

function clientOf(options?: OfflineModelOptions): OpenAI {
  const fetch = createOfflineModel(options);
  return new OpenAI({ apiKey: 'x', baseURL: 'http://offline.invalid/v1', fetch, maxRetries: 0 });
}

/** A clock that moves only when it is waited for, or set. */
function stoppedClock() {
  return {
    time: 0,
    sleeps: [] as number[],
    now() {
      return this.time;
    },
    sleep(ms: number) {
      this.time += ms;
      this.sleeps.push(ms);
      return Promise.resolve();
    },
  };
}

async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

const said = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });

test('a chat completion is whole: text, finish reason, usage, model', async () => {
  const answer = await clientOf().chat.completions.create(said('Write 100 words about moss'));
  const [choice] = answer.choices;
  assert.match(choice!.message.content!, /^\p{Lu}.*[^]*\.$/u);
  assert.equal(choice!.finish_reason, 'stop');
  assert.equal(choice!.message.role, 'assistant');
  assert.equal(answer.model, model);
  assert.match(answer.id, /^chatcmpl-/);
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage!;
  assert.equal(total_tokens, prompt_tokens + completion_tokens);
  assert.ok(prompt_tokens > 5 && prompt_tokens < 20);
  assert.ok(completion_tokens > 90 && completion_tokens < 200);
});

test('a streamed answer is the same text in pieces, then the usage', async () => {
  const request = said('Tell me about tea');
  const whole = await clientOf().chat.completions.create(request);
  const stream = await clientOf().chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await listOf(stream);
  const texts = chunks.map(({ choices }) => choices[0]?.delta.content ?? '');
  assert.equal(texts.join(''), whole.choices[0]!.message.content);
  assert.ok(texts.filter((text) => text !== '').length > 20);
  assert.equal(chunks[0]!.choices[0]!.delta.role, 'assistant');
  assert.equal(chunks.at(-2)!.choices[0]!.finish_reason, 'stop');
  assert.deepEqual(chunks.at(-1)!.choices, []);
  assert.deepEqual(chunks.at(-1)!.usage, whole.usage);
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
  const { id } = await clientOf().chat.completions.create(request);
  assert.notEqual(id, whole.id, 'stored messages must not be taken for each other');
});

test('without stream_options no usage is streamed', async () => {
  const stream = await clientOf().chat.completions.create({ ...said('Hello'), stream: true });
  for await (const { usage } of stream) assert.equal(usage, undefined);
});

test('the same request gets the same answer, another seed, prompt or number another', async () => {
  const answer = async (content: string, more: object = {}, seed = 1) => {
    const { choices } = await clientOf({ seed }).chat.completions.create({
      ...said(content),
      ...more,
    });
    return choices[0]!.message.content;
  };
  const prompt = 'Write a paragraph about juggling';
  const first = await answer(prompt);
  assert.equal(await answer(prompt), first);
  assert.notEqual(await answer(prompt, {}, 2), first);
  assert.notEqual(await answer(prompt, { seed: 5 }), first);
  assert.notEqual(await answer(`${prompt}!`), first);
});

test('max_tokens cuts the answer and says so', async () => {
  const { choices, usage } = await clientOf().chat.completions.create({
    ...said('Write 100 words about moss'),
    max_completion_tokens: 5,
  });
  assert.equal(choices[0]!.finish_reason, 'length');
  assert.ok(choices[0]!.message.content!.split(' ').length <= 5);
  assert.equal(usage!.completion_tokens, 5);
});

test('stop words end the answer before them', async () => {
  const { choices } = await clientOf().chat.completions.create({
    ...said('Tell me about tea'),
    stop: '.',
  });
  assert.doesNotMatch(choices[0]!.message.content!, /\./);
  assert.equal(choices[0]!.finish_reason, 'stop');
});

test('structured output is parsed by the client itself', async () => {
  const Person = z.object({
    name: z.string(),
    age: z.int(),
    pets: z.array(z.enum(['cat', 'dog'])),
  });
  const { choices } = await clientOf().chat.completions.parse({
    ...said('Invent a person with 2 pets'),
    response_format: zodResponseFormat(Person, 'person'),
  });
  const person = choices[0]!.message.parsed!;
  assert.deepEqual(Person.parse(person), person);
  assert.equal(person.pets.length, 2);
});

test('JSON mode answers with an object of the fields asked for', async () => {
  const { choices } = await clientOf().chat.completions.create({
    ...said('As a pirate, greet me. Return JSON with a greeting field'),
    response_format: { type: 'json_object' },
  });
  assert.deepEqual(Object.keys(JSON.parse(choices[0]!.message.content!)), ['greeting']);
});

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Tells the weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
      required: ['city'],
    },
  },
};
const add = {
  type: 'function' as const,
  function: {
    name: 'add',
    description: 'Adds two numbers',
    parameters: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    },
  },
};
const tools = [weather, add];

test('a tool is called where the prompt is about it, and its result is told', async () => {
  const client = clientOf();
  const request = said('How is the weather in Oaxaca?');
  const { choices } = await client.chat.completions.create({ ...request, tools });
  const [choice] = choices;
  assert.equal(choice!.finish_reason, 'tool_calls');
  assert.equal(choice!.message.content, null);
  const [call] = choice!.message.tool_calls!;
  assert.ok(call?.type === 'function');
  assert.equal(call.function.name, 'get_weather');
  assert.equal(JSON.parse(call.function.arguments).city, 'Oaxaca');

  const told = await client.chat.completions.create({
    ...request,
    tools,
    messages: [
      ...request.messages,
      choice!.message,
      { role: 'tool', tool_call_id: call.id, content: 'Sunny, 25 degrees' },
    ],
  });
  assert.equal(told.choices[0]!.finish_reason, 'stop');
  assert.match(told.choices[0]!.message.content!, /get weather: Sunny, 25 degrees/);
});

test('tool calls are streamed in pieces that the client puts together', async () => {
  const runner = clientOf().chat.completions.stream({ ...said('Add 17 and 25'), tools });
  const { choices } = await runner.finalChatCompletion();
  const [call] = choices[0]!.message.tool_calls!;
  assert.ok(call?.type === 'function');
  assert.equal(call.function.name, 'add');
  assert.deepEqual(JSON.parse(call.function.arguments), { a: 17, b: 25 });
});

test('tool_choice decides: required and named call always, none and unrelated prompts never', async () => {
  const called = async (content: string, tool_choice: OpenAI.ChatCompletionToolChoiceOption) => {
    const { choices } = await clientOf().chat.completions.create({
      ...said(content),
      tools,
      tool_choice,
    });
    const [call] = choices[0]!.message.tool_calls ?? [];
    return call?.type === 'function' ? call.function.name : undefined;
  };
  assert.equal(await called('Hello', 'auto'), undefined);
  assert.equal(await called('How is the weather?', 'none'), undefined);
  assert.ok(await called('Hello', 'required'));
  const named = { type: 'function', function: { name: 'add' } } as const;
  assert.equal(await called('How is the weather?', named), 'add');
});

test('the agent loop of the client comes to its end', async () => {
  const seen: string[] = [];
  const runner = clientOf().chat.completions.runTools({
    ...said('How is the weather in Bergen?'),
    tools: [
      {
        type: 'function',
        function: {
          ...weather.function,
          parse: JSON.parse,
          function: ({ city }: { city: string }) => {
            seen.push(city);
            return 'Rain';
          },
        },
      },
    ],
  });
  assert.match((await runner.finalContent())!, /Rain/);
  assert.deepEqual(seen, ['Bergen']);
});

test('models are listed, and one is told about', async () => {
  const client = clientOf();
  const names = (await listOf(client.models.list())).map(({ id }) => id);
  assert.deepEqual(names, ['superstep-offline']);
  assert.equal((await client.models.retrieve('superstep-offline')).id, 'superstep-offline');
  await assert.rejects(client.models.retrieve('other'), OpenAI.NotFoundError);
});

test('requests beyond the limit are refused and told when to come again', async () => {
  const clock = stoppedClock();
  const limited = (retryAfter: boolean) =>
    clientOf({ rateLimit: { requests: 2, perMs: 1500, retryAfter }, clock });
  const client = limited(true);
  const ask = () => client.chat.completions.create(said('Hello'));
  await ask();
  clock.time = 500;
  await ask();
  await assert.rejects(ask, (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.equal(error.headers.get('retry-after-ms'), '1000');
    assert.equal(error.headers.get('retry-after'), '1');
    return true;
  });
  clock.time = 1500;
  await ask();

  const silent = limited(false);
  for (let i = 0; i < 2; i++) await silent.chat.completions.create(said('Hello'));
  await assert.rejects(silent.chat.completions.create(said('Hello')), (error) => {
    return error instanceof OpenAI.RateLimitError && !error.headers.has('retry-after');
  });
});

test('about as many requests fail as asked for, the same ones each time, and not for ever', async () => {
  const failures = async () => {
    const client = clientOf({ errorRate: 0.3 });
    const failed: number[] = [];
    for (let i = 0; i < 100; i++) {
      await client.chat.completions.create(said(`Hello ${i}`)).catch((error: unknown) => {
        assert.ok(error instanceof OpenAI.InternalServerError);
        failed.push(i);
      });
    }
    return failed;
  };
  const failed = await failures();
  assert.ok(failed.length > 15 && failed.length < 45, String(failed.length));
  assert.deepEqual(await failures(), failed);
  const always = clientOf({ errorRate: 1 });
  await assert.rejects(always.chat.completions.create(said('Hello')), OpenAI.InternalServerError);
});

test('an abort ends the wait for an answer, and a stream in its middle', async () => {
  const waiting = new AbortController();
  const slow = clientOf({ latencyMs: 60_000 }).chat.completions.create(said('Hello'), {
    signal: waiting.signal,
  });
  waiting.abort();
  await assert.rejects(slow, OpenAI.APIUserAbortError);

  const fetch = createOfflineModel({ tokensPerSecond: 0.001 });
  const controller = new AbortController();
  const response = await fetch('http://offline.invalid/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ ...said('Hello'), stream: true }),
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.read();
  const next = reader.read();
  controller.abort(new Error('enough'));
  await assert.rejects(next);
});

test('a reader that goes away ends the answer', async () => {
  const stream = await clientOf({ tokensPerSecond: 0.001 }).chat.completions.create({
    ...said('Tell me about tea'),
    stream: true,
  });
  for await (const chunk of stream) {
    assert.ok(chunk);
    break;
  }
  assert.equal(stream.controller.signal.aborted, true);
});

test('latency and pace are waited for', async () => {
  const clock = stoppedClock();
  const client = clientOf({ latencyMs: [30, 40], tokensPerSecond: 200, clock });
  await client.chat.completions.create({ ...said('Write 100 words about moss'), max_tokens: 11 });
  const [latency = 0, ...pauses] = clock.sleeps;
  assert.ok(latency >= 30 && latency <= 40, `the answer began after ${latency} ms`);
  assert.deepEqual(pauses.map(Math.round), new Array(10).fill(5));
});

test('requests that are wrong are refused in the way of the real server', async () => {
  const fetch = createOfflineModel();
  const send = async (body: unknown, url = 'http://offline.invalid/v1/chat/completions') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method: 'POST', body: text });
    return [response.status, ((await response.json()) as any).error] as const;
  };
  const messages = [{ role: 'user', content: 'x' }];
  const wrong: Record<string, unknown> = {
    body: 'not JSON',
    model: { messages },
    messages: { model, messages: [] },
    'messages[0]': { model, messages: ['x'] },
    'messages[0].content': { model, messages: [{ role: 'user', content: 7 }] },
    n: { model, messages, n: 3 },
    max_tokens: { model, messages, max_tokens: 0 },
    'tools[0]': { model, messages, tools: [{}] },
    tool_choice: {
      model,
      messages,
      tools,
      tool_choice: { type: 'function', function: { name: 'no' } },
    },
    response_format: { model, messages, response_format: { type: 'xml' } },
  };
  for (const [param, body] of Object.entries(wrong)) {
    const [status, error] = await send(body);
    assert.deepEqual(
      [status, error.param, error.type],
      [400, param, 'invalid_request_error'],
      param,
    );
    assert.ok(error.message.length > 10 && error.code);
  }
  assert.equal((await send({}, 'http://offline.invalid/v1/embeddings'))[0], 404);
  const given = new Request('http://offline.invalid/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model, messages }),
  });
  assert.equal((await fetch(given)).status, 200);
});
