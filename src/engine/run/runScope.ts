import { systemEffects, type Effects, type RunInternals } from './internals.ts';
import type { RunEvent } from '../model/events.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import type { Clock } from '../model/clock.ts';
import { toError } from '../model/errorInfo.ts';
import { Limit } from './limit.ts';
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
  readonly effects: Effects;
  readonly clock: Clock;
  /** What was handed to the call, and to those around it. */
  readonly internals: RunInternals;
  /** Clock reading at the start of the run. */
  readonly startedAt: number;
  /** The cap that this call sets, if it does. */
  readonly limit: Limit | undefined;
  readonly #outer: RunScope | undefined;
  /** The scope of the run around this one, whoever observes it. */
  readonly #around: RunScope | undefined;
  readonly #observer: ((event: RunEvent) => void) | undefined;
  /** Told what the observer threw; it is told of nothing more. */
  onObserverError: ((error: Error) => void) | undefined;
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
   * @param options.internals Default: those of the scope around.
   */
  constructor(
    config: RunConfig,
    {
      outer,
      maxConcurrency = Infinity,
      internals = outer?.internals ?? {},
    }: {
      readonly outer?: RunScope | undefined;
      readonly maxConcurrency?: number | undefined;
      readonly internals?: RunInternals | undefined;
    } = {},
  ) {
    this.config = config;
    this.#around = outer;
    this.#outer = config.onEvent ? undefined : outer;
    this.#observer = config.onEvent;
    this.limit = maxConcurrency === Infinity ? undefined : new Limit(maxConcurrency);
    this.internals = internals;
    const effects = outer?.effects ?? systemEffects;
    this.effects = internals.effects ? { ...effects, ...internals.effects } : effects;
    this.clock = this.effects.clock;
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

  /** Where results are kept, unless the graph that makes them has a cache of its own. */
  get cache(): Cache | undefined {
    return this.config.cache ?? this.#around?.cache;
  }

  /** The cap on a node's tasks, or on the calls of a functional task, wherever in the run they are. */
  limitOf(capped: Capped): Limit {
    if (this.#around !== undefined) return this.#around.limitOf(capped);
    this.#limits ??= new Map();
    let limit = this.#limits.get(capped);
    if (limit === undefined) {
      limit = new Limit(capped.maxConcurrency!);
      this.#limits.set(capped, limit);
    }
    return limit;
  }

  nextTaskId(): number {
    return this.#outer ? this.#outer.nextTaskId() : ++this.#tasks;
  }

  nextModelCallId(): number {
    return this.#outer ? this.#outer.nextModelCallId() : ++this.#modelCalls;
  }

  now(): number {
    return this.clock.now() - this.startedAt;
  }

  /** @param event Becomes the observer's. @param time Of `now()`, if it is at hand. */
  emit(event: Untimed<RunEvent>, time = this.now()): void {
    if (!this.observed) return;
    if (this.#outer !== undefined) return this.#outer.emit(event, time);
    // Completed in place: a copy of each of many events costs as much as all the rest of telling it.
    (event as { time?: number }).time = time;
    try {
      const told: unknown = this.#observer!(event as RunEvent);
      if (isThenable(told)) told.then(undefined, (error: unknown) => this.#observerFailed(error));
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
    this.onObserverError?.(toError(thrown, 'An observer'));
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
    for (const end of this.#endings ?? []) end();
  }
}
