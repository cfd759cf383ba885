/** Values that come at their own times, for one reader who takes them at its own speed. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  /** Of the items, the first that was not read. */
  #next = 0;
  #ended: { readonly error?: unknown } | undefined;
  #wakeReader = () => {};
  #whenRead: PromiseWithResolvers<void> | undefined;

  /** How many values wait for the reader. */
  get unread(): number {
    return this.#items.length - this.#next;
  }

  /** After the end, values are dropped. */
  push(value: T): void {
    if (this.#ended) return;
    this.#items.push(value);
    this.#wakeReader();
  }

  /** No more will come. What waits is still read. Only the first end counts. */
  end(): void {
    this.#end({});
  }

  /** As `end()`, but when all is read, the reader gets this error. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  #end(ended: { readonly error?: unknown }): void {
    this.#ended ??= ended;
    this.#wakeReader();
  }

  /** Settles when the reader has taken everything and comes for more. */
  whenRead(): Promise<void> {
    return (this.#whenRead ??= Promise.withResolvers<void>()).promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#next < this.#items.length) yield this.#items[this.#next++]!;
      this.#items = [];
      this.#next = 0;
      this.#whenRead?.resolve();
      this.#whenRead = undefined;
      if (this.#ended) break;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if ('error' in this.#ended) throw this.#ended.error;
  }
}
