import { isRecord } from '../../protocol/formFields.ts';
import { cursorIn, type Span } from './jsonPlaces.ts';
import { schemasAt, type ValueSchema } from '../../runner/valueSchema.ts';

/** What may be typed next into a JSON text. */
export interface Suggestion {
  readonly kind: 'key' | 'value';
  /** As it stands in the text: `"name"`, `true`. */
  readonly text: string;
  /** A snippet: `$1` is where one goes on typing. */
  readonly snippet: string;
  /** The type of a key. */
  readonly detail?: string;
  readonly description?: string;
}

/** What may stand at a place of a JSON text by its schema, and what of the text it takes the place of. */
export function suggestionsAt(
  json: string,
  offset: number,
  schema: ValueSchema,
): { readonly typed: Span; readonly suggestions: readonly Suggestion[] } | undefined {
  const cursor = cursorIn(json, offset);
  if (!cursor) return undefined;
  const { slot, path, typed, keys, next } = cursor;
  const found = schemasAt(schema, path);
  const suggestions = slot === 'key' ? keysOf(found, keys, next) : valuesOf(found);
  const once = new Map(suggestions.map((each) => [each.text, each]));
  return { typed, suggestions: [...once.values()] };
}

function keysOf(
  found: readonly ValueSchema[],
  has: ReadonlySet<string>,
  next: string,
): Suggestion[] {
  const properties = found.flatMap(({ properties: own }) =>
    isRecord(own) ? Object.entries(own) : [],
  );
  return properties
    .filter(([key]) => !has.has(key))
    .map(([key, given]) => {
      const schema = isRecord(given) ? given : {};
      const text = JSON.stringify(key);
      const detail = typeName(schema);
      const { description } = schema;
      // What is typed already stays as it is.
      const value = next === ':' ? '' : `: $1${next === '"' ? ',' : ''}`;
      return {
        ...{ kind: 'key', text, snippet: `${escaped(text)}${value}` },
        ...(detail !== '' && { detail }),
        ...(typeof description === 'string' && { description }),
      };
    });
}

function valuesOf(found: readonly ValueSchema[]): Suggestion[] {
  return found.flatMap((schema) => {
    const { enum: members, const: only, default: usual, type } = schema;
    const values: unknown[] = [
      ...(Array.isArray(members) ? (members as unknown[]) : []),
      ...('const' in schema ? [only] : []),
      ...('default' in schema ? [usual] : []),
      ...(type === 'boolean' ? [true, false] : []),
      ...(type === 'null' ? [null] : []),
    ];
    const empty = typeof type === 'string' && values.length === 0 ? BLANKS[type] : undefined;
    return [
      ...values.map((value): Suggestion => {
        const text = JSON.stringify(value) ?? 'null';
        return { kind: 'value', text, snippet: escaped(text) };
      }),
      ...(empty ? [{ kind: 'value', ...empty } as const] : []),
    ];
  });
}

const BLANKS: Readonly<Record<string, Pick<Suggestion, 'text' | 'snippet'> | undefined>> = {
  string: { text: '""', snippet: '"$1"' },
  object: { text: '{}', snippet: '{$1}' },
  array: { text: '[]', snippet: '[$1]' },
};

function typeName(schema: ValueSchema): string {
  const { type, enum: members, anyOf } = schema;
  if (Array.isArray(members)) return members.map((each) => JSON.stringify(each)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(anyOf))
    return anyOf.map((each) => typeName(isRecord(each) ? each : {})).join(' | ');
  return typeof type === 'string' ? type : '';
}

/** In a snippet these have a meaning. */
function escaped(text: string): string {
  return text.replaceAll(/[$}\\]/g, '\\$&');
}
