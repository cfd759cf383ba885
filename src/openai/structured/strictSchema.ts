import type { JsonSchema } from './jsonSchema.ts';
import { resolveRef } from './validateJson.ts';

/** Keywords that servers which hold answers to a schema understand. */
const KNOWN = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'enum', 'const'],
  ...['$ref', '$defs', 'definitions', 'title', 'description', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format'],
]);

/** Without them a schema says as much to a model; the answer is held against them all the same. */
const DROPPED = new Set([
  ...['$schema', '$id', '$comment', 'default', 'examples', 'minLength', 'maxLength', 'pattern'],
  ...['propertyNames', 'uniqueItems', 'deprecated', 'readOnly', 'writeOnly', 'contentEncoding'],
]);

const FORMATS = /^(?:date-time|time|date|duration|email|hostname|ipv4|ipv6|uuid)$/;

/**
 * The schema in the form that strict servers ask for: every object closed, all of its keys required;
 * keys that may be missing may be `null` instead.
 * @returns `undefined` if there is no such form: objects with free keys, tuples, `allOf`, `not`.
 */
export function toStrictSchema(schema: JsonSchema): JsonSchema | undefined {
  return strict(schema);
}

function strict(given: unknown): Record<string, unknown> | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const schema = given as Record<string, any>;
  // Servers allow nothing beside a reference.
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] };
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (DROPPED.has(keyword)) continue;
    // Of choices that exclude each other, as of others, one is made.
    const name = keyword === 'oneOf' ? 'anyOf' : keyword;
    if (!KNOWN.has(name)) return undefined;
    if (name === 'format' && !FORMATS.test(String(value))) continue;
    if (Math.abs(value as number) === Number.MAX_SAFE_INTEGER) continue;
    const converted = convertKeyword(name, value, schema);
    if (converted === undefined) return undefined;
    result[name] = converted;
  }
  const isObject = [schema['type']].flat().includes('object');
  if (!isObject) return Object.keys(result).length === 0 ? undefined : result;
  const properties = result['properties'] ?? {};
  return { ...result, properties, required: Object.keys(properties), additionalProperties: false };
}

function convertKeyword(name: string, value: unknown, schema: Record<string, any>): unknown {
  switch (name) {
    case 'items':
      return strict(value);
    case 'anyOf':
      return all((value as unknown[]).map(strict));
    case '$defs':
    case 'definitions':
      return mapped(value as object, strict);
    case 'properties': {
      const required = new Set((schema['required'] ?? []) as string[]);
      return mapped(value as object, (each, key) => {
        const converted = strict(each);
        return required.has(key) || converted === undefined ? converted : nullable(converted);
      });
    }
    case 'additionalProperties':
      // Free keys beside known ones are given up; an object of free keys only has no strict form.
      return schema['properties'] === undefined || typeof value === 'object' ? undefined : false;
    default:
      return value;
  }
}

function nullable(schema: Record<string, unknown>): Record<string, unknown> {
  if (allowsNull(schema)) return schema;
  const { type, description, ...rest } = schema;
  if (typeof type === 'string' && !('enum' in rest) && !('const' in rest)) {
    return { ...schema, type: [type, 'null'] };
  }
  const { description: _, ...bare } = schema;
  return { anyOf: [bare, { type: 'null' }], ...(description !== undefined && { description }) };
}

function allowsNull(schema: Record<string, any>): boolean {
  const { type, enum: values, anyOf } = schema;
  if (Array.isArray(anyOf)) return anyOf.some((each) => allowsNull(each as Record<string, any>));
  if (Array.isArray(values) && values.includes(null)) return true;
  return [type].flat().includes('null');
}

/** Takes the `null` of keys out again that may be missing and may not be `null`. */
export function withoutNulls(value: unknown, schema: JsonSchema): unknown {
  return strip(value, schema, schema, 0);
}

function strip(value: unknown, given: unknown, root: JsonSchema, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > 200) return value;
  if (typeof given !== 'object' || given === null) return value;
  const schema = given as Record<string, any>;
  const { $ref, anyOf, oneOf, allOf, items, properties, required = [] } = schema;
  let result: unknown = value;
  const within = (inner: unknown) => (result = strip(result, inner, root, depth + 1));
  if (typeof $ref === 'string') within(resolveRef($ref, root));
  for (const each of [anyOf, oneOf, allOf].flatMap((list) => (list ?? []) as unknown[]))
    within(each);
  if (Array.isArray(result)) {
    return items === undefined ? result : result.map((item) => strip(item, items, root, depth + 1));
  }
  if (properties === undefined) return result;
  const entries = Object.entries(result as object).flatMap(([key, item]): [string, unknown][] => {
    const inner = (properties as Record<string, any>)[key];
    if (inner === undefined) return [[key, item]];
    const isStandIn = item === null && !required.includes(key) && !allowsNull(inner);
    return isStandIn ? [] : [[key, strip(item, inner, root, depth + 1)]];
  });
  return Object.fromEntries(entries);
}

function all<T>(list: readonly (T | undefined)[]): T[] | undefined {
  return list.every((each) => each !== undefined) ? (list as T[]) : undefined;
}

function mapped(
  record: object,
  convert: (value: unknown, key: string) => unknown,
): Record<string, unknown> | undefined {
  const entries = Object.entries(record).map(([key, value]) => [key, convert(value, key)] as const);
  return entries.every(([, value]) => value !== undefined)
    ? Object.fromEntries(entries)
    : undefined;
}
