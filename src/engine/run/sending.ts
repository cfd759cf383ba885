import { Serializer } from '../checkpoint/serialize.ts';
import * as errors from '../model/errors.ts';
import { toError } from '../model/errorInfo.ts';
import { taskOf } from './failure.ts';
import type { SentError } from '../model/sentError.ts';

const serializer = new Serializer();

/** @throws {SuperstepError} NOT_SERIALIZABLE */
export function pack(value: unknown, what: string): string {
  return serializer.serialize(value, what);
}

export function unpack(text: string): unknown {
  return serializer.deserialize(text);
}

/** Errors of the library by their names, which are those of their classes. */
const CLASSES = errors as unknown as Readonly<Record<string, { readonly prototype: object }>>;

/**
 * What can be sent of anything that was thrown.
 * @param exports What the module exports that has thrown it: classes that it exports are found again.
 */
export function packError(thrown: unknown, exports?: unknown): SentError {
  const error = toError(thrown, 'A worker thread');
  const kind = errors.isSuperstepError(error) ? error.name : undefined;
  const exported = kind === undefined ? classOf(error, exports) : undefined;
  const task = taskOf(error);
  const about = {
    ...(kind !== undefined && { kind }),
    ...(exported !== undefined && { exported }),
    ...(task && { task }),
  };
  try {
    return { error: pack(error, 'the error'), ...about };
  } catch {
    return { error: pack(sendable(error), 'the error'), ...about };
  }
}

/** What comes through of an error that carries something that cannot be sent. */
function sendable(error: Error): Error {
  const cause = isSendable(error.cause) ? { cause: error.cause } : undefined;
  const bare = Object.assign(
    new Error(error.message, cause),
    Object.fromEntries(Object.entries(error).filter(([, value]) => isSendable(value))),
  );
  Object.defineProperty(bare, 'name', { value: error.name });
  Object.defineProperty(bare, 'stack', { value: error.stack });
  return bare;
}

function isSendable(value: unknown): boolean {
  try {
    pack(value, 'a part of the error');
    return value !== undefined;
  } catch {
    return false;
  }
}

/** What the error's class is exported as, or the nearest one above it that is exported. */
function classOf(error: Error, exports: unknown): string | undefined {
  const names = new Map<unknown, string>();
  for (const [name, value] of Object.entries(exports ?? {})) {
    if (isErrorClass(value)) names.set(value.prototype, name);
  }
  if (names.size === 0) return undefined;
  for (let prototype: unknown = error; prototype !== null;) {
    prototype = Object.getPrototypeOf(prototype) as unknown;
    const name = names.get(prototype);
    if (name !== undefined) return name;
  }
  return undefined;
}

function isErrorClass(value: unknown): value is { readonly prototype: Error } {
  return typeof value === 'function' && value.prototype instanceof Error;
}

/**
 * The error, with the class it had if that is built in, or the library's, or one of those that the module
 * exports.
 */
export function unpackError({ error: text, kind, exported }: SentError, exports?: unknown): Error {
  const error = unpack(text) as Error;
  if (exported !== undefined) {
    const type = (exports as Record<string, unknown> | undefined)?.[exported];
    if (isErrorClass(type)) Object.setPrototypeOf(error, type.prototype);
  }
  if (kind === undefined) return error;
  const own = Object.hasOwn(CLASSES, kind) ? CLASSES[kind] : errors.keptErrorClass(kind);
  Object.setPrototypeOf(error, (own ?? errors.SuperstepError).prototype);
  return errors.marked(error);
}
