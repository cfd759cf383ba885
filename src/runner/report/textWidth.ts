const graphemes = new Intl.Segmenter();
const printableAscii = /^[\x20-\x7e]*$/;
const zeroWidth = /^[\p{Mark}\p{Control}\p{Format}\p{Surrogate}]/u;
const wide =
  /^\p{Emoji_Presentation}|\uFE0F|^[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18AFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;

/** Columns that a text takes in a terminal or an editor: wide characters and emoji count two. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += wide.test(segment) ? 2 : zeroWidth.test(segment) ? 0 : 1;
  }
  return width;
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
