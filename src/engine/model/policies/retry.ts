import { isSuperstepError, type ErrorCode } from '../errors.ts';
import { checkOptions, type OptionTable } from '../checkOptions.ts';
import { checkNumber } from './checkNumber.ts';
import { retryAfterMs } from './retryAfter.ts';

/** When and how often a node or task that failed is tried again. Durations in milliseconds. */
export interface RetryPolicy {
  /** How often it is tried in all, the first try included. Default 3. */
  maxAttempts?: number;
  /** Wait before the second attempt. Default 500. */
  initialInterval?: number;
  /** Each further wait is this many times longer. Default 2. */
  backoffFactor?: number;
  /** No wait is longer, unless a `Retry-After` header asks for it. Default 128,000. */
  maxInterval?: number;
  /** Adds up to a second by chance, so that many tasks do not try again at once. Default `true`. */
  jitter?: boolean;
  /**
   * Says whether to try again after this error. Default: not after an abort, an HTTP status of 400 to
   * 407 or 409, a quota that is used up, or a mistake in the use of the library.
   */
  retryOn?: (error: any) => boolean;
}

const OPTIONS: OptionTable<RetryPolicy> = {
  names: {
    maxAttempts: true,
    initialInterval: true,
    backoffFactor: true,
    maxInterval: true,
    jitter: true,
    retryOn: true,
  },
  ignored: ['logWarning'],
};

/** A policy with nothing left out. */
export type Retry = Required<RetryPolicy>;

/** @throws {SuperstepError} INVALID_POLICY, UNKNOWN_OPTION */
export function toRetry(policy: RetryPolicy, node: string): Retry {
  checkOptions(OPTIONS, policy, `The retry policy of "${node}"`);
  const retry: Retry = {
    maxAttempts: policy.maxAttempts ?? 3,
    initialInterval: policy.initialInterval ?? 500,
    backoffFactor: policy.backoffFactor ?? 2,
    maxInterval: policy.maxInterval ?? 128_000,
    jitter: policy.jitter ?? true,
    retryOn: policy.retryOn ?? isWorthRetrying,
  };
  checkNumber('maxAttempts', retry.maxAttempts, { node, min: 1 });
  checkNumber('initialInterval', retry.initialInterval, { node, min: 0 });
  checkNumber('backoffFactor', retry.backoffFactor, { node, min: 0 });
  checkNumber('maxInterval', retry.maxInterval, { node, min: 0 });
  return retry;
}

/**
 * How long to wait before the attempt that follows `attempt` (1-based), in milliseconds; `undefined`
 * for not trying again.
 */
export function retryDelay(
  retry: Retry,
  failed: { readonly error: unknown; readonly attempt: number },
  effects: { random(): number; epoch(): number },
): number | undefined {
  const { error, attempt } = failed;
  if (attempt >= retry.maxAttempts || !retry.retryOn(error)) return undefined;
  const grown = retry.initialInterval * retry.backoffFactor ** (attempt - 1);
  const jitter = retry.jitter ? effects.random() * 1000 : 0;
  const own = Math.min(retry.maxInterval, grown) + jitter;
  return Math.max(own, retryAfterMs(headersOf(error), effects.epoch()) ?? 0);
}

/** Errors of the library that another attempt may well not meet again. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NODE_TIMEOUT',
  'NON_ERROR_THROWN',
  'SEVERAL_FAILURES',
  'VALIDATION_FAILED',
  'MODEL_RATE_LIMIT',
  'MODEL_SERVER_ERROR',
  'MODEL_UNREACHABLE',
  'MODEL_TIMEOUT',
  'MODEL_INVALID_ANSWER',
  'OUTPUT_PARSING_FAILURE',
]);

/** What clients of HTTP services attach to their errors. */
interface ServiceError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly response?: { readonly status?: unknown; readonly headers?: unknown };
  readonly error?: { readonly code?: unknown };
}

function isWorthRetrying(thrown: unknown): boolean {
  if (isSuperstepError(thrown)) return PASSING.has(thrown.code);
  if (typeof thrown !== 'object' || thrown === null) return true;
  const error = thrown as ServiceError;
  if (error.name === 'AbortError' || error.code === 'ECONNABORTED') return false;
  if (/^(?:Cancel|AbortError)/.test(error.message ?? '')) return false;
  const status = Number(error.response?.status ?? error.status);
  if ((status >= 400 && status <= 407) || status === 409) return false;
  return error.error?.code !== 'insufficient_quota' && error.code !== 'insufficient_quota';
}

function headersOf(thrown: unknown): unknown {
  const error = (thrown ?? {}) as ServiceError;
  return error.headers ?? error.response?.headers;
}
