import type { ErrorCode } from '../engine/model/errors.ts';
import type { ModelError } from './modelError.ts';

/** How often each kind of failure is worth another try. Those that are not here are not. */
const MOST_RETRIES: Partial<Record<ErrorCode, number>> = {
  MODEL_RATE_LIMIT: Infinity,
  MODEL_SERVER_ERROR: Infinity,
  // Mostly a wrong address: nobody should have to wait long to learn of it.
  MODEL_UNREACHABLE: 2,
  MODEL_TIMEOUT: 2,
};

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** A server that asks for a longer wait is not waited for: it would look like a standstill. */
export const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * How long to wait before the request is sent once more; `undefined` for not at all.
 * @param options.attempt The one that failed, counted from 1.
 */
export function retryDelayMs(
  error: ModelError,
  { attempt, maxRetries }: { readonly attempt: number; readonly maxRetries: number },
): number | undefined {
  if (attempt > Math.min(maxRetries, MOST_RETRIES[error.code] ?? 0)) return undefined;
  const asked = error.headers === undefined ? undefined : Number(error.headers['retry-after-ms']);
  if (asked !== undefined) return asked > LONGEST_RETRY_AFTER_MS ? undefined : asked;
  const grown = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  // Requests that were refused together should not come back together.
  return Math.round(grown * (0.75 + Math.random() / 2));
}
