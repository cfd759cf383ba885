import { isContainer } from '../state/isolate.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { asksMore, readView, type Plan, type PlanNode, type View } from './plan.ts';
import { checkKeys, checkWhole, readChecked } from './readChecked.ts';
import type { Send } from '../model/send.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
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
  /** What was read last: nodes tend to have the same view. */
  #last: { readonly view: View; readonly state: Record<string, unknown> } | undefined;
  /** All that was read, if there is more than one view. */
  #views: Map<View, Record<string, unknown>> | undefined;

  constructor(plan: Plan, { values, triggered, sends, deferred }: Snapshot) {
    this.#plan = plan;
    this.#values = values;
    this.#byEdge = triggered.length > 0 || sends.length > 0 ? triggered : deferred;
    this.#sends = sends;
    this.length = this.#byEdge.length + sends.length;
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

  /** How many tasks each node was sent; for observers. */
  sendCounts(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const { node } of this.#sends) counts.set(node, (counts.get(node) ?? 0) + 1);
    return Object.fromEntries(counts);
  }

  /**
   * What the task's node is given: a view of the state, shared by all that see the same, or a payload.
   * @throws {SuperstepError} VALIDATION_FAILED
   */
  input(index: number): unknown {
    const node = this.node(index);
    if (index < this.#byEdge.length) return this.#read(node);
    const { args } = this.#sends[index - this.#byEdge.length]!;
    return node.ownInput ? checkPayload(node, args) : args;
  }

  /** The timeout that the task was sent with, in place of that of its node. */
  timeout(index: number): TimeoutPolicy | undefined {
    const sent = index - this.#byEdge.length;
    return sent < 0 ? undefined : this.#sends[sent]!.timeout;
  }

  /** The state as all tasks of this superstep see it that have the view of this node. */
  #read(node: PlanNode): Record<string, unknown> {
    const { view } = node;
    if (this.#last?.view === view) return this.#last.state;
    const state =
      this.#views?.get(view) ??
      (asksMore(view) ? readAsked(node, this.#values) : readView(view, this.#values));
    if (this.#last !== undefined) {
      this.#views ??= new Map([[this.#last.view, this.#last.state]]);
      this.#views.set(view, state);
    }
    this.#last = { view, state };
    return state;
  }
}

/** The tasks of a superstep, for whoever runs them. */
export type Tasks = Pick<TaskSet, 'length' | 'node' | 'sendIndex' | 'input' | 'timeout'>;

/** The tasks that a snapshot calls for; empty when the run is done. */
export function prepareTasks(plan: Plan, snapshot: Snapshot): TaskSet {
  return new TaskSet(plan, snapshot);
}

/** The state as a node is given it whose own schema asks more of it. */
function readAsked({ name, view }: PlanNode, values: readonly unknown[]): Record<string, unknown> {
  return readChecked(view, values, (why, key) => {
    const what = key === undefined ? 'what it reads of the state' : `key "${key}" of the state`;
    return new SuperstepError(
      'VALIDATION_FAILED',
      `Cannot start node "${name}" with ${what}: ${why}; write what its input declares before it runs, ` +
        `or let the input take less`,
      { nodes: [name], ...(key !== undefined && { key }) },
    );
  });
}

/** A payload as a node with an input schema of its own declares it; other keys pass. */
function checkPayload({ name, view }: PlanNode, payload: unknown): unknown {
  const fail = (why: string, key?: string) => {
    return new SuperstepError(
      'VALIDATION_FAILED',
      `Cannot start node "${name}" with ${show(payload)}, which was sent to it: ${why}; send what its input declares`,
      { nodes: [name], ...(key !== undefined && { key }), value: payload },
    );
  };
  if (!isContainer(payload) || Array.isArray(payload))
    throw fail('it declares an input, so this must be an object');
  checkKeys(view, payload, (why, key) => fail(`key "${key}": ${why}`, key));
  const checked: Record<string, unknown> = { ...payload };
  for (const { key, spec } of view.declared) {
    const result = spec.checkValue?.(checked[key]);
    if (result === undefined) continue;
    if ('issues' in result) throw fail(`key "${key}": ${result.issues.join('; ')}`, key);
    else if (result.value !== undefined || key in checked) checked[key] = result.value;
  }
  checkWhole(view, checked, fail);
  return checked;
}
