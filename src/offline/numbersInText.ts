import type { Prompt } from './readPrompt.ts';

const numberWords = 'zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve'.split(
  '|',
);

/** The number that a word stands for, in digits or letters. */
export function toNumber(word: string): number {
  const index = numberWords.indexOf(word.toLowerCase());
  if (index >= 0) return index;
  return /^(?:an?|single)$/i.test(word) ? 1 : Number(word);
}

/** Matches such a word. */
export const numberPattern = String.raw`(?:\d+|${numberWords.join('|')})`;

const units = 'words?|sentences?|paragraphs?|lines?';
const lengthPattern = new RegExp(
  String.raw`\b(${numberPattern}|an?|single)[\s-]+(?:[a-z]+\s+){0,2}?(${units})\b`,
  'gi',
);

/** How long a text is to be. "One paragraph of 100 words": the finer unit says how much. */
export function lengthIn(text: string): Prompt['length'] | undefined {
  const found = [...text.matchAll(lengthPattern)].map(([, count = '', unit = '']) => ({
    count: toNumber(count),
    unit: unit.toLowerCase().replace(/s?$/, 's').replace('lines', 'sentences'),
    isAsked: true,
  })) as Prompt['length'][];
  const inUnit = (wanted: string) => found.find(({ unit }) => unit === wanted);
  return inUnit('words') ?? inUnit('sentences') ?? found[0];
}

/** Numbers in digits, in order. */
export function numbersIn(text: string): number[] {
  return (text.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g) ?? []).map(Number);
}

const countPattern = new RegExp(
  String.raw`\b(?:exactly|create|list|give|name|invent|write|generate|propose|suggest|n\s*(?:=|is|:)|make|find|top|tell|share|recommend|brainstorm|come up with|plan|with)\s+(?:me\s+|us\s+|up\s+|of\s+|the\s+)?(${numberPattern})\b(?![\s-]*(?:[a-z]+\s+)?(?:${units}|characters?)\b)`,
  'i',
);

/** How many things a text asks for. */
export function countIn(text: string): number | undefined {
  const [, found] = countPattern.exec(text) ?? [];
  return found === undefined ? undefined : toNumber(found);
}

const sum =
  /(-?\d+(?:\.\d+)?)\s*(?:(\+|plus)|(-|minus)|(\*|×|x|times)|\/|÷|divided by)\s*(-?\d+(?:\.\d+)?)/i;

/** What "12 * 7" in a text comes to. */
export function resultIn(text: string): number | undefined {
  const [, one, plus, minus, times, two] = sum.exec(text) ?? [];
  if (one === undefined) return undefined;
  const [a, b] = [Number(one), Number(two)];
  const result = plus ? a + b : minus ? a - b : times ? a * b : a / b;
  return Number.isFinite(result) ? Number(result.toPrecision(12)) : undefined;
}
