import type { RunEvent } from '../../engine/model/events.ts';
import { withoutPayload } from '../eventPayloads.ts';
import type { RunEnd } from './keptRun.ts';

/** Milliseconds for which events are gathered, so that a run's start is not slowed down. */
const GATHER_MS = 200;
/** Kilobytes, and events, that are handed over at once: the host is not to be held for long. */
const SLICE_WEIGHT = 1024;
const SLICE_EVENTS = 2000;
/** Kilobytes that may wait; of more than that only the bones are kept. */
const MAX_WAITING = 48 * 1024;

const TOO_FAST = 'Not kept, since more came than could be written';

interface Batch {
  readonly events: readonly RunEvent[];
  readonly weight: number;
}

/** What a recording hands its events to. */
export interface RunSink {
  /** Called before all others. Rejects if the run cannot be kept. */
  readonly begin: () => Promise<void>;
  /** Resolves with false if the run is not to be written on. */
  readonly append: (events: readonly RunEvent[]) => Promise<boolean>;
  readonly end: (end: RunEnd) => Promise<void>;
  /** Called once, if the run, or the rest of it, cannot be kept. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Hands the events of one run over to be written, a little later and never faster than they are
 * written; never throws, and never waits.
 */
export class Recording {
  readonly #sink: RunSink;
  readonly #waiting: Batch[] = [];
  #weight = 0;
  #timer: NodeJS.Timeout | undefined;
  #handing: Promise<void> | undefined;
  #isBegun = false;
  #hasFailed = false;
  #gap: string | undefined;
  #ended: Promise<void> | undefined;

  constructor(sink: RunSink) {
    this.#sink = sink;
  }

  /** @param weight About how many kilobytes they hold. */
  add(events: readonly RunEvent[], weight: number): void {
    if (this.#hasFailed || this.#ended || events.length === 0) return;
    const isFull = this.#weight + weight > MAX_WAITING;
    if (isFull) this.#gap = `${TOO_FAST}.`;
    const batch = isFull ? bones(events) : { events, weight };
    this.#waiting.push(...slices(batch));
    this.#weight += batch.weight;
    if (!this.#handing) this.#timer ??= setTimeout(() => void this.#hand(), GATHER_MS);
  }

  /** Nothing is added after it. Resolves when all is written, or given up. */
  end(end: RunEnd): Promise<void> {
    this.#ended ??= this.#end(end);
    return this.#ended;
  }

  async #end(end: RunEnd): Promise<void> {
    await this.#hand();
    if (this.#hasFailed || !this.#isBegun) return;
    await this.#try(() =>
      this.#sink.end(this.#gap === undefined ? end : { ...end, gap: this.#gap }),
    );
  }

  #hand(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handing ??= this.#try(() => this.#handAll()).finally(() => (this.#handing = undefined));
    return this.#handing;
  }

  async #handAll(): Promise<void> {
    if (this.#waiting.length > 0 && !this.#isBegun) {
      await this.#sink.begin();
      this.#isBegun = true;
    }
    while (this.#waiting.length > 0) {
      const { events, weight } = this.#take();
      const isWritten = await this.#sink.append(events);
      this.#weight -= weight;
      if (isWritten) continue;
      this.#gap = 'The run has become larger than what may be kept.';
      this.#waiting.length = 0;
      this.#weight = 0;
    }
  }

  /** As many as may be handed over at once. */
  #take(): Batch {
    let weight = 0;
    let count = 0;
    let length = 0;
    do {
      const batch = this.#waiting[length++]!;
      weight += batch.weight;
      count += batch.events.length;
    } while (length < this.#waiting.length && weight < SLICE_WEIGHT && count < SLICE_EVENTS);
    return { events: this.#waiting.splice(0, length).flatMap(({ events }) => events), weight };
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#waiting.length = 0;
      this.#sink.onFailure(error);
    }
  }
}

/** What happened, without what it happened with. */
function bones(events: readonly RunEvent[]): Batch {
  const shown = events.map((event) => withoutPayload(event, TOO_FAST));
  return { events: shown, weight: Math.ceil(shown.length / 4) };
}

/** A flood comes in batches of many thousands, of which each event weighs about the same. */
function slices({ events, weight }: Batch): Batch[] {
  const count = Math.max(Math.ceil(weight / SLICE_WEIGHT), Math.ceil(events.length / SLICE_EVENTS));
  const length = Math.ceil(events.length / count);
  return Array.from({ length: count }, (_, i) => ({
    events: events.slice(i * length, (i + 1) * length),
    weight: weight / count,
  }));
}
