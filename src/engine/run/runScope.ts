import {
  internalsInside,
  systemEffects,
  type Effects,
  type RunInternals,
  type Tap,
} from './internals.ts';
import type { RunEvent, RunFailed, RunFinished, RunStarted } from '../model/events.ts';
import type { ServerInfo } from '../model/node.ts';
import type { RunConfig } from '../model/runConfig.ts';
import { RunControl } from '../model/runControl.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import type { Clock } from '../model/clock.ts';
import { toError } from '../model/errorInfo.ts';
import type { Abortable } from './abortScope.ts';
import { Callbacks } from './callbacks.ts';
import { Limit } from './limit.ts';
import { CallSite } from './asyncContext.ts';
import { serverInfoOf } from './serverInfo.ts';
import { isThenable } from '../model/thenable.ts';

/** An event without its time. */
export type Untimed<E> = E extends RunEvent ? Omit<E, 'time'> : never;

/** A node or a functional task with a cap of its own. */
interface Capped {
  readonly maxConcurrency: number | undefined;
}

/** What one call of a graph shares with all subgraphs that run inside it. */
export class RunScope {
  readonly config: RunConfig;
  /** Asks the outermost run to stop between two supersteps; one is made if the call brings none. */
  readonly control: RunControl;
  /** The server that makes the call; read once, since each task tells of it. */
  readonly serverInfo: ServerInfo | undefined;
  readonly effects: Effects;
  readonly clock: Clock;
  readonly site = new CallSite();
  /** What was handed to the call, and to those around it. */
  readonly internals: RunInternals;
  /** Clock reading at the start of the run. */
  readonly startedAt: number;
  /** The cap that this call sets, if it does. */
  readonly limit: Limit | undefined;
  readonly #reportsTo: RunScope | undefined;
  /** The scope of its parent run, whoever observes it. */
  readonly #parentScope: RunScope | undefined;
  readonly #observer: ((event: RunEvent) => void) | undefined;
  /** The stream of this very call. */
  readonly #tap: Tap | undefined;
  /** LangChain's handlers that hear of this call; those of a call around, unless it has some of its own. */
  readonly callbacks: Callbacks | undefined;
  /** What the call runs: aborted with what an observer threw, who is told of nothing more. */
  run: Abortable | undefined = undefined;
  #limits: Map<Capped, Limit> | undefined;
  #tasks = 0;
  #modelCalls = 0;
  #closed = false;
  #hasObserverFailed = false;
  #endings: Set<() => void> | undefined;

  /**
   * @param options.outer The scope of the task that makes this call, for a graph called inside a node. Its
   * observer hears of the tasks, unless the call brings an observer of its own.
   * @param options.maxConcurrency What this call itself asks for.
   * @param options.internals Those of the parent scope hold too.
   */
  constructor(
    config: RunConfig,
    {
      parentScope,
      maxConcurrency = Infinity,
      internals = {},
    }: {
      readonly parentScope?: RunScope | undefined;
      readonly maxConcurrency?: number | undefined;
      readonly internals?: RunInternals | undefined;
    } = {},
  ) {
    this.config = config;
    this.control = config.control ?? parentScope?.control ?? new RunControl();
    this.serverInfo = serverInfoOf(config);
    this.#parentScope = parentScope;
    this.#observer = config.onEvent;
    this.#tap = internals.tap;
    this.callbacks = Callbacks.of(config) ?? parentScope?.callbacks;
    // With a stream alone to hear of it, the call need not be told of as a part of another.
    const isPart = !this.#observer && (!this.#tap || parentScope?.observed);
    this.#reportsTo = isPart ? parentScope : undefined;
    this.limit = maxConcurrency === Infinity ? undefined : new Limit(maxConcurrency);
    this.internals = parentScope ? internalsInside(parentScope.internals, internals) : internals;
    const effects = parentScope?.effects ?? systemEffects;
    this.effects = internals.effects ? { ...effects, ...internals.effects } : effects;
    this.clock = this.effects.clock;
    const isHeard = this.#observer !== undefined || this.#tap !== undefined;
    this.startedAt = this.#reportsTo?.startedAt ?? (isHeard ? this.clock.now() : 0);
  }

  /** Somebody listens; otherwise no event need be made. */
  get observed(): boolean {
    if (this.#closed) return false;
    if (this.#reportsTo) return this.#reportsTo.observed;
    return this.#observer !== undefined || this.#tap !== undefined;
  }

  /** Somebody is to be told of each task. */
  get tellsTasks(): boolean {
    return this.callbacks !== undefined || this.observed;
  }

  /** The call is a run of its own for all who hear of it. */
  get isOwnRun(): boolean {
    return this.#reportsTo === undefined;
  }

  /** Where results are kept, unless the graph that makes them has a cache of its own. */
  get cache(): Cache | undefined {
    return this.config.cache ?? this.#parentScope?.cache;
  }

  /** The cap on a node's tasks, or on the calls of a functional task, wherever in the run they are. */
  limitOf(capped: Capped): Limit {
    if (this.#parentScope !== undefined) return this.#parentScope.limitOf(capped);
    this.#limits ??= new Map();
    let limit = this.#limits.get(capped);
    if (limit === undefined) {
      limit = new Limit(capped.maxConcurrency!);
      this.#limits.set(capped, limit);
    }
    return limit;
  }

  nextTaskId(): number {
    return this.#reportsTo ? this.#reportsTo.nextTaskId() : ++this.#tasks;
  }

  nextModelCallId(): number {
    return this.#reportsTo ? this.#reportsTo.nextModelCallId() : ++this.#modelCalls;
  }

  now(): number {
    return this.clock.now() - this.startedAt;
  }

  /** @param event Becomes the observer's. @param time Of `now()`, if it is at hand. */
  emit(event: Untimed<RunEvent>, time = this.now()): void {
    if (!this.observed) return;
    // Completed in place: a copy of each of many events costs as much as all the rest of telling it.
    (event as { time?: number }).time = time;
    this.#tell(event as RunEvent);
  }

  /** The call is a run of its own for some of those who hear of it: its start and end are reported. */
  get isRunForSome(): boolean {
    return this.#reportsTo === undefined ? this.observed : this.#tap !== undefined;
  }

  /** Reports the start or end of the call, to those only for whom it is a run of its own. */
  emitOfRun(event: Untimed<RunStarted | RunFinished | RunFailed>): void {
    if (this.#reportsTo === undefined) return this.emit(event);
    if (this.#closed) return;
    this.#tellTo(this.#tap!, Object.assign(event, { time: this.now() }));
  }

  #tell(event: RunEvent): void {
    if (this.#closed) return;
    if (this.#reportsTo) this.#reportsTo.#tell(event);
    if (this.#observer) this.#tellTo(this.#observer, event);
    // The observer may have failed just now, which ends all reports.
    if (this.#tap && !this.#closed) this.#tellTo(this.#tap, event);
  }

  #tellTo(observer: (event: RunEvent) => void, event: RunEvent): void {
    try {
      const returned: unknown = observer(event);
      if (isThenable(returned))
        returned.then(undefined, (error: unknown) => this.#observerFailed(error));
    } catch (error) {
      // Thrown on from here, it would pass for an error of the node, or get lost and leave the run hanging.
      this.#observerFailed(error);
    }
  }

  #observerFailed(thrown: unknown): void {
    if (this.#hasObserverFailed) return;
    // The run is over, and nobody is left to tell: as any promise that nobody waits for.
    if (this.#closed) throw thrown;
    this.#hasObserverFailed = this.#closed = true;
    this.run?.abort(toError(thrown, 'An observer'));
  }

  /**
   * Calls back when the call has ended in whatever way, for what must not outlive it.
   * @returns Takes it back.
   */
  atEnd(action: () => void): () => void {
    const endings = (this.#endings ??= new Set());
    endings.add(action);
    return () => void endings.delete(action);
  }

  /** Nothing is reported any more: what late tasks do is not part of the run. */
  close(): void {
    this.#closed = true;
    if (this.#endings !== undefined) for (const end of this.#endings) end();
  }
}
