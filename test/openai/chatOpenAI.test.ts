import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '../../src/engine/index.ts';
import { tool } from '../../src/openai/index.ts';
import { collect, failsWith } from '../engine/support.ts';
import { fails, says, sends, streamsForEver } from '../fakes/modelServer.ts';
import { clientOf, KEY, serve } from './support.ts';
import * as z from 'zod';

describe('invoke', () => {
  it('understands texts, messages, plain objects and pairs', async () => {
    const server = await serve(says('Hello'));
    const model = clientOf(server);
    await model.invoke('Hi');
    await model.invoke(['system', 'Be brief']);
    await model.invoke([
      ['system', 'Be brief'],
      { role: 'user', content: 'Hi' },
      new AIMessage({ content: '', tool_calls: [{ name: 'add', args: { a: 1 }, id: 'c1' }] }),
      new ToolMessage({ content: '2', tool_call_id: 'c1' }),
      new HumanMessage({ content: [{ type: 'text', text: 'And?' }], name: 'Ann' }),
    ]);
    await model.invoke({ toChatMessages: () => [new SystemMessage('From a prompt')] });
    assert.deepEqual(
      server.requests.map(({ body }) => body.messages as unknown),
      [
        [{ role: 'user', content: 'Hi' }],
        [{ role: 'system', content: 'Be brief' }],
        [
          { role: 'system', content: 'Be brief' },
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
            ],
          },
          { role: 'tool', content: '2', tool_call_id: 'c1' },
          { role: 'user', content: [{ type: 'text', text: 'And?' }], name: 'Ann' },
        ],
        [{ role: 'system', content: 'From a prompt' }],
      ],
    );
  });

  it('gives the message with usage, finish reason and the name of the model', async () => {
    const server = await serve(
      says({ pieces: ['Hel', 'lo'], model: 'test-1-2026', usage: [7, 2] }),
    );
    const message = await clientOf(server).invoke('Hi');
    assert.ok(message instanceof AIMessage);
    assert.equal(message.text, 'Hello');
    assert.match(message.id ?? '', /^[\da-f-]{36}$/);
    assert.deepEqual(message.usage_metadata, {
      input_tokens: 7,
      output_tokens: 2,
      total_tokens: 9,
    });
    assert.deepEqual(message.response_metadata, {
      id: 'chatcmpl-1',
      model_name: 'test-1-2026',
      finish_reason: 'stop',
    });
  });

  it('sends options in the words of the protocol, and those that are left out not at all', async () => {
    const server = await serve(says('Hello'));
    await clientOf(server).invoke('Hi');
    const options = {
      temperature: 0,
      topP: 0.5,
      maxTokens: 9,
      stop: ['.'],
      seed: 1,
      modelKwargs: { enable_thinking: false },
    };
    await clientOf(server, options).invoke('Hi', { stop: '!' });
    await clientOf(server, { modelName: 'gpt-5-mini', model: 'gpt-5-mini', maxTokens: 9 }).invoke(
      'Hi',
    );
    const [bare, full, thinking] = server.requests.map(({ body: { messages, ...rest } }) => rest);
    assert.deepEqual(bare, { model: 'test-1' });
    assert.deepEqual(full, {
      ...{ model: 'test-1', temperature: 0, top_p: 0.5, max_tokens: 9, stop: '!', seed: 1 },
      enable_thinking: false,
    });
    assert.deepEqual(thinking, { model: 'gpt-5-mini', max_completion_tokens: 9 });
  });

  it('sends the key, and headers of the configuration, to the chat completions of the base URL', async () => {
    const server = await serve(says('Hello'));
    await clientOf(server, { configuration: { defaultHeaders: { 'x-team': 'a' } } }).invoke('Hi');
    const [{ path, headers } = assert.fail()] = server.requests;
    assert.equal(path, '/v1/chat/completions');
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.equal(headers['x-team'], 'a');
  });

  it('puts a refusal on the message, and says it again in the next turn', async () => {
    const server = await serve(says({ refusal: 'I would rather not' }));
    const model = clientOf(server);
    const message = await model.invoke('Hi');
    assert.equal(message.text, '');
    assert.equal(message.additional_kwargs['refusal'], 'I would rather not');
    await model.invoke([message, 'Why?']);
    assert.deepEqual(server.requests[1]?.body.messages[0], {
      role: 'assistant',
      content: 'I would rather not',
    });
  });

  it('gives an answer that was cut off, or withheld, with its finish reason', async () => {
    for (const finishReason of ['length', 'content_filter']) {
      const server = await serve(says({ pieces: ['Hel'], finishReason }));
      const { text, response_metadata } = await clientOf(server).invoke('Hi');
      assert.deepEqual([text, response_metadata['finish_reason']], ['Hel', finishReason]);
    }
  });

  it('takes a whole answer for complete, though it does not say why it ended', async () => {
    const server = await serve(sends(200, { choices: [{ message: { content: 'Hello' } }] }));
    const { text, response_metadata } = await clientOf(server).invoke('Hi');
    assert.deepEqual([text, response_metadata], ['Hello', {}]);
  });

  it('gives an empty answer as an empty text', async () => {
    const server = await serve(says(''));
    assert.equal((await clientOf(server).invoke('Hi')).text, '');
  });

  it('streams on the wire if it is asked to, and gives the same message', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'], usage: [7, 2] }));
    const message = await clientOf(server, { streaming: true }).invoke('Hi');
    assert.equal(server.requests[0]?.body.stream, true);
    assert.equal(message.text, 'Hello');
    assert.equal(message.usage_metadata?.total_tokens, 9);
    assert.equal(message.response_metadata['finish_reason'], 'stop');
  });

  it('takes an answer of 100,000 tokens in pieces', async () => {
    const pieces = Array.from({ length: 2000 }, () => 'word '.repeat(50));
    const server = await serve(says({ pieces }));
    const message = await clientOf(server, { streaming: true }).invoke('Hi');
    assert.equal(message.text.length, 500_000);
  });

  it('keeps the key out of what is printed of it', async () => {
    const server = await serve(says('Hello'));
    const model = clientOf(server);
    await model.invoke('Hi');
    assert.ok(!inspect(model, { depth: 9, showHidden: true }).includes(KEY));
    assert.ok(!JSON.stringify(model).includes(KEY));
  });
});

describe('stream', () => {
  it('gives the answer in pieces of one message, the last with usage and finish reason', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'], usage: [7, 2] }));
    const chunks = await collect(clientOf(server).stream('Hi'));
    assert.ok(chunks.every((chunk) => chunk instanceof AIMessageChunk));
    assert.deepEqual(
      chunks.map(({ text }) => text),
      ['Hel', 'lo', ''],
    );
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    const all = chunks.reduce((left, right) => left.concat(right));
    assert.equal(all.text, 'Hello');
    assert.equal(all.usage_metadata?.total_tokens, 9);
    assert.equal(all.response_metadata['finish_reason'], 'stop');
  });

  it('does not ask for usage if it is not to', async () => {
    const server = await serve(says('Hello'));
    const chunks = await collect(clientOf(server, { streamUsage: false }).stream('Hi'));
    assert.equal(server.requests[0]?.body.stream_options, undefined);
    assert.equal(chunks.at(-1)?.usage_metadata, undefined);
  });

  it('goes without usage where the server does not know how to be asked for it, from then on', async () => {
    const refusal = fails(400, { message: 'Unknown parameter: stream_options' });
    const choose = ({ body }: { body: any }) => (body.stream_options ? refusal : says('Hello'));
    const server = await serve({ choose });
    const model = clientOf(server);
    for (const expected of [2, 3]) {
      const chunks = await collect(model.stream('Hi'));
      assert.equal(chunks[0]?.text, 'Hello');
      assert.equal(server.requests.length, expected);
    }
  });

  it('closes the request when the reader leaves', async () => {
    const server = await serve(streamsForEver(['Hel', 'lo']));
    for await (const { text } of await clientOf(server).stream('Hi')) {
      assert.equal(text, 'Hel');
      break;
    }
    await server.until(({ open }) => open === 0);
    assert.equal(server.closedEarly, 1);
  });

  it('sends nothing before it is read', async () => {
    const server = await serve(says('Hello'));
    await clientOf(server).stream('Hi');
    assert.equal(server.requests.length, 0);
  });

  it('takes a whole answer of a server that does not stream', async () => {
    const answer = { choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] };
    const server = await serve(sends(200, answer));
    const chunks = await collect(clientOf(server).stream('Hi'));
    assert.deepEqual(
      chunks.map(({ text }) => text),
      ['Hello', ''],
    );
  });

  it('does not stream on the wire if that is disabled', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'] }));
    const chunks = await collect(clientOf(server, { disableStreaming: true }).stream('Hi'));
    assert.equal(server.requests[0]?.body.stream, undefined);
    assert.equal(chunks.map(({ text }) => text).join(), 'Hello,');
  });
});

describe('batch', () => {
  const echo = { choose: ({ body }: { body: any }) => says(`${body.messages[0].content}!`) };

  it('gives the answers in the order of the inputs', async () => {
    const server = await serve(echo);
    const answers = await clientOf(server).batch(['a', 'b', 'c']);
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['a!', 'b!', 'c!'],
    );
  });

  it('rejects with the first error, or gives errors in their places', async () => {
    const choose = ({ body }: { body: any }) =>
      body.messages[0].content === 'b' ? fails(400, { message: 'No' }) : says('Yes');
    const server = await serve({ choose });
    const model = clientOf(server);
    await failsWith('MODEL_REQUEST_REFUSED', model.batch(['a', 'b']));
    const [a, b] = await model.batch(['a', 'b'], { returnExceptions: true });
    assert.equal(a?.text, 'Yes');
    assert.ok((b as unknown) instanceof Error);
  });
});

describe('bindTools', () => {
  const add = tool(({ a, b }) => a + b, {
    name: 'add',
    description: 'Adds two numbers',
    schema: z.object({ a: z.number(), b: z.number() }),
  });

  it('tells the model of tools made by tool(), of LangChain, and in the own form of the protocol', async () => {
    const server = await serve(says('Hello'));
    const own = { type: 'function', function: { name: 'own' } } as const;
    const model = clientOf(server).bindTools([add, own, { name: 'none', description: 'Nothing' }]);
    await model.invoke('Hi');
    const { tools, tool_choice } = server.requests[0]!.body;
    assert.deepEqual(
      tools.map(({ function: { name, description } }: any) => [name, description]),
      [
        ['add', 'Adds two numbers'],
        ['own', undefined],
        ['none', 'Nothing'],
      ],
    );
    assert.deepEqual(tools[0].function.parameters.required, ['a', 'b']);
    assert.equal(tool_choice, undefined);
  });

  it('understands every way to say which tool is to be called', async () => {
    const server = await serve(says('Hello'));
    for (const tool_choice of ['any', 'required', 'auto', 'none', 'add']) {
      await clientOf(server).bindTools([add], { tool_choice }).invoke('Hi');
    }
    assert.deepEqual(
      server.requests.map(({ body }) => body.tool_choice as unknown),
      ['required', 'required', 'auto', 'none', { type: 'function', function: { name: 'add' } }],
    );
  });

  it('leaves the model as it was', async () => {
    const server = await serve(says('Hello'));
    const model = clientOf(server);
    model.bindTools([add]);
    await model.invoke('Hi');
    assert.equal(server.requests[0]?.body.tools, undefined);
  });

  for (const streaming of [false, true]) {
    it(`gives the calls on the message, ${streaming ? 'streamed' : 'whole'}`, async () => {
      const toolCalls = [
        { id: 'x', name: 'add', args: '{"a":1,"b":2}' },
        { id: 'y', name: 'add', args: '' },
        { id: 'z', name: 'add', args: '{"a":' },
      ];
      const server = await serve(says({ toolCalls }));
      const message = await clientOf(server, { streaming }).bindTools([add]).invoke('Hi');
      assert.deepEqual(message.tool_calls, [
        { type: 'tool_call', id: 'x', name: 'add', args: { a: 1, b: 2 } },
        { type: 'tool_call', id: 'y', name: 'add', args: {} },
      ]);
      const [{ error, ...invalid } = assert.fail()] = message.additional_kwargs[
        'invalid_tool_calls'
      ] as any[];
      assert.deepEqual(invalid, { id: 'z', name: 'add', args: '{"a":' });
      assert.match(error, /JSON/);
    });
  }

  it('tells calls apart that a server numbers all alike', async () => {
    const event = (tool: object) =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [tool] } }] })}\n\n`;
    const body = [
      event({ index: 0, id: 'x', function: { name: 'add', arguments: '{"a":1}' } }),
      event({ index: 0, id: 'y', function: { name: 'add', arguments: '{"a":2}' } }),
      'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n',
    ].join('');
    const server = await serve(sends(200, body, 'text/event-stream'));
    const chunks = await collect(clientOf(server).stream('Hi'));
    assert.deepEqual(
      chunks.at(-1)?.tool_calls.map(({ id, args }) => [id, args]),
      [
        ['x', { a: 1 }],
        ['y', { a: 2 }],
      ],
    );
    assert.deepEqual(
      chunks.flatMap(({ tool_call_chunks }) => tool_call_chunks.map(({ index }) => index)),
      [0, 1],
    );
  });
});
