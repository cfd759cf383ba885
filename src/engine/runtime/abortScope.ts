/** Something that goes on, and can be told to stop. */
export interface Abortable {
  abort(reason: Error): void;
}

/** Work that ends together: aborting a scope aborts everything that was started inside it. */
export class AbortScope implements Abortable {
  readonly #controller = new AbortController();
  readonly #inner = new Set<Abortable>();
  /** Told once, after everything inside was told and before those who listen to the signal. */
  onAbort: ((reason: Error) => void) | undefined;
  #reason: Error | undefined;

  /** What user code is given. */
  get signal(): AbortSignal {
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
    for (const inner of this.#inner) inner.abort(reason);
    this.onAbort?.(reason);
    this.#controller.abort(reason);
  }

  /** From now on `inner` is aborted with this scope, until it is released. */
  adopt(inner: Abortable): void {
    this.#inner.add(inner);
    if (this.#reason !== undefined) inner.abort(this.#reason);
  }

  release(inner: Abortable): void {
    this.#inner.delete(inner);
  }
}
