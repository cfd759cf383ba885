import { after, afterEach, before, beforeEach } from 'node:test';
import { ChatOpenAI, type ChatOpenAIOptions } from '../../src/openai/index.ts';
import { sends, startModelServer, type ModelServer, type Reply } from '../fakes/modelServer.ts';

export const KEY = 'sk-test-0123456789abcdef';

/** What was started for the test that runs; ended with it. */
const servers: ModelServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

/** A server for this test, with these replies. */
export async function serve(replies: Parameters<typeof startModelServer>[0]): Promise<ModelServer> {
  const server = await startModelServer(replies);
  servers.push(server);
  return server;
}

/** A client of the server that does not try again. */
export function clientOf(server: ModelServer, options: ChatOpenAIOptions = {}): ChatOpenAI {
  const { baseURL } = server;
  return new ChatOpenAI({ model: 'test-1', apiKey: KEY, baseURL, maxRetries: 0, ...options });
}

/** Tests see none of these variables of the environment, but those they set. */
export function isolateEnvironment(names: readonly string[]): void {
  let old: (readonly [string, string | undefined])[] = [];
  const clear = () => {
    for (const name of names) delete process.env[name];
  };
  before(() => {
    old = names.map((name) => [name, process.env[name]]);
  });
  beforeEach(clear);
  after(() => {
    clear();
    for (const [name, value] of old) if (value !== undefined) process.env[name] = value;
  });
}

/** An event of a stream that has a piece of an answer. */
export function event(delta: object, finishReason: string | null = null): string {
  return eventOf({ choices: [{ delta, finish_reason: finishReason }] });
}

/** An event of a stream, whatever it holds. */
export function eventOf(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const DONE = 'data: [DONE]\n\n';

/** Answers with these bytes as a stream. */
export function streams(...events: readonly string[]): Reply {
  return sends(200, events.join(''), 'text/event-stream');
}
