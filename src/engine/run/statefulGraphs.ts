import { isWithin, type TaskKey } from '../model/taskKey.ts';

/** The id of a checkpoint that a stateful graph stood on; `undefined` if it had none yet. */
type Base = string | undefined;

/**
 * Where the stateful graphs of one superstep stood when they were called, by their namespaces: an attempt
 * that follows a failed one stands there again, since what the failed one wrote does not count.
 */
export class StatefulGraphs {
  /** By namespace, then by who called it first: where it stood then. */
  readonly #bases = new Map<string, Map<TaskKey, Base>>();
  /** Of graphs that must go back at their next call. */
  readonly #due = new Map<string, Base>();

  /** The checkpoint that a call must stand on, if it is not to be the newest. */
  takeDue(namespace: string): { readonly base: Base } | undefined {
    if (!this.#due.has(namespace)) return undefined;
    const base = this.#due.get(namespace);
    this.#due.delete(namespace);
    return { base };
  }

  /** @param asker Who makes the call. */
  called(namespace: string, asker: TaskKey, base: Base): void {
    let byAsker = this.#bases.get(namespace);
    if (byAsker === undefined) this.#bases.set(namespace, (byAsker = new Map<TaskKey, Base>()));
    if (!byAsker.has(asker)) byAsker.set(asker, base);
  }

  attemptFailed(task: TaskKey): void {
    for (const [namespace, byAsker] of this.#bases) {
      const failed = [...byAsker].filter(([asker]) => isWithin(asker, task));
      // The first call came first, whoever made it.
      if (failed.length > 0) this.#due.set(namespace, failed[0]![1]);
      for (const [asker] of failed) byAsker.delete(asker);
    }
  }

  clear(): void {
    if (this.#bases.size === 0) return;
    this.#bases.clear();
    this.#due.clear();
  }
}
