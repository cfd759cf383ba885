import type { PlanNode } from '../plan/plan.ts';
import type { Limit } from './limit.ts';
import type { RunScope } from './runScope.ts';
import type { Seat } from './workers/seat.ts';
import { workersFor, type Workers } from './workers/workers.ts';

/** A node's tasks may have to wait for others of it, or for a worker thread. */
export function hasGate({ maxConcurrency, worker }: PlanNode): boolean {
  return maxConcurrency !== undefined || worker !== undefined;
}

/** Tasks of one node that wait for a place. */
interface Shelf {
  /** Its own `maxConcurrency`. */
  readonly limit: Limit | undefined;
  readonly workers: Workers | undefined;
  /** Indexes of tasks, in task order; those before `next` have started. */
  readonly indexes: number[];
  next: number;
  readonly waiter: () => void;
  /** How many have a place. */
  running: number;
}

/**
 * Holds back the tasks of nodes that have a `maxConcurrency` of their own, or run on worker threads, in one
 * superstep.
 */
export class NodeGates {
  readonly #scope: RunScope;
  readonly #onOpen: () => void;
  readonly #shelves = new Map<PlanNode, Shelf>();
  /** Shelves whose gate may be open. */
  readonly #open = new Set<Shelf>();
  /** Taken for tasks that are about to start. */
  readonly #seats = new Map<number, Seat>();

  /** @param onOpen Called when a task that was held back may start. */
  constructor(scope: RunScope, onOpen: () => void) {
    this.#scope = scope;
    this.#onOpen = onOpen;
  }

  /** Takes a place for the task; or puts the task aside and says no. */
  admit(node: PlanNode, index: number): boolean {
    if (!hasGate(node)) return true;
    const shelf = this.#shelf(node);
    const mustQueue = shelf.next < shelf.indexes.length;
    if (!mustQueue && this.#take(shelf, index)) return true;
    shelf.indexes.push(index);
    shelf.workers?.grow();
    return false;
  }

  get hasReady(): boolean {
    return this.#open.size > 0;
  }

  /** A task that was put aside and has a place now. */
  takeReady(): number | undefined {
    for (const shelf of this.#open) {
      const index = shelf.indexes[shelf.next]!;
      const hasPlace = this.#take(shelf, index);
      if (hasPlace) shelf.next++;
      if (!hasPlace || shelf.next === shelf.indexes.length) this.#open.delete(shelf);
      if (hasPlace) return index;
    }
    return undefined;
  }

  /** What was taken for a task that starts now. */
  seatOf(index: number): Seat | undefined {
    const seat = this.#seats.get(index);
    this.#seats.delete(index);
    return seat;
  }

  /** A task of the node is over. */
  leave(node: PlanNode): void {
    if (!hasGate(node)) return;
    const shelf = this.#shelf(node);
    shelf.running--;
    shelf.limit?.give();
  }

  /** Nothing more will be started, and what still runs is given up. */
  close(): void {
    for (const { limit, workers, waiter, running } of this.#shelves.values()) {
      limit?.line.remove(waiter);
      limit?.giveUp(running);
      workers?.pool.leave(waiter);
    }
  }

  /** All that a task needs to start; or nothing, and the shelf hears when it may be there. */
  #take(shelf: Shelf, index: number): boolean {
    const { limit, workers, waiter } = shelf;
    if (limit?.take() === false) {
      limit.line.add(waiter);
      return false;
    }
    const seat = workers?.take();
    if (workers !== undefined && seat === undefined) {
      workers.pool.wait(waiter);
      limit?.give();
      return false;
    }
    if (seat !== undefined) this.#seats.set(index, seat);
    shelf.running++;
    return true;
  }

  #shelf(node: PlanNode): Shelf {
    let shelf = this.#shelves.get(node);
    if (shelf === undefined) {
      const made: Shelf = {
        limit: node.maxConcurrency === undefined ? undefined : this.#scope.limitOf(node),
        workers: workersFor(this.#scope, node.worker),
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
