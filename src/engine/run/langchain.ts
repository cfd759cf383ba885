import { newAsyncContext } from './asyncContext.ts';
import { placeOf } from './callbacks.ts';
import type { Frame } from './frame.ts';
import { currentFrame } from './runContext.ts';
import { callbacksIn } from './taskCallbacks.ts';

/** Where LangChain keeps what the code around a call has to say to it; one for the whole process. */
const CONTEXT = Symbol.for('ls:tracing_async_local_storage');
/** The config of the runnable around a call, in such a context. */
const CHILD_CONFIG = Symbol.for('lc:child_config');

/** LangChain's own `AsyncLocalStorage`, as far as it uses it. */
interface Context {
  getStore(): unknown;
  run<R>(store: unknown, action: () => R): R;
  enterWith(store: unknown): void;
}

/** Done once: copies of this library that watched each other would put one context around another for ever. */
let isListening = false;

/**
 * Makes models of LangChain that are called inside of tasks stop when the task does, and tell what
 * they do: tokens, usage, how they end. They look for a config in a context of their own, where
 * LangGraph puts it; here our tasks are put there too. The code that calls a model need not pass
 * anything on.
 */
export function listenToLangChain(): void {
  if (isListening) return;
  isListening = true;
  const inner = (globalThis as { [CONTEXT]?: Context })[CONTEXT] ?? newAsyncContext<unknown>();
  (globalThis as { [CONTEXT]?: Context })[CONTEXT] = {
    getStore: () => inner.getStore() ?? ofTask(currentFrame()),
    run: (store, action) => inner.run(store, action),
    enterWith: (store) => inner.enterWith(store),
  };
}

/** What LangChain finds around a call in one of our tasks. */
function ofTask(frame: Frame | undefined): unknown {
  if (frame === undefined) return undefined;
  const { signal, tags, metadata, configurable } = frame.config;
  // Copied, since LangChain adds to it.
  const { scope } = frame.run;
  const shown = scope.callbacks
    ? { ls_integration: 'langgraph', ...placeOf(frame) }
    : { ...metadata };
  const config = { signal, tags, configurable, metadata: shown };
  const callbacks = callbacksIn(frame);
  return { extra: { [CHILD_CONFIG]: { ...config, ...(callbacks && { callbacks }) } } };
}
