import type { Plan } from '../graph/plan.ts';
import { readView, type PlanNode, type View } from '../graph/plan.ts';
import type { Send } from '../graph/send.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The tasks of one superstep in task order: those started by edges, by node name, then those sent,
 * in the order of sending. Tasks are described on demand, so that a million sends cost nothing
 * before they run.
 */
export class TaskSet {
  readonly length: number;
  readonly #plan: Plan;
  readonly #values: readonly unknown[];
  readonly #byEdge: readonly number[];
  readonly #sends: readonly Send[];
  readonly #views = new Map<View, Record<string, unknown>>();

  constructor(
    plan: Plan,
    values: readonly unknown[],
    started: { readonly byEdge: readonly number[]; readonly sends: readonly Send[] },
  ) {
    this.#plan = plan;
    this.#values = values;
    this.#byEdge = started.byEdge;
    this.#sends = started.sends;
    this.length = started.byEdge.length + started.sends.length;
  }

  node(index: number): PlanNode {
    const byEdge = this.#byEdge[index];
    if (byEdge !== undefined) return this.#plan.nodes[byEdge]!;
    return this.#plan.nodes[
      this.#plan.byName.get(this.#sends[index - this.#byEdge.length]!.node)!
    ]!;
  }

  /** Place among the sent tasks, or -1 for a task started by an edge. */
  sendIndex(index: number): number {
    return index < this.#byEdge.length ? -1 : index - this.#byEdge.length;
  }

  /** What the task's node is given: a view of the state, shared by all that see the same, or a payload. */
  input(index: number): unknown {
    if (index >= this.#byEdge.length) return this.#sends[index - this.#byEdge.length]!.args;
    return this.read(this.node(index).view);
  }

  /** The state as all tasks of this superstep see it. */
  read(view: View): Record<string, unknown> {
    let state = this.#views.get(view);
    if (state === undefined) {
      state = readView(view, this.#values);
      this.#views.set(view, state);
    }
    return state;
  }
}

/** The tasks that a snapshot calls for; empty when the run is done. */
export function prepareTasks(plan: Plan, snapshot: Snapshot): TaskSet {
  const { triggered, sends, deferred } = snapshot;
  const byEdge = triggered.length > 0 || sends.length > 0 ? triggered : deferred;
  return new TaskSet(plan, snapshot.values, { byEdge, sends });
}
