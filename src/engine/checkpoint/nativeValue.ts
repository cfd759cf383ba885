import { isMessage } from '../model/messages.ts';
import { isContainer } from '../state/isolate.ts';
import { decodeMessage, encodeMessage } from './messageCodec.ts';

/** Where LangChain's classes of messages stand in what it stores. */
const MESSAGES = ['langchain_core', 'messages'];
const CLASS_NAMES: Readonly<Record<string, string>> = {
  human: 'HumanMessage',
  ai: 'AIMessage',
  system: 'SystemMessage',
  tool: 'ToolMessage',
  remove: 'RemoveMessage',
};
const TYPES = new Map(Object.entries(CLASS_NAMES).map(([type, name]) => [name, type]));

/** A value as LangGraph.js stores it. */
export interface NativeValue {
  readonly native: unknown;
  /** Nothing is lost: {@link fromNative} gives the same value. */
  readonly isExact: boolean;
}

/**
 * A value in the form in which savers of LangGraph.js are given one: data, and messages as LangChain
 * writes them. What their serializer does not keep is what comes nearest.
 */
export function toNative(value: unknown): NativeValue {
  const enclosing = new Set<object>();
  let isExact = true;
  const inexact = <T>(nearest: T): T => {
    isExact = false;
    return nearest;
  };
  const record = (item: object): Record<string, unknown> => {
    const copy: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(item)) {
      if (each === undefined || key === 'lc' || key === 'lg_name') isExact = false;
      copy[key] = write(each);
    }
    return copy;
  };
  const write = (item: unknown): unknown => {
    if (typeof item === 'string' || typeof item === 'boolean' || item === null) return item;
    if (typeof item === 'number') {
      return Number.isFinite(item) && !Object.is(item, -0) ? item : inexact(item);
    }
    if (typeof item === 'bigint') return inexact(String(item));
    if (typeof item !== 'object') return inexact(undefined);
    if (enclosing.has(item)) return inexact(null);
    enclosing.add(item);
    const written = writeObject(item);
    enclosing.delete(item);
    return written;
  };
  const writeObject = (item: object): unknown => {
    const fields = isMessage(item) ? encodeMessage(item) : undefined;
    if (fields) {
      const { type, ...kwargs } = fields;
      const id = [...MESSAGES, CLASS_NAMES[type as string]];
      return { lc: 1, type: 'constructor', id, kwargs: record(kwargs) };
    }
    if (Array.isArray(item)) {
      if (Object.keys(item).length !== item.length) isExact = false;
      return Array.from(item, write);
    }
    if (isContainer(item)) return record(item);
    isExact = false;
    if (item instanceof Map)
      return new Map([...item].map(([key, each]) => [write(key), write(each)]));
    if (item instanceof Set) return new Set(Array.from(item, write));
    if (item instanceof RegExp || item instanceof Error || item instanceof Uint8Array) return item;
    const { toJSON } = item as { toJSON?: unknown };
    return typeof toJSON === 'function' ? write(toJSON.call(item)) : record(item);
  };
  try {
    return { native: write(value), isExact };
  } catch {
    // Getters that throw, or data too deep to be looked into.
    return { native: null, isExact: false };
  }
}

/** What {@link toNative} has made, as a saver gives it back: messages are those of this library again. */
export function fromNative(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromNative);
  if (isMessage(value)) {
    const fields = encodeMessage(value);
    return fields ? decodeMessage(fields) : value;
  }
  if (!isContainer(value)) return value;
  const { lc, id, kwargs } = value as { lc?: unknown; id?: unknown; kwargs?: object };
  if (lc === 1 && Array.isArray(id) && id.includes(MESSAGES[1]) && kwargs) {
    const type = TYPES.get(id.at(-1) as string);
    if (type !== undefined) return decodeMessage({ ...(fromNative(kwargs) as object), type });
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromNative(each)]));
}
