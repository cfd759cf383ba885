/** Marks what is thrown to leave a task without failing it: an interrupt. */
export const PAUSE: unique symbol = Symbol.for('superstep.pause') as never;

/** True for what must reach the engine as it is: no retry, no error handler, no failure. */
export function isPause(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && PAUSE in thrown;
}
