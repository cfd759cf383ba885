import { SuperstepError, show } from './errors.ts';

/**
 * Checks how many things a call asks for, or skips: a whole number, or `Infinity` for all.
 *
 * @param key The option, such as `limit`.
 * @param min The least that makes sense.
 * @throws {SuperstepError} INVALID_CONFIG
 */
export function checkCount(key: string, value: unknown, min: number): void {
  if (value === Infinity || (Number.isInteger(value) && (value as number) >= min)) return;
  throw new SuperstepError(
    'INVALID_CONFIG',
    `${key} must be a whole number of at least ${min}, got ${show(value)}`,
    { key, value },
  );
}

/** The same for a list that is read in parts. */
export function checkPage({ limit, offset }: { limit?: unknown; offset?: unknown }): void {
  if (limit !== undefined) checkCount('limit', limit, 0);
  if (offset !== undefined) checkCount('offset', offset, 0);
}
