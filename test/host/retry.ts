/** Longest that anything may take to appear. It is no limit for a busy machine, only for a dead one. */
export const PATIENCE_MS = 120_000;

const PAUSE_MS = 50;

/**
 * Tries a check again and again until it succeeds: until it neither throws nor answers `false`.
 * Whatever an editor or a page shows is read this way, never once.
 * @returns The answer of the check that succeeded.
 * @throws {Error} after `timeoutMs`; its cause is what the last check threw.
 */
export async function retry<T>(
  check: () => T | Promise<T>,
  timeoutMs = PATIENCE_MS,
): Promise<Exclude<T, false>> {
  const end = performance.now() + timeoutMs;
  const late = new Error(`Not so within ${timeoutMs / 1000} s`);
  let last: unknown;
  for (;;) {
    try {
      const answer = await within(end - performance.now(), late, check());
      if (answer !== false) return answer as Exclude<T, false>;
    } catch (error) {
      if (error !== late) last = error;
    }
    if (performance.now() >= end) throw new Error(late.message, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Gives up waiting for a check that does not answer at all. */
async function within<T>(ms: number, late: Error, answer: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), Math.max(0, ms));
  });
  return Promise.race([answer, end]).finally(() => clearTimeout(timer));
}
