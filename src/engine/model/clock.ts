/** Where a run takes its time from. Tests pass one that they advance by hand. */
export interface Clock {
  /** Milliseconds from an arbitrary start, monotonic, with fractions. */
  now(): number;
  /** Milliseconds since the Unix epoch, with fractions. */
  epoch(): number;
  /** Calls back once, `ms` from now; the returned function takes the call back. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest that timers can wait, about 24.8 days; they fire at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => performance.timeOrigin + performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Waits; rejects with the signal's reason as soon as it is aborted. Leaves no timer behind. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // What signals are aborted with is the caller's choice, and is passed on as it is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const onAbort = () => end(() => reject(signal.reason));
    const cancel = clock.after(ms, () => end(resolve));
    const end = (settle: () => void) => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/**
 * Lets timers, signals and input have their turn. A run of synchronous nodes would otherwise keep
 * the thread for itself, and could not be stopped.
 */
export function yieldToEventLoop(callback: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(callback);
  else setTimeout(callback, 0);
}

/** Resolves when everything that is ready has run. */
export function nextTurn(): Promise<void> {
  return new Promise(yieldToEventLoop);
}
