import type { TaskPath } from '../model/stateSnapshot.ts';

/** @param sendIndex Place among the sent tasks of its superstep, or -1. */
export function taskPath(node: string, sendIndex: number): TaskPath {
  return sendIndex < 0 ? ['__pregel_pull', node] : ['__pregel_push', sendIndex, false];
}
