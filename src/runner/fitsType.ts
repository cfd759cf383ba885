/**
 * Whether a value is of a type as `InputField.type` names it. A type that the name does not tell
 * takes every value.
 */
export function fitsType(value: unknown, type: string): boolean {
  const members = split(type);
  // `"a" | "b"[]` is how a list of such literals is named as well.
  const asList = members.length > 1 && type.endsWith('[]') && isListOf(value, type.slice(0, -2));
  return asList || members.some((member) => fitsOne(value, member));
}

/** What a literal stands for, such as `"kind"` or `4`; `undefined` for other types. */
export function literalOf(type: string): string | number | boolean | undefined {
  try {
    const literal: unknown = JSON.parse(type);
    if (typeof literal === 'string' || typeof literal === 'number') return literal;
    return typeof literal === 'boolean' ? literal : undefined;
  } catch {
    return undefined;
  }
}

/** The members of a union. */
export function split(type: string): string[] {
  // A literal, or a list in brackets, may have a bar in it.
  return (
    type
      .match(/(?:"(?:\\.|[^"\\])*"|\((?:"(?:\\.|[^"\\])*"|[^")])*\)|[^|"(])+/g)
      ?.map((part) => part.trim()) ?? []
  );
}

function fitsOne(value: unknown, type: string): boolean {
  if (type.endsWith('[]')) return isListOf(value, type.slice(0, -2));
  if (type.startsWith('(') && type.endsWith(')')) return fitsType(value, type.slice(1, -1));
  const check = checks[type];
  if (check) return check(value);
  const literal = literalOf(type);
  return literal === undefined || literal === value;
}

function isListOf(value: unknown, item: string): boolean {
  return Array.isArray(value) && value.every((one) => fitsType(one, item));
}

const checks: Readonly<Record<string, ((value: unknown) => boolean) | undefined>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  messages: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
};
