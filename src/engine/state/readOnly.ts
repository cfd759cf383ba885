import { ReadOnlyStateError } from '../model/errors.ts';

/** How the language refuses a change of something frozen. */
interface Refusal {
  readonly property: string;
  /** The property was not there. */
  readonly isNew: boolean;
}

const REFUSALS: readonly (readonly [RegExp, isNew: boolean])[] = [
  [/^Cannot (?:add|define) property (.+), object is not extensible$/, true],
  [/^Cannot assign to read only property '(.+)' of object/, false],
  [/^Cannot delete property '(.+)' of /, false],
  [/^Cannot redefine property: (.+)$/, false],
];

/** What a `TypeError` says of a change that was refused, if it is about one. */
function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof TypeError)) return undefined;
  for (const [pattern, isNew] of REFUSALS) {
    const property = pattern.exec(error.message)?.[1];
    if (property !== undefined) return { property, isNew };
  }
  return undefined;
}

/** True for the error of a change that was refused since its object is read-only. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ReadOnlyStateError || refusalIn(error) !== undefined;
}

/** A word on what to do instead, for an error about something frozen. */
export function mutationHint(error: unknown): string {
  return refusalIn(error) === undefined
    ? ''
    : ' (state is read-only: return a new value instead of changing the present one)';
}

/**
 * Says of an error that comes of changing state in place which node did it, to which key, and what to
 * do instead. All other errors are returned as they are.
 *
 * The language does not say which object was frozen. So the keys are those whose value has a part that
 * would have refused the change in these words; if none has, it was not the state.
 *
 * @param input What the node was given.
 */
export function explainReadOnly(thrown: unknown, node: string, input: unknown): unknown {
  const isOurs = thrown instanceof ReadOnlyStateError;
  if (isOurs && thrown.details.nodes !== undefined) return thrown;
  const refusal = refusalIn(thrown);
  if (!isOurs && refusal === undefined) return thrown;
  const matches: readonly Match[] = isOurs
    ? [(part) => part === thrown.details.value]
    : matchesOf(refusal!, input);
  const keys = firstFound(matches, (match) => keysWith(input, match, refusal?.property));
  if (keys === undefined && !isOurs) return thrown;
  const { message, stack } = thrown as Error;
  const error = new ReadOnlyStateError(
    `Node "${node}" changed ${namesOf(keys)} in place (${message}): state is read-only, since other nodes ` +
      `share it; return the new value as an update, { ${keys?.length === 1 ? keys[0] : 'key'}: … }, or ` +
      `change a copy, structuredClone(…)`,
    { nodes: [node], ...(keys?.[0] !== undefined && { key: keys[0] }) },
    { cause: thrown },
  );
  // Where the node did it; not where it was found out.
  const frames = stack?.indexOf('\n    at ') ?? -1;
  if (frames >= 0) error.stack = `${error.name}: ${error.message}${stack!.slice(frames)}`;
  return error;
}

function namesOf(keys: readonly string[] = []): string {
  if (keys.length === 0) return 'what it was given';
  const names = keys.slice(0, 3).map((key) => `"${key}"`);
  return `${keys.length === 1 ? 'key' : 'one of the keys'} ${names.join(', ')} of the state`;
}

/** Whether a part of the state would refuse a change in the words that were heard. */
type Match = (part: object) => boolean;

/** The likeliest first: a list that something was pushed to says how long it is. */
function matchesOf({ property, isNew }: Refusal, input: unknown): readonly Match[] {
  if (!isNew) return [(part) => Object.hasOwn(part, property)];
  const lacks: Match = (part) => !Array.isArray(part) && !Object.hasOwn(part, property);
  if (!/^\d+$/.test(property)) return [lacks];
  const pushed: Match = (part) => Array.isArray(part) && part.length === Number(property);
  return [pushed, (part) => part !== input && lacks(part)];
}

function firstFound<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isReadOnly(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.isFrozen(value);
}

/** How many parts of a state are looked at. */
const MOST = 10_000;

/**
 * The keys of `input` that hold such a part, and `property` if `input` itself is one; `undefined` if
 * there is none.
 */
function keysWith(input: unknown, matches: Match, property = ''): string[] | undefined {
  if (!isReadOnly(input)) return undefined;
  let left = MOST;
  const holds = (value: unknown, seen: Set<object>): boolean => {
    if (!isReadOnly(value) || seen.has(value) || left-- <= 0) return false;
    seen.add(value);
    if (matches(value)) return true;
    const parts = value instanceof Map || value instanceof Set ? value : Object.values(value);
    for (const part of parts.values()) if (holds(part, seen)) return true;
    return false;
  };
  const keys = Object.entries(input).flatMap(([key, value]) =>
    holds(value, new Set([input])) ? [key] : [],
  );
  const isState = !Array.isArray(input);
  if (matches(input)) return isState ? [...new Set([property, ...keys])] : [];
  if (keys.length === 0) return undefined;
  return isState ? keys : [];
}
