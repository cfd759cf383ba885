import type { InterruptSignal } from './interrupt.ts';

/** Marks what is thrown to leave a task without failing it: an interrupt. */
export const PAUSE: unique symbol = Symbol.for('superstep.pause') as never;

/**
 * True for what `interrupt` throws, which must reach the engine as it is: no retry, no error handler,
 * no failure. For a `catch` around code that may ask: rethrow it.
 *
 * @example
 * ```ts
 * import { isGraphInterrupt } from 'superstep';
 * const work = async () => 'done';
 * try {
 *   console.log(await work()); // done
 * } catch (error) {
 *   if (isGraphInterrupt(error)) throw error;
 * }
 * ```
 */
export function isPause(thrown: unknown): thrown is InterruptSignal {
  if (typeof thrown !== 'object' || thrown === null) return false;
  try {
    return PAUSE in thrown;
  } catch {
    return false; // a proxy that does not let itself be asked
  }
}

/** The key under which results carry the questions of a run that has paused. */
export const INTERRUPT_KEY = '__interrupt__';
