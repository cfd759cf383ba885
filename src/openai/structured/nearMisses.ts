import type { JsonSchema } from './jsonSchema.ts';

/**
 * What an answer that does not fit may have meant: models wrap a value in a list or under a name, put it
 * into the schema that they were told, or write numbers as texts. Each has to fit the schema to count.
 */
export function nearMisses(value: unknown, schema: JsonSchema): unknown[] {
  const inner = unwrapped(value, schema);
  return [value, ...inner].flatMap((each) => {
    const retyped = withTypes(each, schema);
    return each === value ? [retyped] : [each, retyped];
  });
}

function unwrapped(value: unknown, schema: JsonSchema): unknown[] {
  if (schema['type'] !== 'object') return [];
  if (Array.isArray(value)) return value.length === 1 ? [value[0]] : [];
  if (!isRecord(value)) return [];
  const known = isRecord(schema['properties']) ? schema['properties'] : {};
  const entries = Object.entries(value).filter(([key]) => !(key in known));
  const echoed = value['type'] === 'object' && 'properties' in value ? [value['properties']] : [];
  const named = entries.length === 1 && Object.keys(value).length === 1 ? [entries[0]![1]] : [];
  return [...echoed, ...named].filter(isRecord);
}

/** Texts where the schema wants numbers or truth values, if they are nothing else. */
function withTypes(value: unknown, schema: unknown): unknown {
  if (!isRecord(schema)) return value;
  const { type, properties, items } = schema;
  if (Array.isArray(value)) return value.map((item) => withTypes(item, items));
  if (isRecord(value) && isRecord(properties)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, withTypes(item, properties[key])]),
    );
  }
  if (typeof value !== 'string') return value;
  const isNumber = /^\s*-?\d+(?:\.\d+)?\s*$/.test(value);
  if ((type === 'number' || type === 'integer') && isNumber) return Number(value);
  return type === 'boolean' && /^(?:true|false)$/i.test(value)
    ? value.toLowerCase() === 'true'
    : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
