import { prototypeOf } from './guard.ts';

/**
 * Whether two values hold the same data, to any depth: plain objects, lists, Maps, Sets, Dates, and
 * instances, by their properties. What cannot be looked into is the same only as itself.
 */
export function sameData(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  if (a instanceof Date) return Number(a) === Number(b);
  if (a instanceof Map) return samePairs([...a], [...(b as typeof a)], seen);
  if (a instanceof Set) return sameParts([...a], [...(b as typeof a)], seen);
  return samePairs(Object.entries(a), Object.entries(b), seen);
}

type Pairs = readonly (readonly [unknown, unknown])[];

function samePairs(a: Pairs, b: Pairs, seen: Map<object, object>): boolean {
  if (a.length !== b.length) return false;
  const other = new Map(b);
  return a.every(([key, value]) => other.has(key) && same(value, other.get(key), seen));
}

function sameParts(
  a: readonly unknown[],
  b: readonly unknown[],
  seen: Map<object, object>,
): boolean {
  return a.length === b.length && a.every((part, i) => same(part, b[i], seen));
}
