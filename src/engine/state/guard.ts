import { ReadOnlyStateError } from '../model/errors.ts';

/**
 * Maps, sets and dates keep what they hold where freezing does not reach. Those of a state get a
 * prototype whose changing methods refuse; everything else about them is as before, `instanceof` and
 * `constructor` too. (Methods of their own instead would cost a date 24 µs; this costs it 1.)
 */
const GUARDS = new Map<object, object>(
  [Map, Set, Date].map(({ prototype, name }) => {
    const refusals = Object.getOwnPropertyNames(prototype)
      .filter((method) => /^(?:set|add|delete|clear|getOrInsert)/.test(method))
      .map((method) => [method, { value: refusal(name, method) }] as const);
    return [prototype, Object.create(prototype, Object.fromEntries(refusals)) as object];
  }),
);
const GUARDED = new Map(Array.from(GUARDS, ([plain, guarded]) => [guarded, plain]));

function refusal(type: string, method: string) {
  return function (this: object): never {
    throw new ReadOnlyStateError(
      `${method}() would change a ${type} that belongs to the state, and state is read-only: change ` +
        `a copy, new ${type}(…), and return that as an update`,
      { value: this },
    );
  };
}

/** True for a Map, Set or Date that can still be changed. */
export function isUnguarded(value: object): boolean {
  return GUARDS.has(Object.getPrototypeOf(value) as object);
}

/** Makes a Map, Set or Date read-only, in place. One that cannot be is left as it is. */
export function guard<T extends object>(value: T): T {
  if (!Object.isExtensible(value)) return value;
  Object.setPrototypeOf(value, GUARDS.get(Object.getPrototypeOf(value) as object)!);
  return Object.freeze(value);
}

/** The prototype of a value; that of the built-in class where the value has been made read-only. */
export function prototypeOf(value: object): object | null {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null ? null : (GUARDED.get(prototype) ?? prototype);
}
