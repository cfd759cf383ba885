import { AsyncLocalStorage } from 'node:async_hooks';
import type { TaskFrame } from '../superstep/taskFrame.ts';

/** The task on whose behalf code runs, through any number of awaits. */
const current = new AsyncLocalStorage<TaskFrame>();

/** Calls user code on behalf of a task. */
export function callInTask(
  frame: TaskFrame,
  action: (input: unknown, config: any) => unknown,
  input: unknown,
): unknown {
  return current.run(frame, action, input, frame.config);
}

/** The frame of the running task, `undefined` outside of any node. */
export function currentFrame(): TaskFrame | undefined {
  return current.getStore();
}
