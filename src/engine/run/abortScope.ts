/** Something that goes on, and can be told to stop. */
export interface Abortable {
  abort(reason: Error): void;
}

/** Work that ends together: aborting a scope aborts everything that was started inside it. */
export class AbortScope implements Abortable {
  /** Made when somebody asks for the signal. */
  #controller: AbortController | undefined = undefined;
  #inner: Set<Abortable> | undefined;
  /** Told once, after everything inside was told and before those who listen to the signal. */
  onAbort: ((reason: Error) => void) | undefined;
  #reason: Error | undefined;

  /** What user code is given. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Why the scope was aborted, if it was. */
  get abortReason(): Error | undefined {
    return this.#reason;
  }

  /** @throws What it was aborted with, if it was. */
  throwIfAborted(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Only the first call counts. */
  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const inner of this.#inner ?? []) inner.abort(reason);
    this.onAbort?.(reason);
    this.#controller?.abort(reason);
  }

  /**
   * What `work` comes to, or a rejection as soon as the scope is aborted, if it is not already. For one
   * thing at a time, and while nobody else has set `onAbort`.
   */
  async orAborted<T>(work: PromiseLike<T>): Promise<T> {
    const aborted = new Promise<never>((_, reject) => {
      if (this.#reason === undefined) this.onAbort = reject;
      else reject(this.#reason);
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      this.onAbort = undefined;
    }
  }

  /** From now on `inner` is aborted with this scope, until it is released. */
  adopt(inner: Abortable): void {
    (this.#inner ??= new Set()).add(inner);
    if (this.#reason !== undefined) inner.abort(this.#reason);
  }

  release(inner: Abortable): void {
    this.#inner?.delete(inner);
  }
}
