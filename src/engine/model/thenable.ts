/** True for promises of any making. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

/**
 * The promise that a value is or stands for; `undefined` if it is neither. What promises of others do
 * that they must not, such as settling twice or throwing, the promise does not do.
 *
 * @throws What looking up `then` has thrown.
 */
export function promiseOf(value: unknown): Promise<unknown> | undefined {
  if (value instanceof Promise) return value;
  return isThenable(value) ? Promise.resolve(value) : undefined;
}
