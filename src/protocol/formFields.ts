/** What was typed as a value, or what is wrong with it. */
export type Read = { readonly value: unknown } | { readonly error: string };

/** One key of an object that is to be filled in. */
export interface FormField {
  readonly key: string;
  readonly label: string;
  /** What the text in it stands for; `choice`: one of `choices`, by its number. */
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  readonly isRequired: boolean;
  readonly description?: string;
  /** Of a choice. */
  readonly choices?: readonly unknown[];
  /** What stands there at first. */
  readonly text: string;
}

/** More fields than these are edited as JSON. */
const maxFields = 50;

/**
 * The fields for an object, from its JSON schema; `undefined` if it is not the schema of an object, or
 * too large for a form. What is no simple value is a field for JSON.
 * @param values What the object has already.
 */
export function fieldsOf(schema: unknown, values: unknown = {}): readonly FormField[] | undefined {
  if (!isRecord(schema) || !isRecord(schema['properties']) || !isRecord(values)) return undefined;
  const entries = Object.entries(schema['properties']);
  if (entries.length === 0 || entries.length > maxFields) return undefined;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return entries.map(([key, given]): FormField => {
    const property = isRecord(given) ? given : {};
    const { title, description, enum: choices, default: fallback } = property;
    const hasChoices = Array.isArray(choices) && choices.length > 0;
    const type = hasChoices ? 'choice' : typeOf(property['type']);
    const value = Object.hasOwn(values, key) ? values[key] : fallback;
    return {
      key,
      label: typeof title === 'string' && title !== '' ? title.slice(0, 200) : key,
      type,
      isRequired: required.includes(key),
      ...(typeof description === 'string' && { description: description.slice(0, 500) }),
      ...(hasChoices && { choices: choices as unknown[] }),
      text: textOf(value, type, hasChoices ? (choices as unknown[]) : []),
    };
  });
}

/**
 * Reads the texts of a form. A field that is empty and not required is left out.
 * @param typed By the fields' keys.
 */
export function readFields(
  fields: readonly FormField[],
  typed: Readonly<Record<string, string>>,
): Read {
  const entries: [string, unknown][] = [];
  for (const field of fields) {
    const text = Object.hasOwn(typed, field.key) ? typed[field.key]! : '';
    if (text === '' && !field.isRequired) continue;
    const read = readField(field, text);
    if ('error' in read) return { error: `${field.label}: ${read.error}` };
    entries.push([field.key, read.value]);
  }
  // Also a key called __proto__ is a key.
  return { value: Object.fromEntries(entries) };
}

/** Reads the text of one field. */
export function readField({ type, choices = [], isRequired }: FormField, text: string): Read {
  switch (type) {
    case 'string':
      return { value: text };
    case 'number':
    case 'integer': {
      const value = text.trim() === '' ? NaN : Number(text);
      if (!Number.isFinite(value)) return { error: 'a number is needed' };
      if (type === 'integer' && !Number.isInteger(value))
        return { error: 'a whole number is needed' };
      return { value };
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return { error: 'choose true or false' };
    case 'choice': {
      const index = text === '' ? -1 : Number(text);
      return index in choices ? { value: choices[index] } : { error: 'choose one of the values' };
    }
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        const hint = 'JSON is needed, such as ["a", "b"] or {"a": 1}';
        return { error: isRequired || text.trim() !== '' ? hint : 'leave it empty, or type JSON' };
      }
  }
}

/** A value as JSON text for editing; an empty text if it has none. */
export function toJsonText(value: unknown): string {
  try {
    return JSON.stringify(value, undefined, 2) ?? '';
  } catch {
    return '';
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(type: unknown): FormField['type'] {
  return type === 'string' || type === 'number' || type === 'integer' || type === 'boolean'
    ? type
    : 'json';
}

function textOf(value: unknown, type: FormField['type'], choices: readonly unknown[]): string {
  if (value === undefined) return '';
  if (type === 'choice') {
    const index = choices.indexOf(value);
    return index < 0 ? '' : String(index);
  }
  if (type === 'string') return typeof value === 'string' ? value : '';
  return toJsonText(value);
}
