import { systemClock, type Clock } from '../../engine/model/clock.ts';

/** Looks at the time this often, in milliseconds, so that a gap stands out. */
const LOOK_MS = 100;

/** A gap longer than this, in milliseconds, means that the process was held. */
const LONGEST_GAP_MS = 1000;

/**
 * A clock that stands still while a debugger holds the process, so that nothing is late afterwards. What
 * keeps the process busy for more than a second without a break counts as held too.
 */
export class HeldClock implements Clock {
  readonly #system: Clock;
  #seenAt: number;
  #heldMs = 0;

  /** @param system What tells the time where nothing is held. */
  constructor(system: Clock = systemClock) {
    this.#system = system;
    this.#seenAt = system.now();
    this.#look();
  }

  now(): number {
    const now = this.#system.now();
    const gap = now - this.#seenAt;
    if (gap > LONGEST_GAP_MS) this.#heldMs += gap;
    this.#seenAt = now;
    return now - this.#heldMs;
  }

  epoch(): number {
    return this.#system.epoch();
  }

  after(ms: number, callback: () => void): () => void {
    const dueAt = this.now() + ms;
    let cancel = () => {};
    const wait = (restMs: number) => {
      cancel = this.#system.after(restMs, () => {
        const rest = dueAt - this.now();
        if (rest > 0) wait(rest);
        else callback();
      });
    };
    wait(ms);
    return () => cancel();
  }

  #look(): void {
    this.now();
    this.#system.after(LOOK_MS, () => this.#look());
  }
}
