import { isMessage } from '../model/messages.ts';
import { guard, isUnguarded } from './guard.ts';

/**
 * State is shared by all tasks of a superstep, so no task may change it in place. Data is copied and
 * made read-only once, when it is written; whatever is read-only already is shared. Data is: plain
 * objects, arrays, Maps (their values), Sets, Dates and messages. Instances of other classes,
 * buffers and the keys of Maps are passed by reference.
 */

type Container = Record<string, unknown> | unknown[];

/** A deeply read-only copy of data; values that are no data, or read-only, are returned as is. */
export function isolate<T>(value: T): T {
  return isOpen(value) ? (copy(value, undefined) as T) : value;
}

/** Makes data read-only in place: for values that the caller made and nobody else holds. */
export function deepFreeze<T>(value: T): T {
  if (!isOpen(value)) return value;
  // Listed first: items of a frozen list are read ten times as slowly.
  const items = partsOf(value);
  if (isUnguarded(value)) guard(value);
  else Object.freeze(value);
  for (const item of items) deepFreeze(item);
  return value;
}

/** Plain assignment to `__proto__` would change the prototype. */
export function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value;
  else
    Object.defineProperty(record, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

export function cloneOfMessage(message: object): object {
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object) as object, message);
}

function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value);
}

/** Data that somebody could change. */
function isOpen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (isContainer(value)) return !Object.isFrozen(value);
  return isUnguarded(value) || (isMessage(value) && !Object.isFrozen(value));
}

/** True for arrays and for objects without a class. */
export function isContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** How many copies are found by looking at one after another; a Map is slower to make than these. */
const FEW = 8;

/** The copies made so far, by original: finds cycles, and keeps one object one object. */
class Copies {
  /** Originals, each followed by its copy. */
  readonly #pairs: object[] = [];
  #map: Map<object, object> | undefined;

  add(original: object, copied: object): void {
    if (this.#map !== undefined) this.#map.set(original, copied);
    else if (this.#pairs.push(original, copied) > 2 * FEW) this.#toMap();
  }

  get(original: object): object | undefined {
    if (this.#map !== undefined) return this.#map.get(original);
    const pairs = this.#pairs;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === original) return pairs[i + 1];
    return undefined;
  }

  #toMap(): void {
    const pairs = this.#pairs;
    this.#map = new Map();
    for (let i = 0; i < pairs.length; i += 2) this.#map.set(pairs[i]!, pairs[i + 1]!);
  }
}

/** `copies` is made at the first nested part, since most data has none. */
function copy(value: object, copies: Copies | undefined): object {
  if (Array.isArray(value)) return copyList(value, copies);
  if (isContainer(value)) return copyObject(value, cloneOf(value), copies);
  if (value instanceof Map) return copyMap(value, copies);
  if (value instanceof Set) return copySet(value, copies);
  if (value instanceof Date) return guard(new Date(value));
  return copyObject(value, cloneOfMessage(value), copies);
}

function copyPart(part: object, copies: Copies): object {
  return copies.get(part) ?? copy(part, copies);
}

function startWith(original: object, copied: object): Copies {
  const copies = new Copies();
  copies.add(original, copied);
  return copies;
}

// Copied whole, then mended where something inside is not read-only: twice as fast as item by item.

function copyList(list: readonly unknown[], copies: Copies | undefined): object {
  const result = list.slice();
  copies?.add(list, result);
  for (let i = 0; i < result.length; i++) {
    const item = result[i];
    if (!isOpen(item)) continue;
    copies ??= startWith(list, result);
    result[i] = copyPart(item, copies);
  }
  return Object.freeze(result);
}

/** @param result A shallow copy. */
function copyObject(object: object, result: object, copies: Copies | undefined): object {
  copies?.add(object, result);
  const record = result as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const item = record[key];
    if (!isOpen(item)) continue;
    copies ??= startWith(object, result);
    setOwn(record, key, copyPart(item, copies));
  }
  return Object.freeze(record);
}

export function cloneOf(object: object): object {
  return Object.getPrototypeOf(object) === null
    ? (Object.assign(Object.create(null), object) as object)
    : { ...object };
}

function copyMap(map: ReadonlyMap<unknown, unknown>, copies: Copies | undefined): object {
  const result = new Map(map);
  copies ??= new Copies();
  copies.add(map, result);
  for (const [key, item] of map) if (isOpen(item)) result.set(key, copyPart(item, copies));
  return guard(result);
}

function copySet(set: ReadonlySet<unknown>, copies: Copies | undefined): object {
  const result = new Set<unknown>();
  copies ??= new Copies();
  copies.add(set, result);
  for (const item of set) result.add(isOpen(item) ? copyPart(item, copies) : item);
  return guard(result);
}
