/** Where a run takes its time from. Tests pass one that they advance by hand. */
export interface Clock {
  /** Milliseconds from an arbitrary start, monotonic, with fractions. */
  now(): number;
  /** Milliseconds since the Unix epoch, with fractions. */
  epoch(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => performance.timeOrigin + performance.now(),
};

declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/**
 * Lets timers, signals and input have their turn. A run of synchronous nodes would otherwise keep
 * the thread for itself, and could not be stopped.
 */
export function yieldToEventLoop(callback: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(callback);
  else setTimeout(callback, 0);
}
