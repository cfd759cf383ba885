import { currentFrame } from '../run/runContext.ts';
import { TaskCalls } from '../run/taskCalls.ts';

/**
 * Does a piece of the running node's work that is not to be done again when the node runs again for
 * an answer, or after a failure: it has the answers to its own questions, and its result is kept. Unlike
 * a task nobody sees it. Outside of a node, and where nothing is kept, the same as calling the function.
 *
 * @param identity What tells it from other calls of this name, in whatever order they are made.
 */
export function callOnce<T>(
  { name, identity }: { readonly name: string; readonly identity: unknown },
  action: () => Promise<T>,
): Promise<T> {
  const caller = currentFrame();
  if (caller?.run.session === undefined) return action();
  const definition = {
    ...{ name, action, isQuiet: true },
    ...{ policy: undefined, maxConcurrency: undefined },
  };
  caller.calls ??= new TaskCalls(caller);
  return caller.calls.call(definition, [], identity) as Promise<T>;
}
