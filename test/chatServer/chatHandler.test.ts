import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRequest, ChatError } from '../../src/chatServer/chatError.ts';
import { createChatHandler, type AnswerPart } from '../../src/chatServer/chatHandler.ts';
import type { ChatRequest } from '../../src/chatServer/chatRequest.ts';

const url = 'http://models.invalid/v1/chat/completions';

type Answer = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<AnswerPart>;

/** Sends one request to a server that answers so. */
function send(answer: Answer, body: object = {}, init: RequestInit = {}): Promise<Response> {
  const messages = [{ role: 'user', content: 'x' }];
  return createChatHandler({ models: [], answer })(url, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages, ...body }),
    ...init,
  });
}

const text = (content: string): AnswerPart => ({ type: 'text', text: content });
const finish: AnswerPart = { type: 'finish', reason: 'stop' };

test('an answer that comes in pieces is put together, or passed on as it comes', async () => {
  async function* answer(): AsyncGenerator<AnswerPart> {
    yield text('one ');
    yield text('two');
    yield { type: 'toolCall', id: 'c', name: 'f', args: '{"a"' };
    yield { type: 'toolArgs', args: ':1}' };
    yield { type: 'finish', reason: 'tool_calls', usage: { input: 3, output: 4 } };
  }
  const whole: any = await (await send(answer)).json();
  const [{ message, finish_reason }] = whole.choices;
  assert.equal(message.content, 'one two');
  assert.deepEqual(message.tool_calls[0].function, { name: 'f', arguments: '{"a":1}' });
  assert.equal(finish_reason, 'tool_calls');
  assert.deepEqual(whole.usage, { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });

  const response = await send(answer, { stream: true });
  assert.match(response.headers.get('content-type')!, /^text\/event-stream/);
  const lines = (await response.text()).split('\n\n');
  assert.deepEqual(lines.slice(-2), ['data: [DONE]', '']);
  const deltas = lines.slice(0, -2).map((line) => {
    const chunk = JSON.parse(line.replace('data: ', ''));
    assert.equal(chunk.object, 'chat.completion.chunk');
    return chunk.choices[0].delta;
  });
  assert.deepEqual(deltas.slice(1, 3), [{ content: 'one ' }, { content: 'two' }]);
  assert.equal(deltas[4].tool_calls[0].function.arguments, ':1}');
});

test('an error before the first piece is an answer of its own, also to a stream', async () => {
  async function* refuse(): AsyncGenerator<AnswerPart> {
    throw new ChatError('Come back later', {
      status: 429,
      code: 'rate_limit_exceeded',
      headers: { 'retry-after': '7' },
    });
  }
  for (const stream of [false, true]) {
    const response = await send(refuse, { stream });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.deepEqual(await response.json(), {
      error: {
        message: 'Come back later',
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        param: null,
      },
    });
  }
});

test('an error in the middle of a stream is its last event', async () => {
  async function* breaks(): AsyncGenerator<AnswerPart> {
    yield text('so far');
    throw badRequest('too long', 'messages');
  }
  const body = await (await send(breaks, { stream: true })).text();
  assert.match(body, /so far[^]*data: \{"error":\{"message":"too long".*\n\n$/);
  assert.equal((await send(breaks)).status, 400);
});

test('what is no ChatError is thrown, as fetch throws when there is no answer', async () => {
  async function* fails(): AsyncGenerator<AnswerPart> {
    throw new TypeError('broken');
  }
  await assert.rejects(send(fails), new TypeError('broken'));
});

test('a signal that is aborted ends the request, before and while it is answered', async () => {
  async function* waits(_request: ChatRequest, signal: AbortSignal): AsyncGenerator<AnswerPart> {
    yield text('first');
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }
  const aborted = AbortSignal.abort(new Error('too late'));
  await assert.rejects(send(waits, {}, { signal: aborted }), new Error('too late'));

  const controller = new AbortController();
  const whole = send(waits, {}, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(whole, new Error('enough'));
});

test('a reader that goes away ends the work on its answer', async () => {
  const ended = Promise.withResolvers<unknown>();
  async function* endless(_request: ChatRequest, signal: AbortSignal): AsyncGenerator<AnswerPart> {
    try {
      for (;;) {
        signal.throwIfAborted();
        yield text('more ');
      }
    } finally {
      ended.resolve(signal.aborted);
    }
  }
  const response = await send(endless, { stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await ended.promise, true);
});

test('an answer without usage has none, and nothing is made up', async () => {
  async function* answer(): AsyncGenerator<AnswerPart> {
    yield text('x');
    yield finish;
  }
  assert.equal(((await (await send(answer)).json()) as any).usage, undefined);
  const stream = await send(answer, { stream: true, stream_options: { include_usage: true } });
  assert.doesNotMatch(await stream.text(), /usage/);
});
