import type { Interrupt, TaskRecord } from '../model/checkpointer.ts';
import type { Plan } from '../plan/plan.ts';
import { fromSavedResult, toSavedResult } from '../plan/checkpoints.ts';
import type { TaskResult } from '../plan/outcome.ts';
import type { TaskSet } from '../plan/prepareTasks.ts';
import { taskKey, type TaskKey } from '../model/taskKey.ts';

/** What is known of the tasks that follow from a checkpoint, before their superstep is complete. */
export class SuperstepRecords {
  readonly #plan: Plan;
  #byTask = new Map<TaskKey, TaskRecord>();
  /** Tasks that have ended and are not stored yet. */
  #ended: { readonly task: TaskKey; readonly result: TaskResult }[] = [];
  /** Questions of the tasks that are paused, by their place in the superstep. */
  readonly #paused = new Map<number, readonly Interrupt[]>();
  #taskCount = 0;
  /** Tasks that are still under way. */
  #left = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get byTask(): ReadonlyMap<TaskKey, TaskRecord> {
    return this.#byTask;
  }

  set(record: TaskRecord): void {
    this.#byTask.set(record.task as TaskKey, record);
  }

  /** Forgets everything: another superstep begins, of which this is known. */
  replaceBy(records: readonly TaskRecord[]): void {
    if (records.length > 0 || this.#byTask.size > 0) {
      this.#byTask = new Map(records.map((record) => [record.task as TaskKey, record]));
    }
    if (this.#ended.length > 0) this.#ended = [];
  }

  /**
   * The tasks that need not run, with their results: those that are done, and those that wait for an
   * answer which this call does not bring.
   */
  *recall(
    tasks: TaskSet,
    { hasAnswers }: { readonly hasAnswers: boolean },
  ): Generator<readonly [index: number, result: TaskResult]> {
    this.#taskCount = this.#left = tasks.length;
    this.#paused.clear();
    if (this.#byTask.size === 0) return;
    for (let i = 0; i < tasks.length; i++) {
      const record = this.#byTask.get(taskKey(tasks.node(i).name, tasks.sendIndex(i)));
      if (record?.result) {
        this.#left--;
        yield [i, fromSavedResult(this.#plan, record.result)];
      } else if (record?.status === 'paused' && hasAnswers) {
        this.#left--;
        this.#paused.set(i, record.interrupts ?? []);
        yield [i, undefined];
      }
    }
  }

  /** The superstep has one task only, of which the next checkpoint tells. */
  get isOneTask(): boolean {
    return this.#taskCount === 1;
  }

  /** No task is under way any more. */
  get allEnded(): boolean {
    return this.#left === 0;
  }

  /** Some task waits for an answer, so that the superstep cannot be completed. */
  get isPaused(): boolean {
    return this.#paused.size > 0;
  }

  /** The open questions of one task, by its place in the superstep; `undefined` if it has none. */
  askedAt(index: number): readonly Interrupt[] | undefined {
    return this.#paused.get(index);
  }

  /** All open questions, in task order. */
  get interrupts(): Interrupt[] {
    return [...this.#paused].sort(([a], [b]) => a - b).flatMap(([, interrupts]) => interrupts);
  }

  /** The results that there are so far, by the keys of their tasks. */
  results(): ReadonlyMap<TaskKey, TaskResult> {
    const results = new Map<TaskKey, TaskResult>();
    for (const { task, result } of this.#byTask.values()) {
      if (result) results.set(task as TaskKey, fromSavedResult(this.#plan, result));
    }
    for (const { task, result } of this.#ended) results.set(task, result);
    return results;
  }

  ended(): void {
    this.#left--;
  }

  /** Notes a result that may have to be stored. */
  add(task: TaskKey, result: TaskResult): void {
    this.#ended.push({ task, result });
  }

  get hasUnstored(): boolean {
    return this.#ended.length > 0;
  }

  /** The results that are not stored yet, as records; from now on they count as stored. */
  takeUnstored(): TaskRecord[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended.map(({ task, result }) => {
      const done = { task, status: 'done', result: toSavedResult(this.#plan, result) } as const;
      const record: TaskRecord = { ...this.#byTask.get(task), ...done };
      this.#byTask.set(task, record);
      return record;
    });
  }

  failed(task: TaskKey, { name, message }: Error): void {
    this.#left--;
    const error = { name, message };
    this.#byTask.set(task, { ...this.#byTask.get(task), task, status: 'failed', error });
  }

  /** @param index Its place in the superstep. */
  paused(index: number, record: TaskRecord): void {
    this.#left--;
    this.set(record);
    this.#paused.set(index, record.interrupts ?? []);
  }
}
