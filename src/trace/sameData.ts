/** Whether two plain values, such as events carry, hold the same data. */
export function isSameData(a: unknown, b: unknown): boolean {
  return a === b || (isObject(a) && isObject(b) && takeOver(a, b) === a);
}

/**
 * The later of two plain values, with every part that is as it was replaced by the earlier one's: what
 * many versions of a growing state have in common is kept once, and is found by comparing references.
 */
export function takeOver<T>(earlier: unknown, later: T): T {
  if (Object.is(earlier, later)) return earlier as T;
  if (!isObject(earlier) || !isObject(later)) return later;
  if (Array.isArray(earlier) && Array.isArray(later)) return takeOverList(earlier, later) as T;
  if (isRecord(earlier) && isRecord(later)) return takeOverRecord(earlier, later) as T;
  return sameSpecial(earlier, later) ? (earlier as T) : later;
}

function takeOverList(earlier: readonly unknown[], later: readonly unknown[]): readonly unknown[] {
  let isSame = earlier.length === later.length;
  const taken = later.map((item, at) => {
    const one = takeOver(earlier[at], item);
    isSame &&= Object.is(one, earlier[at]) && at in earlier;
    return one;
  });
  return isSame ? earlier : taken;
}

function takeOverRecord(earlier: Fields, later: Fields): Fields {
  const keys = Object.keys(later);
  let isSame = keys.length === Object.keys(earlier).length;
  const entries = keys.map((key) => {
    const before = Object.hasOwn(earlier, key) ? earlier[key] : undefined;
    const one = takeOver(before, later[key]);
    isSame &&= Object.is(one, before) && Object.hasOwn(earlier, key);
    return [key, one] as const;
  });
  return isSame ? earlier : Object.fromEntries(entries);
}

/** Dates and the like; of maps, sets and bytes each is taken to be another. */
function sameSpecial(a: object, b: object): boolean {
  return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isRecord(value: object): value is Fields {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
