import type { RunEvent } from '../events.ts';
import type { Plan } from '../graph/plan.ts';
import type { RunConfig } from '../graph/types.ts';
import type { Clock } from '../runtime/clock.ts';
import { EFFECTS, systemEffects, type Effects } from '../runtime/effects.ts';
import type { TaskExecutor } from '../runtime/executor.ts';
import { toErrorInfo } from '../runtime/failure.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';
import type { TaskFrame } from './taskFrame.ts';

/** After this long without a pause, milliseconds, the thread is given back for a moment. */
export const LONGEST_STRETCH_MS = 12;

/** An event without its time. */
type Untimed<E> = E extends RunEvent ? Omit<E, 'time'> : never;

/** What one call of a graph shares with all subgraphs that run inside it. */
export class RunScope {
  readonly config: RunConfig;
  readonly effects: Effects;
  readonly clock: Clock;
  readonly executor: TaskExecutor;
  /** Clock reading at the start of the run. */
  readonly startedAt: number;
  readonly #outer: RunScope | undefined;
  readonly #observer: ((event: RunEvent) => void) | undefined;
  #tasks = 0;
  #closed = false;

  /**
   * @param outer The scope of the task that makes this call, for a graph called inside a node. Its
   * observer hears of the tasks, unless the call brings an observer of its own.
   */
  constructor(config: RunConfig, outer?: RunScope) {
    this.config = config;
    this.#outer = config.onEvent ? undefined : outer;
    this.#observer = config.onEvent;
    const effects = outer?.effects ?? systemEffects;
    this.effects = config[EFFECTS] ? { ...effects, ...config[EFFECTS] } : effects;
    this.clock = this.effects.clock;
    this.executor = this.effects.executor;
    this.startedAt = this.#outer?.startedAt ?? (this.#observer ? this.clock.now() : 0);
  }

  /** Somebody listens; otherwise no event need be made. */
  get observed(): boolean {
    if (this.#closed) return false;
    return this.#outer ? this.#outer.observed : this.#observer !== undefined;
  }

  /** The call is a run of its own for its observer, and reports its start and end. */
  get isOwnRun(): boolean {
    return this.#outer === undefined;
  }

  nextTaskId(): number {
    return this.#outer ? this.#outer.nextTaskId() : ++this.#tasks;
  }

  now(): number {
    return this.clock.now() - this.startedAt;
  }

  emit(event: Untimed<RunEvent>): void {
    if (!this.observed) return;
    if (this.#outer) this.#outer.emit(event);
    else this.#observer!({ ...event, time: this.now() });
  }

  /** Nothing is reported any more: what late tasks do is not part of the run. */
  close(): void {
    this.#closed = true;
  }
}

/** One execution of one graph: of the root, or of a subgraph on behalf of a task. */
export class GraphRun {
  readonly plan: Plan;
  readonly scope: RunScope;
  /** The task that observers see around this run's tasks. */
  readonly parent: TaskFrame | undefined;
  readonly path: readonly string[];
  /** The same object for all runs inside one call from outside of any node. */
  readonly root: object;
  snapshot: Snapshot;
  readonly #controller = new AbortController();
  readonly #children = new Set<GraphRun>();
  /** Ends the superstep that is being waited for. */
  onAbort: ((reason: Error) => void) | undefined;
  /** The run that stops this one when it stops. */
  readonly #around: GraphRun | undefined;
  #reason: Error | undefined;
  #yieldedAt: number;

  /** @param around The task that this run is part of. */
  constructor(plan: Plan, scope: RunScope, around?: TaskFrame) {
    const named = around !== undefined && (around.run.scope === scope || !scope.isOwnRun);
    const parent = named ? around : undefined;
    this.plan = plan;
    this.scope = scope;
    this.parent = parent;
    this.#around = around?.run;
    this.root = around?.run.root ?? {};
    this.path = parent ? parent.info.path : [];
    this.snapshot = emptySnapshot(plan);
    this.#yieldedAt = scope.clock.now();
    if (this.#around) this.#around.#adopt(this);
  }

  /** What tasks are given, aborted when this run is. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the run was aborted, if it was. */
  get abortReason(): Error | undefined {
    return this.#reason;
  }

  /** The run has kept the thread for so long that others must have their turn. */
  isDueToYield(): boolean {
    const { clock } = this.scope;
    const now = clock.now();
    if (now - this.#yieldedAt < LONGEST_STRETCH_MS) return false;
    this.#yieldedAt = now;
    return true;
  }

  /** Stops the run and everything inside it; only the first call counts. */
  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const child of this.#children) child.abort(reason);
    this.onAbort?.(reason);
    this.#controller.abort(reason);
  }

  /** The run has ended: its parent need not abort it any more. */
  release(): void {
    if (this.#around) this.#around.#children.delete(this);
  }

  /** Reports a value that a node wrote; nothing after the end of the run. */
  custom(frame: TaskFrame, value: unknown): void {
    if (this.scope.observed && this.#reason === undefined) {
      this.scope.emit({ type: 'custom', task: frame.info, value });
    }
  }

  /** Reports the end of a task that failed, or that was given up. */
  taskFailed(frame: TaskFrame, error: Error, cancelled: boolean): void {
    this.scope.emit({
      type: 'taskFailed',
      task: frame.info,
      durationMs: this.scope.now() - frame.startedAt,
      error: toErrorInfo(error),
      cancelled,
    });
  }

  #adopt(child: GraphRun): void {
    this.#children.add(child);
    if (this.#reason !== undefined) child.abort(this.#reason);
  }
}
