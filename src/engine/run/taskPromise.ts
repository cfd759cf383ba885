import type { InterruptSignal, ParentCommandSignal } from '../model/signals.ts';

const nothing = () => {};

/**
 * What a functional task returns: a promise that knows whether anybody waits for it. A failure that
 * nobody asked about fails the task that made the call, and never the process.
 */
export class TaskPromise<T> extends Promise<T> {
  /** Somebody has asked for the result: by `await`, `then`, `catch`, `Promise.all` and so on. */
  isWatched = false;
  #reject!: (error: unknown) => void;
  #resolve!: (value: T) => void;

  constructor() {
    let resolve!: (value: T) => void;
    let reject!: (error: unknown) => void;
    super((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** What is made from it by `then` is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    onResolve?: ((value: T) => A | PromiseLike<A>) | null,
    onReject?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isWatched = true;
    return super.then(onResolve, onReject);
  }

  /** @internal */
  settle(value: T): void {
    this.#resolve(value);
  }

  /** @internal */
  fail(error: Error | InterruptSignal | ParentCommandSignal): void {
    if (!this.isWatched) void super.then(undefined, nothing);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a pause is no error
    this.#reject(error);
  }
}
