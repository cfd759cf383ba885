import { SuperstepError, show } from '../model/errors.ts';

/** A part of a value that cannot be stored. */
export class Refusal extends Error {
  readonly what: string;
  readonly kind: 'type' | 'class' | 'cycle' | 'deep';
  readonly value: unknown;

  constructor(what: string, kind: Refusal['kind'], value: unknown) {
    super(kind);
    this.what = what;
    this.kind = kind;
    this.value = value;
  }
}

/** What to throw for a value with such a part. */
export function refused(
  root: unknown,
  what: string,
  { what: name, kind, value }: Refusal,
): SuperstepError {
  const path = pathTo(root, value);
  const where = path === undefined || path === '' ? 'it' : path;
  const why = {
    type: `${where} is a ${name}; store plain data`,
    class:
      `${where} is an object of class ${name}; store plain data, or tell the checkpointer how to ` +
      `keep the class: new MemorySaver({ classes: [{ name: "${name}", type: ${name}, encode, decode }] })`,
    cycle: `${where} contains itself; store ids instead of references back`,
    deep: `it is nested too deeply; store it flat`,
  }[kind];
  const key = /^key "(.*)"$/.exec(what)?.[1];
  return new SuperstepError('NOT_SERIALIZABLE', `Cannot save ${what}: ${why}`, {
    ...(key !== undefined && { key }),
    value,
  });
}

/** Where in a value a part of it is, such as `.items[3]`; looked for only when something is wrong. */
function pathTo(root: unknown, target: unknown): string | undefined {
  const seen = new Set<object>();
  const search = (value: unknown, path: string): string | undefined => {
    if (Object.is(value, target)) return path;
    if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
    if (path.length > 1000) return undefined;
    seen.add(value);
    const parts: Iterable<readonly [string, unknown]> =
      value instanceof Map
        ? Array.from(value, ([key, item]) => [`.get(${show(key)})`, item] as const)
        : value instanceof Set
          ? Array.from(value, (item) => ['.values()', item] as const)
          : Object.entries(value).map(([key, item]) => [
              Array.isArray(value)
                ? `[${key}]`
                : /^[\w$]+$/.test(key)
                  ? `.${key}`
                  : `[${show(key)}]`,
              item as unknown,
            ]);
    for (const [step, item] of parts) {
      const found = search(item, path + step);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(root, '');
}

/** The name of its class, for people. */
export function className(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : '(anonymous)';
}
