import { explainReadOnly } from '../state/readOnly.ts';
import type { TaskFailure } from '../model/events.ts';
import type { Frame } from './frame.ts';
import { isError, toError } from '../model/errorInfo.ts';

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
  const error = toError(explained(thrown, frame), `Node "${task.node}"`, [task.node]);
  return thrownBy(error, task, frame.run.root);
}

/** Notes the task that threw an error, unless that is known in this run. */
export function thrownBy(error: Error, task: TaskFailure, run: object): Error {
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

/** The part of a task's name that goes with its error. */
function failureAt({ info, attempt }: Frame): TaskFailure {
  return { node: info.node, path: info.path, superstep: info.superstep, attempt };
}
