import { textWidth } from './textWidth.ts';

/** Blanks, and the sign or number of a list: what follows it stands below its text. */
const hanging = /^\s*(?:[-*+•]\s+|\d+[.)]\s+)?/;
/** After blanks; and between the signs of scripts that have none, but not before a closing one. */
const breaks =
  /(?<=\s)(?=\S)|(?<=[\u2E80-\u9FFF\uAC00-\uD7A3\uF900-\uFAFF\uFF00-\uFFEF])(?![\s、。，．！？：；）」』】〉》])/u;

/**
 * Breaks one line between its words, so that each part takes at most `columns` columns. A longer
 * word, such as an address, stays whole.
 */
export function wrapText(line: string, columns: number): string[] {
  if (textWidth(line) <= columns) return [line];
  const indent = hanging.exec(line)![0];
  const hang = ' '.repeat(Math.min(textWidth(indent), columns >> 1));
  const rows: string[] = [];
  let row = indent;
  let width = textWidth(indent);
  let isEmpty = true;
  for (const word of line.slice(indent.length).split(breaks)) {
    if (!isEmpty && width + textWidth(word.trimEnd()) > columns) {
      rows.push(row.trimEnd());
      row = hang;
      width = hang.length;
    }
    row += word;
    width += textWidth(word);
    isEmpty = false;
  }
  return [...rows, row.trimEnd()];
}
