import type { ErrorInfo, TaskFailure, TaskInfo } from '../events.ts';
import { SuperstepError, show } from '../errors.ts';

/** `run` tells runs apart: an error object may be thrown again in another. */
const failures = new WeakMap<object, { readonly task: TaskFailure; readonly run: object }>();

/**
 * Says in which task an error was thrown. The error itself stays what the node threw.
 *
 * @returns `undefined` for errors that no task threw.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph, taskOf } from 'superstep';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('breaks', () => { throw new RangeError('too far'); })
 *   .addEdge(START, 'breaks')
 *   .compile();
 * await graph.invoke({}).catch((error) => console.log(error.message, taskOf(error)?.node)); // too far breaks
 * ```
 */
export function taskOf(error: unknown): TaskFailure | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const own = failures.get(error)?.task;
  if (own !== undefined) return own;
  // Of another copy of the library, or another thread.
  const { task } = error as { task?: Partial<TaskFailure> | null };
  const isFailure = typeof task?.node === 'string' && Array.isArray(task.path);
  return isFailure ? (task as TaskFailure) : undefined;
}

/**
 * Makes an Error of whatever was thrown, and notes the task that threw it (the innermost wins).
 * @param run Stands for the outermost run around the task.
 */
export function toTaskError(thrown: unknown, task: TaskFailure, run: object): Error {
  const error = isError(thrown)
    ? thrown
    : new SuperstepError(
        'NON_ERROR_THROWN',
        `Node "${task.node}" threw ${show(thrown)}, which is not an Error: throw new Error(…) instead`,
        { nodes: [task.node], value: thrown },
        { cause: thrown },
      );
  const known = failures.get(error);
  if (known?.run === run) return error;
  failures.set(error, { task, run });
  // An error's own field of that name stays what it is.
  const mine = known !== undefined && (error as { task?: unknown }).task === known.task;
  if (Object.isExtensible(error) && (mine || !('task' in error))) {
    Object.defineProperty(error, 'task', { value: task, configurable: true, enumerable: false });
  }
  return error;
}

/** How many causes of causes are told. */
const MAX_DEPTH = 8;

/** An error as plain data, with its causes. Never throws, whatever was thrown. */
export function toErrorInfo(error: unknown, depth = 0): ErrorInfo {
  if (typeof error !== 'object' || error === null) {
    return { name: typeof error, message: show(error) };
  }
  const name = read(error, 'name');
  const message = read(error, 'message');
  const code = read(error, 'code');
  const stack = read(error, 'stack');
  const cause = depth < MAX_DEPTH ? read(error, 'cause') : undefined;
  const errors = depth < MAX_DEPTH ? read(error, 'errors') : undefined;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : show(error),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && { cause: toErrorInfo(cause, depth + 1) }),
    ...(Array.isArray(errors) && {
      errors: errors.slice(0, 100).map((item) => toErrorInfo(item, depth + 1)),
    }),
  };
}

function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false; // a proxy that does not let itself be asked
  }
}

/** A property of something that may be a proxy, or have getters that throw. */
function read(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The part of a task's name that goes with its error. */
export function failureAt(task: TaskInfo, attempt: number): TaskFailure {
  return { node: task.node, path: task.path, superstep: task.superstep, attempt };
}
