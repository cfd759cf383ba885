import type { PlanNode } from '../plan/plan.ts';
import type { Frame } from './frame.ts';
import { callInTask } from './runContext.ts';

/**
 * Executes tasks: calls a node's function with the task's input and gives back what it returns, or a
 * promise of it. In this thread for now; other implementations may send the work elsewhere, since
 * all that goes in and comes out is the frame's data, the input and the result.
 */
export interface TaskExecutor {
  execute(frame: Frame, node: PlanNode, input: unknown): unknown;
}

/** Calls the function right here. */
export const inThread: TaskExecutor = {
  execute: (frame, node, input) => callInTask(frame, node.action!, input),
};
