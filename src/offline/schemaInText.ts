import { isRecord, type UncheckedSchema } from '../chatServer/chatRequest.ts';

/** Fields are named near the end of a prompt, if at all. */
const longestFields = 5000;

/**
 * The JSON Schema that a text asks for, for requests that only say "JSON": a schema that stands in the
 * text, an example object, or fields that are named. An object with one text if it says nothing.
 */
export function schemaInText(text: string): UncheckedSchema {
  const objects = jsonIn(text).map(({ value }) => value);
  const schema = objects.findLast(isSchema);
  if (schema) return schema;
  const example = objects.findLast((value) => !isSchema(value) && Object.keys(value).length > 0);
  const fields = fieldsIn(text.slice(-longestFields));
  if (fields.length > 0) return objectOf(fields.map((field) => [field, schemaOfField(field)]));
  if (example) return schemaOfExample(example);
  return objectOf([['answer', { type: 'string' }]]);
}

type Json = { readonly [key: string]: unknown };

/** Whether a JSON object describes others. */
export function isSchema(value: Json): boolean {
  const { type, properties, anyOf, oneOf, allOf, $ref, $defs } = value;
  const isTyped = type === 'object' ? isRecord(properties) : type === 'array' && 'items' in value;
  return isTyped || [anyOf, oneOf, allOf].some(Array.isArray) || (isRecord($defs) && !!$ref);
}

/** The outermost JSON objects of a text, in order. */
export function jsonIn(text: string): { readonly source: string; readonly value: Json }[] {
  const found: { source: string; value: Json }[] = [];
  let from = text.indexOf('{');
  // Prompts may hold any number of braces that are no JSON.
  for (let tries = 0; from >= 0 && tries < 100; tries++) {
    const end = closingBrace(text, from);
    const source = text.slice(from, end + 1);
    const value = end < 0 ? undefined : parse(source);
    if (isRecord(value)) found.push({ source, value });
    from = text.indexOf('{', value === undefined ? from + 1 : end + 1);
  }
  return found;
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (isQuoted && character === '\\') i++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === '{') depth++;
    else if (!isQuoted && character === '}' && --depth === 0) return i;
  }
  return -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const name = String.raw`["'\x60*]*([A-Za-z_]\w*)["'\x60*]*`;
const names = String.raw`${name}(?:\s*(?:,|and|,\s*and|&)\s*${name})*`;
const fieldPatterns = [
  new RegExp(
    String.raw`\b(?:fields?|keys?|propert(?:y|ies))(?:\s+(?:called|named|are|is))?:?\s+(${names})`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:an?|the|with|fields?)\s+(${names})\s+(?:fields?|keys?|property|properties)\b`,
    'i',
  ),
];
const notFields = /^(?:an?|and|the|of|for|with|in|is|are|json|must)$/;

function fieldsIn(text: string): string[] {
  for (const pattern of fieldPatterns.toReversed()) {
    const [, list] = pattern.exec(text) ?? [];
    const fields = (list?.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !notFields.test(word));
    if (fields.length > 0) return [...new Set(fields)];
  }
  return [];
}

/** A guess from the name alone: numbers are called so, lists have a plural. */
function schemaOfField(field: string): UncheckedSchema {
  if (
    /^(?:id|index|count|age|year|number|score|rating|rank|n)$|(?:_id|Id|_count|Count)$/.test(field)
  ) {
    return { type: 'integer' };
  }
  if (/^(?:is|has)[_A-Z]/.test(field)) return { type: 'boolean' };
  const isList =
    /[^s]s$/.test(field) && !/(?:status|address|bus|canvas|analysis|basis)$/i.test(field);
  return isList ? { type: 'array', items: { type: 'string' } } : { type: 'string' };
}

function schemaOfExample(value: unknown): UncheckedSchema {
  if (Array.isArray(value)) return { type: 'array', items: schemaOfExample(value[0] ?? '') };
  if (isRecord(value)) {
    return objectOf(Object.entries(value).map(([key, child]) => [key, schemaOfExample(child)]));
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  return namedTypes[String(value)] ?? { type: 'string' };
}

/** Examples often name a type where a value would be. */
const namedTypes: { readonly [text: string]: UncheckedSchema } = {
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  'string[]': { type: 'array', items: { type: 'string' } },
  'number[]': { type: 'array', items: { type: 'number' } },
};

function objectOf(fields: readonly (readonly [string, UncheckedSchema])[]): UncheckedSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    required: fields.map(([field]) => field),
  };
}
