// Everything that goes wrong between the client and a server: what the error says, and what is tried
// again.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { Annotation, START, StateGraph } from '../../src/engine/index.ts';
import { ChatOpenAI, ModelError } from '../../src/openai/index.ts';
import { retryDelayMs } from '../../src/openai/retryDelay.ts';
import { collect, failsWith, mentions, thrownBy } from '../engine/support.ts';
import { settle } from '../fakes/clock.ts';
import {
  drops,
  fails,
  hangs,
  says,
  sends,
  startModelServer,
  streamsForEver,
  type Reply,
} from '../fakes/modelServer.ts';
import { clientOf, KEY, serve } from './support.ts';

/** What a request that is answered so fails with; the message names model and host. */
async function failure(code: string, reply: Reply, options = {}): Promise<ModelError> {
  const server = await serve(reply);
  const error = await failsWith(code, clientOf(server, options).invoke('Hi'));
  assert.ok(error instanceof ModelError);
  mentions(error, 'test-1', server.host);
  return error;
}

/** Stops `setTimeout` for one test, which then moves its time on itself. */
function stopTimers({ mock }: TestContext): TestContext['mock']['timers'] {
  mock.timers.enable({ apis: ['setTimeout'] });
  return mock.timers;
}

describe('a request that is refused', () => {
  it('tells of a key that is not accepted, and never the key itself', async () => {
    const message = `Incorrect API key provided: ${KEY}. You can find your key in your account`;
    const error = await failure('MODEL_AUTHENTICATION', fails(401, { message }));
    mentions(error, '401', 'Incorrect API key provided: ***', 'Check the API key');
    assert.equal(error.status, 401);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY));
  });

  it('tells of a key that may not do this', async () => {
    const error = await failure('MODEL_AUTHENTICATION', fails(403, { message: 'Not here' }));
    mentions(error, '403', 'Not here', 'rights');
  });

  for (const [status, error] of [
    [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }],
    [402, { message: 'Insufficient Balance' }],
    [400, { message: 'Access denied, account overdue', code: 'Arrearage' }],
  ] as const) {
    it(`tells of a quota that is used up (${status}), and does not try again`, async () => {
      const server = await serve(fails(status, error));
      const thrown = await failsWith('MODEL_QUOTA', clientOf(server, { maxRetries: 6 }).invoke(''));
      mentions(thrown, error.message, 'billing');
      assert.equal(server.requests.length, 1);
    });
  }

  it('tells of a model that the server does not know', async () => {
    const message = 'The model test-1 does not exist';
    const error = await failure(
      'MODEL_NOT_FOUND',
      fails(404, { message, code: 'model_not_found' }),
    );
    mentions(error, message, 'Check the name of the model');
  });

  it('tells of an address that has nothing to offer', async () => {
    const error = await failure(
      'MODEL_NOT_FOUND',
      sends(404, '<html><head><title>404</title></head><body>Not here</body></html>', 'text/html'),
    );
    mentions(error, '/v1/chat/completions', 'baseURL');
    assert.ok(!error.message.includes('<'));
  });

  it('tells what the server says, wherever it says it', async () => {
    for (const body of [
      { error: { message: 'Too hot' } },
      { error: 'Too hot' },
      { message: 'Too hot' },
      { object: 'error', message: 'Too hot', code: 400 },
      { detail: 'Too hot' },
    ]) {
      mentions(await failure('MODEL_REQUEST_REFUSED', sends(400, body)), '400', 'Too hot');
    }
    mentions(
      await failure('MODEL_REQUEST_REFUSED', sends(400, 'Too hot', 'text/plain')),
      'Too hot',
    );
    mentions(
      await failure('MODEL_REQUEST_REFUSED', sends(400, '{"Too hot', 'application/json')),
      'Too hot',
    );
    mentions(await failure('MODEL_REQUEST_REFUSED', sends(400, '"Too hot"')), ': "Too hot".');
    await failure('MODEL_REQUEST_REFUSED', sends(400, ''));
  });

  for (const [what, status, error, advice] of [
    ['a conversation that is too long', 400, { code: 'context_length_exceeded' }, 'shorter'],
    ['a request that is too large', 413, { message: 'Too large' }, 'shorter'],
    ['a field that is wrong', 400, { message: 'No', param: 'top_p' }, 'change "top_p"'],
    ['what it does not name', 400, {}, 'temperature'],
    ['an address that takes no requests', 405, { message: 'No' }, 'baseURL'],
  ] as const) {
    it(`tells what to do about ${what} (${status})`, async () => {
      const server = await serve(fails(status, error));
      const thrown = await thrownBy(clientOf(server).invoke('Hi'));
      mentions(thrown as Error, `status ${status}`, advice);
    });
  }

  it('has what the server says for itself, without keys and apart from what we say', async () => {
    const message = `No way, ${KEY} and header-key`;
    const defaultHeaders = { 'x-gateway-key': 'header-key' };
    const reply = fails(400, { message });
    const error = await failure('MODEL_REQUEST_REFUSED', reply, {
      configuration: { defaultHeaders },
    });
    assert.equal(error.said, 'No way, *** and ***');
    assert.equal((await failure('MODEL_SERVER_ERROR', sends(500, ''))).said, undefined);
  });

  it('shortens what a server says at length', async () => {
    const error = await failure(
      'MODEL_SERVER_ERROR',
      sends(500, 'long '.repeat(10_000), 'text/plain'),
    );
    assert.ok(error.message.length < 600);
  });
});

describe('a key that is missing', () => {
  it('is told before anything is sent, with the ways to give one', async () => {
    const old = { ...process.env };
    for (const name of ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY']) delete process.env[name];
    try {
      const model = new ChatOpenAI({ model: 'test-1', baseURL: 'https://models.example/v1' });
      const error = await failsWith('MISSING_API_KEY', model.invoke('Hi'));
      mentions(error, 'test-1', 'models.example', 'apiKey', 'OPENAI_API_KEY', 'DASHSCOPE_API_KEY');
    } finally {
      Object.assign(process.env, old);
    }
  });

  it('is never quoted, even if it cannot be a header', async () => {
    const server = await serve(says('Hello'));
    const apiKey = `${KEY}\u{1f511}`;
    const sent = clientOf(server, { apiKey }).invoke('Hi');
    const error = await failsWith('MODEL_AUTHENTICATION', sent);
    mentions(error, 'characters that no key has');
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY));
  });

  it('may have white space around it, as keys have that were copied', async () => {
    const server = await serve(says('Hello'));
    await clientOf(server, { apiKey: ` ${KEY}\r\n` }).invoke('Hi');
    assert.equal(server.requests[0]?.headers.authorization, `Bearer ${KEY}`);
  });
});

describe('a server that cannot be reached', () => {
  it('is told to be down if nothing listens', async () => {
    const server = await startModelServer(says('Hello'));
    await server[Symbol.asyncDispose]();
    const error = await failsWith('MODEL_UNREACHABLE', clientOf(server).invoke('Hi'));
    mentions(error, 'test-1', server.host, 'ECONNREFUSED', 'server is running');
  });

  it('is told to be unknown if its name is', async () => {
    const baseURL = 'http://no-such-host.invalid/v1';
    const model = new ChatOpenAI({ model: 'test-1', apiKey: KEY, baseURL, maxRetries: 0 });
    const error = await failsWith('MODEL_UNREACHABLE', model.invoke('Hi'));
    mentions(error, 'no-such-host.invalid', 'Check baseURL');
  });

  it('is told to speak no TLS if it does not', async () => {
    const server = await serve(says('Hello'));
    const baseURL = server.baseURL.replace('http:', 'https:');
    const error = await failsWith('MODEL_UNREACHABLE', clientOf(server, { baseURL }).invoke('Hi'));
    mentions(error, server.host, 'http rather than https');
  });

  it('is told of if what stands in baseURL is no address', async () => {
    const model = new ChatOpenAI({ apiKey: KEY, baseURL: 'models.example', maxRetries: 0 });
    mentions(await failsWith('MODEL_UNREACHABLE', model.invoke('Hi')), 'models.example', 'baseURL');
  });

  it('is named without what may be secret in its address', async () => {
    const baseURL = 'http://ann:pass1234@127.0.0.1:9/v1?token=pass1234';
    const model = new ChatOpenAI({ apiKey: KEY, baseURL, maxRetries: 0 });
    const error = await failsWith('MODEL_UNREACHABLE', model.invoke('Hi'));
    assert.ok(!error.message.includes('pass1234'), error.message);
  });

  it('closes the connection without an answer', async () => {
    mentions(await failure('MODEL_UNREACHABLE', drops()), 'the connection broke');
  });

  it('speaks something else than HTTP', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-nothing\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1`;
    try {
      const model = new ChatOpenAI({ apiKey: KEY, baseURL, maxRetries: 0 });
      await failsWith('MODEL_UNREACHABLE', model.invoke('Hi'));
    } finally {
      other.close();
    }
  });
});

describe('a server that is silent', () => {
  for (const streaming of [false, true]) {
    it(`is given up after the timeout (${streaming ? 'streamed' : 'whole'})`, async (t) => {
      const clock = stopTimers(t);
      const server = await serve(hangs());
      const model = clientOf(server, { timeout: 50, streaming });
      const failing = failsWith('MODEL_TIMEOUT', model.invoke('Hi'));
      await server.until(({ open }) => open === 1);
      clock.tick(50);
      const error = await failing;
      mentions(error, 'test-1', server.host, 'sent nothing for 50 ms', 'option timeout');
      await server.until(({ open }) => open === 0);
    });
  }

  it('is given up in the middle of a stream', async (t) => {
    const clock = stopTimers(t);
    const server = await serve(streamsForEver(['Hel']));
    const pieces = await clientOf(server, { timeout: 500 }).stream('Hi');
    await pieces.next();
    const failing = failsWith('MODEL_TIMEOUT', collect(pieces));
    await settle();
    clock.tick(500);
    const error = await failing;
    mentions(error, 'stopped in the middle of an answer');
    await server.until(({ open }) => open === 0);
  });

  it('is given up by Node’s own limit if ours is longer', async () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), {
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const model = new ChatOpenAI({ apiKey: KEY, maxRetries: 0, configuration: { fetch } });
    const error = await failsWith('MODEL_TIMEOUT', model.invoke('Hi'));
    mentions(error, '300 s', 'configuration.fetch');
  });

  it('lives as long as it sends comments, which are nothing to read', async (t) => {
    const clock = stopTimers(t);
    const fetch: typeof globalThis.fetch = async () => {
      let beats = 0;
      const body = new ReadableStream(
        {
          async pull(controller) {
            // Each sooner than the timeout, all of them together later.
            await settle();
            clock.tick(300);
            const isEnd = ++beats === 10;
            const end = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n';
            controller.enqueue(new TextEncoder().encode(isEnd ? end : ': keep-alive\n\n'));
            if (isEnd) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    const options = { apiKey: KEY, maxRetries: 0, timeout: 400, streaming: true };
    const model = new ChatOpenAI({ ...options, configuration: { fetch } });
    assert.equal((await model.invoke('Hi')).text, 'Hi');
  });

  for (const timeout of [0, -1, NaN, '5s' as unknown as number]) {
    it(`is not waited for ${timeout}, which is no time`, async () => {
      const error = await failsWith('INVALID_CONFIG', () => new ChatOpenAI({ timeout }));
      mentions(error, 'timeout', 'milliseconds', String(timeout));
    });
  }

  it('is waited for as long as pieces come, and while the reader takes its time', async (t) => {
    const clock = stopTimers(t);
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await serve(says({ pieces: ['Hel', 'lo'], before: (i) => i === 1 && promise }));
    const pieces = await clientOf(server, { timeout: 1000 }).stream('Hi');
    const first = await pieces.next();
    // Longer than the timeout, which does not count here.
    clock.tick(1100);
    resolve();
    const rest = await collect(pieces);
    assert.equal([first.value!, ...rest].map(({ text }) => text).join(''), 'Hello');
  });
});

describe('an answer that is none', () => {
  const page =
    '<!doctype html><html><head><style>p{}</style></head><body><p>Welcome</p></body></html>';

  for (const streaming of [false, true]) {
    const how = streaming ? 'streamed' : 'whole';

    it(`is told to be a web page (${how})`, async () => {
      const error = await failure('MODEL_INVALID_ANSWER', sends(200, page, 'text/html'), {
        streaming,
      });
      mentions(error, 'a web page: "Welcome"', '/v1');
    });

    it(`does not give the key away if the page quotes it (${how})`, async () => {
      const quoting = sends(200, `<p>Bearer ${KEY}</p>`, 'text/html');
      const error = await failure('MODEL_INVALID_ANSWER', quoting, { streaming });
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY));
    });

    it(`is told to have no choices (${how})`, async () => {
      const body = streaming ? 'data: [DONE]\n\n' : { choices: [] };
      const type = streaming ? 'text/event-stream' : 'application/json';
      const error = await failure('MODEL_INVALID_ANSWER', sends(200, body, type), { streaming });
      mentions(error, 'is empty');
    });

    it(`may be an error with the status of a success (${how})`, async () => {
      const body = { error: { message: 'Overloaded' } };
      const reply = streaming
        ? sends(200, `data: ${JSON.stringify(body)}\n\n`, 'text/event-stream')
        : sends(200, body);
      mentions(await failure('MODEL_SERVER_ERROR', reply, { streaming }), 'Overloaded');
    });

    for (const [error, code] of [
      [{ message: 'No', code: 401 }, 'MODEL_AUTHENTICATION'],
      [{ message: 'No', code: 'invalid_api_key' }, 'MODEL_AUTHENTICATION'],
      [{ message: 'Invalid API key' }, 'MODEL_AUTHENTICATION'],
      [{ message: 'No', type: 'permission_error' }, 'MODEL_AUTHENTICATION'],
      [{ message: 'No', code: 'insufficient_quota' }, 'MODEL_QUOTA'],
      [{ message: 'The model test-1 does not exist' }, 'MODEL_NOT_FOUND'],
      [{ message: 'No', type: 'invalid_request_error' }, 'MODEL_REQUEST_REFUSED'],
    ] as const) {
      it(`may be an error that is for good, and is not asked for again: ${JSON.stringify(error)} (${how})`, async () => {
        const reply = streaming
          ? sends(200, `data: ${JSON.stringify({ error })}\n\n`, 'text/event-stream')
          : sends(200, { error });
        const server = await serve(reply);
        const thrown = await failsWith(
          code,
          clientOf(server, { maxRetries: 6, streaming }).invoke('Hi'),
        );
        mentions(thrown, error.message, 'is an error');
        assert.equal(server.requests.length, 1);
      });
    }

    it(`may be an error that passes, and is asked for again (${how})`, async () => {
      const body = { error: { message: 'No', code: 429 } };
      const reply = streaming
        ? sends(200, `data: ${JSON.stringify(body)}\n\n`, 'text/event-stream')
        : sends(200, body);
      const server = await serve([reply, says('Hello')]);
      assert.equal((await clientOf(server, { maxRetries: 1, streaming }).invoke('')).text, 'Hello');
    });

    it(`may be broken JSON (${how})`, async () => {
      const reply = streaming
        ? sends(200, 'data: {"choices":\n\n', 'text/event-stream')
        : sends(200, '{"choices":', 'application/json');
      mentions(await failure('MODEL_INVALID_ANSWER', reply, { streaming }), 'cannot be read');
    });
  }
});

describe('an error without a status of its own', () => {
  for (const body of [
    { message: 'Wrong key', code: 'InvalidApiKey' },
    { errors: [{ message: 'Wrong key', code: 401 }] },
    { error: 'Invalid API key' },
    { detail: 'Unauthorized' },
  ]) {
    it(`is found wherever it is: ${JSON.stringify(body)}`, async () => {
      await failure('MODEL_AUTHENTICATION', sends(200, body));
    });
  }
});

describe('a stream that is dropped half way', () => {
  for (const [how, reply] of [
    ['by a cut connection', drops(['Hel'])],
    ['by an end before the end', says({ pieces: ['Hel'], finishReason: null })],
  ] as const) {
    it(`is an error (${how}), after the pieces that came`, async () => {
      const server = await serve(reply);
      const pieces: string[] = [];
      const read = async () => {
        for await (const { text } of await clientOf(server).stream('Hi')) pieces.push(text);
      };
      mentions(await failsWith('MODEL_UNREACHABLE', read()), 'test-1', server.host, 'broke off');
      assert.deepEqual(pieces, ['Hel']);
    });
  }

  it('is not asked for again once pieces were read: the next answer would be another', async () => {
    const server = await serve(drops(['Hel']));
    const model = clientOf(server, { maxRetries: 3 });
    await failsWith('MODEL_UNREACHABLE', collect(model.stream('Hi')));
    assert.equal(server.requests.length, 1);
  });
});

describe('a request that is tried again', () => {
  it('waits as long as a rate limit asks for', async () => {
    const busy = fails(429, { message: 'Slow down' }, { 'retry-after-ms': '20' });
    const server = await serve([busy, busy, says('Hello')]);
    assert.equal((await clientOf(server, { maxRetries: 2 }).invoke('Hi')).text, 'Hello');
    assert.equal(server.requests.length, 3);
  });

  it('understands Retry-After in seconds and as a date', async () => {
    for (const value of ['0', new Date(Date.now() - 1000).toUTCString()]) {
      const server = await serve([fails(429, {}, { 'retry-after': value }), says('Hello')]);
      assert.equal((await clientOf(server, { maxRetries: 1 }).invoke('Hi')).text, 'Hello');
    }
  });

  it('is tried again after failures of the server, and not after others', async () => {
    for (const status of [408, 409, 500, 502, 503, 529]) {
      const failing = fails(status, { message: 'Busy' }, { 'retry-after-ms': '1' });
      const server = await serve([failing, says('Hello')]);
      await clientOf(server, { maxRetries: 1 }).invoke('Hi');
      assert.equal(server.requests.length, 2, String(status));
    }
    for (const status of [400, 401, 403, 404, 422]) {
      const server = await serve(fails(status, { message: 'No' }, { 'retry-after-ms': '1' }));
      await thrownBy(clientOf(server, { maxRetries: 1 }).invoke('Hi'));
      assert.equal(server.requests.length, 1, String(status));
    }
  });

  it('gives up after the retries it has, with the wait that the server asks for', async () => {
    const busy = fails(429, { message: 'Slow down' }, { 'retry-after-ms': '10' });
    const server = await serve(busy);
    const error = await failsWith(
      'MODEL_RATE_LIMIT',
      clientOf(server, { maxRetries: 2 }).invoke(''),
    );
    mentions(error, '429', 'Slow down', 'maxConcurrency');
    assert.equal(server.requests.length, 3);
    assert.deepEqual((error as ModelError).headers, { 'retry-after-ms': '10' });
  });

  it('does not wait for hours', async () => {
    const server = await serve(fails(429, { message: 'Tomorrow' }, { 'retry-after': '3600' }));
    const error = await failsWith(
      'MODEL_RATE_LIMIT',
      clientOf(server, { maxRetries: 2 }).invoke(''),
    );
    mentions(error, 'in 3600 s');
    assert.equal(server.requests.length, 1);
  });

  it('waits by itself where the server does not say how long', () => {
    const error = new ModelError('MODEL_RATE_LIMIT', 'Slow down', { model: 'm', host: 'h' });
    const waits = [1, 2, 3, 4, 8].map((attempt) =>
      retryDelayMs(error, { attempt, maxRetries: 9 })!,
    );
    [500, 1000, 2000, 4000, 30_000].forEach((ms, i) => {
      assert.ok(waits[i]! >= ms * 0.75 && waits[i]! <= ms * 1.25, `${waits[i]} for ${ms}`);
    });
    assert.equal(retryDelayMs(error, { attempt: 10, maxRetries: 9 }), undefined);
  });

  it('does not try often where no server answers at all', () => {
    const error = new ModelError('MODEL_UNREACHABLE', 'Nobody', { model: 'm', host: 'h' });
    const tries = [1, 2, 3].map((attempt) => retryDelayMs(error, { attempt, maxRetries: 6 }));
    assert.deepEqual(
      tries.map((ms) => ms !== undefined),
      [true, true, false],
    );
  });

  it('stops to wait when it is cancelled', async () => {
    const server = await serve(fails(429, { message: 'Wait' }, { 'retry-after': '60' }));
    const { signal, abort } = cancellable();
    const call = clientOf(server, { maxRetries: 1 }).invoke('Hi', { signal });
    const thrown = thrownBy(call);
    await server.until(({ requests }) => requests.length === 1);
    abort();
    assert.equal(await thrown, signal.reason);
  });
});

describe('the retry policy of a node', () => {
  /** How many requests a node sends whose policy allows two attempts. */
  async function requestsOf(reply: Reply): Promise<number> {
    const server = await serve([reply, says('Hello')]);
    const graph = new StateGraph(Annotation.Root({ said: Annotation<string>() }))
      .addNode('ask', async () => ({ said: (await clientOf(server).invoke('Hi')).text }), {
        retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false },
      })
      .addEdge(START, 'ask')
      .compile();
    await graph.invoke({}).catch(() => {});
    return server.requests.length;
  }

  it('tries again after what may pass', async () => {
    for (const reply of [fails(503, {}), fails(429, {}, { 'retry-after': '0' }), drops()]) {
      assert.equal(await requestsOf(reply), 2);
    }
  });

  it('does not try again after what will not', async () => {
    for (const reply of [
      fails(401, {}),
      fails(404, {}),
      fails(400, {}),
      fails(429, { code: 'insufficient_quota' }),
    ]) {
      assert.equal(await requestsOf(reply), 1);
    }
  });
});

describe('a fetch that heeds no signal', () => {
  const never = new Promise<never>(() => {});
  const headers = { 'content-type': 'text/event-stream' };
  for (const [where, fetch] of [
    ['before the answer', () => never],
    [
      'in the answer',
      async () => new Response(new ReadableStream({ pull: () => never }), { headers }),
    ],
    ['in an error', async () => new Response(new ReadableStream(), { status: 400, headers })],
  ] as const) {
    it(`does not hold up the end of a call (${where})`, async (t) => {
      const configuration = { fetch: fetch as typeof globalThis.fetch };
      const model = new ChatOpenAI({ apiKey: KEY, configuration, maxRetries: 0, streaming: true });
      const { signal, abort } = cancellable();
      const thrown = thrownBy(model.invoke('Hi', { signal }));
      setImmediate(abort);
      assert.equal(await thrown, signal.reason);
      const hasty = new ChatOpenAI({ apiKey: KEY, configuration, maxRetries: 0, timeout: 20 });
      const clock = stopTimers(t);
      const failing = failsWith('MODEL_TIMEOUT', hasty.invoke('Hi'));
      await settle();
      clock.tick(20);
      await failing;
    });
  }
});

describe('a stream that a node leaves unread', () => {
  it('is closed when the run ends, and says so to whoever reads on', async () => {
    const server = await serve(streamsForEver(['Hel', 'lo']));
    const model = clientOf(server);
    let left: AsyncGenerator<unknown> | undefined;
    const graph = new StateGraph(Annotation.Root({ said: Annotation<string>() }))
      .addNode('ask', async () => {
        left = await model.stream('Hi');
        await left.next();
        return { said: 'enough' };
      })
      .addEdge(START, 'ask')
      .compile();
    assert.equal((await graph.invoke({})).said, 'enough');
    await server.until(({ open, requests }) => requests.length === 1 && open === 0);
    mentions(await failsWith('ABORTED', left!.next()), 'The run ended');
  });
});

function cancellable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('Enough')) };
}
