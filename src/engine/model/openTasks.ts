import type { RunEvent, TaskInfo, TaskStarted } from './events.ts';

/**
 * The tasks of a run that have started and not ended, each with what a reader of the run's events keeps
 * of it as long. Every reader that must know them finds them here; constant cost for each event.
 */
export class OpenTasks<T extends object> {
  readonly #open = new Map<number, T>();
  readonly #keep: (event: TaskStarted, parent: T | undefined) => T | undefined;

  /**
   * @param keep Makes what is kept of a task; called once for each, not again for another attempt.
   *   `parent` is what is kept of the task around it. With `undefined` nothing is kept of the task.
   */
  constructor(keep: (event: TaskStarted, parent: T | undefined) => T | undefined) {
    this.#keep = keep;
  }

  /**
   * Takes the next event.
   *
   * @returns What is kept of the task that the event tells of: for the last time where it ends.
   */
  see(event: RunEvent): T | undefined {
    const { type } = event;
    if (type === 'runStarted') this.#open.clear();
    const { task } = event as { readonly task?: TaskInfo };
    if (!task) return undefined;
    const kept = this.#open.get(task.id);
    if (type === 'taskStarted') return kept ?? this.#start(event);
    if (type === 'taskFinished' || type === 'taskFailed' || type === 'taskInterrupted') {
      this.#open.delete(task.id);
    }
    return kept;
  }

  #start(event: TaskStarted): T | undefined {
    const { id, parent } = event.task;
    const kept = this.#keep(event, this.get(parent));
    if (kept) this.#open.set(id, kept);
    return kept;
  }

  get(id: number | undefined): T | undefined {
    return id === undefined ? undefined : this.#open.get(id);
  }

  /** What is kept of all of them, those inside of others after these. */
  values(): Iterable<T> {
    return this.#open.values();
  }

  /** Ends all of them, for nothing runs on after its run. @returns Those inside of others before these. */
  endAll(): T[] {
    const ended = [...this.#open.values()].reverse();
    this.#open.clear();
    return ended;
  }
}
