import type { SourceRange } from '../loader/source/staticGraph.ts';
import type { Span } from './span.ts';

/** Where the lines of a text begin. */
export class Lines {
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#starts = [
      0,
      ...[...text.matchAll(/\r\n|[\n\r]/g)].map(({ index, 0: end }) => index + end.length),
    ];
  }

  /** Offsets as lines and columns, 1-based. */
  rangeOf({ start, end }: Span): SourceRange {
    const [first, last] = [this.#placeOf(start), this.#placeOf(end)];
    return {
      line1: first.line1,
      column1: first.column1,
      endLine1: last.line1,
      endColumn1: last.column1,
    };
  }

  #placeOf(offset: number): { line1: number; column1: number } {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line1: low + 1, column1: offset - this.#starts[low]! + 1 };
  }
}
