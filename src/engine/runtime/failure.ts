import { explainReadOnly } from '../channels/readOnly.ts';
import type { ErrorInfo, TaskFailure } from '../events.ts';
import { SuperstepError, show } from '../errors.ts';
import type { Frame } from './frame.ts';

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

/** What user code threw; if that comes of changing its state in place, an error that says so. */
export function explained(thrown: unknown, { run, info, input }: Frame): unknown {
  if (run.plan.kind !== 'graph' || !isError(thrown)) return thrown;
  return explainReadOnly(thrown, info.node, input);
}

/** Makes an Error of whatever was thrown, and notes the task that threw it (the innermost wins). */
export function toTaskError(thrown: unknown, frame: Frame): Error {
  const task = failureAt(frame);
  const run = frame.run.root;
  const error = toError(explained(thrown, frame), `Node "${task.node}"`, [task.node]);
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

/**
 * What was thrown, if it is an Error; otherwise one that says what it is. Never throws.
 * @param who Who threw it, for the beginning of a sentence.
 */
export function toError(thrown: unknown, who: string, nodes?: readonly string[]): Error {
  if (isError(thrown)) return thrown;
  return new SuperstepError(
    'NON_ERROR_THROWN',
    `${who} threw ${show(thrown)}, which is not an Error: throw new Error(…) instead`,
    { ...(nodes && { nodes }), value: thrown },
    { cause: thrown },
  );
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

/** True for errors of other realms too, such as those of Node in a test runner that has its own. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
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
function failureAt({ info, attempt }: Frame): TaskFailure {
  return { node: info.node, path: info.path, superstep: info.superstep, attempt };
}
