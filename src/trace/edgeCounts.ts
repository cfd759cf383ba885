import type { TaskFinished, TaskInfo } from '../engine/model/events.ts';
import { isSent } from './spans.ts';
import { siblingOfNode } from '../engine/model/nodeId.ts';

/** An edge of a drawing, by the ids of its nodes, and how often it was taken. */
export interface TakenEdge {
  readonly source: string;
  readonly target: string;
  readonly count: number;
  /** How many tasks were sent along it. */
  readonly sent: number;
}

/** What `START` of a graph is called, in the ids of a drawing. */
export const START_NAME = '__start__';

/**
 * Counts the edges that a run has taken. Those that routers and commands choose are in the events; an
 * edge without a condition is taken as often as its source has ended well.
 */
export class EdgeCounts {
  readonly #chosen = new Map<string, Map<string, { count: number; sent: number }>>();
  readonly #ended = new Map<string, number>();

  /** A task of a graph's first superstep: something led to it from START. */
  began(task: TaskInfo): void {
    const { node, nodeId } = task;
    this.#take(siblingOfNode(nodeId, node, START_NAME), nodeId, isSent(task) ? 1 : 0);
  }

  finished({ task, handled, chosen = {} }: TaskFinished): void {
    const { node, nodeId } = task;
    // What its error handler returned leads on, and not its edges.
    if (!handled) this.#ended.set(nodeId, (this.#ended.get(nodeId) ?? 0) + 1);
    for (const [target, sent] of Object.entries(chosen)) {
      this.#take(nodeId, siblingOfNode(nodeId, node, target), sent);
    }
  }

  /** How often the edges of a node were followed that have no condition. */
  ended(nodeId: string): number {
    return this.#ended.get(nodeId) ?? 0;
  }

  /** How often a router or a command led from one node to another. */
  chosen(source: string, target: string): Pick<TakenEdge, 'count' | 'sent'> | undefined {
    return this.#chosen.get(source)?.get(target);
  }

  /** All edges that were chosen, those from START among them. */
  all(): TakenEdge[] {
    return [...this.#chosen].flatMap(([source, targets]) =>
      [...targets].map(([target, taken]) => ({ source, target, ...taken })),
    );
  }

  #take(source: string, target: string, sent: number): void {
    let targets = this.#chosen.get(source);
    if (!targets) this.#chosen.set(source, (targets = new Map()));
    const taken = targets.get(target) ?? { count: 0, sent: 0 };
    taken.count += Math.max(1, sent);
    taken.sent += sent;
    targets.set(target, taken);
  }
}
