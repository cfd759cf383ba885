import type { KnownField } from '../loader/source/fieldTypes.ts';
import { resolveRef } from '../openai/structured/validateJson.ts';
import { isRecord } from '../protocol/formFields.ts';
import { literalOf, split } from './fitsType.ts';

/** The JSON Schema of a value, as libraries write it. */
export type ValueSchema = Readonly<Record<string, unknown>>;

/** What a value of a graph is made of, as far as anybody has said. */
export interface GraphValues {
  readonly kind: 'graph' | 'entrypoint';
  readonly fields: readonly KnownField[];
  /** JSON Schemas of keys, by key. */
  readonly schemas: Readonly<Record<string, unknown>>;
}

/** The schema of an input or a state as a whole. */
export function valueSchema({ kind, fields, schemas }: GraphValues): ValueSchema {
  const entries = fields.map(({ key, type }): [string, ValueSchema] => {
    const own = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    return [key, isRecord(own) ? own : schemaOfType(type)];
  });
  if (kind === 'entrypoint') return entries[0]?.[1] ?? {};
  return { type: 'object', properties: Object.fromEntries(entries) };
}

/** The schemas that a part of a value may have: references and choices are followed. */
export function schemasAt(root: ValueSchema, path: readonly (string | number)[]): ValueSchema[] {
  // References within the schema of a key begin there.
  let found = choices(root, root).map((schema) => ({ schema, root }));
  for (const [depth, step] of path.entries()) {
    found = found.flatMap(({ schema, root: around }) => {
      const inside = stepInto(schema, step);
      if (!isRecord(inside)) return [];
      const rootOfInside = depth === 0 ? inside : around;
      return choices(inside, rootOfInside).map((each) => ({ schema: each, root: rootOfInside }));
    });
  }
  return found.map(({ schema }) => schema);
}

function stepInto(schema: ValueSchema, step: string | number): unknown {
  const { properties, additionalProperties, items, prefixItems } = schema;
  if (typeof step === 'number') {
    return (Array.isArray(prefixItems) ? (prefixItems as unknown[])[step] : undefined) ?? items;
  }
  const known = isRecord(properties) && Object.hasOwn(properties, step);
  return known ? properties[step] : additionalProperties;
}

const MAX_DEPTH = 20;

function choices(schema: ValueSchema, root: ValueSchema, depth = 0): ValueSchema[] {
  if (depth > MAX_DEPTH) return [];
  const { $ref, anyOf, oneOf, allOf } = schema;
  const referred = typeof $ref === 'string' ? [resolveRef($ref, root)] : [];
  const inside = [referred, anyOf, oneOf, allOf].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]).filter(isRecord) : [],
  );
  return [schema, ...inside.flatMap((each) => choices(each, root, depth + 1))];
}

/** Of a type as a graph names it. */
function schemaOfType(type: string): ValueSchema {
  const members = split(type);
  if (members.length > 1) return { anyOf: members.map(schemaOfType) };
  if (type.endsWith('[]')) return { type: 'array', items: schemaOfType(type.slice(0, -2)) };
  if (type.startsWith('(') && type.endsWith(')')) return schemaOfType(type.slice(1, -1));
  if (type === 'messages') return { type: 'array', items: MESSAGE };
  if (/^(string|number|integer|boolean|null|array|object)$/.test(type)) return { type };
  const literal = literalOf(type);
  return literal === undefined ? {} : { const: literal };
}

const MESSAGE: ValueSchema = {
  type: 'object',
  properties: {
    role: { enum: ['user', 'assistant', 'system', 'tool'] },
    content: { type: 'string' },
    id: { type: 'string' },
  },
};
