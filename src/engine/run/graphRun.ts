import type { Interrupt } from '../model/checkpointer.ts';
import { GraphRecursionError } from '../model/errors.ts';
import type { TaskFinished, TaskInfo } from '../model/events.ts';
import { readView, type Plan } from '../plan/plan.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import { InterruptSignal } from '../model/signals.ts';
import { AbortScope } from './abortScope.ts';
import { toErrorInfo } from '../model/errorInfo.ts';
import type { Frame, ReportedTask, RunView } from './frame.ts';
import { randomId } from '../model/ids.ts';
import { Slots, slotsInside } from './limit.ts';
import type { Store } from '../model/store.ts';
import type { Written } from '../plan/applyWrites.ts';
import type { TaskSet } from '../plan/prepareTasks.ts';
import { RunGuide } from './runGuide.ts';
import type { Elsewhere } from './remote/work.ts';
import type { RunScope, Untimed } from './runScope.ts';
import { emptySnapshot, type Snapshot } from '../plan/snapshot.ts';
import { taskIdOf, type TaskKey } from '../model/taskKey.ts';
import type { ThreadSession } from './threadSession.ts';

/** After this long without a pause, milliseconds, the thread is given back for a moment. */
export const LONGEST_STRETCH_MS = 12;

/** How many runs may be inside of each other. */
const DEEPEST = 1000;

const NOTHING = Object.freeze({});
const NO_PATH: readonly string[] = Object.freeze([]);

/** Calls of graphs in one attempt at a task so far, where no session counts them. */
const calls = new WeakMap<Frame, number>();

function nextPlaceInside(caller: Frame): readonly string[] {
  const call = calls.get(caller) ?? 0;
  calls.set(caller, call + 1);
  return call === 0 ? caller.place : [...caller.place, String(call)];
}

/** One execution of one graph: of the root, or of a subgraph on behalf of a task. */
export class GraphRun extends AbortScope implements RunView {
  readonly plan: Plan;
  readonly scope: RunScope;
  /** The task that this run is part of. */
  readonly callerTask: Frame | undefined;
  /** The task that observers see around this run's tasks. */
  readonly parent: Frame | undefined;
  /** The same object for all runs inside one call from outside of any node. */
  readonly root: object;
  /** Where its tasks get their slots from; `undefined` if there is no cap. */
  readonly slots: Slots | undefined;
  /** Where the run is stored; `undefined` if it is not. */
  session: ThreadSession | undefined = undefined;
  snapshot: Snapshot;
  /** The values that the run began with, before its input. */
  readonly defaults: readonly unknown[];
  /** Warns of what is probably not meant; only if somebody observes the run. */
  readonly guide: RunGuide | undefined;
  /** How many runs it is inside of. */
  readonly depth: number;
  /** Steps of its thread that were done before the run's first superstep. */
  firstStep = 0;
  /** Names it for callbacks, if there are any. */
  callbackId: string | undefined = undefined;
  #yieldedAt: number;
  #place: readonly string[] | undefined = undefined;
  #seed: string | undefined = undefined;

  /**
   * @param callerTask The task that this run is part of.
   * @throws {GraphRecursionError} GRAPH_RECURSION_LIMIT
   */
  constructor(plan: Plan, scope: RunScope, callerTask?: Frame) {
    super();
    this.depth = callerTask === undefined ? 0 : callerTask.run.depth + 1;
    if (this.depth > DEEPEST) throw tooDeep(plan);
    const isInside = callerTask !== undefined && callerTask.run.scope === scope;
    const parent = isInside || !scope.isOwnRun ? callerTask : undefined;
    this.plan = plan;
    this.scope = scope;
    this.callerTask = callerTask;
    this.parent = parent;
    this.root = callerTask?.run.root ?? {};
    this.slots =
      scope.limit && !isInside ? new Slots(scope.limit, 0) : callerTask && slotsInside(callerTask);
    this.snapshot = emptySnapshot(plan);
    this.defaults = this.snapshot.values;
    this.guide = scope.observed && plan.kind === 'graph' ? new RunGuide(this) : undefined;
    this.#yieldedAt = scope.clock.now();
    callerTask?.owner.adopt(this);
  }

  /** Where results of nodes and tasks are kept. */
  get cache(): Cache | undefined {
    return this.plan.cache ?? this.scope.cache;
  }

  /** What nodes find as `config.store`. */
  get store(): Store | undefined {
    const { plan, scope, callerTask } = this;
    const ofCall = callerTask?.run.scope === scope ? undefined : scope.config.store;
    return plan.persistence.store ?? ofCall ?? callerTask?.run.store;
  }

  /** Who takes its tasks; `undefined` if they run here. */
  get elsewhere(): Elsewhere | undefined {
    return this.scope.internals.elsewhere;
  }

  /** Counts its supersteps from where it stands, or from where it began if it has been under way before. */
  countFromHere(): void {
    const { session, snapshot, elsewhere } = this;
    const { step } = snapshot;
    this.firstStep =
      elsewhere === undefined || session === undefined
        ? step
        : elsewhere.firstStep(session.checkpoints.thread.namespace, {
            isResumed: session.isResumed,
            step,
          });
  }

  /** Names of the tasks it is inside of, for observers: making these takes time. */
  get path(): readonly string[] {
    return this.parent?.info.path ?? NO_PATH;
  }

  /** Where it stands in checkpoints and streams; `[]` for a graph that is not inside another. */
  get place(): readonly string[] {
    return (this.#place ??= this.#makePlace());
  }

  #makePlace(): readonly string[] {
    const { session, callerTask } = this;
    // A thread of its own, inside a node, has a place there all the same.
    if (session?.parentThread !== undefined) return session.checkpoints.thread.namespace.split('|');
    return callerTask === undefined ? [] : nextPlaceInside(callerTask);
  }

  /** Names a task of the coming superstep among all tasks. */
  taskId(task: TaskKey): string {
    if (this.session) return this.session.checkpoints.taskId(task);
    this.#seed ??= randomId();
    return taskIdOf(this.place.join('|'), `${this.#seed}/${this.snapshot.step}`, task);
  }

  /** Its place for events, if the observer wants to know. */
  get reportedPlace(): { readonly place?: readonly string[] } {
    return this.scope.internals.reportsPlaces ? { place: this.place } : NOTHING;
  }

  /** The run has kept the thread for so long that others must have their turn. */
  isDueToYield(): boolean {
    const { clock } = this.scope;
    const now = clock.now();
    if (now - this.#yieldedAt < LONGEST_STRETCH_MS) return false;
    this.#yieldedAt = now;
    return true;
  }

  /** The run has ended: nobody need abort it any more. */
  end(): void {
    this.callerTask?.owner.release(this);
  }

  /** Reports a value that a node wrote; nothing after the end of the run. */
  custom(task: { readonly info: TaskInfo }, value: unknown): void {
    this.callerTask?.onProgress?.(false);
    if (this.scope.observed && this.abortReason === undefined) {
      this.scope.emit({ type: 'custom', task: task.info, value });
    }
  }

  /** Reports the snapshot that the run goes on from. An entrypoint has no state to report. */
  continued(): void {
    const { scope, path, snapshot, plan } = this;
    if (!scope.observed || plan.kind === 'entrypoint') return;
    const state = readView(plan.state, snapshot.values);
    scope.emit({ type: 'continued', path, superstep: snapshot.step, state, ...this.reportedPlace });
  }

  /** Reports that the next superstep starts. An entrypoint is one task, and has no state to report. */
  superstepStarted(tasks: TaskSet): void {
    const { scope, path, snapshot, plan } = this;
    if (!scope.observed || plan.kind === 'entrypoint') return;
    const superstep = snapshot.step + 1;
    const sends = snapshot.sends.length > 0 && { sends: tasks.sendCounts() };
    scope.emit({ type: 'superstepStarted', path, superstep, tasks: tasks.length, ...sends });
  }

  /** Reports the snapshot that a superstep, or the input, has led to. */
  superstepFinished(writes: Written): void {
    const { scope, path, snapshot, plan } = this;
    if (!scope.observed || plan.kind === 'entrypoint') return;
    scope.emit({
      type: 'superstepFinished',
      path,
      superstep: snapshot.step,
      written: writes.keys(),
      state: readView(plan.state, snapshot.values),
      ...this.reportedPlace,
    });
  }

  /** Reports that a task starts, or starts again. */
  taskStarted(task: ReportedTask): void {
    const { scope } = this;
    const time = scope.now();
    if (task.attempt === 1) task.startedAt = time;
    const { info, attempt, input } = task;
    scope.callbacks?.taskStarted(task, this.callbackId, scope.config);
    scope.emit({ type: 'taskStarted', task: info, attempt, input }, time);
  }

  /** Reports what a task wrote, and that it ended well, after the milliseconds it returns. */
  taskFinished(
    task: ReportedTask & { readonly isCached: boolean; readonly handled?: Error | undefined },
    updates: readonly Readonly<Record<string, unknown>>[],
    chosen?: TaskFinished['chosen'],
  ): number {
    const { scope } = this;
    const { info, isCached, handled } = task;
    const time = scope.now();
    const durationMs = time - task.startedAt;
    scope.callbacks?.taskEnded(
      task,
      task.returned ?? (updates.length > 0 ? updates[0] : undefined),
    );
    for (const update of updates) scope.emit({ type: 'taskWrote', task: info, update }, time);
    const finished: Untimed<TaskFinished> = { type: 'taskFinished', task: info, durationMs };
    scope.emit(
      isCached || handled !== undefined || chosen !== undefined
        ? {
            ...finished,
            ...(isCached && { cached: true }),
            ...(handled && { handled: toErrorInfo(handled) }),
            ...(chosen && { chosen }),
          }
        : finished,
      time,
    );
    return durationMs;
  }

  /** Reports that a task stops to wait for answers. */
  taskInterrupted(task: ReportedTask, interrupts: readonly Interrupt[]): void {
    const durationMs = this.scope.now() - task.startedAt;
    this.scope.callbacks?.taskFailed(task, new InterruptSignal(interrupts));
    this.scope.emit({ type: 'taskInterrupted', task: task.info, durationMs, interrupts });
  }

  /** Reports the end of a task that failed, or that was given up. */
  taskFailed(task: ReportedTask, error: Error, cancelled: boolean): void {
    this.scope.callbacks?.taskFailed(task, error);
    this.scope.emit({
      type: 'taskFailed',
      task: task.info,
      durationMs: this.scope.now() - task.startedAt,
      error: toErrorInfo(error),
      cancelled,
    });
  }
}

/** A graph that calls itself for ever would take all the memory there is, without a word. */
function tooDeep({ kind, name }: Plan): GraphRecursionError {
  return new GraphRecursionError(
    'GRAPH_RECURSION_LIMIT',
    `Cannot run ${kind} "${name}" here: it is called inside a node of a graph that is called inside a ` +
      `node, and so on, ${DEEPEST} levels deep; if a node calls its own graph, let it stop at some time`,
  );
}
