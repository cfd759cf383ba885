import { fieldText } from './fields.ts';
import type { FillContext, Place } from './fillContext.ts';
import { patternText } from './patternText.ts';
import { fit } from './phrase.ts';
import { formats } from './texts.ts';

/** A text that fits its schema and its name. */
export function fillString(
  schema: { readonly [keyword: string]: unknown },
  options: FillContext & { readonly place: Place },
): string {
  const { place, writer, random } = options;
  const { format, minLength: min = 0, maxLength: max = Infinity } = schema;
  const bounds = { min: Number(min), max: Number(max) };
  const byFormat = typeof format === 'string' ? formats[format] : undefined;
  if (byFormat !== undefined) return patternText(byFormat, { random });
  const { pattern } = schema;
  if (typeof pattern === 'string') return patternText(pattern, { random, ...bounds });
  const text = fieldText({ ...options, place: forRoom(place, bounds.max) });
  return fit(text, { ...bounds, more: () => writer.pick('sentence') });
}

/** Where there is no room for a sentence, a label must do. */
function forRoom(place: Place, max: number): Place {
  return max < 40 && place.name === '' ? { ...place, name: 'label', isWhole: false } : place;
}
