import { setImmediate as nextTurn } from 'node:timers/promises';

/** Turns of the event loop in which nobody must have come or begun before one is let go. */
const QUIET_TURNS = 3;

/** Milliseconds for which starts are held while others run, which may wait for those that are held. */
const LONGEST_HOLD_MS = 50;

/** One that waits until it is let go. */
interface Turn {
  readonly key: string;
  readonly letGo: () => void;
}

/** What of a node is held. */
export interface OrderOptions {
  /** Chooses the next: the index of one of those that wait. */
  readonly choose: (waiting: readonly string[]) => number;
  /** Nodes wait before they begin as well: mostly they run one after another then. Default false. */
  readonly holdsStarts?: boolean;
}

/**
 * Decides in which order what runs at the same time ends, and with `holdsStarts` begins: whoever is done
 * waits until all others are done, too, or wait, and then one of them is let go.
 */
export class CompletionOrder {
  readonly #options: OrderOptions;
  #running = 0;
  #waiting: Turn[] = [];
  #isReleasing = false;
  #stalled: NodeJS.Timeout | undefined;
  readonly #starts = new Map<string, number>();
  /** The turns that were taken, in order. */
  readonly taken: string[] = [];

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  /** Runs a node in its turn, whatever becomes of it. An aborted signal ends all waiting. */
  async run<T>(
    node: string,
    signal: AbortSignal,
    action: (key: string) => T | Promise<T>,
  ): Promise<T> {
    const count = (this.#starts.get(node) ?? 0) + 1;
    this.#starts.set(node, count);
    const key = `${node}#${count}`;
    if (this.#options.holdsStarts) await this.#turn(`start ${key}`, signal);
    const leave = this.#enter();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await action(key);
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
      await this.#turn(`end ${key}`, signal);
    }
  }

  #enter(): () => void {
    this.#running++;
    let isIn = true;
    return () => {
      if (isIn) this.#running--;
      isIn = false;
      void this.#release();
    };
  }

  #turn(key: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const turn: Turn = {
        key,
        letGo: () => {
          signal.removeEventListener('abort', turn.letGo);
          this.#waiting = this.#waiting.filter((each) => each !== turn);
          if (this.#waiting.length === 0) clearTimeout(this.#stalled);
          resolve();
        },
      };
      signal.addEventListener('abort', turn.letGo, { once: true });
      this.#waiting.push(turn);
      void this.#release();
    });
  }

  async #release(): Promise<void> {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    clearTimeout(this.#stalled);
    // Whoever leaves calls this again: nothing may be awaited between the last look and the end of the loop.
    for (let quiet = 0, seen = 0; this.#waiting.length > 0 && this.#running === 0; quiet++) {
      if (this.#waiting.length !== seen) [seen, quiet] = [this.#waiting.length, 0];
      if (quiet === QUIET_TURNS) {
        this.#letGo(this.#waiting);
        seen = 0;
      }
      await nextTurn();
    }
    this.#isReleasing = false;
    const starts = this.#waiting.filter(({ key }) => key.startsWith('start '));
    if (starts.length === 0) return;
    this.#stalled = setTimeout(() => {
      this.#letGo(starts);
      void this.#release();
    }, LONGEST_HOLD_MS);
  }

  #letGo(from: readonly Turn[]): void {
    const turn = from[this.#options.choose(from.map(({ key }) => key))]!;
    this.taken.push(turn.key);
    turn.letGo();
  }
}

/** Chooses by a seed: the same seed chooses the same. */
export function bySeed(seed: number): OrderOptions['choose'] {
  const random = randomOf(seed);
  return (waiting) => Math.floor(random() * waiting.length);
}

/** Chooses what comes first in a list of turns; what is not in it comes after. */
export function byList(turns: readonly string[]): OrderOptions['choose'] {
  const places = new Map(turns.map((key, i) => [key, i]));
  const placeOf = (key: string) => places.get(key) ?? Infinity;
  return (waiting) =>
    waiting.reduce((best, key, i) => (placeOf(key) < placeOf(waiting[best]!) ? i : best), 0);
}

/** Numbers from 0 up to, not including, 1: "mulberry32" by Tommy Ettinger, which is in the public domain. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
