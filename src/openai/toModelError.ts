import { isSuperstepError, type ErrorCode } from '../engine/model/errors.ts';
import { retryAfterMs } from '../engine/model/policies/retryAfter.ts';
import type { Connection } from './connection.ts';
import { impliedStatus } from './impliedStatus.ts';
import { ModelError } from './modelError.ts';
import { replaceSecret } from './secrets.ts';

/** What the `openai` package and `fetch` attach to their errors. */
interface ForeignError {
  readonly message?: string;
  readonly status?: number;
  readonly headers?: unknown;
  readonly error?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  /** The field of the request that is wrong. */
  readonly param?: unknown;
  readonly cause?: unknown;
}

/** What was asked, and how far it came. */
interface Asked {
  readonly model: string;
  readonly connection: Connection;
  /** A part of the answer has come. */
  readonly isPartial: boolean;
}

/** The type of errors that calls are refused with which were not recorded, in whole sentences. */
const RECORDING = 'recording_error';

/** Says of what a request failed with what it means and what to do. */
export function toModelError(thrown: unknown, { model, connection, isPartial }: Asked): ModelError {
  if (isSuperstepError(thrown)) return thrown as ModelError;
  const { host, account, secrets } = connection;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as ForeignError;
  const at = `model "${model}" at ${host}`;
  const address = toAddress(account.baseURL);
  const text = (what: string) => withoutSecrets(what, secrets);
  // A cause that quotes a secret would carry it into every log.
  const options = quotes(thrown, secrets) ? {} : { cause: thrown };
  if (error.type === RECORDING) {
    const told = error as { code: ErrorCode; error: { message: string } };
    // Without its cause, which is the same words once more.
    return new ModelError(told.code, text(told.error.message), { model, host });
  }
  const isTold = error.status !== undefined || error.error !== undefined;
  if (!isTold) {
    const [code, message] = ofConnection(error, { at, address, isPartial, secrets });
    return new ModelError(code, text(message), { model, host }, options);
  }
  const { status } = error;
  const waitMs = retryAfterMs(error.headers, Date.now());
  const said = wordsOf(error, secrets);
  const [code, advice] = ofStatus(error, status ?? impliedStatus(error), { address, waitMs });
  const what =
    status === undefined
      ? `The answer of ${at} ${isPartial ? 'ended with' : 'is'} an error`
      : `The request to ${at} failed with status ${status}`;
  const serverCode = codeOf(error, secrets);
  // With the status of a success, its own code is all that tells what kind of error it is.
  const isUntold = status !== undefined || serverCode === undefined || said?.includes(serverCode);
  const shownCode = isUntold ? '' : ` (code ${serverCode})`;
  const seen = said === undefined ? `${what}${shownCode}` : `${what}: "${said}"${shownCode}`;
  // What stands in for a server says itself what to do: there is no key and no address.
  const message = account.source === undefined ? `${seen}. ${advice}` : seen;
  const fields = { model, host, status, said, serverCode, retryAfterMs: waitMs };
  return new ModelError(code, text(message), fields, options);
}

/** Codes and types of providers for an account that has nothing left. */
const NO_QUOTA = /insufficient_quota|insufficient_balance|arrearage|quota.?exhausted|freetieronly/i;

function ofStatus(
  error: ForeignError,
  status: number,
  { address, waitMs }: { address: string; waitMs: number | undefined },
): [ErrorCode, string] {
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
      return isOfModel(error)
        ? ['MODEL_NOT_FOUND', `Check the name of the model, and that the key may use it`]
        : [
            'MODEL_NOT_FOUND',
            `There is nothing at ${address}/chat/completions: check baseURL, which mostly ends in /v1`,
          ];
    case 429:
      return ['MODEL_RATE_LIMIT', rateAdvice(waitMs)];
    case 405:
      return ['MODEL_NOT_FOUND', `Check baseURL: ${address}/chat/completions takes no requests`];
    case 407:
      return [
        'MODEL_UNREACHABLE',
        'The proxy wants a name and password: http://name:password@host',
      ];
    case 408:
    case 409:
      return ['MODEL_SERVER_ERROR', 'Try again later'];
    case 413:
      return ['MODEL_REQUEST_REFUSED', TOO_LONG];
    default:
      return status >= 500 && !UNSUPPORTED.test(kind)
        ? [
            'MODEL_SERVER_ERROR',
            'The server has trouble: try again later, or look at its status page',
          ]
        : ['MODEL_REQUEST_REFUSED', refusalAdvice(kind, error)];
  }
}

/** Some servers fail at what they do not support, instead of refusing it. */
const UNSUPPORTED = /unsupported|not.?supported|not.?implemented|invalid.{0,9}schema|grammar/i;

const TOO_LONG =
  'The conversation is longer than the model takes: send fewer or shorter messages, or ask a model with more room';

function refusalAdvice(kind: string, { param }: ForeignError): string {
  if (/context.?length|maximum context|too many tokens|prompt is too long/i.test(kind)) {
    return TOO_LONG;
  }
  const what = typeof param === 'string' && param !== '' ? `"${param}"` : 'what it names';
  return (
    `The server does not take the request as it is: change ${what}. Options that not every model ` +
    'knows are temperature, maxTokens, reasoningEffort, tools and what is in modelKwargs'
  );
}

function rateAdvice(waitMs: number | undefined): string {
  const when = waitMs === undefined ? 'later' : `in ${Math.ceil(waitMs / 1000)} s`;
  return `Too many requests: try again ${when}, or send fewer at once (maxConcurrency)`;
}

/** What is known of failed connections: how they are told of by Node, what that means, what to do. */
const CONNECTIONS: readonly (readonly [pattern: RegExp, meaning: string, advice: string])[] = [
  [/The proxy /, '', 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment'],
  [
    /ECONNREFUSED/,
    'nothing listens there',
    'Check that the server is running, and that baseURL is right',
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    'there is no server of that name',
    'Check baseURL, and that the network is up',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/,
    'the connection is not secure',
    'Check whether it should be http rather than https, or whether Node has to be told of a ' +
      'certificate (NODE_EXTRA_CA_CERTS), as of a proxy that looks into connections',
  ],
  [
    /ETIMEDOUT|TIMEOUT/,
    'no connection came about in time',
    'Check the network, and whether a proxy is needed',
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|terminated|premature|other side closed/i,
    'the connection broke',
    'Try again',
  ],
];

function ofConnection(
  error: ForeignError,
  {
    at,
    address,
    isPartial,
    secrets,
  }: { at: string; address: string; isPartial: boolean; secrets: readonly string[] },
): [ErrorCode, string] {
  if (/malformed|JSON/.test(error.message ?? '')) {
    const told = `The answer of ${at} cannot be read: ${short(error.message, secrets)}. Check that ${address} names a server that speaks OpenAI's protocol`;
    return ['MODEL_INVALID_ANSWER', told];
  }
  if (/header value|ByteString/.test(error.message ?? '')) {
    const told = `The request to ${at} cannot be sent: the API key has characters that no key has. Copy it anew, and look at the quotes around it`;
    return ['MODEL_AUTHENTICATION', told];
  }
  if (isMisread(error)) {
    const told = `The answer of ${at} is JSON of another shape than an answer has. Check that ${address} names a server that speaks OpenAI's protocol`;
    return ['MODEL_INVALID_ANSWER', told];
  }
  const all = causes(error);
  const trace = all.map(({ code, message }) => `${String(code)} ${message}`).join(' ');
  if (/UND_ERR_(?:HEADERS|BODY)_TIMEOUT/.test(trace)) {
    const told = `The server of ${at} was silent for longer than Node's fetch waits, which is 300 s by itself. Ask for less, or pass a fetch of your own (configuration.fetch)`;
    return ['MODEL_TIMEOUT', told];
  }
  const { code, message } = all.at(-1)!;
  const seen = short(typeof code === 'string' ? code : message, secrets);
  const [, meaning = '', advice = 'Check baseURL, the network, and whether a proxy is needed'] =
    CONNECTIONS.find(([pattern]) => pattern.test(trace)) ?? [];
  const what = isPartial ? `The answer of ${at} broke off` : `No answer from ${at} (${address})`;
  const why = meaning === '' ? seen : `${meaning} (${seen})`;
  return ['MODEL_UNREACHABLE', `${what}: ${why}. ${advice}`];
}

/** Thrown when parts of an answer are not what they must be; errors of `fetch` have a cause. */
function isMisread(error: ForeignError): boolean {
  const isForeign = error.cause !== undefined || error.code !== undefined;
  return error instanceof TypeError && !isForeign && !/fetch/.test(error.message);
}

/** An address without what may be secret in it. */
export function toAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** An error and its causes, members of aggregates too. */
function causes(error: ForeignError, depth = 0): ForeignError[] {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inner = Array.isArray(errors) && cause === undefined ? (errors[0] as unknown) : cause;
  const isMore = typeof inner === 'object' && inner !== null && depth < 8;
  return [error, ...(isMore ? causes(inner, depth + 1) : [])];
}

/** True if the body speaks of a model, and not of an address that is not there. */
function isOfModel({ error, code, message }: ForeignError): boolean {
  const isFromApi = typeof error === 'string' || (typeof error === 'object' && error !== null);
  return isFromApi && /model/i.test(`${String(code)} ${message}`);
}

/** What the server said; `undefined` if that is nothing. */
function wordsOf({ message = '', status }: ForeignError, secrets: readonly string[]) {
  // The package tells a text as JSON.
  const text = message.replace(new RegExp(`^${status} `), '').replace(/^"([^"\\]*)"$/, '$1');
  return text === 'status code (no body)' ? undefined : short(text, secrets);
}

/** The server's own code for the error, as text; `undefined` if it has none. */
function codeOf({ code }: ForeignError, secrets: readonly string[]): string | undefined {
  const isCode = (typeof code === 'string' && code !== '') || typeof code === 'number';
  return isCode ? short(code, secrets) : undefined;
}

/** One line that is not too long; of a web page, its words. Secrets go first: half of one is enough. */
export function short(text: unknown, secrets: readonly string[]): string {
  const words = withoutSecrets(String(text), secrets)
    .replace(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
    .replace(/<\/?[a-z!][^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 300 ? `${words.slice(0, 297)}...` : words;
}

/** For all that others say, which may quote what we sent. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => replaceSecret(left, secret, '***'), text);
}

/** True if an error, or a cause of it, holds one of these anywhere. */
function quotes(thrown: unknown, secrets: readonly string[]): boolean {
  const isObject = typeof thrown === 'object' && thrown !== null;
  const texts = isObject
    ? causes(thrown as ForeignError).map(
        (each) => `${each.message} ${(each as Error).stack} ${JSON.stringify(each.error) ?? ''}`,
      )
    : [typeof thrown === 'string' ? thrown : ''];
  return texts.some((text) => withoutSecrets(text, secrets) !== text);
}
