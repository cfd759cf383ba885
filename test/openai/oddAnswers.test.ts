// Answers as servers send them that do not quite speak the protocol, and errors with the status of a success.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readEvents } from '../../src/openai/eventStream.ts';
import { ModelError } from '../../src/openai/index.ts';
import { collect, failsWith, mentions } from '../engine/support.ts';
import { sends } from '../fakes/modelServer.ts';
import { clientOf, DONE, event, eventOf, serve, streams } from './support.ts';

const a = event({ content: 'a' });
const b = event({ content: 'b' }, 'stop');
const choice = (fields: object) => eventOf({ choices: [fields] });

describe('a stream', () => {
  for (const [what, text, events] of [
    ['ends with [DONE], and no reason', 'ab', [a, event({ content: 'b' }), DONE]],
    ['has empty texts for reasons', 'ab', [event({ content: 'ab' }, ''), event({}, ''), DONE]],
    ['has the text "null" for a reason', 'ab', [event({ content: 'a' }, 'null'), b, DONE]],
    ['has no [DONE]', 'ab', [a, b]],
    ['has no empty lines between its events', 'ab', [a.trim(), '\n', b.trim(), '\n', DONE]],
    ['has no end to its last line', 'ab', [a, b.trim()]],
    ['has other ends of lines', 'ab', [a.replaceAll('\n', '\r\n'), b.replaceAll('\n', '\r'), DONE]],
    ['has no space after the colon', 'ab', [a, b, DONE].map((each) => each.replace(': ', ':'))],
    ['has a mark of the byte order', 'ab', ['\ufeff', a, b, DONE]],
    [
      'has comments and kinds of events',
      'ab',
      [': ping\n\n', 'event: message\nid: 1\n', a, b, DONE],
    ],
    ['has pings with data', 'ab', [a, 'event: ping\ndata: {}\n\n', b, DONE]],
    ['has notes that are no errors', 'ab', [eventOf({ message: 'in the queue' }), a, b, DONE]],
    ['has nulls for events', 'ab', [eventOf(null), a, b, DONE]],
    [
      'has nulls for choices and deltas',
      'ab',
      [eventOf({ choices: null }), a, b, choice({ delta: null }), DONE],
    ],
    [
      'has messages for deltas',
      'ab',
      [
        choice({ message: { content: 'a' } }),
        choice({ message: { content: 'b' }, finish_reason: 'stop' }),
        DONE,
      ],
    ],
    [
      'has texts for deltas',
      'ab',
      [choice({ text: 'a' }), choice({ text: 'b', finish_reason: 'stop' }), DONE],
    ],
    [
      'has events of several lines',
      'ab',
      [a, 'data: {"choices":\ndata: [{"delta":{"content":"b"}}]}\n\n', DONE],
    ],
  ] as const) {
    it(`is read though it ${what}`, async () => {
      const server = await serve(streams(...events));
      const model = clientOf(server, { streaming: true });
      assert.equal((await model.invoke('Hi')).text, text);
      const chunks = await collect(model.stream('Hi'));
      assert.equal(chunks.map((chunk) => chunk.text).join(''), text);
    });
  }

  it('is read where a whole answer was asked for, and a whole answer of another type', async () => {
    const body = { choices: [{ message: { content: 'ab' } }] };
    const server = await serve([
      streams(a, b, DONE),
      sends(200, JSON.stringify(body), 'text/plain'),
    ]);
    assert.equal((await clientOf(server).invoke('Hi')).text, 'ab');
    assert.equal((await clientOf(server, { streaming: true }).invoke('Hi')).text, 'ab');
  });

  it('that neither says why it ended nor that it did has broken off', async () => {
    for (const events of [[a], [a, 'data: {"choices":[{"del']]) {
      const server = await serve(streams(...events));
      const error = await failsWith(
        'MODEL_UNREACHABLE',
        clientOf(server, { streaming: true }).invoke('Hi'),
      );
      mentions(error, 'broke off');
    }
  });

  it('has the same events however its bytes are cut', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 });
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.nat(200), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(texts, end, cuts, fc.boolean(), async (values, newline, places, isTight) => {
        const gap = isTight ? newline : newline + newline;
        const lines = values.map((value) => `data: ${JSON.stringify({ value })}${gap}`);
        const bytes = new TextEncoder().encode(lines.join(''));
        const ends = [...places.filter((place) => place < bytes.length), bytes.length];
        ends.sort((one, other) => one - other);
        const pieces = ends.map((stop, i) => bytes.subarray(ends[i - 1] ?? 0, stop));
        const body = (async function* () {
          yield* pieces;
        })();
        const events = await collect(readEvents(body, () => assert.fail()));
        assert.deepEqual(
          events.map(({ data }) => JSON.parse(data).value),
          values,
        );
      }),
    );
  });
});

describe('usage', () => {
  const none = undefined;
  const counted = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
  for (const [usage, seen] of [
    [{ prompt_tokens: '3', completion_tokens: '4' }, counted],
    [{ prompt_tokens: 3, completion_tokens: 4, total_tokens: null }, counted],
    [{ prompt_tokens: null, completion_tokens: null, total_tokens: null }, none],
    [{ prompt_tokens: '', completion_tokens: 'many' }, none],
    [{ prompt_tokens: 3 }, { input_tokens: 3, output_tokens: 0, total_tokens: 3 }],
    [{}, none],
    [null, none],
  ] as const) {
    it(`is numbers or absent: ${JSON.stringify(usage)}`, async () => {
      const last = eventOf({ choices: [], usage });
      const whole = sends(200, { choices: [{ message: { content: 'ab' } }], usage });
      const server = await serve([whole, streams(a, b, last, DONE)]);
      for (const streaming of [false, true]) {
        const { usage_metadata } = await clientOf(server, { streaming }).invoke('Hi');
        assert.deepEqual(usage_metadata, seen);
      }
    });
  }

  it('is what was known last, though nulls come after it', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
    const nulls = { prompt_tokens: null, completion_tokens: null, total_tokens: null };
    const events = [eventOf({ choices: [], usage }), eventOf({ choices: [], usage: nulls })];
    const server = await serve(streams(a, b, ...events, DONE));
    const { usage_metadata } = await clientOf(server, { streaming: true }).invoke('Hi');
    assert.deepEqual(usage_metadata, counted);
  });
});

describe('an error with the status of a success', () => {
  const upstream = { message: 'Provider returned error', code: 502 };
  const message = { role: 'assistant', content: '' };
  for (const [body, code, words, serverCode] of [
    [{ error: upstream }, 'MODEL_SERVER_ERROR', upstream.message, '502'],
    [{ error: 'Boom' }, 'MODEL_SERVER_ERROR', 'Boom', undefined],
    [{ choices: null, error: upstream }, 'MODEL_SERVER_ERROR', upstream.message, '502'],
    [
      { choices: [], error: { ...upstream, code: 429 } },
      'MODEL_RATE_LIMIT',
      upstream.message,
      '429',
    ],
    [
      { choices: [{ message, finish_reason: 'error', error: upstream }] },
      'MODEL_SERVER_ERROR',
      upstream.message,
      '502',
    ],
    [
      { code: 50001, msg: 'quota used up', success: false },
      'MODEL_QUOTA',
      'quota used up',
      '50001',
    ],
    [
      { choices: null, base_resp: { status_code: 1004, status_msg: 'login fail' } },
      'MODEL_AUTHENTICATION',
      'login fail',
      '1004',
    ],
    [
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      'MODEL_QUOTA',
      'insufficient balance',
      '1008',
    ],
    [
      { object: 'error', message: 'maximum context length is 4096', code: 40303 },
      'MODEL_REQUEST_REFUSED',
      '4096',
      '40303',
    ],
    [{ message: 'Rate limit reached' }, 'MODEL_RATE_LIMIT', 'Rate limit reached', undefined],
    [{ detail: 'Not Found' }, 'MODEL_NOT_FOUND', 'Not Found', undefined],
    [
      { detail: [{ loc: ['body', 'n'], msg: 'Invalid' }] },
      'MODEL_REQUEST_REFUSED',
      'Invalid',
      undefined,
    ],
  ] as const) {
    for (const streaming of [false, true]) {
      it(`is told in the server's words: ${JSON.stringify(body)} (${streaming ? 'streamed' : 'whole'})`, async () => {
        const server = await serve(streaming ? streams(eventOf(body), DONE) : sends(200, body));
        const error = await failsWith(code, clientOf(server, { streaming }).invoke('Hi'));
        assert.ok(error instanceof ModelError);
        mentions(error, words, ...(serverCode === undefined ? [] : [serverCode]));
        assert.ok(error.said?.includes(words));
        assert.equal(error.serverCode, serverCode);
      });
    }
  }

  for (const last of [
    eventOf({ error: 'Boom' }),
    'event: error\ndata: {"message":"Boom"}\n\n',
    'event: error\ndata: Boom\n\n',
    eventOf({ message: 'Boom' }),
    eventOf({ code: 7, msg: 'Boom' }),
  ]) {
    it(`is told after the pieces that came: ${JSON.stringify(last)}`, async () => {
      const server = await serve(streams(a, last));
      const error = await failsWith(
        'MODEL_SERVER_ERROR',
        clientOf(server, { streaming: true }).invoke('Hi'),
      );
      mentions(error, 'Boom', 'ended with an error');
    });
  }

  it('is none if a code says that all is well', async () => {
    const more = { code: 0, msg: 'success', base_resp: { status_code: 0, status_msg: '' } };
    const body = { choices: [{ message: { content: 'ab' } }], ...more };
    const server = await serve(sends(200, body));
    assert.equal((await clientOf(server).invoke('Hi')).text, 'ab');
  });
});
