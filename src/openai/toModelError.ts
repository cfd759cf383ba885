import { isSuperstepError, type ErrorCode } from '../engine/errors.ts';
import type { Connection } from './connection.ts';
import { ModelError } from './modelError.ts';

/** What the `openai` package and `fetch` attach to their errors. */
interface ForeignError {
  readonly message?: string;
  readonly status?: number;
  readonly headers?: { get?(name: string): string | null };
  readonly error?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly cause?: unknown;
}

/** Says of what a request failed with what it means and what to do. */
export function toModelError(
  thrown: unknown,
  { model, connection }: { readonly model: string; readonly connection: Connection },
): ModelError {
  if (isSuperstepError(thrown)) return thrown as ModelError;
  const { host, account } = connection;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as ForeignError;
  const at = `model "${model}" at ${host}`;
  const text = (what: string) => withoutKey(what, account.apiKey);
  // A cause that quotes the key would carry it into every log.
  const options = quotes(thrown, account.apiKey) ? {} : { cause: thrown };
  if (typeof error.status !== 'number') {
    const [code, message] = ofConnection(error, { at, baseURL: account.baseURL });
    return new ModelError(code, text(message), { model, host }, options);
  }
  const { status } = error;
  const retryAfterMs = readRetryAfter(error.headers);
  const [code, advice] = ofStatus(error, status, { model, account, retryAfterMs });
  const message = `The request to ${at} failed with status ${status}${said(error)}. ${advice}`;
  return new ModelError(code, text(message), { model, host, status, retryAfterMs }, options);
}

interface Asked {
  readonly model: string;
  readonly account: { readonly baseURL: string };
  readonly retryAfterMs: number | undefined;
}

/** Codes and types of providers for an account that has nothing left. */
const NO_QUOTA = /insufficient_quota|insufficient_balance|arrearage|quota.?exhausted|freetieronly/i;

function ofStatus(error: ForeignError, status: number, asked: Asked): [ErrorCode, string] {
  const kind = [error.code, error.type, status === 429 ? '' : error.message].join(' ');
  if (status === 402 || NO_QUOTA.test(kind)) {
    return ['MODEL_QUOTA', 'The account has no quota left: look at its plan and billing'];
  }
  switch (status) {
    case 401:
      return ['MODEL_AUTHENTICATION', 'Check the API key, and that it is for this server'];
    case 403:
      return [
        'MODEL_AUTHENTICATION',
        'The key is known, but may not do this: check its rights, and the region',
      ];
    case 404:
      return isFromApi(error)
        ? ['MODEL_NOT_FOUND', `Check the name of the model, and that the key may use it`]
        : [
            'MODEL_NOT_FOUND',
            `There is nothing at ${asked.account.baseURL}/chat/completions: check baseURL, which mostly ends in /v1`,
          ];
    case 429:
      return ['MODEL_RATE_LIMIT', rateAdvice(asked.retryAfterMs)];
    case 408:
    case 409:
      return ['MODEL_SERVER_ERROR', 'Try again later'];
    default:
      return status >= 500
        ? [
            'MODEL_SERVER_ERROR',
            'The server has trouble: try again later, or look at its status page',
          ]
        : ['MODEL_REQUEST_REFUSED', 'The server takes the request for wrong: change what it names'];
  }
}

function rateAdvice(retryAfterMs: number | undefined): string {
  const when = retryAfterMs === undefined ? 'later' : `in ${Math.ceil(retryAfterMs / 1000)} s`;
  return `Too many requests: try again ${when}, or send fewer at once (maxConcurrency)`;
}

/** Codes of failed connections, and what they mean. */
const CONNECTIONS: readonly (readonly [RegExp, string])[] = [
  [/The proxy /, 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment'],
  [/ECONNREFUSED/, 'nothing listens there: is the server running, and baseURL right?'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no server of that name: check baseURL and the network'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/,
    'no secure connection: is it http rather than https, or is the certificate of a proxy unknown to Node (NODE_EXTRA_CA_CERTS)?',
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|terminated|premature|other side closed/i,
    'the connection broke: try again',
  ],
  [
    /ETIMEDOUT|TIMEOUT/,
    'no connection came about in time: check the network, and whether a proxy is needed',
  ],
];

function ofConnection(
  error: ForeignError,
  { at, baseURL }: { readonly at: string; readonly baseURL: string },
): [ErrorCode, string] {
  const seen = causes(error).map(({ code, message }) =>
    typeof code === 'string' ? code : message,
  );
  const trace = causes(error)
    .map(({ code, message }) => `${String(code)} ${message}`)
    .join(' ');
  const known = CONNECTIONS.find(([pattern]) => pattern.test(trace));
  if (error.error !== undefined) {
    // Told in the middle of an answer.
    return [
      'MODEL_SERVER_ERROR',
      `The answer of ${at} ended with an error: "${short(error.message)}". Try again`,
    ];
  }
  if (/malformed|JSON/.test(error.message ?? '')) {
    return [
      'MODEL_INVALID_ANSWER',
      `The answer of ${at} cannot be read (${short(error.message)}): check that baseURL names a server that speaks OpenAI's protocol`,
    ];
  }
  const advice = known?.[1] ?? 'check baseURL, the network and the proxy';
  const address = known?.[0].source.startsWith('EC') || known === undefined ? ` (${baseURL})` : '';
  return ['MODEL_UNREACHABLE', `No answer from ${at}${address}: ${short(seen.at(-1))}: ${advice}`];
}

/** An error and its causes, members of aggregates too. */
function causes(error: ForeignError, depth = 0): ForeignError[] {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inner = Array.isArray(errors) && cause === undefined ? (errors[0] as unknown) : cause;
  const isMore = typeof inner === 'object' && inner !== null && depth < 8;
  return [error, ...(isMore ? causes(inner, depth + 1) : [])];
}

/** True if the body speaks the protocol, and is not some web server's page. */
function isFromApi({ error }: ForeignError): boolean {
  return typeof error === 'string' || (typeof error === 'object' && error !== null);
}

/** What the server said, as a part of a sentence. */
function said({ message = '', status }: ForeignError): string {
  const text = message.replace(new RegExp(`^${status} `), '');
  if (text === 'status code (no body)') return '';
  return `: "${short(text)}"`;
}

/** One line that is not too long; of a web page, its words. */
export function short(text: unknown): string {
  const words = String(text)
    .replace(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
    .replace(/<\/?[a-z!][^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 300 ? `${words.slice(0, 297)}...` : words;
}

/** In milliseconds, from a header in milliseconds, seconds or as a date. */
function readRetryAfter(headers: ForeignError['headers']): number | undefined {
  const ms = Number.parseFloat(headers?.get?.('retry-after-ms') ?? '');
  if (ms >= 0) return ms;
  const text = headers?.get?.('retry-after')?.trim();
  if (!text) return undefined;
  const wait = Number.isNaN(Number(text)) ? Date.parse(text) - Date.now() : Number(text) * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function withoutKey(text: string, apiKey: string): string {
  return isSecret(apiKey) ? text.replaceAll(apiKey, '***') : text;
}

function quotes(thrown: unknown, apiKey: string): boolean {
  if (!isSecret(apiKey)) return false;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown).includes(apiKey);
  return causes(thrown).some(
    (each) =>
      `${each.message} ${(each as Error).stack}`.includes(apiKey) ||
      (JSON.stringify(each.error) ?? '').includes(apiKey),
  );
}

/** Stand-ins such as "none" are words like others. */
function isSecret(apiKey: string): boolean {
  return apiKey.length >= 8;
}
