import { literalOf, split } from '../../runner/fitsType.ts';
import type { GraphDescription } from '../../runner/runner.ts';

/** What stands in the input document at first: the file's own input, or one entry for each key. */
export function ownInput({ kind, hasInput, input, inputFields }: GraphDescription): string {
  if (hasInput) return inputText(input);
  const [first] = inputFields;
  if (kind === 'entrypoint' && first) return inputText(first.default ?? blank(first.type));
  return inputText(
    Object.fromEntries(
      inputFields.map(({ key, type, default: value }) => [key, value ?? blank(type)]),
    ),
  );
}

function blank(type: string): unknown {
  if (type === 'string') return '';
  if (type === 'number' || type === 'integer') return 0;
  if (type === 'boolean') return false;
  if (type === 'object') return {};
  const literal = literalOf(split(type)[0] ?? '');
  if (literal !== undefined) return literal;
  return type === 'messages' || type.endsWith('[]') ? [] : null;
}

/** An input as it is edited and kept. */
export function inputText(value: unknown): string {
  return `${JSON.stringify(value ?? null, undefined, 2)}\n`;
}

/** The input that a text stands for; `undefined` if there is none, or it is not JSON. */
export function parseInput(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
