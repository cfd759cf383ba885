import { show } from '../../engine/model/errors.ts';
import { issueAt, type SchemaIssue } from './issues.ts';
import type { JsonSchema } from './jsonSchema.ts';

/**
 * Holds a value against a JSON Schema: the keywords that tell shapes and bounds (2020-12, references
 * within the schema). Others, such as `format`, are for the model only, and so are patterns and references
 * that cannot be read.
 *
 * Written here since `@cfworker/json-schema` throws for those and for schemas that refer to themselves only,
 * holds texts to formats, and tells of every choice where the closest one helps the model most.
 */
export function validateJson(value: unknown, schema: JsonSchema): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const add = (path: readonly PropertyKey[], message: string) =>
    void issues.push(issueAt(value, path, message));
  validate({ value, schema, path: [], root: schema, add, depth: 0 });
  return issues;
}

interface ValueCheck {
  readonly value: unknown;
  readonly schema: unknown;
  readonly path: readonly PropertyKey[];
  readonly root: JsonSchema;
  readonly add: (path: readonly PropertyKey[], message: string) => void;
  /** How many references lead here. */
  readonly depth: number;
}

const MAX_DEPTH = 200;

function validate(place: ValueCheck): void {
  const { value, path, root, add, depth } = place;
  if (place.schema === false) return add(path, 'is not expected');
  if (typeof place.schema !== 'object' || place.schema === null || depth > MAX_DEPTH) return;
  const schema = place.schema as Record<string, any>;
  if (typeof schema['$ref'] === 'string') {
    validate({ ...place, schema: resolveRef(schema['$ref'], root), depth: depth + 1 });
  }
  const types = schema['type'] === undefined ? [] : [schema['type']].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type as string))) {
    return add(path, `expected ${types.join(' or ')}`);
  }
  if ('const' in schema && !isSame(value, schema['const'])) {
    add(path, `expected ${show(schema['const'])}`);
  }
  if (Array.isArray(schema['enum']) && !schema['enum'].some((each) => isSame(value, each))) {
    add(path, `expected one of ${schema['enum'].map(show).join(', ')}`);
  }
  for (const each of schema['allOf'] ?? []) validate({ ...place, schema: each });
  for (const keyword of ['anyOf', 'oneOf']) {
    if (schema[keyword] !== undefined) validateChoice(place, schema[keyword] as unknown[]);
  }
  if (typeof value === 'number') checkNumber(place, schema, value);
  if (typeof value === 'string') checkText(place, schema, value);
  if (Array.isArray(value)) checkItems(place, schema, value);
  else if (typeof value === 'object' && value !== null) {
    checkProperties(place, schema, value as Record<string, unknown>);
  }
}

/** If none of them fits, what is said of the one that comes closest helps most. */
function validateChoice(place: ValueCheck, choices: readonly unknown[]): void {
  let best: [readonly PropertyKey[], string][] | undefined;
  for (const schema of choices) {
    const found: [readonly PropertyKey[], string][] = [];
    validate({ ...place, schema, add: (path, message) => void found.push([path, message]) });
    if (found.length === 0) return;
    const depth = (issues: typeof found) => Math.max(...issues.map(([path]) => path.length));
    if (best === undefined || depth(found) > depth(best)) best = found;
  }
  for (const [path, message] of best ?? []) place.add(path, message);
}

function checkNumber({ path, add }: ValueCheck, schema: Record<string, any>, value: number): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (value < minimum) add(path, `expected at least ${minimum}`);
  if (value > maximum) add(path, `expected at most ${maximum}`);
  if (value <= exclusiveMinimum) add(path, `expected more than ${exclusiveMinimum}`);
  if (value >= exclusiveMaximum) add(path, `expected less than ${exclusiveMaximum}`);
  if (multipleOf > 0 && !isWhole(value / multipleOf)) {
    add(path, `expected a multiple of ${multipleOf}`);
  }
}

/** But for what dividing loses: 0.3 is a multiple of 0.1. */
function isWhole(quotient: number): boolean {
  return Math.abs(quotient - Math.round(quotient)) <= 2 * Number.EPSILON * Math.abs(quotient);
}

function checkText({ path, add }: ValueCheck, schema: Record<string, any>, value: string): void {
  const { minLength, maxLength, pattern } = schema;
  // Characters of Unicode, as JSON Schema counts.
  const { length } = [...value];
  if (length < minLength) add(path, `expected at least ${minLength} characters`);
  if (length > maxLength) add(path, `expected at most ${maxLength} characters`);
  if (typeof pattern === 'string' && toRegExp(pattern)?.test(value) === false) {
    add(path, `expected a text that matches ${pattern}`);
  }
}

/** `undefined` if it is none. Other languages allow escapes that JavaScript allows only without `u`. */
function toRegExp(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // The next may do.
    }
  }
  return undefined;
}

function checkItems(
  place: ValueCheck,
  schema: Record<string, any>,
  value: readonly unknown[],
): void {
  const { path, add } = place;
  const { minItems, maxItems, prefixItems = [], items } = schema;
  if (value.length < minItems) add(path, `expected at least ${minItems} items`);
  if (value.length > maxItems) add(path, `expected at most ${maxItems} items`);
  value.forEach((item, i) => {
    validate({ ...place, value: item, schema: prefixItems[i] ?? items, path: [...path, i] });
  });
}

function checkProperties(
  place: ValueCheck,
  schema: Record<string, any>,
  value: Record<string, unknown>,
): void {
  const { path, add } = place;
  const { properties = {}, patternProperties = {}, required = [], additionalProperties } = schema;
  for (const key of required as string[]) {
    if (!Object.hasOwn(value, key)) add([...path, key], 'is required');
  }
  for (const [key, item] of Object.entries(value)) {
    const known: unknown[] = Object.hasOwn(properties as object, key) ? [properties[key]] : [];
    for (const [pattern, inner] of Object.entries(patternProperties as object)) {
      if (toRegExp(pattern)?.test(key)) known.push(inner);
    }
    for (const inner of known.length > 0 ? known : [additionalProperties]) {
      validate({ ...place, value: item, schema: inner, path: [...path, key] });
    }
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** A part of the schema, by `#` or `#/$defs/name`; `undefined` for anything outside. */
export function resolveRef(ref: string, root: JsonSchema): unknown {
  if (!ref.startsWith('#')) return undefined;
  const keys = ref.slice(1).split('/').filter(Boolean);
  let found: unknown = root;
  for (const key of keys) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    found = (found as Record<string, unknown> | undefined)?.[name];
  }
  return found;
}
