import { Serializer } from '../../checkpoint/serialize.ts';
import * as errors from '../../model/errors.ts';
import { toError } from '../../model/errorInfo.ts';
import { taskOf } from '../failure.ts';
import type { SentError } from './messages.ts';

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

/** What can be sent of anything that was thrown. */
export function packError(thrown: unknown): SentError {
  const error = toError(thrown, 'A worker thread');
  const kind = errors.isSuperstepError(error) ? error.name : undefined;
  const task = taskOf(error);
  const about = { ...(kind !== undefined && { kind }), ...(task && { task }) };
  try {
    return { error: pack(error, 'the error'), ...about };
  } catch {
    // Something that it carries cannot be sent: what it says must come through all the same.
    const { name, message, stack } = error;
    const { code } = error as { code?: unknown };
    const bare = Object.assign(new Error(message), typeof code === 'string' && { code }, { stack });
    Object.defineProperty(bare, 'name', { value: name });
    return { error: pack(bare, 'the error'), ...about };
  }
}

/** The error, with the class it had if that is built in or the library's. */
export function unpackError({ error: text, kind }: SentError): Error {
  const error = unpack(text) as Error;
  if (kind === undefined || !Object.hasOwn(CLASSES, kind)) return error;
  Object.setPrototypeOf(error, CLASSES[kind]!.prototype);
  return errors.marked(error);
}
