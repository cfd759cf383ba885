import { isThenable } from '../model/thenable.ts';

/** Makes the writes of a run one after another, and remembers the first that failed. */
export class OrderedWrites {
  /** Whoever writes waits until it is done, so that it is safe before the run goes on. */
  readonly #isAwaited: boolean;
  #last: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param options.after Comes before the first write; must not reject. */
  constructor(options: {
    readonly isAwaited: boolean;
    readonly after?: Promise<void> | undefined;
  }) {
    this.#isAwaited = options.isAwaited;
    this.#last = options.after;
  }

  /** Resolves when all writes so far are done, or have failed; `undefined` if they are. */
  get pending(): Promise<void> | undefined {
    return this.#last;
  }

  /**
   * Writes after all earlier writes.
   * @throws What an earlier write failed with.
   */
  add(write: () => void | Promise<void>): void | Promise<void> {
    this.#throwFailure();
    let writing: Promise<void>;
    if (this.#last === undefined) {
      const done = write();
      if (!isThenable(done)) return;
      writing = Promise.resolve(done);
    } else writing = this.#last.then(write);
    const settled: Promise<void> = writing.then(
      () => this.#settled(settled),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#settled(settled);
      },
    );
    this.#last = settled;
    if (this.#isAwaited) return writing;
  }

  /** For writes that nobody waits for: the next one, or the end of the run, tells of the failure. */
  swallow(write: () => void | Promise<void>): void {
    try {
      const done = write();
      if (isThenable(done)) done.then(undefined, () => {});
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** @throws What a write has failed with. */
  async allDone(): Promise<void> {
    await this.#last;
    this.#throwFailure();
  }

  #settled(settled: Promise<void>): void {
    if (this.#last === settled) this.#last = undefined;
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
