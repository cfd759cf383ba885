import { fitsType } from '../../runner/fitsType.ts';

/** A value, or why the text is none: a sentence for the input box. */
export type ParsedField = { readonly value: unknown } | { readonly error: string };

/**
 * Reads what the user typed for one key of a graph's input. Text for a string is taken as it is,
 * text for messages becomes one message of the user; everything else is JSON.
 * @param type Of the key, as in `InputField.type`.
 */
export function parseField(text: string, type: string): ParsedField {
  if (type === 'string') return { value: text };
  const json = parseJson(text);
  if (type === 'messages') {
    return Array.isArray(json?.value) ? json : { value: [{ role: 'user', content: text }] };
  }
  const fits = checks[type] ?? (type.endsWith('[]') ? checks.array : undefined);
  if (fits) {
    if (json && fits.check(json.value) && fitsType(json.value, type)) return json;
    return { error: `${type}: ${fits.hint}` };
  }
  // Of an unknown type a bare word can only be meant as text; what looks like JSON is a mistake.
  if (!json && /^\s*["[{]/.test(text)) return { error: `${type}: not valid JSON yet` };
  // `4` may be meant as text as well.
  const values = json ? [json.value, text] : [text];
  const value = values.find((one) => fitsType(one, type));
  return value === undefined ? { error: `${type}: this does not fit` } : { value };
}

/** What the box holds at first: the value in the form that `parseField` reads back. */
export function fieldText(value: unknown, type: string): string {
  if (value === undefined) return '';
  return type === 'string' && typeof value === 'string' ? value : JSON.stringify(value);
}

const checks: Record<string, { check: (value: unknown) => boolean; hint: string } | undefined> & {
  array: { check: (value: unknown) => boolean; hint: string };
} = {
  number: { check: (value) => typeof value === 'number', hint: 'a number such as 4 or 0.5' },
  integer: { check: Number.isInteger, hint: 'a whole number' },
  boolean: { check: (value) => typeof value === 'boolean', hint: 'true or false' },
  array: { check: Array.isArray, hint: 'a JSON array such as ["a", "b"] or [1, 2]' },
  object: {
    check: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    hint: 'a JSON object such as {"a": 1}',
  },
};

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
