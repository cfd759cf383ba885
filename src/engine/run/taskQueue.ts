import type { Tasks } from '../plan/prepareTasks.ts';
import type { GraphRun } from './graphRun.ts';
import type { Slot, Slots } from './limit.ts';
import { NodeGates } from './nodeGates.ts';
import { TaskFrame } from './taskFrame.ts';

/**
 * The tasks of one superstep that have not started yet, in task order. Each may start as soon as it has
 * what it needs: a slot of the run, and a place among the tasks of its node.
 */
export class TaskQueue {
  readonly #run: GraphRun;
  readonly #tasks: Tasks;
  readonly #onRoom: () => void;
  readonly #slots: Slots | undefined;
  /** Slots of the tasks that run; only if there is a cap. */
  readonly #held: Record<Slot, number> | undefined;
  /** Set aside tasks of nodes that have a cap; only if there is such a node. */
  readonly #gates: NodeGates | undefined;
  /** Tasks that need not run; only if there are any. */
  #recalled: Set<number> | undefined;
  #next = 0;

  /** @param onRoom Called when a task that had to wait may start. */
  constructor(run: GraphRun, tasks: Tasks, onRoom: () => void) {
    this.#run = run;
    this.#tasks = tasks;
    this.#onRoom = onRoom;
    // What takes tasks away from here caps them too.
    const isHere = run.elsewhere === undefined;
    this.#slots = isHere ? run.slots : undefined;
    this.#held = this.#slots && { lent: 0, shared: 0 };
    this.#gates = isHere && run.plan.hasGates ? new NodeGates(run.scope, onRoom) : undefined;
  }

  /** Takes out a task that need not run. */
  skip(index: number): void {
    this.#recalled ??= new Set();
    this.#recalled.add(index);
  }

  get hasMore(): boolean {
    return this.#next < this.#tasks.length || (this.#gates !== undefined && this.#gates.hasReady);
  }

  /** How many tasks it has come to. */
  get reached(): number {
    return this.#next;
  }

  /** The next task, which is to start now; `undefined` if there is none, or all have to wait. */
  take(): TaskFrame | undefined {
    if (this.#recalled !== undefined) while (this.#recalled.delete(this.#next)) this.#next++;
    if (!this.hasMore) return undefined;
    let slot: Slot | undefined;
    if (this.#slots !== undefined) {
      slot = this.#slots.take();
      if (slot === undefined) {
        this.#slots.wait(this.#onRoom);
        return undefined;
      }
    }
    const index = this.#gates === undefined ? this.#next++ : this.#nextThroughGates(this.#gates);
    if (index === undefined) {
      if (slot !== undefined) this.#slots!.give(slot);
      return undefined;
    }
    const frame = this.frameOf(index);
    frame.slot = slot;
    if (slot !== undefined) this.#held![slot]++;
    frame.seat = this.#gates?.seatOf(index);
    return frame;
  }

  frameOf(index: number): TaskFrame {
    const tasks = this.#tasks;
    return new TaskFrame(this.#run, tasks.node(index), tasks.sendIndex(index), index);
  }

  #nextThroughGates(gates: NodeGates): number | undefined {
    const ready = gates.takeReady();
    if (ready !== undefined) return ready;
    while (this.#next < this.#tasks.length) {
      const index = this.#next++;
      if (this.#recalled?.delete(index)) continue;
      if (gates.admit(this.#tasks.node(index), index)) return index;
    }
    return undefined;
  }

  /** A task is over: others may have its place. */
  release({ node, slot }: TaskFrame): void {
    if (this.#gates !== undefined) this.#gates.leave(node);
    if (slot === undefined) return;
    this.#held![slot]--;
    this.#slots!.give(slot);
  }

  /** Nothing more will be started, and what still runs is given up. */
  close(): void {
    if (this.#slots !== undefined) {
      this.#slots.leave(this.#onRoom);
      this.#slots.giveUp(this.#held!);
    }
    this.#gates?.close();
  }
}
