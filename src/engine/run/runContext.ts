import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
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

/** Where a call of a graph was made: what the caller keeps in asynchronous contexts is found in its nodes. */
export class CallSite {
  readonly #resource = new AsyncResource('SuperstepCall');

  /** Calls a node's function, or another one of the graph, on behalf of a task. */
  callInTask(
    frame: Frame,
    action: (input: unknown, config: any) => unknown,
    input: unknown,
  ): unknown {
    called = frame;
    // AsyncLocalStorage.run() makes two contexts, one for the way in and one for the way back.
    const returned = this.#resource.runInAsyncScope(enter, undefined, frame, action, input);
    called = undefined;
    return returned;
  }
}

function enter(
  frame: Frame,
  action: (input: unknown, config: any) => unknown,
  input: unknown,
): unknown {
  current.enterWith(frame);
  return action(input, frame.config);
}

/** Calls a node's function, or another one of a graph, on behalf of a task. */
export function callInTask(
  frame: Frame,
  action: (input: unknown, config: any) => unknown,
  input: unknown,
): unknown {
  return frame.run.scope.site.callInTask(frame, action, input);
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
