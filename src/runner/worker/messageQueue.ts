/** Messages that come from outside, for one reader who takes them at its own speed. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(message: T): void {
    if (this.#end) return;
    this.#waiting.push(message);
    this.#wake?.();
  }

  /**
   * No more will come. Without an error the reader still gets what waits; an error comes at once.
   * Only the first call counts.
   */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      if (this.#end && 'error' in this.#end) throw this.#end.error;
      if (this.#waiting.length > 0) yield this.#waiting.shift()!;
      else if (this.#end) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
