const empty = new Set(
  `a about all also an and any are as ask at be been but by can could do does for from get give given
  has have help here how i if in into is it its just let like make me more most much my need no not of
  on one only or other our out please return say should show so some such take tell than that the their
  them then there these they this to too up us use used using want was we were what when where which
  who why will with would write you your`.split(/\s+/),
);

/** The words of a text that say what it is about: lower case, without endings of plurals and verbs. */
export function wordsOf(text: string): string[] {
  const words = text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]{2,}/gu);
  return (words ?? []).filter((word) => !empty.has(word)).map(stem);
}

/** Not grammar: only what is needed for "searching" to meet "search". */
export function stem(word: string): string {
  if (word.length > 5) word = word.replace(/(?:ing|ed|es)$/, '');
  return word.length > 3 ? word.replace(/(?:s|e)$/, '') : word;
}
