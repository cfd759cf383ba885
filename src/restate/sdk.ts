import { SuperstepError } from '../engine/model/errors.ts';

/** What is used of `@restatedev/restate-sdk`, which need not be installed. */
export interface RestateSdk {
  readonly service: (definition: object) => object;
  readonly object: (definition: object) => object;
  readonly handlers: { readonly object: { readonly shared: (handler: unknown) => unknown } };
  readonly createEndpointHandler: (options: object) => (request: any, response: any) => void;
  readonly RestatePromise: {
    race<T>(promises: readonly RestatePromise<T>[]): RestatePromise<T>;
  };
  readonly TerminalError: new (message: string, options?: { errorCode?: number }) => Error;
  readonly TimeoutError: new () => Error;
  readonly serde: { readonly json: unknown };
}

/** A promise whose end is kept. */
export interface RestatePromise<T> extends Promise<T> {
  map<U>(map: (value: T | undefined, failure: Error | undefined) => U): RestatePromise<U>;
  /** Fails with a `TimeoutError` after so many milliseconds. */
  orTimeout(ms: number): RestatePromise<T>;
}

/** What handlers are given. */
export interface RestateContext {
  readonly key: string;
  run<T>(name: string, action: () => Promise<T>, options?: object): RestatePromise<T>;
  get<T>(name: string): Promise<T | null>;
  set(name: string, value: unknown): void;
  clear(name: string): void;
  clearAll(): void;
  request(): { readonly id: unknown; readonly attemptCompletedSignal: AbortSignal };
  genericCall<T>(call: object): RestatePromise<T>;
  genericSend(call: object): void;
  awakeable<T>(): { readonly id: string; readonly promise: RestatePromise<T> };
  resolveAwakeable(id: string, value: unknown): void;
  cancel(invocation: string): void;
  cancellation(): RestatePromise<void>;
}

/**
 * The SDK, as it is installed beside the program.
 * @param from A file of a program that may have it instead: that of the graphs.
 * @throws {SuperstepError} RESTATE_FAILED
 */
export async function loadSdk(from?: string): Promise<RestateSdk> {
  try {
    return (await import('@restatedev/restate-sdk')) as unknown as RestateSdk;
  } catch (cause) {
    const sdk = from === undefined ? undefined : await sdkBeside(from);
    if (sdk !== undefined) return sdk;
    throw new SuperstepError(
      'RESTATE_FAILED',
      'Cannot serve graphs to Restate: its SDK is not installed; npm install @restatedev/restate-sdk',
      {},
      { cause },
    );
  }
}

async function sdkBeside(file: string): Promise<RestateSdk | undefined> {
  const { createRequire } = await import('node:module');
  try {
    return createRequire(file)('@restatedev/restate-sdk') as RestateSdk;
  } catch {
    return undefined;
  }
}
