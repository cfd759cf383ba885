import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { RunMetrics } from './runMetrics.ts';
import { Trace, type TracedEvent } from './trace.ts';

/** A run as it was at one time. */
export interface Moment {
  readonly trace: Trace;
  /** Of every node that had started. */
  readonly progress: readonly NodeProgress[];
}

/** More events than this are not kept. */
const MAX_EVENTS = 500_000;

/**
 * The events of a run with their times, from which it is made again as it was at any time. Going on costs
 * what has happened between two moments, going back what has happened up to then.
 */
export class Moments {
  readonly #events: TracedEvent[] = [];
  /** When each happened, as a trace tells it: never before the one in front of it. */
  readonly #times: number[] = [];
  #made = new Fold();
  readonly #maxEvents: number;
  #isTooLong = false;

  /** @param options `maxEvents`: of a run with more, nothing is kept; 500,000 by default. */
  constructor(options: { readonly maxEvents?: number } = {}) {
    this.#maxEvents = options.maxEvents ?? MAX_EVENTS;
  }

  /** The run had so many events that it cannot be made again. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** @param timeMs When it happened, in milliseconds since the start of the trace. */
  add(event: TracedEvent, timeMs: number): void {
    if (this.#isTooLong) return;
    if (this.#events.length >= this.#maxEvents) {
      this.#isTooLong = true;
      this.#events.length = this.#times.length = 0;
      this.#made = new Fold();
      return;
    }
    this.#events.push(event);
    this.#times.push(timeMs);
  }

  /** The run after that many milliseconds, with all that happened at that time. */
  at(timeMs: number): Moment {
    const count = countUpTo(this.#times, timeMs);
    if (count < this.#made.count) this.#made = new Fold();
    this.#made.addTo(count, this.#events);
    return this.#made;
  }
}

class Fold implements Moment {
  readonly trace = new Trace();
  readonly #metrics = new RunMetrics();
  count = 0;

  get progress(): readonly NodeProgress[] {
    return this.#metrics.progress();
  }

  addTo(count: number, events: readonly TracedEvent[]): void {
    for (; this.count < count; this.count++) {
      const event = events[this.count]!;
      this.trace.add(event);
      this.#metrics.add(event);
    }
  }
}

/** How many of the sorted times are not after a time. */
function countUpTo(times: readonly number[], timeMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
