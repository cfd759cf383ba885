// Who answers: options, environment, host.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { openAccount } from '../../src/openai/account.ts';
import {
  ChatOpenAI,
  MODEL_HOST,
  type ChatOpenAIOptions,
  type ModelAccess,
  type ModelHost,
} from '../../src/openai/index.ts';
import { entrypoint } from '../../src/engine/index.ts';
import { failsWith, mentions, recorder, thrownBy } from '../engine/support.ts';
import { says } from '../fakes/modelServer.ts';
import { isolateEnvironment, serve } from './support.ts';

isolateEnvironment([
  ...['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'DASHSCOPE_API_KEY', 'DASHSCOPE_BASE_URL'],
  ...['OPENAI_ORG_ID', 'OPENAI_PROJECT_ID', 'OPENAI_MODEL', 'DASHSCOPE_MODEL'],
  'OPENAI_CUSTOM_HEADERS',
]);
afterEach(() => setHost(undefined));

function setHost(host: ModelHost | undefined): void {
  (globalThis as { [MODEL_HOST]?: ModelHost | undefined })[MODEL_HOST] = host;
}

/** Key and base URL that are found. */
async function found(options: ChatOpenAIOptions, environment: Record<string, string> = {}) {
  Object.assign(process.env, environment);
  const account = await openAccount(options, { model: 'test-1', signal: undefined });
  return [account.apiKey, account.baseURL];
}

const openAI = 'https://api.openai.com/v1';
const dashScope = 'https://dashscope.aliyuncs.com/compatible-mode/v1';

describe('key and base URL', () => {
  it('come from the options, under all their names', async () => {
    const environment = { OPENAI_API_KEY: 'no', OPENAI_BASE_URL: 'https://no.example/v1' };
    const own = ['key', 'https://own.example/v1'];
    const baseURL = 'https://own.example/v1/';
    assert.deepEqual(await found({ apiKey: 'key', baseURL }, environment), own);
    assert.deepEqual(await found({ openAIApiKey: 'key', configuration: { baseURL } }), own);
    assert.deepEqual(await found({ configuration: { apiKey: 'key', baseURL } }), own);
  });

  it('come from OPENAI_*, else DASHSCOPE_*, else are the provider’s own', async () => {
    assert.deepEqual(await found({}, { DASHSCOPE_API_KEY: 'ds' }), ['ds', dashScope]);
    const other = 'https://dashscope-intl.example/v1';
    assert.deepEqual(await found({}, { DASHSCOPE_BASE_URL: other }), ['ds', other]);
    assert.deepEqual(await found({}, { OPENAI_API_KEY: 'oa' }), ['oa', openAI]);
    assert.deepEqual(await found({}, { OPENAI_BASE_URL: 'https://oa.example/v1' }), [
      'oa',
      'https://oa.example/v1',
    ]);
  });

  it('count as missing if they are empty', async () => {
    assert.deepEqual(
      await found({ apiKey: '' }, { OPENAI_API_KEY: ' ', DASHSCOPE_API_KEY: 'ds' }),
      ['ds', dashScope],
    );
  });

  it('never send one provider’s key to another that has its own', async () => {
    const environment = { OPENAI_API_KEY: 'oa', DASHSCOPE_API_KEY: 'ds' };
    assert.deepEqual(await found({ baseURL: dashScope }, environment), ['ds', dashScope]);
    assert.deepEqual(await found({ baseURL: openAI }), ['oa', openAI]);
    assert.deepEqual(await found({ baseURL: 'https://other.example/v1' }), [
      'oa',
      'https://other.example/v1',
    ]);
    // A key that was read from the environment by hand finds its server too.
    assert.deepEqual(await found({ apiKey: 'ds' }), ['ds', dashScope]);
  });

  it('are not needed for a server on this machine', async () => {
    for (const host of ['localhost:11434', '127.0.0.1:8080', '[::1]:8080']) {
      assert.deepEqual(await found({ baseURL: `http://${host}/v1` }), [
        'none',
        `http://${host}/v1`,
      ]);
    }
  });

  it('are looked for anew as long as there is no key', async () => {
    const server = await serve(says('Hello'));
    const model = new ChatOpenAI({ model: 'test-1' });
    await failsWith('MISSING_API_KEY', model.invoke('Hi'));
    Object.assign(process.env, { OPENAI_API_KEY: 'oa', OPENAI_BASE_URL: server.baseURL });
    assert.equal((await model.invoke('Hi')).text, 'Hello');
  });

  it('do not tell other servers the organisation', async () => {
    const server = await serve(says('Hello'));
    process.env['OPENAI_ORG_ID'] = 'org-1';
    await new ChatOpenAI({ apiKey: 'key', baseURL: server.baseURL }).invoke('Hi');
    assert.equal(server.requests[0]?.headers['openai-organization'], undefined);
  });
});

describe('a base URL that is no address', () => {
  for (const [baseURL, shown] of [
    ['localhost:11434/v1', 'localhost:11434/v1'],
    ['/v1', '/v1'],
    ['ftp://own.example/v1', 'ftp://own.example/v1'],
    ['name:secret@own.example/v1', '***@own.example/v1'],
  ] as const) {
    it(`is told of at once: ${shown}`, async () => {
      const error = await failsWith('MODEL_UNREACHABLE', () => found({ apiKey: 'key', baseURL }));
      mentions(error, 'baseURL', `"${shown}"`, 'http://');
      assert.doesNotMatch(error.message, /secret/);
      const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: baseURL };
      await failsWith('MODEL_UNREACHABLE', () => found({}, environment));
    });
  }
});

describe('headers of the environment', () => {
  const headersSent = async (
    names: { readonly isOwn: boolean },
    options: ChatOpenAIOptions = {},
  ) => {
    const server = await serve(says('Hello'));
    const { baseURL } = server;
    Object.assign(process.env, {
      OPENAI_CUSTOM_HEADERS: 'X-Gateway: gate-1\nAuthorization: Bearer of-the-gateway',
      OPENAI_API_KEY: 'oa-key',
      OPENAI_BASE_URL: names.isOwn ? baseURL : 'https://gateway.example/v1',
    });
    await new ChatOpenAI({ model: 'test-1', baseURL, ...options }).invoke('Hi');
    const { 'x-gateway': gateway, authorization, 'x-team': team } = server.requests[0]!.headers;
    return [gateway, authorization, team];
  };

  it('go to the server that the environment names', async () => {
    assert.deepEqual(await headersSent({ isOwn: true }), [
      'gate-1',
      'Bearer of-the-gateway',
      undefined,
    ]);
  });

  it('go to no other, and take no header away that is meant for it', async () => {
    assert.deepEqual(await headersSent({ isOwn: false }), [undefined, 'Bearer oa-key', undefined]);
    const defaultHeaders = { 'X-Team': 'a', 'X-Gateway': 'own' };
    const sent = await headersSent({ isOwn: false }, { configuration: { defaultHeaders } });
    assert.deepEqual(sent, ['own', 'Bearer oa-key', 'a']);
  });
});

describe('the model', () => {
  const modelOf = (options: ChatOpenAIOptions, environment: Record<string, string> = {}) => {
    Object.assign(process.env, environment);
    return new ChatOpenAI(options).model;
  };

  it('is the one that is named, else the usual one of whoever has a key', () => {
    assert.equal(modelOf({ model: 'own-1' }), 'own-1');
    assert.equal(modelOf({ modelName: 'own-2' }), 'own-2');
    assert.equal(modelOf({}), 'gpt-5-mini');
    assert.equal(modelOf({}, { DASHSCOPE_API_KEY: 'ds' }), 'qwen3-max');
    assert.equal(modelOf({ baseURL: 'https://dashscope-intl.aliyuncs.com/v1' }), 'qwen3-max');
    assert.equal(modelOf({}, { DASHSCOPE_MODEL: 'qwen-9' }), 'qwen-9');
    assert.equal(modelOf({}, { OPENAI_API_KEY: 'oa', OPENAI_MODEL: 'gpt-9' }), 'gpt-9');
  });

  it('is the usual one of the provider whose key the host gives', async () => {
    const server = await serve(says('hello'));
    process.env['DASHSCOPE_BASE_URL'] = server.baseURL;
    setHost({
      override: false,
      access: async () => ({ kind: 'key', apiKey: 'stored', baseURL: server.baseURL }),
    });
    await new ChatOpenAI().invoke('Hi');
    assert.equal(server.requests[0]!.body.model, 'qwen3-max');
  });
});

describe('the host', () => {
  /** A host that answers so, and keeps what it was asked. */
  function host(access: ModelAccess, override = false) {
    const asked: string[] = [];
    setHost({
      override,
      access: async ({ model }) => {
        asked.push(model);
        return access;
      },
    });
    return asked;
  }

  const answer = { choices: [{ message: { content: 'Made up' }, finish_reason: 'stop' }] };
  const handler = {
    kind: 'handler',
    source: 'offline',
    fetch: async () => Response.json(answer),
  } as const;

  it('is asked where there is no key, once for each client', async () => {
    const asked = host(handler);
    const model = new ChatOpenAI({ model: 'test-1' });
    assert.equal((await model.invoke('Hi')).text, 'Made up');
    await model.bindTools([]).invoke('Hi');
    assert.deepEqual(asked, ['test-1']);
  });

  it('is not asked where there is a key', async () => {
    const asked = host(handler);
    const server = await serve(says('Hello'));
    const { baseURL } = server;
    assert.equal((await new ChatOpenAI({ apiKey: 'key', baseURL }).invoke('Hi')).text, 'Hello');
    assert.deepEqual(asked, []);
  });

  it('answers in place of every provider if it overrides', async () => {
    host(handler, true);
    const server = await serve(says('Hello'));
    const options = { apiKey: 'key', baseURL: server.baseURL, configuration: { fetch } };
    assert.equal((await new ChatOpenAI(options).invoke('Hi')).text, 'Made up');
    assert.equal(server.requests.length, 0);
  });

  it('may give a key, with or without a base URL', async () => {
    host({ kind: 'key', apiKey: 'given' });
    assert.deepEqual(await found({}), ['given', openAI]);
    assert.deepEqual(await found({ baseURL: 'https://own.example/v1' }), [
      'given',
      'https://own.example/v1',
    ]);
    host({ kind: 'key', apiKey: 'given', baseURL: 'https://given.example/v1' });
    assert.deepEqual(await found({}), ['given', 'https://given.example/v1']);
    const sameHost = 'https://given.example/other/v1';
    assert.deepEqual(await found({ baseURL: sameHost }), ['given', sameHost]);
  });

  it('has a key that it gives without an address sent to OpenAI, whatever the environment names', async () => {
    host({ kind: 'key', apiKey: 'given' });
    assert.deepEqual(await found({}, { OPENAI_BASE_URL: 'https://other.example/v1' }), [
      'given',
      openAI,
    ]);
  });

  it('hears of every key of a client before it can be told', async () => {
    const heard: string[] = [];
    const onSecret = (secret: string) => void heard.push(secret);
    setHost({ override: false, access: async () => handler, onSecret });
    const server = await serve(says('Hello'));
    void new ChatOpenAI({
      apiKey: 'literal-key',
      baseURL: `${server.baseURL}?token=in-the-url`,
      configuration: { defaultHeaders: { 'x-key': 'in-a-header', 'x-team': 'research' } },
    });
    assert.deepEqual(heard.sort(), ['in-a-header', 'in-the-url', 'literal-key']);
    Object.assign(process.env, { OPENAI_API_KEY: 'key-of-environment' });
    await new ChatOpenAI({ baseURL: server.baseURL }).invoke('Hi');
    assert.ok(heard.includes('key-of-environment'));
  });

  it('never has a key that it gives for one server sent to another', async () => {
    host({ kind: 'key', apiKey: 'given', baseURL: openAI });
    const error = await failsWith(
      'MISSING_API_KEY',
      found({ baseURL: 'https://other.example/v1' }),
    );
    mentions(error, 'api.openai.com', 'other.example');
    assert.ok(!error.message.includes('given'));
  });

  it('is not asked for a server on this machine that the environment names', async () => {
    assert.deepEqual(await found({}, { OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1' }), [
      'none',
      'http://127.0.0.1:8080/v1',
    ]);
  });

  it('marks what did not come from the provider, in events and on messages', async () => {
    host(handler);
    const model = new ChatOpenAI({ model: 'test-1' });
    const seen = recorder();
    const workflow = entrypoint('ask', async () => (await model.invoke('Hi')).response_metadata);
    const metadata = await workflow.invoke({}, seen);
    assert.equal(metadata['source'], 'offline');
    assert.equal(seen.of('modelStarted')[0]?.call.source, 'offline');
    assert.equal(seen.of('modelStreamed')[0]?.text, 'Made up');
  });

  it('says itself what to do if what it offers fails', async () => {
    const error = { message: 'You have not allowed this. Run it again and choose Allow' };
    const fetch = async () => Response.json({ error }, { status: 403 });
    host({ kind: 'handler', source: 'editor', fetch });
    const model = new ChatOpenAI({ model: 'test-1' });
    const { message } = await failsWith('MODEL_AUTHENTICATION', model.invoke('Hi'));
    assert.equal(
      message,
      `The request to model "test-1" at the editor failed with status 403: "${error.message}"`,
    );
  });

  it('is not asked to hold the editor’s models to a schema, which it could not', async () => {
    const formats: unknown[] = [];
    const fetch = async (_: unknown, init?: RequestInit) => {
      formats.push(JSON.parse(init?.body as string).response_format.type);
      const message = { content: '{"id":2}' };
      return Response.json({ choices: [{ message, finish_reason: 'stop' }] });
    };
    host({ kind: 'handler', source: 'editor', fetch });
    const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
    const model = new ChatOpenAI({ model: 'test-editor' }).withStructuredOutput(schema);
    assert.deepEqual(await model.invoke('?'), { id: 2 });
    assert.deepEqual(formats, ['json_object']);
  });

  it('may refuse: what it throws is what the caller gets, and it is asked again the next time', async () => {
    const refusal = new Error('You did not choose who answers');
    let asked = 0;
    setHost({
      override: false,
      access: async () => {
        asked++;
        throw refusal;
      },
    });
    const model = new ChatOpenAI();
    assert.equal(await thrownBy(model.invoke('Hi')), refusal);
    await thrownBy(model.invoke('Hi'));
    assert.equal(asked, 2);
  });

  it('hears of a call that is cancelled while it asks; other calls go on', async () => {
    const { promise, resolve } = Promise.withResolvers<ModelAccess>();
    setHost({
      override: false,
      access: ({ signal }) =>
        Promise.race([
          promise,
          new Promise<never>((_, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason as Error)),
          ),
        ]),
    });
    const model = new ChatOpenAI();
    const stop = new AbortController();
    const first = thrownBy(model.invoke('Hi', { signal: stop.signal }));
    const second = model.invoke('Hi');
    stop.abort(new Error('Enough'));
    assert.equal(await first, stop.signal.reason);
    resolve(handler);
    assert.equal((await second).text, 'Made up');
  });
});
