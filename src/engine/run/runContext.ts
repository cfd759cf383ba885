import { AsyncLocalStorage } from 'node:async_hooks';
import type { Frame } from './frame.ts';

/** The task on whose behalf code runs, through any number of awaits. */
const current = new AsyncLocalStorage<Frame>();

/** A context of its own, for whoever keeps something else there. */
export function newAsyncContext<T>(): Pick<AsyncLocalStorage<T>, 'getStore' | 'run' | 'enterWith'> {
  return new AsyncLocalStorage<T>();
}

/** The task whose function has been called and has not returned; of calls inside each other the last. */
let called: Frame | undefined;

/** Whether a task's function has not returned yet: its code is before its first `await`. */
export function isInFirstStretch(frame: Frame): boolean {
  return called === frame;
}

/** Calls a node's function, or another one of a graph, on behalf of a task. */
export function callInTask(
  frame: Frame,
  action: (input: unknown, config: any) => unknown,
  input: unknown,
): unknown {
  called = frame;
  const returned = current.run(frame, action, input, frame.config);
  called = undefined;
  return returned;
}

/** Calls any function on behalf of a task. */
export function callInFrame(
  frame: Frame,
  action: (...args: any[]) => unknown,
  args: readonly unknown[],
): unknown {
  called = frame;
  const returned = current.run(frame, action, ...args);
  called = undefined;
  return returned;
}

/** The frame of the running task, `undefined` outside of any node. */
export function currentFrame(): Frame | undefined {
  return current.getStore();
}
