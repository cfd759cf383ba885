import { newAsyncContext } from './asyncContext.ts';
import type { Frame } from './frame.ts';

/** The task on whose behalf code runs, through any number of awaits. */
const current = newAsyncContext<Frame>();

/** The task whose function has been called and has not returned; of calls inside each other the last. */
let called: Frame | undefined;

/** Whether a task's function has not returned yet: its code is before its first `await`. */
export function isInFirstStretch(frame: Frame): boolean {
  return called === frame;
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
  called = frame;
  const returned = frame.run.scope.site.call(enter, frame, action, input);
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
