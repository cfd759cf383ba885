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
