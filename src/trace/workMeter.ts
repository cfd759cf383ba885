import type { TaskSpan } from './spans.ts';

/** Adds up the time of the tasks that have none inside them, and how many of them ran at once. */
export class WorkMeter {
  #doneMs = 0;
  #running = 0;
  #startsMs = 0;
  #peak = 0;
  readonly #isOuter = new Set<number>();

  /** Most tasks that ran at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** @param nowMs Up to when the tasks count that go on. */
  totalMs(nowMs: number): number {
    return this.#doneMs + Math.max(0, this.#running * nowMs - this.#startsMs);
  }

  start({ parent, startMs }: TaskSpan): void {
    if (parent && !this.#isOuter.has(parent.index) && parent.endMs === undefined) {
      // Its time is that of the tasks inside it from now on.
      this.#isOuter.add(parent.index);
      this.#stop(parent);
    }
    this.#running++;
    this.#startsMs += startMs;
    this.#peak = Math.max(this.#peak, this.#running);
  }

  end(span: TaskSpan, timeMs: number): void {
    if (this.#isOuter.delete(span.index)) return;
    this.#stop(span);
    this.#doneMs += timeMs - span.startMs;
  }

  #stop({ startMs }: TaskSpan): void {
    this.#running--;
    this.#startsMs -= startMs;
  }
}
