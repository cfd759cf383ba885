import RandExp from 'randexp';
import { fit } from './fit.ts';
import type { Random } from './random.ts';
import { labels } from './texts.ts';

interface Options {
  readonly random: Random;
  readonly min: number;
  readonly max: number;
  readonly more: () => string;
}

/** Repetitions without an upper bound stop here. */
const mostRepeats = 6;
const tries = 50;

/**
 * A text that a regular expression matches. Where none is found, since the expression looks around
 * or contradicts the bounds, it is any text of the right length.
 */
export function patternText(pattern: string, { random, min, max, more }: Options): string {
  const isMatch = matcherOf(pattern);
  const writer = writerOf(pattern, random);
  for (let i = 0; writer !== undefined && i < tries; i++) {
    const text = writer.gen();
    if (isMatch(text) && text.length >= min && text.length <= max) return text;
  }
  const word = labels.find((label) => isMatch(label) && label.length >= min && label.length <= max);
  return word ?? fit(random.pick(labels), { min, max, more });
}

/** Undefined for what is no regular expression. */
function writerOf(pattern: string, random: Random): RandExp | undefined {
  try {
    const writer = new RandExp(pattern);
    writer.max = mostRepeats;
    writer.randInt = (from, to) => random.int(from, to);
    return writer;
  } catch {
    return undefined;
  }
}

function matcherOf(pattern: string): (text: string) => boolean {
  try {
    const expression = new RegExp(pattern, 'u');
    return (text) => expression.test(text);
  } catch {
    return () => true;
  }
}
