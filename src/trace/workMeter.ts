/** A task, as far as it matters to when it works. */
interface Span {
  readonly parent: Span | undefined;
  readonly startMs: number;
  readonly endMs?: number | undefined;
}

/** Adds up the time of the tasks that have none inside them, and how many of them ran at once. */
export class WorkMeter {
  #doneMs = 0;
  #running = 0;
  #startsMs = 0;
  #peak = 0;
  readonly #outer = new Set<Span>();

  /** Most tasks that ran at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** What is done: without the tasks that go on. */
  get doneMs(): number {
    return this.#doneMs;
  }

  /** @param nowMs Up to when the tasks count that go on. */
  totalMs(nowMs: number): number {
    return this.#doneMs + Math.max(0, this.#running * nowMs - this.#startsMs);
  }

  start(span: Span): void {
    const { parent, startMs } = span;
    if (parent && !this.#outer.has(parent) && parent.endMs === undefined) {
      // Its time is that of the tasks inside it from now on.
      this.#outer.add(parent);
      this.#stop(parent);
    }
    this.#running++;
    this.#startsMs += startMs;
    this.#peak = Math.max(this.#peak, this.#running);
  }

  /** @param ranMs How long it took by its own clock. */
  end(span: Span, ranMs: number): void {
    if (this.#outer.delete(span)) return;
    this.#stop(span);
    this.#doneMs += ranMs;
  }

  #stop({ startMs }: Span): void {
    this.#running--;
    this.#startsMs -= startMs;
  }
}
