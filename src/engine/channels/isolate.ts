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

/** `copies` finds cycles; it is made at the first nested container, since most data has none. */
function copy(value: Container, copies: Map<Container, Container> | undefined): Container {
  const result: Container = Array.isArray(value)
    ? new Array(value.length)
    : Object.getPrototypeOf(value) === null
      ? (Object.create(null) as Record<string, unknown>)
      : {};
  copies?.set(value, result);
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) {
    let item = (value as Record<PropertyKey, unknown>)[key];
    if (isContainer(item) && !Object.isFrozen(item)) {
      copies ??= new Map([[value, result]]);
      item = copies.get(item) ?? copy(item, copies);
    }
    if (key === '__proto__') {
      // Plain assignment would change the prototype of the copy.
      Object.defineProperty(result, key, { value: item, enumerable: true });
    } else (result as Record<PropertyKey, unknown>)[key] = item;
  }
  return Object.freeze(result) as Container;
}
