import { styleText } from 'node:util';

/** Marks up a piece of a line; the plain one returns the text as it is. */
export type Paint = (
  style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan',
  text: string,
) => string;

/** For files, output channels and `NO_COLOR`. */
export const plainPaint: Paint = (_style, text) => text;

/** For terminals: ANSI colours. */
export const ansiPaint: Paint = (style, text) => styleText(style, text, { validateStream: false });
