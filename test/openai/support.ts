import { after, afterEach, before, beforeEach } from 'node:test';
import { ChatOpenAI, type ChatOpenAIOptions } from '../../src/openai/index.ts';
import { startModelServer, type ModelServer } from '../fakes/modelServer.ts';

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
