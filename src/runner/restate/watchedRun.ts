import type { ErrorInfo, RunEvent } from '../../engine/model/events.ts';
import type { Waiting } from '../../protocol/waiting.ts';
import { EventCompleter } from '../eventCompleter.ts';
import type { RunOptions, RunResult } from '../runner.ts';
import { toPlain } from '../wire.ts';
import { WaitingTracker } from '../worker/waitingTracker.ts';

/** What names a run of a server. */
export type RunNames = Pick<RunResult, 'graph' | 'threadId' | 'server'>;

/** How a call failed, or that it was cancelled. */
export interface FailedCall {
  readonly status: 'failed' | 'cancelled';
  readonly error: ErrorInfo;
  readonly isRefused: boolean;
}

/** A run as its events tell of it. */
export class WatchedRun {
  readonly #completer = new EventCompleter();
  readonly #tracker = new WaitingTracker();
  readonly #onEvents: RunOptions['onEvents'];
  readonly #begunAt = performance.now();
  /** A superstep has started, or the thread was gone on with. */
  isUnderWay = false;

  constructor(onEvents: RunOptions['onEvents']) {
    this.#onEvents = onEvents;
  }

  readonly onEvent = (event: RunEvent): void => {
    const { type } = event;
    if (type === 'continued' || type === 'superstepStarted') this.isUnderWay = true;
    this.#tracker.add(event);
    this.#tell(this.#completer.complete([event]));
  };

  get isHeard(): boolean {
    return this.#completer.started !== undefined;
  }

  get waiting(): Waiting | undefined {
    return this.#tracker.waiting;
  }

  ended(value: unknown, names: RunNames, waiting: Waiting | undefined): RunResult {
    return {
      ...names,
      status: waiting ? 'waiting' : 'done',
      keptBy: 'graph',
      durationMs: this.#durationMs(),
      state: toPlain(value),
      ...(waiting && { waiting }),
    };
  }

  failed({ status, error, isRefused }: FailedCall, names: RunNames): RunResult {
    this.#tell(this.#completer.end({ error, cancelled: status === 'cancelled' }));
    return {
      ...names,
      ...{ status, error, keptBy: 'graph' },
      durationMs: this.#durationMs(),
      state: this.#completer.state,
      ...(isRefused && { isRefused: true as const }),
    };
  }

  #tell(events: readonly RunEvent[]): void {
    if (events.length > 0) this.#onEvents?.(events, events.length);
  }

  /** As the events tell it; where they got lost, as long as it was waited for. */
  #durationMs(): number {
    return this.#completer.durationMs || performance.now() - this.#begunAt;
  }
}
