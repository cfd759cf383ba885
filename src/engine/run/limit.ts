/** Somebody who has tasks to start and found no slot. Called once when there may be one. */
export type Waiter = () => void;

/** Waiters in the order in which they came, each at most once. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>();

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** Who came first; it has to come again if it wants more. */
  next(): Waiter | undefined {
    const [first] = this.#waiters;
    if (first !== undefined) this.#waiters.delete(first);
    return first;
  }
}

/** Caps how many tasks of a run are at work at once, wherever in its tree of tasks they are. */
export class Limit {
  readonly line = new WaitingLine();
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  take(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  give(): void {
    this.#free++;
    this.line.next()?.();
  }

  /**
   * Gives back the places of tasks that were given up and may go on for ever. Later, when all that
   * was given up with them has left the lines: none of it must be started by a place that is free.
   */
  giveUp(places: number): void {
    if (places === 0) return;
    queueMicrotask(() => {
      for (let i = 0; i < places; i++) this.give();
    });
  }
}

/**
 * Where the tasks inside of one task (or of the whole run) get their slots from. A task that has
 * tasks inside of it mostly waits for them, so it lends them its own slot: with a cap of 1 they run
 * one after another, and nothing can wait for ever. What it lends serves nobody else, since otherwise
 * a million such tasks could be under way at once.
 */
export class Slots {
  readonly #limit: Limit;
  readonly #line = new WaitingLine();
  #lent: number;

  /** @param lent 1 if the caller task holds a slot. */
  constructor(limit: Limit, lent: 0 | 1) {
    this.#limit = limit;
    this.#lent = lent;
  }

  get limit(): Limit {
    return this.#limit;
  }

  /** A slot, to be given back by `give`; `undefined` if none is free. */
  take(): Slot | undefined {
    if (this.#lent > 0) {
      this.#lent--;
      return 'lent';
    }
    return this.#limit.take() ? 'shared' : undefined;
  }

  give(slot: Slot): void {
    if (slot === 'shared') return this.#limit.give();
    this.#lent++;
    this.#wakeOne();
  }

  /** Gives back slots of tasks that were given up, as {@link Limit.giveUp} does. */
  giveUp({ lent, shared }: Readonly<Record<Slot, number>>): void {
    this.#limit.giveUp(shared);
    if (lent > 0) queueMicrotask(() => this.give('lent'));
  }

  /** Asks to be called when a slot may be free. */
  wait(waiter: Waiter): void {
    this.#line.add(waiter);
    this.#limit.line.add(this.#wakeOne);
  }

  leave(waiter: Waiter): void {
    this.#line.remove(waiter);
    if (this.#line.isEmpty) this.#limit.line.remove(this.#wakeOne);
  }

  /** Stands in the line for the shared slots, on behalf of all that wait here. */
  readonly #wakeOne = (): void => {
    const waiter = this.#line.next();
    if (this.#line.isEmpty) this.#limit.line.remove(this.#wakeOne);
    else this.#limit.line.add(this.#wakeOne);
    waiter?.();
  };
}

/** Whose slot a task has: the one of the task that called it, or one of the run's. */
export type Slot = 'lent' | 'shared';

/** Where the tasks inside of a task get their slots from; `undefined` if the run has no cap. */
export function slotsInside(task: {
  readonly run: { readonly slots: Slots | undefined };
  readonly slot: Slot | undefined;
  slots: Slots | undefined;
}): Slots | undefined {
  const slots = task.run.slots;
  if (slots === undefined) return undefined;
  return (task.slots ??= new Slots(slots.limit, task.slot === undefined ? 0 : 1));
}
