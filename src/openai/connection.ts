import { environmentHeaders, hostOf, openAccount, type Account } from './account.ts';
import { gateOf, type Gate } from './gate.ts';
import { currentModelHost } from './modelHost.ts';
import type { ChatOpenAIOptions } from './options.ts';
import { proxyFetch } from './proxyFetch.ts';
import { serverFetch } from './serverFetch.ts';
import { distinct, secretFields, secretsOfAddress, secretsOfOptions } from './secrets.ts';
import type { ThoughtDemand } from './thoughtDemand.ts';
import type { WireRequest } from './wire.ts';

/** What is used of the `openai` package. */
export interface Completions {
  create(
    request: WireRequest,
    options: { readonly signal: AbortSignal; readonly fetchOptions: object },
  ): {
    /** @throws for a status that is not of a success. */
    asResponse(): Promise<Response>;
  };
}

/** A server that answers, or what stands in for one. */
export interface Connection {
  readonly account: Account;
  /** Host and port of the server, or what stands in for one, as part of a sentence. */
  readonly host: string;
  readonly completions: Completions;
  /** What must never be told: the key, and what is secret in headers and addresses. */
  readonly secrets: readonly string[];
  /** How many requests may be under way. */
  readonly gate: Gate;
  /** The server does not know `stream_options`, by which tokens are counted. */
  refusesStreamOptions: boolean;
  /** What the server wants of the thoughts in earlier messages, as far as it has said so. */
  thoughts: ThoughtDemand | undefined;
}

const STAND_INS = {
  offline: 'the offline model',
  editor: 'the editor',
  recording: 'the recorded calls',
} as const;

/** Beyond any wait: we watch the time ourselves. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws {ModelError} MISSING_API_KEY; also what the host throws. */
export async function connect(
  options: ChatOpenAIOptions,
  request: { readonly model: string; readonly signal: AbortSignal | undefined },
): Promise<Connection> {
  const account = await openAccount(options, request);
  const { default: OpenAI } = await import('openai');
  const { fetch, baseURL: _, apiKey: __, ...configuration } = options.configuration ?? {};
  const host = hostOf(account.baseURL);
  const { fields, areForServer } = environmentHeaders(account);
  const secrets = distinct([
    account.apiKey,
    ...secretsOfAddress(account.baseURL),
    ...secretsOfOptions(options),
    ...secretFields(Object.entries(fields)),
  ]);
  for (const secret of secrets) currentModelHost()?.onSecret?.(secret);
  const client = new OpenAI({
    // What the environment says of these is not for others to know.
    ...(host !== 'api.openai.com' && { organization: null, project: null }),
    ...configuration,
    ...(!areForServer && {
      defaultHeaders: { ...without(fields, account.apiKey), ...configuration.defaultHeaders },
    }),
    apiKey: account.apiKey,
    baseURL: account.baseURL,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    fetch: serverFetch(fetchOf(account), {
      isForeign: account.fetch !== undefined && account.source === undefined,
    }),
  });
  const gate = gateOf(host);
  if (options.maxConcurrency !== undefined) gate.widen(options.maxConcurrency);
  const completions = client.chat.completions as unknown as Completions;
  const name = account.source === undefined ? host : STAND_INS[account.source];
  const learned = { refusesStreamOptions: false, thoughts: undefined };
  return { account, host: name, completions, secrets, gate, ...learned };
}

/** What sends requests; the host may stand before it. */
function fetchOf({ fetch, baseURL }: Account): typeof globalThis.fetch {
  const own = fetch ?? proxyFetch(baseURL) ?? globalThis.fetch;
  return currentModelHost()?.around?.(own) ?? own;
}

/** Takes back headers that the package sends by itself to whomever it asks. */
function without(
  fields: Readonly<Record<string, string>>,
  apiKey: string,
): Readonly<Record<string, string | null>> {
  const names = Object.keys(fields).map((name) => name.toLowerCase());
  const isKey = (name: string) => name === 'authorization';
  return Object.fromEntries(names.map((name) => [name, isKey(name) ? `Bearer ${apiKey}` : null]));
}
