import type { Interrupt, TaskRecord } from '../model/checkpointer.ts';
import type { Plan } from '../plan/plan.ts';
import { fromSavedResult, toSavedResult } from '../plan/checkpoints.ts';
import { Outcome, type TaskResult, type Update } from '../plan/outcome.ts';
import type { Tasks } from '../plan/prepareTasks.ts';
import { yieldToEventLoop } from '../model/clock.ts';
import { taskKey, type TaskKey } from '../model/taskKey.ts';
import type { CheckpointWriter } from './checkpointWriter.ts';

/** What a call that ended has left. */
export interface RecalledCall {
  readonly value: unknown;
  /** The updates that it made on the way. */
  readonly pushed: readonly Update[];
}

/**
 * What is known of the tasks that follow from a checkpoint, before their superstep is complete; stored
 * beside the checkpoint when `durability` asks for it.
 */
export class SuperstepRecords {
  readonly #plan: Plan;
  readonly #checkpoints: CheckpointWriter;
  #byTask = new Map<TaskKey, TaskRecord>();
  /** Tasks that have ended and are not stored yet. */
  #ended: { readonly task: TaskKey; readonly result: TaskResult }[] = [];
  /** Questions of the tasks that are paused, by their place in the superstep. */
  readonly #paused = new Map<number, readonly Interrupt[]>();
  #taskCount = 0;
  /** Tasks that are still under way. */
  #left = 0;
  #isStoringDue = false;
  #isClosed = false;

  constructor(plan: Plan, checkpoints: CheckpointWriter) {
    this.#plan = plan;
    this.#checkpoints = checkpoints;
  }

  get byTask(): ReadonlyMap<TaskKey, TaskRecord> {
    return this.#byTask;
  }

  set(record: TaskRecord): void {
    this.#byTask.set(record.task as TaskKey, record);
  }

  /** Notes records, and stores them at once, or with durability `exit` when the run ends. */
  keep(...records: readonly TaskRecord[]): void | Promise<void> {
    for (const record of records) this.set(record);
    if (this.#checkpoints.durability === 'exit') return;
    return this.#checkpoints.putTasks(records);
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
   * answer which this call does not bring, if it brings others or has been under way before.
   */
  *recall(
    tasks: Tasks,
    { keepsWaiting }: { readonly keepsWaiting: boolean },
  ): Generator<readonly [index: number, result: TaskResult]> {
    this.#taskCount = this.#left = tasks.length;
    this.#paused.clear();
    if (this.#byTask.size === 0) return;
    for (let i = 0; i < tasks.length; i++) {
      const record = this.#byTask.get(taskKey(tasks.node(i).name, tasks.sendIndex(i)));
      if (record?.result) {
        this.#left--;
        yield [i, fromSavedResult(this.#plan, record.result)];
      } else if (record?.status === 'paused' && keepsWaiting) {
        this.#left--;
        this.#paused.set(i, record.interrupts ?? []);
        yield [i, undefined];
      }
    }
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

  taskFinished(task: { readonly key: TaskKey }, result: TaskResult): void {
    this.#left--;
    // Of a superstep with one task the next checkpoint tells, unless there will not be one.
    const isLeaving = result instanceof Outcome && result.parent.length > 0;
    if (this.#taskCount === 1 && !isLeaving && !this.#isClosed) return;
    this.#ended.push({ task: task.key, result });
    const { saver, durability } = this.#checkpoints;
    if (this.#isClosed || isLeaving) this.#storeEnded();
    // After the last one the checkpoint follows, or the end of the run.
    else if (!saver.isDurable || durability === 'exit' || this.#left === 0) return;
    else if (durability === 'sync') this.#storeEnded();
    else this.#storeSoon();
  }

  taskFailed(task: TaskKey, { name, message }: Error): void {
    this.#left--;
    const error = { name, message };
    this.#byTask.set(task, { ...this.#byTask.get(task), task, status: 'failed', error });
  }

  /** @param index Its place in the superstep. */
  taskPaused(index: number, record: TaskRecord): void {
    this.#left--;
    this.set(record);
    this.#paused.set(index, record.interrupts ?? []);
  }

  /** What a functional task has resulted in when its caller ran before. */
  recallCall(call: TaskKey): RecalledCall | undefined {
    const { returned, pushed = [] } = this.#byTask.get(call) ?? {};
    return returned && { value: returned[0], pushed };
  }

  recordCall(call: TaskKey, { value, pushed }: RecalledCall): void | Promise<void> {
    const record: TaskRecord = {
      task: call,
      status: 'done',
      returned: [value],
      ...(pushed.length > 0 && { pushed }),
    };
    this.set(record);
    const { saver, durability } = this.#checkpoints;
    if (!saver.isDurable || durability === 'exit') return;
    return this.#checkpoints.putTasks([record]);
  }

  /** The run ends: what comes now is stored, since no checkpoint will follow. */
  close(): void {
    this.#isClosed = true;
  }

  /** Stores everything, for a superstep that is not completed. */
  storeAll(): void | Promise<void> {
    const all = [...this.#byTask.values()];
    const ended = this.#takeEnded();
    const names = new Set(ended.map(({ task }) => task));
    return this.#checkpoints.putTasks([...ended, ...all.filter(({ task }) => !names.has(task))]);
  }

  #storeSoon(): void {
    if (this.#isStoringDue) return;
    this.#isStoringDue = true;
    yieldToEventLoop(() => {
      this.#isStoringDue = false;
      if (this.#ended.length > 0) this.#storeEnded();
    });
  }

  #storeEnded(): void {
    this.#checkpoints.putTasksUnawaited(() => this.#takeEnded());
  }

  /** The results that are not stored yet, as records; from now on they count as stored. */
  #takeEnded(): TaskRecord[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended.map(({ task, result }) => {
      const done = { task, status: 'done', result: toSavedResult(this.#plan, result) } as const;
      const record: TaskRecord = { ...this.#byTask.get(task), ...done };
      this.#byTask.set(task, record);
      return record;
    });
  }
}
