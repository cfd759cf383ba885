import { SuperstepError, show } from '../model/errors.ts';
import { checkCount, checkPage } from '../model/checkCount.ts';
import type { Bounds, ListNamespacesOptions } from '../model/store.ts';

/** @throws {SuperstepError} INVALID_NAMESPACE */
export function checkNamespace(namespace: readonly string[]): void {
  const isList = Array.isArray(namespace) && namespace.length > 0;
  const wrong = isList
    ? namespace.find((part) => typeof part !== 'string' || part === '' || part.includes('.'))
    : undefined;
  if (isList && wrong === undefined) return;
  throw new SuperstepError(
    'INVALID_NAMESPACE',
    `Cannot store in namespace ${show(namespace)}: ` +
      (isList
        ? `its part ${show(wrong)} must be a text that is not empty and has no dot`
        : `it must be a list of texts, such as ["users", "ada"]`),
    { value: namespace },
  );
}

/** Whether the fields of a value are as a filter wants them. */
export function matches(
  value: Readonly<Record<string, unknown>>,
  filter: Readonly<Record<string, unknown>> = {},
): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    const is = value[field];
    if (!isBounds(wanted)) return isSame(is, wanted);
    return Object.entries(wanted).every(([operator, bound]) => {
      if (operator === '$eq') return isSame(is, bound);
      if (operator === '$ne') return !isSame(is, bound);
      if (operator === '$in' || operator === '$nin') {
        return listOf(operator, bound).some((each) => isSame(is, each)) === (operator === '$in');
      }
      const order = compare(is, bound);
      if (order === undefined) return false;
      if (operator === '$gt') return order > 0;
      if (operator === '$gte') return order >= 0;
      return operator === '$lt' ? order < 0 : order <= 0;
    });
  });
}

const OPERATORS = new Set(['$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte']);

/** @throws {SuperstepError} INVALID_FILTER for an operator that does not exist. */
function isBounds(wanted: unknown): wanted is Bounds {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return false;
  const keys = Object.keys(wanted);
  if (!keys.some((key) => key.startsWith('$'))) return false;
  const unknown = keys.find((key) => !OPERATORS.has(key));
  if (unknown === undefined) return true;
  throw new SuperstepError(
    'INVALID_FILTER',
    `Cannot search by ${show(unknown)}: a filter knows ${[...OPERATORS].join(', ')}`,
    { value: wanted },
  );
}

/** @throws {SuperstepError} INVALID_FILTER for what is no list. */
function listOf(operator: string, bound: unknown): readonly unknown[] {
  if (Array.isArray(bound)) return bound;
  throw new SuperstepError(
    'INVALID_FILTER',
    `Cannot search by ${operator} ${show(bound)}: it takes a list of values`,
    { value: bound },
  );
}

/** By content: lists and objects are the same if their parts are. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) =>
      isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

/** `undefined` for values of different kinds, which have no order. */
function compare(a: unknown, b: unknown): number | undefined {
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (typeof a !== typeof b) return undefined;
  if (typeof a !== 'number' && typeof a !== 'string' && typeof a !== 'bigint') return undefined;
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
}

/** The namespaces among `all` that are asked for, cut and without repeats, in order of their names. */
export function chooseNamespaces(
  all: Iterable<readonly string[]>,
  options: ListNamespacesOptions,
): string[][] {
  checkPage(options);
  const { prefix = [], suffix = [], maxDepth, limit = 100, offset = 0 } = options;
  if (maxDepth !== undefined) checkCount('maxDepth', maxDepth, 1);
  const chosen = new Map<string, string[]>();
  for (const namespace of all) {
    if (!fits(prefix, namespace) || !fits(suffix.toReversed(), namespace.toReversed())) continue;
    const cut = namespace.slice(0, maxDepth);
    chosen.set(toPath(cut), cut);
  }
  return [...chosen]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(offset, offset + limit)
    .map(([, namespace]) => namespace);
}

function fits(pattern: readonly string[], names: readonly string[]): boolean {
  if (pattern.length > names.length) return false;
  return pattern.every((part, i) => part === '*' || part === names[i]);
}

/** A namespace as one text; those inside it begin with it. Parts have no dots. */
export function toPath(namespace: readonly string[]): string {
  return namespace.map((part) => `${part}.`).join('');
}

export function fromPath(path: string): string[] {
  return path.split('.').slice(0, -1);
}
