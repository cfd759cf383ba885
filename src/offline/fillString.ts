import { fieldText, formats } from './fields.ts';
import type { FillContext, Place } from './fillContext.ts';
import { fit } from './fit.ts';
import { patternText } from './patternText.ts';

/** A text that fits its schema and its name. */
export function fillString(
  schema: { readonly [keyword: string]: unknown },
  options: FillContext & { readonly place: Place },
): string {
  const { place, writer, random } = options;
  const min = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const max = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : Infinity;
  const more = () => writer.sentence();
  const { format, pattern } = schema;
  const byFormat = typeof format === 'string' ? formats[format] : undefined;
  if (byFormat) return byFormat(random);
  if (typeof pattern === 'string') return patternText(pattern, { random, min, max, more });
  return fit(fieldText({ ...options, place: forRoom(place, max) }), { min, max, more });
}

/** Where there is no room for a sentence, a label must do. */
function forRoom(place: Place, max: number): Place {
  return max < 40 && place.name === '' ? { ...place, name: 'label', isWhole: false } : place;
}
