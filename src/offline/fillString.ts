import type { FillContext, Place } from './fillSchema.ts';

/** A text that fits its schema and its name. */
export function fillString(
  schema: { readonly [keyword: string]: unknown },
  options: FillContext & { readonly place: Place },
): string {
  const { place, writer } = options;
  const min = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const max = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : Infinity;
  const text = writer.field(place);
  return fit(text, { min, max, more: () => writer.sentence() });
}

/** Cut between words where it is too long, with more behind it where it is too short. */
export function fit(
  text: string,
  { min, max, more }: { readonly min: number; readonly max: number; readonly more: () => string },
): string {
  while (text.length < min) text += ` ${more()}`;
  if (text.length <= max) return text;
  const cut = text.slice(0, max);
  const words = cut.replace(/[\s,;:–—-]+\S*$/u, '');
  return words.length >= Math.max(min, 1) ? words : cut;
}
