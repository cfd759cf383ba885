import { prototypeOf } from '../state/guard.ts';
import { isContainer } from '../state/isolate.ts';

/**
 * How a value differs from the one before it, one level deep, so that what is stored of a state
 * grows with what changed. Items are compared by identity: state is frozen, so an item that is the
 * same object has the same content.
 */
export type Change =
  /** Of a list or a set: from `at` on, `removed` items gave way to `items`. */
  | { readonly at: number; readonly removed: number; readonly items: readonly unknown[] }
  /** Of an object or a map: entries that are new or have a new value, and keys that are gone. */
  | { readonly set: readonly (readonly [unknown, unknown])[]; readonly gone: readonly unknown[] };

type Kind = 'list' | 'set' | 'record' | 'map';

/** A value that consists of parts, as it was at the time of asking. */
export interface Parts {
  readonly kind: Kind;
  readonly value: unknown;
  readonly size: number;
}

/** `undefined` for values that have no parts, or whose parts may change without being noticed. */
export function partsOf(value: unknown): Parts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    return Object.isFrozen(value) ? { kind: 'list', value, size: value.length } : undefined;
  }
  // Sets and maps can be changed in place, so their parts are those of a copy.
  const prototype = prototypeOf(value);
  if (prototype === Set.prototype) {
    const list = [...(value as Set<unknown>)];
    return { kind: 'set', value: list, size: list.length };
  }
  if (prototype === Map.prototype) {
    const map = new Map(value as Map<unknown, unknown>);
    return { kind: 'map', value: map, size: map.size };
  }
  if (prototype === null || !isContainer(value) || !Object.isFrozen(value)) return undefined;
  return { kind: 'record', value, size: Object.keys(value).length };
}

/**
 * The difference between two values.
 *
 * @returns `undefined` if they have too little in common for it to be worth while.
 */
export function changeBetween(before: Parts, after: Parts): Change | undefined {
  if (before.kind !== after.kind) return undefined;
  const { kind } = after;
  if (kind === 'list' || kind === 'set') {
    return spliceBetween(before.value as unknown[], after.value as unknown[]);
  }
  return entriesBetween(toMap(before), toMap(after));
}

function toMap({ kind, value }: Parts): ReadonlyMap<unknown, unknown> {
  return kind === 'map'
    ? (value as Map<unknown, unknown>)
    : new Map(Object.entries(value as object));
}

function spliceBetween(before: readonly unknown[], after: readonly unknown[]): Change | undefined {
  // Copies, since V8 reads items of a frozen list one by one: 27 ns an item instead of 4.
  const old = [...before];
  const now = [...after];
  // A hole and an `undefined` would look the same below; such lists are stored whole.
  if (now.includes(undefined)) return undefined;
  const shorter = Math.min(old.length, now.length);
  let at = 0;
  while (at < shorter && old[at] === now[at]) at++;
  let tail = 0;
  while (tail < shorter - at && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  if ((at + tail) * 2 < now.length) return undefined;
  return { at, removed: old.length - at - tail, items: now.slice(at, now.length - tail) };
}

/** Known keys must come in the order they had, new ones behind them, as `applyChange` will have it. */
function entriesBetween(
  before: ReadonlyMap<unknown, unknown>,
  after: ReadonlyMap<unknown, unknown>,
): Change | undefined {
  const set: [unknown, unknown][] = [];
  const gone: unknown[] = [];
  const order = before.keys();
  let known = 0;
  let kept = 0;
  for (const [key, value] of after) {
    if (!before.has(key)) {
      set.push([key, value]);
      continue;
    }
    if (set.length > known - kept) return undefined;
    for (let next = order.next(); !Object.is(next.value, key); next = order.next()) {
      if (next.done || after.has(next.value)) return undefined;
      gone.push(next.value);
    }
    known++;
    if (Object.is(before.get(key), value)) kept++;
    else set.push([key, value]);
  }
  if (kept * 2 < after.size) return undefined;
  for (const key of order) gone.push(key);
  return { set, gone };
}

/** The value that a change makes of the one before it, which may be changed in place. */
export function applyChange(before: unknown, change: Change): unknown {
  if ('at' in change) {
    return before instanceof Set
      ? new Set(splice([...(before as Set<unknown>)], change))
      : splice(before as unknown[], change);
  }
  if (before instanceof Map) {
    for (const key of change.gone) before.delete(key);
    for (const [key, value] of change.set) before.set(key, value);
    return before;
  }
  const record = before as Record<string, unknown>;
  for (const key of change.gone) delete record[key as string];
  for (const [key, value] of change.set) {
    if (key !== '__proto__') record[key as string] = value;
    else {
      const how = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(record, '__proto__', how);
    }
  }
  return record;
}

/** Appends in place: a list of n items that grew one by one is read in n steps. */
function splice(
  list: unknown[],
  { at, removed, items }: { at: number; removed: number; items: readonly unknown[] },
): unknown[] {
  if (at < list.length) return list.slice(0, at).concat(items, list.slice(at + removed));
  for (const item of items) list.push(item);
  return list;
}
