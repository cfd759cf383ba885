import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter();

/** Columns that a text takes in a terminal or an editor: wide characters and emoji count two. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** Cuts a text to at most `columns` columns; a cut text ends in `…`. */
export function fitWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let fitted = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += textWidth(segment);
    if (width > columns - 1) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

/** Makes a text one harmless line: escape sequences and line breaks become visible signs. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Control}\u2028\u2029]/gu, (char) => {
    const code = char.charCodeAt(0);
    // The Unicode block of control pictures follows the order of the C0 controls.
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u2421';
  });
}
