/** With a capital letter at the beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "a short walk" → "A Short Walk". */
export function titleCase(text: string): string {
  const small = /^(?:a|an|the|of|for|to|and|or|with|in|on|by|at|from)$/i;
  return text
    .split(/\s+/)
    .map((word, i) => (i > 0 && small.test(word) ? word.toLowerCase() : capital(word)))
    .join(' ');
}

/** "old sailor" → "an old sailor". */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** The sentences of a text, each with its sign at the end. */
export function sentencesOf(text: string): string[] {
  return (text.match(/[^.!?]+(?:[.!?]+["'”’)]*|$)/g) ?? [])
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Words are what stands between spaces. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
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
