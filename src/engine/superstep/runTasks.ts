import { failureAt, toTaskError } from '../runtime/failure.ts';
import { yieldToEventLoop } from '../runtime/clock.ts';
import { callInTask } from '../runtime/runContext.ts';
import { readView, type Router } from '../graph/plan.ts';
import { valuesWith } from './applyWrites.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, addRoute, toResult, type TaskResult, type Update } from './outcome.ts';
import type { TaskSet } from './prepareTasks.ts';
import { runSubgraph } from './subgraph.ts';
import { TaskFrame } from './taskFrame.ts';

/** How many tasks are started between two looks at the clock. */
const TASKS_PER_LOOK = 256;

/**
 * Runs the tasks of one superstep, at most `maxConcurrency` at once, and resolves with their results
 * in task order. Rejects with the first failure, or when the run is aborted; the signal of the tasks
 * that still run is then aborted, and what they return is dropped.
 *
 * The cost is linear in tasks: a counter, not a race of promises, tells when all have finished.
 */
export function runTasks(run: GraphRun, tasks: TaskSet): Promise<TaskResult[]> {
  return new Promise((resolve, reject) => {
    new SuperstepTasks(run, tasks, { resolve, reject }).start();
  });
}

class SuperstepTasks {
  readonly #run: GraphRun;
  readonly #tasks: TaskSet;
  readonly #settle: { resolve(results: TaskResult[]): void; reject(error: Error): void };
  readonly #results: TaskResult[];
  readonly #limit: number;
  /** Started and not finished; kept only for observers, who must hear how each task ends. */
  readonly #open: Set<TaskFrame> | undefined;
  #next = 0;
  #running = 0;
  #finished = 0;
  #settled = false;
  #pumping = false;

  constructor(
    run: GraphRun,
    tasks: TaskSet,
    settle: { resolve(results: TaskResult[]): void; reject(error: Error): void },
  ) {
    this.#run = run;
    this.#tasks = tasks;
    this.#settle = settle;
    this.#results = new Array<TaskResult>(tasks.length);
    this.#limit = run.scope.config.maxConcurrency ?? Infinity;
    this.#open = run.scope.observed ? new Set() : undefined;
  }

  start(): void {
    const { abortReason } = this.#run;
    if (abortReason !== undefined) return this.#fail(abortReason);
    this.#run.onAbort = (reason) => this.#fail(reason);
    this.#pump();
  }

  /** Starts as many tasks as may run. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#next < this.#tasks.length && this.#running < this.#limit && !this.#settled) {
      this.#startTask(this.#next++);
      if (this.#next % TASKS_PER_LOOK === 0 && this.#run.isDueToYield()) {
        yieldToEventLoop(() => {
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
    }
    this.#pumping = false;
    this.#resolveWhenDone();
  }

  #startTask(index: number): void {
    const run = this.#run;
    const node = this.#tasks.node(index);
    const frame = new TaskFrame(run, node, this.#tasks.sendIndex(index));
    this.#running++;
    let returned: unknown;
    try {
      const input = this.#tasks.input(index);
      if (this.#open) this.#reportStart(frame, input);
      returned = node.subgraph
        ? runSubgraph(frame, node.subgraph, input)
        : run.scope.executor.execute(frame, input);
    } catch (error) {
      return this.#taskFailed(frame, error);
    }
    if (isThenable(returned)) {
      returned.then(
        (value) => this.#returned(frame, index, value),
        (error: unknown) => this.#taskFailed(frame, error),
      );
    } else this.#returned(frame, index, returned);
  }

  /** The node's function has ended; its routers are part of its task. */
  #returned(frame: TaskFrame, index: number, value: unknown): void {
    if (this.#settled) return;
    let result: TaskResult | Promise<TaskResult>;
    try {
      result = value instanceof Outcome ? value : toResult(this.#run.plan, frame.node.name, value);
      if (frame.node.routers.length > 0) result = this.#route(frame, result);
    } catch (error) {
      return this.#taskFailed(frame, error);
    }
    if (result instanceof Promise) {
      result.then(
        (routed) => this.#taskFinished(frame, index, routed),
        (error: unknown) => this.#taskFailed(frame, error),
      );
    } else this.#taskFinished(frame, index, result);
  }

  #route(frame: TaskFrame, result: TaskResult): Outcome | Promise<Outcome> {
    const { plan, snapshot } = this.#run;
    const { name, routers } = frame.node;
    const outcome = result instanceof Outcome ? result : new Outcome();
    if (result !== undefined && result !== outcome) outcome.updates.push(result as Update);
    const values = valuesWith(plan, snapshot.values, { updates: outcome.updates, writer: name });
    return chooseRoutes(frame, outcome, { routers, source: name, values });
  }

  #taskFinished(frame: TaskFrame, index: number, result: TaskResult): void {
    if (this.#settled) return;
    this.#results[index] = result;
    this.#running--;
    this.#finished++;
    if (this.#open) this.#reportEnd(frame, result);
    if (this.#next < this.#tasks.length) this.#pump();
    else this.#resolveWhenDone();
  }

  #taskFailed(frame: TaskFrame, thrown: unknown): void {
    if (this.#settled) return;
    const error = toTaskError(thrown, failureAt(frame.info, frame.attempt), this.#run.root);
    if (this.#open?.delete(frame)) this.#run.taskFailed(frame, error, false);
    this.#fail(error);
    this.#run.abort(error);
  }

  #resolveWhenDone(): void {
    if (this.#finished < this.#tasks.length || this.#pumping || this.#settled) return;
    this.#end();
    this.#settle.resolve(this.#results);
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#end();
    for (const frame of this.#open ?? []) this.#run.taskFailed(frame, error, true);
    this.#settle.reject(error);
  }

  #end(): void {
    this.#settled = true;
    this.#run.onAbort = undefined;
  }

  #reportStart(frame: TaskFrame, input: unknown): void {
    const { scope } = this.#run;
    frame.startedAt = scope.now();
    this.#open!.add(frame);
    scope.emit({ type: 'taskStarted', task: frame.info, attempt: frame.attempt, input });
  }

  #reportEnd(frame: TaskFrame, result: TaskResult): void {
    const { scope, plan } = this.#run;
    const task = frame.info;
    this.#open!.delete(frame);
    const updates = result instanceof Outcome ? result.updates : result ? [result] : [];
    for (const update of updates) {
      const known: Record<string, unknown> = {};
      for (const key of Object.keys(update)) {
        if (plan.byKey.has(key) && update[key] !== undefined) known[key] = update[key];
      }
      scope.emit({ type: 'taskWrote', task, update: known });
    }
    scope.emit({ type: 'taskFinished', task, durationMs: scope.now() - frame.startedAt });
  }
}

/**
 * Asks the routers of a node (or of START), one after another, where to go, and adds their answers
 * to the outcome. Waits only for routers that are asynchronous.
 */
export function chooseRoutes(
  frame: TaskFrame,
  outcome: Outcome,
  at: {
    readonly routers: readonly Router[];
    readonly source: string;
    readonly values: readonly unknown[];
  },
): Outcome | Promise<Outcome> {
  const { plan } = frame.run;
  const state = readView(plan.state, at.values);
  const routeFrom = (first: number): Outcome | Promise<Outcome> => {
    for (let i = first; i < at.routers.length; i++) {
      const router = at.routers[i]!;
      const add = (returned: unknown) =>
        addRoute(plan, outcome, router, { returned, source: at.source });
      const returned = callInTask(frame, router.action, state);
      if (isThenable(returned)) {
        return Promise.resolve(returned).then((value) => {
          add(value);
          return routeFrom(i + 1);
        });
      }
      add(returned);
    }
    return outcome;
  };
  return routeFrom(0);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
