import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** A value that code finds through any number of awaits. */
export function newAsyncContext<T>(): Pick<AsyncLocalStorage<T>, 'getStore' | 'run' | 'enterWith'> {
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
