import type { Check, ChannelSpec } from './channel.ts';

/**
 * A schema of any library that follows Standard Schema v1 (https://standardschema.dev), such as zod
 * 3.25 and 4, valibot or arktype.
 */
export interface Schema<Input = any, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema, where the library offers it. */
    readonly jsonSchema?: { readonly input: (options: { target: string }) => unknown };
  };
}

type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** True for any Standard Schema. */
export function isSchema(value: unknown): value is Schema {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as Partial<Schema>)['~standard']?.validate === 'function'
  );
}

const NOT_AT_ONCE =
  'the schema validates asynchronously, which a state cannot wait for (zod 4 also does when a check throws)';

const checks = new WeakMap<object, Check>();

/**
 * Turns a schema into a check, always the same one. Only synchronous schemas can be used in a state.
 */
export function toCheck(schema: Schema): Check {
  let check = checks.get(schema);
  if (check === undefined) checks.set(schema, (check = makeCheck(schema)));
  return check;
}

function makeCheck(schema: Schema): Check {
  const { validate } = schema['~standard'];
  return (value) => {
    const result = validate(value);
    if (result instanceof Promise) {
      result.catch(() => {});
      return { issues: [NOT_AT_ONCE] };
    }
    return result.issues === undefined
      ? { value: result.value }
      : { issues: result.issues.map(describeIssue), path: pathOf(result.issues[0]!) };
  };
}

function describeIssue(issue: SchemaIssue): string {
  const path = pathOf(issue).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function pathOf({ path = [] }: SchemaIssue): string[] {
  return path.map((part) => String(typeof part === 'object' ? part.key : part));
}

/** What a schema says of a key: its default, whether it may be missing, the name of its type. */
export function describeSchema(schema: Schema): Pick<
  ChannelSpec,
  'initial' | 'type' | 'jsonSchema' | 'required'
> & {
  readonly checkValue: Check;
} {
  const checkValue = toCheck(schema);
  const missing = checkValue(undefined);
  const hasDefault = 'value' in missing && missing.value !== undefined;
  const jsonSchema = jsonSchemaOf(schema);
  return {
    checkValue,
    ...(hasDefault && { initial: () => defaultOf(checkValue) }),
    type: jsonSchema === undefined ? 'any' : jsonTypeName(jsonSchema as JsonType),
    ...(jsonSchema !== undefined && { jsonSchema }),
    required: 'issues' in missing,
  };
}

function defaultOf(check: Check): unknown {
  const result = check(undefined);
  return 'value' in result ? result.value : undefined;
}

interface JsonType {
  readonly type?: string | readonly string[];
  readonly items?: JsonType;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonType[];
}

function jsonSchemaOf(schema: Schema): unknown {
  try {
    return schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
  } catch {
    // Not every type has a JSON Schema (functions, Maps, transforms).
    return undefined;
  }
}

function jsonTypeName(json: JsonType): string {
  if (json.enum) return json.enum.map((item) => JSON.stringify(item)).join(' | ');
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.anyOf) return json.anyOf.map(jsonTypeName).join(' | ');
  if (json.type === 'array') return json.items ? `${jsonTypeName(json.items)}[]` : 'any[]';
  return typeof json.type === 'string' ? json.type : (json.type?.join(' | ') ?? 'any');
}
