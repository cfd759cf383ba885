import type { RemoteTask } from '../engine/model/remote.ts';

/**
 * The tasks of a call that are under way or wait for their turn: hands out those that may start, by their caps.
 *
 * @example
 * ```ts
 * import { TaskWindow } from 'superstep/remote';
 * const caps = [{ name: '', max: 1 }];
 * const task = (id: string) => ({ id, graph: 'g', node: 'n', caps, code: '', work: '' });
 * const window = new TaskWindow();
 * window.offer([task('a'), task('b')]);
 * console.log(window.take().map(({ id }) => id)); // [ 'a' ]
 * window.ended('a');
 * console.log(window.take().map(({ id }) => id)); // [ 'b' ]
 * ```
 */
export class TaskWindow {
  readonly #waiting = new Map<string, RemoteTask>();
  readonly #running = new Map<string, RemoteTask>();
  readonly #counts = new Map<string, number>();

  /** How many have started and not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** Nothing runs, and nothing waits. */
  get isEmpty(): boolean {
    return this.#running.size + this.#waiting.size === 0;
  }

  /** Tells what `advance` has given; tasks that are known already stay what they are. */
  offer(tasks: readonly RemoteTask[]): void {
    for (const task of tasks) {
      if (!this.#running.has(task.id)) this.#waiting.set(task.id, task);
    }
  }

  /** Those that are to start now, in order. */
  take(): RemoteTask[] {
    const taken: RemoteTask[] = [];
    for (const task of this.#waiting.values()) {
      if (task.caps.some(({ name, max }) => this.#countOf(name) >= max)) continue;
      for (const { name } of task.caps) this.#counts.set(name, this.#countOf(name) + 1);
      this.#waiting.delete(task.id);
      this.#running.set(task.id, task);
      taken.push(task);
    }
    return taken;
  }

  /** A task is over: others may have its place. */
  ended(id: string): void {
    for (const { name } of this.#running.get(id)?.caps ?? []) {
      this.#counts.set(name, this.#countOf(name) - 1);
    }
    this.#running.delete(id);
  }

  #countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
