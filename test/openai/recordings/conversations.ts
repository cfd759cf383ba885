import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import {
  HumanMessage,
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
} from '../../../src/engine/index.ts';
import {
  ModelError,
  ToolNode,
  tool,
  type ChatOpenAI,
  type ChatOpenAIOptions,
} from '../../../src/openai/index.ts';
import { createTestRunner } from '../../runner/testRunner.ts';

/** Servers of others whose answers are recorded, by the name of the file that holds them. */
export type ServerName =
  | 'openai-mock-api'
  /** The gateway before Anthropic's API, whose protocol it translates. */
  | 'portkey-anthropic'
  /** The gateway before the offline model. */
  | 'portkey-offline'
  /** The gateway before nobody. */
  | 'portkey-unreachable'
  /** The gateway that nobody told whom to ask. */
  | 'portkey-alone';

/** Something that a client says to a server, and what its user sees of the answer. */
export interface Conversation {
  readonly server: ServerName;
  readonly name: string;
  readonly talk: (
    model: (options?: ChatOpenAIOptions) => ChatOpenAI,
    baseURL: string,
  ) => Promise<unknown>;
  /** What `talk` resolves with; in texts, `HOST` stands for the server's host and port. */
  readonly sees: unknown;
}

/** The key that all of them take. */
export const GOOD_KEY = 'recorded-key';

const weather = tool(({ city }) => `Sunny in ${city}`, {
  name: 'weather',
  description: 'The weather in a city',
  schema: z.object({ city: z.string() }),
});
const Person = z.object({ name: z.string(), age: z.int().min(18).max(99) });

const once =
  (text: string, options?: ChatOpenAIOptions): Conversation['talk'] =>
  async (model) =>
    seen(await model(options).invoke(text));

const inPieces =
  (text: string): Conversation['talk'] =>
  async (model) => {
    const chunks: AIMessageChunk[] = [];
    for await (const chunk of await model().stream(text)) chunks.push(chunk);
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
    return { ...seen(whole), pieces: chunks.filter((chunk) => chunk.text !== '').length };
  };

/** The first answer asks for a tool, the second knows what it said. */
const withTool =
  (text: string, isStreamed: boolean): Conversation['talk'] =>
  async (model) => {
    const able = model({ streaming: isStreamed }).bindTools([weather]);
    const asked = new HumanMessage(text);
    const call = await able.invoke([asked]);
    const { messages } = await new ToolNode([weather]).invoke({ messages: [call] });
    const answer = await able.invoke([asked, call, ...messages]);
    return {
      call: seen(call),
      told: messages.map((message: BaseMessage) => message.text),
      answer: seen(answer),
    };
  };

const asValue =
  (text: string): Conversation['talk'] =>
  async (model) => {
    const asker = model().withStructuredOutput(Person, { includeRaw: true });
    const { raw, parsed } = await asker.invoke(text);
    return { parsed, how: raw.response_metadata['structured_output'] };
  };

const failure =
  (talk: Conversation['talk']): Conversation['talk'] =>
  async (...args) => {
    try {
      return await talk(...args);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const { code, message, headers } = error;
      return { code, message, ...(headers && { wait: headers['retry-after-ms'] }) };
    }
  };

/** The example runs as it does for a user, with a key and an address in its environment. */
const example: Conversation['talk'] = async (_model, baseURL) => {
  const endings: (() => unknown)[] = [];
  const runner = createTestRunner({ after: (end) => void endings.push(end) });
  try {
    const { status, state } = await runner.run({
      file: fileURLToPath(new URL('../../../examples/map-reduce.graph.ts', import.meta.url)),
      env: { OPENAI_API_KEY: GOOD_KEY, OPENAI_BASE_URL: baseURL, OPENAI_MODEL: 'recorded-1' },
    });
    const { roles, responses, best_response } = state as Record<string, string[]>;
    return {
      status,
      roles: roles?.length,
      failed: responses?.filter((response) => /nothing to say/.test(response)).length,
      isBestAmongThem: responses?.includes(best_response as unknown as string),
    };
  } finally {
    for (const end of endings) await end();
  }
};

function seen({ text, tool_calls: calls, usage_metadata: usage, response_metadata }: AIMessage) {
  return {
    text,
    ...(calls.length > 0 && { calls: calls.map(({ id, name, args }) => ({ id, name, args })) }),
    finish: response_metadata['finish_reason'],
    ...(usage && { tokens: [usage.input_tokens, usage.output_tokens] }),
  };
}

const ANSWER = { text: 'A server that others wrote.', finish: 'stop' };
const CALL = { name: 'weather', args: { city: 'Rome' } };
const [MOCK_CALL, GATEWAY_CALL] = [
  { text: '', calls: [{ id: 'call_abc123', ...CALL }], finish: 'stop' },
  {
    text: 'Let me look. ',
    calls: [{ id: 'toolu_01', ...CALL }],
    finish: 'tool_calls',
    tokens: [11, 5],
  },
];
const TOLD = ['Sunny in Rome'];
const refused = (status: number, said: string) =>
  `The request to model "recorded-1" at HOST failed with status ${status}: "${said}". `;
const OPTIONS =
  'The server does not take the request as it is: change what it names. Options that not every model ' +
  'knows are temperature, maxTokens, reasoningEffort, tools and what is in modelKwargs';

export const conversations: readonly Conversation[] = [
  {
    server: 'openai-mock-api',
    name: 'an answer at once',
    talk: once('Who are you?'),
    sees: { ...ANSWER, tokens: [6, 6] },
  },
  {
    server: 'openai-mock-api',
    name: 'an answer in pieces, told as plain text and without a count of tokens',
    talk: inPieces('Who are you in pieces?'),
    sees: { ...ANSWER, pieces: 5 },
  },
  {
    server: 'openai-mock-api',
    name: 'a call of a tool',
    talk: withTool('What is the weather?', false),
    sees: {
      call: { ...MOCK_CALL, tokens: [7, 0] },
      told: TOLD,
      answer: { text: 'It is sunny in Rome.', finish: 'stop', tokens: [58, 6] },
    },
  },
  {
    server: 'openai-mock-api',
    name: 'a call of a tool in pieces',
    talk: withTool('What is the weather?', true),
    sees: { call: MOCK_CALL, told: TOLD, answer: { text: 'It is sunny in Rome.', finish: 'stop' } },
  },
  {
    server: 'openai-mock-api',
    name: 'a wrong key',
    talk: failure(once('With a wrong key', { apiKey: 'wrong-key-0123' })),
    sees: {
      code: 'MODEL_AUTHENTICATION',
      message: `${refused(401, 'Invalid API key provided')}Check the API key, and that it is for this server`,
    },
  },
  {
    server: 'openai-mock-api',
    name: 'a request that it does not take',
    talk: failure(once('What nobody has an answer to')),
    sees: {
      code: 'MODEL_REQUEST_REFUSED',
      message: `${refused(400, 'No matching response found for the provided messages')}${OPTIONS}`,
    },
  },
  {
    server: 'portkey-anthropic',
    name: 'an answer at once',
    talk: once('Who are you?'),
    sees: { ...ANSWER, tokens: [11, 5] },
  },
  {
    server: 'portkey-anthropic',
    name: 'an answer in pieces, with the count of tokens in the last',
    talk: inPieces('Who are you?'),
    sees: { ...ANSWER, tokens: [11, 5], pieces: 5 },
  },
  ...[false, true].map((isStreamed): Conversation => ({
    server: 'portkey-anthropic',
    name: `a call of a tool${isStreamed ? ' in pieces' : ''}`,
    talk: withTool('What is the weather?', isStreamed),
    sees: { call: GATEWAY_CALL, told: TOLD, answer: { ...ANSWER, tokens: [11, 5] } },
  })),
  {
    server: 'portkey-anthropic',
    name: 'a value, though it heeds no schema',
    talk: asValue('Invent a person'),
    sees: {
      parsed: { name: 'Ada', age: 36 },
      how: { method: 'functionCalling', requests: 4, repaired: true },
    },
  },
  {
    server: 'portkey-anthropic',
    name: 'a key that is wrong for whom it asks',
    talk: failure(once('Answer with a wrong key')),
    sees: {
      code: 'MODEL_AUTHENTICATION',
      message: `${refused(401, 'anthropic error: invalid x-api-key')}Check the API key, and that it is for this server`,
    },
  },
  {
    server: 'portkey-anthropic',
    name: 'an unknown model',
    talk: failure(once('Answer with an unknown model')),
    sees: {
      code: 'MODEL_NOT_FOUND',
      message: `${refused(404, 'anthropic error: model: recorded-1')}Check the name of the model, and that the key may use it`,
    },
  },
  {
    server: 'portkey-anthropic',
    name: 'a rate limit',
    talk: failure(once('Answer with a rate limit')),
    sees: {
      code: 'MODEL_RATE_LIMIT',
      message: `${refused(429, 'anthropic error: This request would exceed your rate limit')}Too many requests: try again in 7 s, or send fewer at once (maxConcurrency)`,
      wait: '7000',
    },
  },
  {
    server: 'portkey-anthropic',
    name: 'an overload',
    talk: failure(once('Answer with an overload')),
    sees: {
      code: 'MODEL_SERVER_ERROR',
      message: `${refused(529, 'anthropic error: Overloaded')}The server has trouble: try again later, or look at its status page`,
    },
  },
  {
    server: 'portkey-offline',
    name: 'a value that is held to a schema',
    talk: asValue('Invent a person'),
    sees: {
      parsed: { name: 'Yara Haddad', age: 55 },
      how: { method: 'jsonSchema', requests: 1, repaired: false },
    },
  },
  {
    server: 'portkey-offline',
    name: 'an example',
    talk: example,
    sees: { status: 'done', roles: 10, failed: 1, isBestAmongThem: true },
  },
  {
    server: 'portkey-unreachable',
    name: 'a gateway behind which nobody answers',
    talk: failure(once('Is anybody there?')),
    sees: {
      code: 'MODEL_SERVER_ERROR',
      message: `${refused(500, 'Message: fetch failed Cause: Error: connect ECONNREFUSED 127.0.0.1:3 Name: TypeError')}The server has trouble: try again later, or look at its status page`,
    },
  },
  {
    server: 'portkey-alone',
    name: 'a gateway that does not know whom to ask',
    talk: failure(once('Whom do you ask?')),
    sees: {
      code: 'MODEL_REQUEST_REFUSED',
      message: `${refused(400, 'Either x-portkey-config or x-portkey-provider header is required')}${OPTIONS}`,
    },
  },
];
