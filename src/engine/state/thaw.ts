import { isMessage } from '../model/messages.ts';
import { prototypeOf } from './guard.ts';
import { cloneOf, cloneOfMessage, isContainer, setOwn } from './isolate.ts';

/** A deep copy of data that may be changed; values that are no data are returned as they are. */
export function thawed<T>(value: T): T {
  return new Thaw(Infinity).copyOf(value) as T;
}

/** A copy of data that may be changed, and whether it has been. */
export interface WatchedCopy {
  readonly copy: unknown;
  /** How many objects and entries it has. */
  readonly size: number;
  isChanged(): boolean;
}

/** As `thawed`; `undefined` for data that has more than so many objects and entries. */
export function thawedWithin(value: unknown, limit: number): WatchedCopy | undefined {
  const thaw = new Thaw(limit);
  const copy = thaw.copyOf(value);
  if (thaw.size > limit) return undefined;
  return { copy, size: thaw.size, isChanged: () => thaw.isAnyChanged() };
}

class Thaw {
  size = 0;
  readonly #limit: number;
  readonly #copies = new Map<object, object>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  copyOf(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    return this.#copies.get(value) ?? this.#copyOf(value);
  }

  #copyOf(value: object): object {
    // What is too large is of no use: no need to go on with it.
    if (++this.size > this.#limit) return value;
    if (Array.isArray(value)) return this.#items(value, (value as unknown[]).slice());
    if (isContainer(value)) return this.#parts(value, cloneOf(value));
    if (isMessage(value)) return this.#parts(value, cloneOfMessage(value));
    switch (prototypeOf(value)) {
      case Map.prototype: {
        const map = new Map(value as Map<unknown, unknown>);
        if (this.#adds(value, map, map.size)) {
          for (const [key, item] of map) map.set(key, this.copyOf(item));
        }
        return map;
      }
      case Set.prototype: {
        const set = new Set<unknown>();
        const { size } = value as Set<unknown>;
        if (this.#adds(value, set, size)) {
          for (const item of value as Set<unknown>) set.add(this.copyOf(item));
        }
        return set;
      }
      case Date.prototype: {
        const date = new Date(value as Date);
        this.#adds(value, date, 0);
        return date;
      }
      default:
        return value;
    }
  }

  /** False if that is too much. */
  #adds(original: object, copied: object, entries: number): boolean {
    this.#copies.set(original, copied);
    return (this.size += entries) <= this.#limit;
  }

  // Copied whole, then mended where there is something inside.

  #items(original: object, result: unknown[]): object {
    if (!this.#adds(original, result, result.length)) return result;
    for (let i = 0; i < result.length; i++) {
      const item = result[i];
      if (typeof item === 'object' && item !== null) result[i] = this.copyOf(item);
    }
    return result;
  }

  #parts(original: object, result: object): object {
    const keys = Object.keys(result);
    if (!this.#adds(original, result, keys.length)) return result;
    const record = result as Record<string, unknown>;
    for (const key of keys) {
      const part = record[key];
      if (typeof part === 'object' && part !== null) setOwn(record, key, this.copyOf(part));
    }
    return result;
  }

  isAnyChanged(): boolean {
    for (const [original, copied] of this.#copies) {
      if (this.#isChanged(original, copied)) return true;
    }
    return false;
  }

  #isChanged(original: object, copied: object): boolean {
    if (copied instanceof Date) return Number(copied) !== Number(original);
    const [before, after] = [entriesOf(original), entriesOf(copied)];
    if (before.length !== after.length) return true;
    return before.some((part, i) => !Object.is(part, after[i]) && !this.#isCopy(part, after[i]));
  }

  #isCopy(part: unknown, copied: unknown): boolean {
    return typeof part === 'object' && part !== null && this.#copies.get(part) === copied;
  }
}

/** Keys and values, flat. */
function entriesOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (value instanceof Map) return [...value.keys(), ...(value as Map<unknown, unknown>).values()];
  return [...Object.keys(value), ...(Object.values(value) as unknown[])];
}
