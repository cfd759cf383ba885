import { setImmediate as nextTurn } from 'node:timers/promises';

/** Turns of the event loop in which nobody else must have come before one is let go. */
const QUIET_TURNS = 3;

/**
 * Lets what is done at about the same time end in an order that a seed chooses: whoever is done waits until
 * nobody else has come for some turns of the event loop, and then one of those that wait is let go.
 */
export class CompletionOrder {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];
  #isReleasing = false;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isReleasing) void this.#release();
    });
  }

  async #release(): Promise<void> {
    this.#isReleasing = true;
    while (this.#waiting.length > 0) {
      let seen = 0;
      for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
        await nextTurn();
        if (this.#waiting.length > seen) [seen, quiet] = [this.#waiting.length, 0];
      }
      const chosen = Math.floor(this.#random() * this.#waiting.length);
      const [letGo] = this.#waiting.splice(chosen, 1);
      letGo!();
    }
    this.#isReleasing = false;
  }
}

/** Numbers from 0 up to, not including, 1: "mulberry32" by Tommy Ettinger, which is in the public domain. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
