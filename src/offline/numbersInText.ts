import type { Prompt } from './readPrompt.ts';

const numberWords: readonly string[] = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve'],
];

/** The number that a word stands for, in digits or letters. */
export function toNumber(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const index = numberWords.indexOf(word.toLowerCase());
  if (index >= 0) return index;
  return /^(?:an?|single)$/i.test(word) ? 1 : undefined;
}

/** Matches such a word. */
export const numberPattern = String.raw`(?:\d+|${numberWords.join('|')})`;

const lengthPattern = new RegExp(
  String.raw`\b(${numberPattern}|an?|single)[\s-]+(?:[a-z]+\s+){0,2}?(words?|sentences?|paragraphs?|lines?)\b`,
  'gi',
);

/** How long a text is to be: words count more than sentences, sentences more than paragraphs. */
export function lengthIn(text: string): Prompt['length'] | undefined {
  const found = [...text.matchAll(lengthPattern)].map(([, count, unit]) => ({
    count: toNumber(count!)!,
    unit: unit!.toLowerCase().replace(/s?$/, 's').replace('lines', 'sentences'),
    isAsked: true,
  })) as Prompt['length'][];
  // "One paragraph of 100 words": the finer unit says how much.
  return (
    found.find(({ unit }) => unit === 'words') ??
    found.find(({ unit }) => unit === 'sentences') ??
    found[0]
  );
}

/** Numbers in digits, in order. */
export function numbersIn(text: string): number[] {
  return (text.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g) ?? []).map(Number);
}

const countPattern = new RegExp(
  String.raw`\b(?:exactly|create|list|give|name|invent|write|generate|propose|suggest|n\s*(?:=|is|:)|make|find|top|tell|share|recommend|brainstorm|come up with|plan|with)\s+(?:me\s+|us\s+|up\s+|of\s+|the\s+)?(${numberPattern})\b(?![\s-]*(?:[a-z]+\s+)?(?:words?|sentences?|paragraphs?|lines?|characters?)\b)`,
  'i',
);

/** How many things a text asks for. */
export function countIn(text: string): number | undefined {
  const [, found] = countPattern.exec(text) ?? [];
  return found === undefined ? undefined : toNumber(found);
}

/** What "12 * 7" in a text comes to. */
export function resultIn(text: string): number | undefined {
  const [, a, operator, b] =
    /(-?\d+(?:\.\d+)?)\s*(\+|-|\*|×|x|\/|÷|times|plus|minus|divided by)\s*(-?\d+(?:\.\d+)?)/i.exec(
      text,
    ) ?? [];
  if (operator === undefined) return undefined;
  const [one, two] = [Number(a), Number(b)];
  const result = /\+|plus/i.test(operator)
    ? one + two
    : /-|minus/i.test(operator)
      ? one - two
      : /\*|×|x|times/i.test(operator)
        ? one * two
        : one / two;
  return Number.isFinite(result) ? Number(result.toPrecision(12)) : undefined;
}
