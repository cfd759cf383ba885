import { define, toPlain } from './wire.ts';

/**
 * Makes any value fit for `JSON.stringify`, always in the same way. On top of {@link toPlain}:
 * BigInt → decimal text; Date → ISO text, or `null` if invalid; RegExp → its source text; Map → object
 * if all keys are texts, else a list of `[key, value]`; Set → list; bytes and typed arrays → list of
 * numbers; errors → `{ name, message, cause }`; a cycle → the text `[Circular $.path]`. As in JSON
 * itself, `undefined` is left out of objects and `null` in lists, and so are `NaN` and infinities
 * `null`. Keys keep their order.
 */
export function toJson(value: unknown): unknown {
  return jsonOf(toPlain(value), '$', new Map());
}

/** `ancestors`: path of every object around the value. */
function jsonOf(value: unknown, path: string, ancestors: Map<object, string>): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const around = ancestors.get(value);
  if (around !== undefined) return `[Circular ${around}]`;
  ancestors.set(value, path);
  const item = (key: string | number, child: unknown) =>
    jsonOf(child, typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`, ancestors);
  const json = jsonOfObject(value, item);
  ancestors.delete(value);
  return json;
}

function jsonOfObject(
  value: object,
  item: (key: string | number, child: unknown) => unknown,
): unknown {
  // Not `map`, which would keep holes, that JSON has not.
  if (Array.isArray(value)) return Array.from(value, (child, i) => item(i, child) ?? null);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Set) return Array.from(value, (child, i) => item(i, child) ?? null);
  if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
  if (value instanceof DataView) {
    return Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, (n, i) => item(i, n));
  let entries: Iterable<[string, unknown]> = Object.entries(value);
  if (value instanceof Map) {
    const keys = [...value.keys()];
    if (!keys.every((key) => typeof key === 'string')) {
      return Array.from(value, (pair, i) => item(i, pair));
    }
    entries = value as Map<string, unknown>;
  } else if (value instanceof Error) {
    const { name, message, cause } = value;
    entries = Object.entries({ name, message, ...(cause === undefined ? {} : { cause }) });
  }
  const json: Record<string, unknown> = {};
  for (const [key, child] of entries) define(json, key, item(key, child));
  return json;
}
