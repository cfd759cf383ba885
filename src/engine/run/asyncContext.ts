import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * As much of `AsyncLocalStorage` as is used; in our own words, since programs without the types of Node.js
 * use our declarations too.
 */
export interface AsyncContext<T> {
  getStore(): T | undefined;
  run<R>(value: T, action: (...args: any[]) => R, ...args: any[]): R;
  enterWith(value: T): void;
}

/** A value that code finds through any number of awaits. */
export function newAsyncContext<T>(): AsyncContext<T> {
  return new AsyncLocalStorage<T>();
}

/**
 * Where something was called: what the caller keeps in asynchronous contexts is found in what is called
 * from here. `AsyncLocalStorage.run()` makes two contexts, one for the way in and one for the way back;
 * with `enterWith()` inside a call from here there is one.
 */
export class CallSite {
  readonly #resource = new AsyncResource('SuperstepCall');

  call<A, B, C, R>(action: (a: A, b: B, c: C) => R, a: A, b: B, c: C): R {
    return this.#resource.runInAsyncScope(action, undefined, a, b, c);
  }
}
