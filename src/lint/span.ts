/** A place in the text, by offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of the text is replaced; offsets count UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
