import { until } from '../engine/model/until.ts';

/** Work that several wait for, each as long as it likes; it is ended when nobody waits any more. */
export class SharedWork<T> {
  readonly #abort = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  /** @param work Is begun at once, and given a signal to heed. */
  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#abort.signal);
    // Whoever waits hears of it; perhaps nobody does any more.
    this.#result.catch(() => {});
  }

  /** Nobody waits any more: there is nothing to join. */
  get isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Waits for the result; rejects with the signal's reason if that comes first. */
  async join(signal: AbortSignal): Promise<T> {
    this.#waiting++;
    try {
      return await until(this.#result, signal);
    } finally {
      if (--this.#waiting === 0) this.#abort.abort(signal.reason);
    }
  }
}
