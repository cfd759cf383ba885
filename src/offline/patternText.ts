import RandExp from 'randexp';
import { fit } from './phrase.ts';
import type { Random } from './random.ts';
import { lists } from './texts.ts';

interface Options {
  readonly random: Random;
  /** Characters. */
  readonly min?: number;
  readonly max?: number;
}

/** Repetitions without an upper bound stop here. */
const mostRepeats = 6;
const tries = 50;

/**
 * A text that a regular expression matches. Where none is found, since the expression looks around
 * or contradicts the bounds, it is any text of the right length.
 */
export function patternText(pattern: string, { random, min = 0, max = Infinity }: Options): string {
  const expression = attempt(() => new RegExp(pattern, 'u'));
  const isRight = (text: string) =>
    text.length >= min && text.length <= max && (expression?.test(text) ?? true);
  const maker = attempt(() => makerOf(pattern, random));
  for (let i = 0; maker !== undefined && i < tries; i++) {
    const text = maker.gen();
    if (isRight(text)) return text;
  }
  const more = () => random.pick(lists.label);
  return lists.label.find(isRight) ?? fit(more(), { min, max, more });
}

function makerOf(pattern: string, random: Random): RandExp {
  const maker = new RandExp(pattern);
  maker.max = mostRepeats;
  maker.randInt = (from, to) => random.int(from, to);
  return maker;
}

/** Undefined for what is no regular expression. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
