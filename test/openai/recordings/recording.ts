import { readFile } from 'node:fs/promises';
import { ChatOpenAI, type ChatOpenAIOptions } from '../../../src/openai/index.ts';
import { GOOD_KEY, type Conversation, type ServerName } from './conversations.ts';

/** A request, and the answer as it came over the wire. */
export interface Exchange {
  readonly path: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Those that a client may look at. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came in, piece by piece. */
  readonly body: readonly string[];
}

/** What a server of others said. */
export interface Recording {
  /** Name and version of the server. */
  readonly server: string;
  /** By the name of the conversation, in order. */
  readonly conversations: Readonly<Record<string, readonly Exchange[]>>;
}

/** Where the recording of a server lies. */
export function recordingUrl(server: ServerName): URL {
  return new URL(`./${server}.json`, import.meta.url);
}

export async function readRecording(server: ServerName): Promise<Recording> {
  return JSON.parse(await readFile(recordingUrl(server), 'utf8')) as Recording;
}

/** What conversations are talked with. Nothing is tried again: that is tested elsewhere. */
export function clientsOf(baseURL: string): Parameters<Conversation['talk']> {
  const fixed = { model: 'recorded-1', apiKey: GOOD_KEY, baseURL, maxTokens: 200, maxRetries: 0 };
  return [(options?: ChatOpenAIOptions) => new ChatOpenAI({ ...fixed, ...options }), baseURL];
}
