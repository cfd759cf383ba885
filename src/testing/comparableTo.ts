import { coerceMessage, isMessage, type MessageLike } from '../engine/index.ts';

/**
 * A value in which messages are their roles and texts, without ids and other things that differ from run to
 * run.
 *
 * @param beside What it is to be compared with: what is a message there is written as one here. Default:
 * the value itself.
 * @example
 * ```ts
 * import { AIMessage } from 'superstep';
 * import { comparableTo } from 'superstep/testing';
 * console.log(comparableTo([new AIMessage('Hello')])); // [ { role: 'ai', text: 'Hello' } ]
 * ```
 */
export function comparableTo(value: unknown, beside: unknown = value): unknown {
  if (isMessage(beside) && value !== undefined && value !== null) {
    const { type, text } = isMessage(value) ? value : coerceMessage(value as MessageLike);
    return { role: type, text };
  }
  if (Array.isArray(value)) {
    const others = Array.isArray(beside) ? beside : [];
    return value.map((item, i) => comparableTo(item, i in others ? others[i] : item));
  }
  if (isPlainObject(value)) {
    const others = isPlainObject(beside) ? beside : {};
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        comparableTo(item, key in others ? others[key] : item),
      ]),
    );
  }
  return value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
