import { show } from '../../engine/model/errors.ts';
import { isSchema, type Schema } from '../../engine/state/schema.ts';
import { issueAt, type SchemaIssue } from './issues.ts';
import type { JsonSchema } from './jsonSchema.ts';
import { validateJson } from './validateJson.ts';
import { fromZod3 } from './zod3.ts';
import { fromZod4 } from './zod4.ts';

/** What a value turns out to be. */
export type ReadResult = { readonly value: unknown } | { readonly issues: readonly SchemaIssue[] };

/** A schema for both ends: what the model is told, and what holds its answer against it. */
export interface SchemaReader {
  readonly json: JsonSchema;
  /** The value as the schema makes it (with defaults and transforms), or what is wrong. */
  read(value: unknown): Promise<ReadResult>;
}

const readers = new WeakMap<object, SchemaReader>();

/**
 * Reads a schema of zod, of another library that follows Standard Schema, or a JSON Schema.
 * @throws {TypeError} if no JSON Schema can be made of it.
 */
export function readSchema(schema: Schema | JsonSchema): SchemaReader {
  let reader = readers.get(schema);
  if (reader === undefined) readers.set(schema, (reader = makeReader(schema)));
  return reader;
}

function makeReader(schema: Schema | JsonSchema): SchemaReader {
  if (isSchema(schema))
    return { json: toJsonSchema(schema), read: (value) => check(schema, value) };
  if (typeof schema !== 'object' || schema === null) throw unreadable(schema);
  // OpenAI's form of a function is known by heart, and has its schema under `parameters`.
  const isFunction = typeof schema['name'] === 'string' && typeof schema['parameters'] === 'object';
  const json = (isFunction ? schema['parameters'] : schema) as JsonSchema;
  return {
    json,
    read: async (value) => {
      const issues = validateJson(value, json);
      return issues.length > 0 ? { issues } : { value };
    },
  };
}

async function check(schema: Schema, value: unknown): Promise<ReadResult> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return {
    issues: result.issues.map(({ path = [], message }) =>
      issueAt(
        value,
        path.map((part) => (typeof part === 'object' ? part.key : part)),
        message,
      ),
    ),
  };
}

/** What the models are to send: what goes into the schema, before defaults and transforms. */
function toJsonSchema(schema: Schema): JsonSchema {
  const own = schema as { toJSONSchema?: (options: object) => JsonSchema };
  try {
    if (typeof own.toJSONSchema === 'function') {
      return own.toJSONSchema({ io: 'input', unrepresentable: 'any' });
    }
    const json =
      schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ??
      fromZod4(schema) ??
      fromZod3(schema);
    if (json !== undefined) return json as JsonSchema;
  } catch (error) {
    throw unreadable(schema, (error as Error).message);
  }
  throw unreadable(schema);
}

function unreadable(schema: unknown, why?: string): TypeError {
  const vendor = isSchema(schema) ? ` of ${schema['~standard'].vendor}` : '';
  return new TypeError(
    `No JSON Schema can be made of ${show(schema)}${vendor}${why === undefined ? '' : ` (${why})`}: ` +
      `models are told by JSON Schema what to send. Use zod, another library with Standard ` +
      `JSON Schema, or pass the JSON Schema itself`,
  );
}
