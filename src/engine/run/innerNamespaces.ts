import type { Frame } from './frame.ts';
import { isWithin, ownerOf, type TaskKey } from '../model/taskKey.ts';

/** Names the graphs that run on behalf of the tasks of one superstep. */
export class InnerNamespaces {
  /** The namespace of the graph that the tasks are of. */
  readonly #parent: string;
  /** Calls of graphs so far, by who makes them. */
  readonly #calls = new Map<TaskKey, number>();

  constructor(parent: string) {
    this.#parent = parent;
  }

  /** The namespace of a graph that begins to run on behalf of a task. */
  next(frame: Frame, { isStateful }: { readonly isStateful: boolean }): string {
    const path = this.#parent === '' ? '' : `${this.#parent}|`;
    if (isStateful) return path + ownerOf(frame.key);
    // Several calls of graphs in one node are told apart by their order.
    const { key } = frame;
    const call = this.#calls.get(key) ?? 0;
    this.#calls.set(key, call + 1);
    const inside = path + frame.place.slice(frame.run.place.length).join('|');
    return call === 0 ? inside : `${inside}|${call}`;
  }

  /** The next attempt makes the same calls of graphs as the one that failed, and not further ones. */
  attemptFailed(task: TaskKey): void {
    for (const key of this.#calls.keys()) if (isWithin(key, task)) this.#calls.delete(key);
  }

  clear(): void {
    if (this.#calls.size > 0) this.#calls.clear();
  }
}
