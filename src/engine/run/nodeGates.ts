import type { PlanNode } from '../plan/plan.ts';
import type { Limit } from './limit.ts';
import type { RunScope } from './runScope.ts';

/** Tasks of one node that wait for others of it to end. */
interface Shelf {
  readonly limit: Limit;
  /** Indexes of tasks, in task order; those before `next` have started. */
  readonly indexes: number[];
  next: number;
  readonly waiter: () => void;
  /** How many have a place. */
  running: number;
}

/** Holds back the tasks of nodes that have a `maxConcurrency` of their own, in one superstep. */
export class NodeGates {
  readonly #scope: RunScope;
  readonly #onOpen: () => void;
  readonly #shelves = new Map<PlanNode, Shelf>();
  /** Shelves whose gate may be open. */
  readonly #open = new Set<Shelf>();

  /** @param onOpen Called when a task that was held back may start. */
  constructor(scope: RunScope, onOpen: () => void) {
    this.#scope = scope;
    this.#onOpen = onOpen;
  }

  /** Takes a place for the task; or puts the task aside and says no. */
  admit(node: PlanNode, index: number): boolean {
    if (node.maxConcurrency === undefined) return true;
    const shelf = this.#shelf(node);
    const mustQueue = shelf.next < shelf.indexes.length;
    if (!mustQueue && shelf.limit.take()) {
      shelf.running++;
      return true;
    }
    shelf.indexes.push(index);
    if (!mustQueue) shelf.limit.line.add(shelf.waiter);
    return false;
  }

  get hasReady(): boolean {
    return this.#open.size > 0;
  }

  /** A task that was put aside and has a place now. */
  takeReady(): number | undefined {
    for (const shelf of this.#open) {
      this.#open.delete(shelf);
      const hasPlace = shelf.limit.take();
      const index = hasPlace ? shelf.indexes[shelf.next++] : undefined;
      if (hasPlace) shelf.running++;
      if (shelf.next < shelf.indexes.length) shelf.limit.line.add(shelf.waiter);
      if (index !== undefined) return index;
    }
    return undefined;
  }

  /** A task of the node is over. */
  leave(node: PlanNode): void {
    if (node.maxConcurrency !== undefined) {
      const shelf = this.#shelf(node);
      shelf.running--;
      shelf.limit.give();
    }
  }

  /** Nothing more will be started, and what still runs is given up. */
  close(): void {
    for (const { limit, waiter, running } of this.#shelves.values()) {
      limit.line.remove(waiter);
      limit.giveUp(running);
    }
  }

  #shelf(node: PlanNode): Shelf {
    let shelf = this.#shelves.get(node);
    if (shelf === undefined) {
      const made: Shelf = {
        limit: this.#scope.limitOf(node),
        indexes: [],
        next: 0,
        running: 0,
        waiter: () => {
          this.#open.add(made);
          this.#onOpen();
        },
      };
      shelf = made;
      this.#shelves.set(node, shelf);
    }
    return shelf;
  }
}
