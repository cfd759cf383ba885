import { show } from '../model/errors.ts';
import { deepFreeze } from './isolate.ts';

/** Combines a key's present value with one update into the next value; must not change either. */
export type Reducer<Value, Update = Value> = (current: Value, update: Update) => Value;

/** Applies a superstep's updates at once: `current` is `undefined` if the key has no value yet. */
export type BulkReducer<Value = unknown, Update = unknown> = (
  current: Value | undefined,
  updates: readonly Update[],
) => Value;

const BULK: unique symbol = Symbol.for('superstep.bulkReducer') as never;

type WithBulk<Value, Update> = Reducer<Value, Update> & {
  [BULK]?: BulkReducer<Value, Update>;
};

/**
 * Gives a reducer a second form that applies all updates of a superstep in one go. Both forms must
 * agree: `bulk(a, [b, c])` equals `reducer(reducer(a, b), c)`.
 */
export function withBulk<Value, Update>(
  reducer: Reducer<Value, Update>,
  bulk: BulkReducer<Value, Update>,
): Reducer<Value, Update> {
  (reducer as WithBulk<Value, Update>)[BULK] = bulk;
  return reducer;
}

/** The bulk form of a reducer, if it has one. */
export function bulkOf(reducer: Reducer<any, any>): BulkReducer | undefined {
  return (reducer as WithBulk<unknown, unknown>)[BULK] ?? concatBulk(reducer);
}

/**
 * The bulk forms that put nothing into their value but what was in the present one and the updates:
 * what is inside is frozen by then, and need not be looked at again each time.
 */
const ADDS_NOTHING = new WeakSet<BulkReducer<any, any>>();

/** Declares a bulk form to be one of those. */
export function addsNothing<Bulk extends BulkReducer<any, any>>(bulk: Bulk): Bulk {
  ADDS_NOTHING.add(bulk);
  return bulk;
}

/** True if the parts of this bulk form's value are those that it was given. */
export function keepsParts(bulk: BulkReducer<any, any> | undefined): boolean {
  return bulk !== undefined && ADDS_NOTHING.has(bulk);
}

/**
 * Folding `a.concat(b)` over n mapped tasks copies the list n times: measured at 2.5 µs of the
 * 3.5 µs a task took with 4,000 tasks. The two common spellings of it mean exactly `append` as long
 * as only lists are involved, so they get a linear bulk form.
 */
const CONCAT =
  /^\(?\s*([\w$]+)\s*,\s*([\w$]+)\s*\)?\s*=>\s*(?:\1\.concat\(\2\)|\[\s*\.\.\.\1\s*,\s*\.\.\.\2\s*\])$/;

function concatBulk(reducer: Reducer<any, any>): BulkReducer | undefined {
  if (!CONCAT.test(Function.prototype.toString.call(reducer))) return undefined;
  return addsNothing((current, updates) => {
    const folded = () => fold(reducer, current, updates);
    if (!updates.every(Array.isArray) || !isListOrAbsent(current)) return deepFreeze(folded());
    return updates.length > 1 || current !== undefined ? appendAll(current, updates) : folded();
  });
}

function isListOrAbsent(value: unknown): value is unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}

/** Applies updates one after another; the first becomes the value if there is none yet. */
export function fold(
  reducer: Reducer<any, any>,
  current: unknown,
  updates: readonly unknown[],
): unknown {
  let value = current;
  let start = 0;
  if (value === undefined) value = updates[start++];
  for (let i = start; i < updates.length; i++) value = reducer(value, updates[i]);
  return value;
}

/**
 * Reducer for lists: adds an item, or all items of a list, at the end.
 *
 * @example
 * ```ts
 * import { Annotation, append } from 'superstep';
 * const State = Annotation.Root({ lines: Annotation<string[]>({ reducer: append, default: () => [] }) });
 * console.log(append(['a'], ['b', 'c'])); // [ 'a', 'b', 'c' ]
 * ```
 */
export const append: <T>(current: readonly T[], update: readonly T[] | T) => T[] = withBulk(
  (current: readonly unknown[], update: unknown) => appendAll(current, [update]),
  appendAll,
) as never;

addsNothing(appendAll);
function appendAll(
  current: readonly unknown[] | undefined,
  updates: readonly unknown[],
): unknown[] {
  if (current !== undefined && !Array.isArray(current)) {
    throw new TypeError(`append needs a list, and the present value is ${show(current)}`);
  }
  // Of a frozen list V8 makes a copy this way 20 times as fast as by slice().
  const list: unknown[] = current === undefined ? [] : [...(current as unknown[])];
  for (const update of updates) {
    if (Array.isArray(update)) for (const item of update) list.push(item);
    else list.push(update);
  }
  return list;
}

/**
 * Reducer for numbers: adds them up.
 *
 * @example
 * ```ts
 * import { sum } from 'superstep';
 * console.log(sum(1, 2)); // 3
 * ```
 */
export const sum: Reducer<number> = withBulk(
  (current: number, update: number) => current + update,
  (current: number | undefined, updates) => updates.reduce((a, b) => a + b, current ?? 0),
);

const OWN = { configurable: true, enumerable: true, writable: true };

/**
 * Reducer for objects: later keys win; one level deep.
 *
 * @example
 * ```ts
 * import { merge } from 'superstep';
 * console.log(merge({ a: 1, b: 1 }, { b: 2 })); // { a: 1, b: 2 }
 * ```
 */
export const merge: <T extends object>(current: T, update: Partial<T>) => T = withBulk(
  (current: object, update: object) => ({ ...current, ...update }),
  addsNothing((current: object | undefined, updates: readonly (object | undefined)[]) => {
    const result = { ...current } as Record<string, unknown>;
    for (const update of updates) {
      for (const [key, value] of Object.entries(update ?? {})) {
        // Assigned, it would change the prototype.
        if (key === '__proto__') Object.defineProperty(result, key, { ...OWN, value });
        else result[key] = value;
      }
    }
    return result;
  }),
) as never;

/**
 * Reducer for sets: adds the members of another set or iterable.
 *
 * @example
 * ```ts
 * import { union } from 'superstep';
 * console.log(union(new Set([1]), [2])); // Set(2) { 1, 2 }
 * ```
 */
export const union: <T>(current: ReadonlySet<T>, update: Iterable<T>) => Set<T> = withBulk(
  (current: ReadonlySet<unknown>, update: Iterable<unknown>) => unionAll(current, [update]),
  unionAll,
) as never;

function unionAll(
  current: ReadonlySet<unknown> | undefined,
  updates: readonly Iterable<unknown>[],
): Set<unknown> {
  const result = new Set(current);
  for (const update of updates) for (const item of update) result.add(item);
  return result;
}
