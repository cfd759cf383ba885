/**
 * State is shared by all tasks of a superstep, so no task may change it in place. Plain objects and
 * arrays are copied and frozen once, when they are written; whatever is frozen already is shared.
 * Instances of classes, Maps, Sets and buffers are passed by reference.
 */

type Container = Record<string, unknown> | unknown[];

/** A deeply frozen copy of plain data; values that are not plain, or frozen, are returned as is. */
export function isolate<T>(value: T): T {
  return isContainer(value) && !Object.isFrozen(value) ? (copy(value, undefined) as T) : value;
}

/** Freezes plain data in place: for values that the caller made and nobody else holds. */
export function deepFreeze<T>(value: T): T {
  if (!isContainer(value) || Object.isFrozen(value)) return value;
  // Listed first: items of a frozen list are read ten times as slowly.
  const items: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : Object.values(value);
  Object.freeze(value);
  for (const item of items) deepFreeze(item);
  return value;
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
  readonly #pairs: Container[] = [];
  #map: Map<Container, Container> | undefined;

  add(original: Container, copied: Container): void {
    if (this.#map !== undefined) this.#map.set(original, copied);
    else if (this.#pairs.push(original, copied) > 2 * FEW) this.#toMap();
  }

  get(original: Container): Container | undefined {
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

/** `copies` is made at the first nested container, since most data has none. */
function copy(value: Container, copies: Copies | undefined): Container {
  return Array.isArray(value) ? copyList(value, copies) : copyObject(value, copies);
}

function needsCopy(item: unknown): item is Container {
  return typeof item === 'object' && isContainer(item) && !Object.isFrozen(item);
}

// Copied whole, then mended where something inside is not frozen: twice as fast as item by item.

function copyList(list: readonly unknown[], copies: Copies | undefined): Container {
  const result = list.slice();
  copies?.add(list as unknown[], result);
  for (let i = 0; i < result.length; i++) {
    const item = result[i];
    if (!needsCopy(item)) continue;
    if (copies === undefined) {
      copies = new Copies();
      copies.add(list as unknown[], result);
    }
    result[i] = copies.get(item) ?? copy(item, copies);
  }
  return Object.freeze(result) as Container;
}

function copyObject(object: Record<string, unknown>, copies: Copies | undefined): Container {
  const result: Record<string, unknown> =
    Object.getPrototypeOf(object) === null
      ? Object.assign(Object.create(null), object)
      : { ...object };
  copies?.add(object, result);
  for (const key of Object.keys(result)) {
    const item = result[key];
    if (!needsCopy(item)) continue;
    if (copies === undefined) {
      copies = new Copies();
      copies.add(object, result);
    }
    const value = copies.get(item) ?? copy(item, copies);
    if (key !== '__proto__') result[key] = value;
    // Plain assignment would change the prototype of the copy.
    else Object.defineProperty(result, key, { value, enumerable: true });
  }
  return Object.freeze(result);
}
