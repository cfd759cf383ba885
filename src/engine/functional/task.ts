import { SuperstepError, show } from '../model/errors.ts';
import type { CachePolicy } from '../model/policies/cachePolicy.ts';
import { checkOptions, type OptionTable } from '../model/checkOptions.ts';
import { toPolicy, type NodePolicyOptions } from '../model/policies/policy.ts';
import type { RetryPolicy } from '../model/policies/retry.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
import { defineForWorkers } from '../run/workers/definitions.ts';
import { currentFrame } from '../run/runContext.ts';
import type { TaskDefinition } from '../run/taskDefinition.ts';
import { TaskCalls } from '../run/taskCalls.ts';

/** How a task is run. */
export interface TaskOptions {
  /** Its name in events, streams and messages. */
  name: string;
  /** Tries again when it fails. Default: no. */
  retry?: RetryPolicy;
  /** Milliseconds, or a policy, for each attempt. Default: no limit. */
  timeout?: number | TimeoutPolicy;
  /** Keeps its results in the cache of the run. Default: no. */
  cachePolicy?: CachePolicy | boolean;
  /**
   * How many of its calls may run at once, anywhere in a run; a task with a cap must not wait for
   * calls of itself. Default: all.
   */
  maxConcurrency?: number;
  /** Runs its calls on worker threads, as `thread` of a node does. Default false. */
  thread?: boolean;
  /** The module that defines the task, `import.meta.url`, which worker threads load. */
  module?: string;
}

const OPTIONS: OptionTable<TaskOptions> = {
  names: {
    name: true,
    retry: true,
    timeout: true,
    cachePolicy: true,
    maxConcurrency: true,
    thread: true,
    module: true,
  },
};

/** Not a generator: those yield, and a task has one result. */
type NotGenerator<Result> = Result extends Generator<any, any, any> | AsyncGenerator<any, any, any>
  ? never
  : Result;

/**
 * Makes a function a task: a piece of work with a name, whose calls are seen by the observers of the
 * run, and whose results a checkpointer keeps. Call it inside of an {@link entrypoint}, a graph's
 * node or another task; it starts at once, and side by side with others.
 *
 * The promise it returns is like any other: `await` it, catch its error, pass it to `Promise.all` or
 * `Promise.allSettled`. The caller does not end before its tasks; a failure that nobody waits for
 * fails the caller.
 *
 * @param nameOrOptions The name, or the name with retry, timeout and cache policies and a cap.
 * @param action Any arguments; may be asynchronous or not.
 * @throws {SuperstepError} INVALID_TASK for generators and what is not a function; INVALID_POLICY,
 * UNKNOWN_OPTION. A call outside of any run rejects with OUTSIDE_RUN.
 * @example
 * ```ts
 * import { entrypoint, task } from 'superstep';
 * const shout = task('shout', async (word: string) => word.toUpperCase());
 * const workflow = entrypoint('workflow', (words: string[]) => Promise.all(words.map((w) => shout(w))));
 * console.log(await workflow.invoke(['a', 'b'])); // [ 'A', 'B' ]
 * ```
 */
export function task<Args extends unknown[], Result>(
  nameOrOptions: string | TaskOptions,
  action: (...args: Args) => NotGenerator<Result>,
): (...args: Args) => Promise<Awaited<Result>> {
  const options: TaskOptions =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const { name, retry, timeout, cachePolicy, maxConcurrency: cap, thread, module } = options;
  checkFunction('task', name, action);
  checkOptions(OPTIONS, options, `Task "${name}"`);
  const policies: NodePolicyOptions = {
    retryPolicy: retry ?? false,
    timeout: timeout ?? false,
    cachePolicy: cachePolicy ?? false,
    ...(cap !== undefined && { maxConcurrency: cap }),
  };
  const definition: TaskDefinition = {
    ...{ name, action, ...toPolicy(policies, name) },
    worker: thread ? defineForWorkers({ module, name, identity: action, action }) : undefined,
  };
  const call = (...args: Args): Promise<any> => {
    const caller = currentFrame();
    if (caller === undefined) return Promise.reject(outsideRun(name));
    return (caller.calls ??= new TaskCalls(caller)).call(definition, args);
  };
  return Object.defineProperty(call, 'name', { value: name });
}

/**
 * @throws {SuperstepError} INVALID_TASK
 */
export function checkFunction(kind: 'task' | 'entrypoint', name: unknown, action: unknown): void {
  if (typeof name !== 'string' || name === '' || /[|:/]/.test(name)) {
    throw new SuperstepError(
      'INVALID_TASK',
      `Cannot define a ${kind} named ${show(name)}: pass a name that is not empty and has no "|", ":" or "/"`,
      { value: name },
    );
  }
  const type = Object.prototype.toString.call(action);
  const isFunction = typeof action === 'function';
  if (isFunction && !type.endsWith('GeneratorFunction]')) return;
  const kinds = kind === 'task' ? 'tasks' : 'entrypoints';
  const problem = isFunction
    ? `Generators are disallowed as ${kinds}: "${name}" has no single result; return a promise, and use ` +
      `getWriter() to send values on the way`
    : `Cannot define ${kind} "${name}": ${show(action)} is not a function`;
  throw new SuperstepError('INVALID_TASK', problem, { nodes: [name], value: action });
}

function outsideRun(name: string): SuperstepError {
  return new SuperstepError(
    'OUTSIDE_RUN',
    `Cannot call task "${name}" here: no run is going on. Tasks run inside of an entrypoint, a ` +
      `graph's node or another task, and no longer than it does; move the call there, or call the plain function`,
    { nodes: [name] },
  );
}
