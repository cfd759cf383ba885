import { SuperstepError, show } from './errors.ts';
import type { ErrorInfo } from './events.ts';

/**
 * What was thrown, if it is an Error; otherwise one that says what it is. Never throws.
 * @param who Who threw it, for the beginning of a sentence.
 */
export function toError(thrown: unknown, who: string, nodes?: readonly string[]): Error {
  if (isError(thrown)) return thrown;
  return new SuperstepError(
    'NON_ERROR_THROWN',
    `${who} threw ${show(thrown)}, which is not an Error: throw new Error(…) instead`,
    { ...(nodes && { nodes }), value: thrown },
    { cause: thrown },
  );
}

/** How many causes of causes are told. */
const MAX_DEPTH = 8;

/** An error as plain data, with its causes. Never throws, whatever was thrown. */
export function toErrorInfo(error: unknown, depth = 0): ErrorInfo {
  if (typeof error !== 'object' || error === null) {
    return { name: typeof error, message: show(error) };
  }
  const name = read(error, 'name');
  const message = read(error, 'message');
  const code = read(error, 'code');
  const stack = read(error, 'stack');
  const cause = depth < MAX_DEPTH ? read(error, 'cause') : undefined;
  const errors = depth < MAX_DEPTH ? read(error, 'errors') : undefined;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : show(error),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && { cause: toErrorInfo(cause, depth + 1) }),
    ...(Array.isArray(errors) && {
      errors: errors.slice(0, 100).map((item) => toErrorInfo(item, depth + 1)),
    }),
  };
}

/** True for errors of other realms too, such as those of Node in a test runner that has its own. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  } catch {
    return false; // a proxy that does not let itself be asked
  }
}

/** A property of something that may be a proxy, or have getters that throw. */
function read(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
