import { prototypeOf } from './guard.ts';

/**
 * A copy of what a cache keeps, in which everything can be changed without anybody noticing: plain
 * data, Maps, Sets, Dates, URLs, bytes, messages, commands and instances of other classes, with all
 * that is in them. Passed on as they are: functions, and instances that keep a part of themselves
 * where no copy can reach it (in private fields, in closures, or in a built-in class such as Error).
 */
export function cachedCopy<T>(value: T): T {
  return copyOf(value, new Map()) as T;
}

type Copies = Map<object, object>;

function copyOf(value: unknown, copies: Copies): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return copyBytes(value);
  const prototype = prototypeOf(value);
  switch (prototype) {
    case Date.prototype:
      return new Date(value as Date);
    case URL.prototype:
      return new URL(value);
    case Map.prototype: {
      const map = new Map<unknown, unknown>();
      copies.set(value, map);
      for (const [key, item] of value as Map<unknown, unknown>) {
        map.set(copyOf(key, copies), copyOf(item, copies));
      }
      return map;
    }
    case Set.prototype: {
      const set = new Set<unknown>();
      copies.set(value, set);
      for (const item of value as Set<unknown>) set.add(copyOf(item, copies));
      return set;
    }
    default:
  }
  if (Array.isArray(value)) return copyParts(value, new Array(value.length), copies);
  if (!isVisible(value, prototype)) return value;
  return copyParts(value, Object.create(prototype) as object, copies);
}

function copyParts(original: object, copy: object, copies: Copies): object {
  copies.set(original, copy);
  for (const key of Reflect.ownKeys(original)) {
    const part = Object.getOwnPropertyDescriptor(original, key)!;
    if (!('value' in part)) Object.defineProperty(copy, key, part);
    else if (key !== 'length' || !Array.isArray(copy)) {
      const { enumerable = true } = part;
      const value = copyOf(part.value, copies);
      // What was frozen to be kept need not stay so.
      Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true });
    }
  }
  return copy;
}

function copyBytes(value: ArrayBufferView | ArrayBuffer): object {
  if (value instanceof ArrayBuffer) return value.slice(0);
  const { buffer, byteOffset, byteLength } = value;
  if (value instanceof DataView)
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  // That of all typed arrays: a Buffer's own does not copy.
  return Uint8Array.prototype.slice.call(value);
}

/** All that an instance consists of are its properties. */
function isVisible(value: object, prototype: object | null): boolean {
  if (!hasOpenClass(prototype)) return false;
  return (
    prototype === Object.prototype ||
    Object.values(value).every((part) => typeof part !== 'function')
  );
}

const OPEN = new WeakMap<object, boolean>([[Object.prototype, true]]);

/** False for built-in classes and for those with private fields, as far as their text tells. */
function hasOpenClass(prototype: object | null): boolean {
  if (prototype === null) return true;
  let isOpen = OPEN.get(prototype);
  if (isOpen === undefined) {
    const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    const text = typeof maker === 'function' ? Function.prototype.toString.call(maker) : '';
    isOpen =
      !/#[\w$]|WeakMap|\[native code\]/.test(text) &&
      hasOpenClass(Object.getPrototypeOf(prototype) as object | null);
    OPEN.set(prototype, isOpen);
  }
  return isOpen;
}
