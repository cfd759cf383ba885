/** Waits on a server: ends with the caller's signal, or when the server has been silent for too long. */
export class Silence {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timeoutMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTooLong = false;
  #isWaiting = false;
  #isComplete = false;

  constructor(outer: AbortSignal | undefined, timeoutMs: number) {
    this.#outer = outer;
    this.#timeoutMs = timeoutMs;
    outer?.addEventListener('abort', this.#end, { once: true });
    if (outer?.aborted) this.#end();
  }

  /** Aborted at the end, unless the answer was complete: nothing may stay open. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** The server's turn: its silence counts from now. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#isWaiting = true;
    if (this.#timeoutMs === Infinity) return;
    this.#timer = setTimeout(
      () => {
        this.#isTooLong = true;
        this.#end();
      },
      Math.min(this.#timeoutMs, 2 ** 31 - 1),
    );
  }

  /** The server has shown that it lives, if it is its turn: its silence counts anew. */
  interrupt(): void {
    if (this.#isWaiting) this.begin();
  }

  /** The reader's turn. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#isWaiting = false;
  }

  /** The answer is complete: there is nothing to abort, and trying to takes a millisecond or two. */
  complete(): void {
    this.#release();
    this.#isComplete = true;
  }

  [Symbol.dispose](): void {
    if (!this.#isComplete) this.#end();
  }

  readonly #end = (): void => {
    this.#release();
    this.#controller.abort();
  };

  #release(): void {
    this.pause();
    this.#outer?.removeEventListener('abort', this.#end);
  }
}
