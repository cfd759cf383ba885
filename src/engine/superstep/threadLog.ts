import type {
  Checkpoint,
  Checkpointer,
  CheckpointSource,
  Interrupt,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../checkpoint/checkpointer.ts';
import { fingerprint, newCheckpointId } from '../checkpoint/ids.ts';
import { SuperstepError } from '../errors.ts';
import { START } from '../graph/constants.ts';
import type { Plan } from '../graph/plan.ts';
import { yieldToEventLoop, type Clock } from '../runtime/clock.ts';
import type { Frame } from '../runtime/frame.ts';
import { InterruptSignal } from '../runtime/interrupt.ts';
import { isThenable } from '../runtime/thenable.ts';
import { fromSavedResult, toSavedResult, toScheduled, valuesByKey } from './checkpoints.ts';
import { Outcome, type TaskResult } from './outcome.ts';
import type { TaskSet } from './prepareTasks.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * When a run's checkpoints are written: `sync`: before the next superstep begins; `async`: while it
 * runs; `exit`: only the last one, when the run ends, pauses or fails.
 */
export type Durability = 'sync' | 'async' | 'exit';

/** Answers to interrupts by id, shared by a run and all runs inside it. */
export type Answers = Map<string, unknown>;

export interface LogOptions {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly plan: Plan;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly answers: Answers;
  /** For each namespace around, the checkpoint that this run belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  readonly around: ThreadLog | undefined;
  readonly breakpoints: Breakpoints;
  /** The checkpoint to start from instead of the newest. */
  readonly checkpointId: string | undefined;
  /** Told of each checkpoint as it is made. */
  readonly onPut: ((checkpoint: Checkpoint) => void) | undefined;
  /** Of a graph inside another: its state is kept from one run to the next. */
  readonly isKept: boolean;
}

/** Nodes before and after which the run pauses. */
export interface Breakpoints {
  readonly before: ReadonlySet<string> | '*';
  readonly after: ReadonlySet<string> | '*';
}

/** What a new checkpoint says beside the snapshot. */
interface Entry {
  readonly source: CheckpointSource;
  readonly written: readonly string[];
  readonly ran?: readonly string[];
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The answers that one frame's calls of `interrupt` have had, and how many it has taken. */
interface Asking {
  readonly answers: readonly unknown[];
  taken: number;
}

/** One run's part of its thread: what was stored of it before, and what it adds. */
export class ThreadLog {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly durability: Durability;
  readonly parents: Readonly<Record<string, string>>;
  readonly answers: Answers;
  readonly checkpointId: string | undefined;
  readonly isKept: boolean;
  /** The run goes on where an earlier one stopped; true until its first superstep is complete. */
  isResumed = false;
  /** The log of the run that this run is part of. */
  readonly around: ThreadLog | undefined;
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #breakpoints: Breakpoints;
  readonly #onPut: ((checkpoint: Checkpoint) => void) | undefined;
  #head: Checkpoint | undefined;
  #newestId: string | undefined;
  /** The newest checkpoint that was stored: all but the head with durability `exit`. */
  #stored: Checkpoint | undefined;
  /** Keys written since. */
  #written: Set<string> | undefined;
  /** What is known of the head's tasks, by their name. */
  #records = new Map<string, TaskRecord>();
  /** Tasks that have ended since the last checkpoint and are not stored yet. */
  #ended: { readonly key: string; readonly result: TaskResult }[] = [];
  /** Questions of the tasks that are paused, by their place in the superstep. */
  readonly #paused = new Map<number, readonly Interrupt[]>();
  /** Questions asked by code of a task, also those that the code tried to catch; by the task's name. */
  readonly #raised = new Map<string, Interrupt[]>();
  #askings = new WeakMap<Frame, Asking>();
  #subgraphCalls = new Map<string, number>();
  #taskCount = 0;
  /** Tasks of the superstep that are still under way. */
  #left = 0;
  #isFlushDue = false;
  #isClosed = false;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LogOptions) {
    this.saver = options.saver;
    this.thread = options.thread;
    this.durability = options.durability;
    this.answers = options.answers;
    this.parents = options.parents;
    this.around = options.around;
    this.checkpointId = options.checkpointId;
    this.isKept = options.isKept;
    this.#plan = options.plan;
    this.#clock = options.clock;
    this.#breakpoints = options.breakpoints;
    this.#onPut = options.onPut;
  }

  /** The checkpoint that the run stands on; `undefined` before its first. */
  get head(): Checkpoint | undefined {
    return this.#head;
  }

  now(): number {
    return this.#clock.epoch();
  }

  /** The run began at a checkpoint that it was told. */
  get isPast(): boolean {
    return this.checkpointId !== undefined || (this.around?.isPast ?? false);
  }

  get records(): ReadonlyMap<string, TaskRecord> {
    return this.#records;
  }

  /**
   * Stands on a checkpoint that was stored before.
   * @param newestId The thread has this checkpoint too, and those to come are newer.
   */
  standOn({ checkpoint, tasks }: SavedCheckpoint, newestId?: string): void {
    this.#head = this.#stored = checkpoint;
    this.#newestId = newestId ?? checkpoint.id;
    this.#records = new Map(tasks.map((record) => [record.task, record]));
  }

  /** Adds a checkpoint; from now on tasks are those that follow from it. */
  put(snapshot: Snapshot, { source, written, ran = [], input }: Entry): void | Promise<void> {
    const parent = this.durability === 'exit' ? this.#stored : this.#head;
    const scheduled = toScheduled(this.#plan, snapshot);
    const createdAt = this.#clock.epoch();
    const checkpoint: Checkpoint = {
      id: newCheckpointId(createdAt, this.#newestId),
      parentId: parent?.id,
      createdAt,
      source,
      step: snapshot.step,
      parents: this.parents,
      values: valuesByKey(this.#plan, snapshot.values),
      written,
      ran,
      next: input ? { ...scheduled, input } : scheduled,
    };
    return this.add(checkpoint);
  }

  /** Adds a checkpoint that is made already. */
  add(checkpoint: Checkpoint): void | Promise<void> {
    this.#head = checkpoint;
    this.#newestId = checkpoint.id;
    this.isResumed = false;
    this.#onPut?.(checkpoint);
    if (this.#records.size > 0) this.#records = new Map();
    if (this.#ended.length > 0) this.#ended = [];
    if (this.#raised.size > 0) this.#raised.clear();
    if (this.#subgraphCalls.size > 0) this.#subgraphCalls = new Map();
    if (this.durability === 'exit') {
      this.#written ??= new Set();
      for (const key of checkpoint.written) this.#written.add(key);
      return;
    }
    const parent = this.#stored;
    this.#stored = checkpoint;
    return this.#save(() => this.saver.put(this.thread, checkpoint, parent));
  }

  /** Stores records at once, also with durability `exit`: for what must not be lost. */
  keep(...records: readonly TaskRecord[]): void | Promise<void> {
    for (const record of records) this.#records.set(record.task, record);
    if (this.durability === 'exit') return;
    return this.#putTasks(records);
  }

  /**
   * The tasks of the coming superstep that need not run, with their results: those that are done, and
   * those that wait for an answer which this call does not bring.
   */
  *recall(tasks: TaskSet): Generator<readonly [index: number, result: TaskResult]> {
    this.#taskCount = this.#left = tasks.length;
    this.#paused.clear();
    if (this.#records.size === 0) return;
    for (let i = 0; i < tasks.length; i++) {
      const record = this.#records.get(taskName(tasks.node(i).name, tasks.sendIndex(i)));
      if (record?.result) {
        this.#left--;
        yield [i, fromSavedResult(this.#plan, record.result)];
      } else if (record?.status === 'paused' && this.answers.size > 0) {
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

  /** All open questions, in task order. */
  get interrupts(): Interrupt[] {
    return [...this.#paused].sort(([a], [b]) => a - b).flatMap(([, interrupts]) => interrupts);
  }

  /** The run is to pause before these tasks; not again where it was just taken up. */
  breaksBefore(tasks: TaskSet): boolean {
    return !this.isResumed && includesTask(this.#breakpoints.before, tasks);
  }

  /** The run is to pause after these tasks. */
  breaksAfter(tasks: TaskSet): boolean {
    return includesTask(this.#breakpoints.after, tasks);
  }

  /** The results that the superstep has so far, by the names of their tasks. */
  results(): ReadonlyMap<string, TaskResult> {
    const results = new Map<string, TaskResult>();
    for (const { task, result } of this.#records.values()) {
      if (result) results.set(task, fromSavedResult(this.#plan, result));
    }
    for (const { key, result } of this.#ended) results.set(key, result);
    return results;
  }

  taskFinished(node: string, sendIndex: number, result: TaskResult): void {
    this.#left--;
    // Of a superstep with one task the next checkpoint tells, unless there will not be one.
    const isLeaving = result instanceof Outcome && result.parent.length > 0;
    if (this.#taskCount === 1 && !isLeaving && !this.#isClosed) return;
    this.#ended.push({ key: taskName(node, sendIndex), result });
    if (this.#isClosed) this.#swallow(() => this.#flush());
    else if (isLeaving) this.#swallow(() => this.#flush());
    // After the last one the checkpoint follows, or the end of the run.
    else if (!this.saver.isDurable || this.durability === 'exit' || this.#left === 0) return;
    else if (this.durability === 'sync') this.#swallow(() => this.#flush());
    else this.#flushSoon();
  }

  taskFailed(node: string, sendIndex: number, error: Error): void {
    this.#left--;
    const task = taskName(node, sendIndex);
    const { name, message } = error;
    this.#records.set(task, {
      ...this.#records.get(task),
      task,
      status: 'failed',
      error: { name, message },
    });
  }

  taskPaused(node: string, sendIndex: number, index: number): readonly Interrupt[] {
    this.#left--;
    const task = taskName(node, sendIndex);
    const interrupts = this.raisedBy(node, sendIndex);
    const { answers } = this.#records.get(task) ?? {};
    this.#records.set(task, { task, status: 'paused', interrupts, ...(answers && { answers }) });
    this.#paused.set(index, interrupts);
    return interrupts;
  }

  raisedBy(node: string, sendIndex: number): readonly Interrupt[] {
    return this.#raised.get(taskName(node, sendIndex)) ?? [];
  }

  /** Whether code of a task has asked a question, even if it has caught what was thrown then. */
  hasRaised(node: string, sendIndex: number): boolean {
    return this.#raised.size > 0 && this.#raised.has(taskName(node, sendIndex));
  }

  /**
   * The answer to a question.
   * @throws {InterruptSignal} if there is none yet.
   */
  ask(frame: Frame, value: unknown): unknown {
    const asker = askerName(frame);
    if (ownerName(frame) === START) {
      throw new SuperstepError(
        'INTERRUPT_OUTSIDE_NODE',
        'Cannot interrupt in a router of START: ask in a node, and route after it',
      );
    }
    let asking = this.#askings.get(frame);
    if (asking === undefined) {
      asking = { answers: this.#records.get(asker)?.answers ?? [], taken: 0 };
      this.#askings.set(frame, asking);
    }
    if (asking.taken < asking.answers.length) return asking.answers[asking.taken++];
    const interrupt = { id: this.taskId(asker), value };
    if (asker.startsWith(':')) {
      const { answers } = this.#records.get(asker) ?? {};
      const paused = { task: asker, status: 'paused', interrupts: [interrupt] } as const;
      this.#records.set(asker, { ...paused, ...(answers && { answers }) });
    }
    throw this.raise(frame, [interrupt]);
  }

  /** Notes that a task must stop for questions of its own or of a graph inside it. */
  raise(frame: Frame, interrupts: readonly Interrupt[]): InterruptSignal {
    const task = ownerName(frame);
    const known = this.#raised.get(task) ?? [];
    const fresh = interrupts.filter(({ id }) => !known.some((each) => each.id === id));
    this.#raised.set(task, [...known, ...fresh]);
    return new InterruptSignal(interrupts);
  }

  /** Names a task in the whole thread; the same whenever the run is taken up from this checkpoint. */
  taskId(task: string): string {
    return taskIdOf(this.thread.namespace, this.#head!.id, task);
  }

  /** The namespace of a graph that runs on behalf of a task. */
  namespaceInside(frame: Frame, { isKept }: { readonly isKept: boolean }): string {
    const task = ownerName(frame);
    const path = this.thread.namespace === '' ? '' : `${this.thread.namespace}|`;
    if (isKept) return path + task;
    // Several calls of graphs in one node are told apart by their order.
    const call = this.#subgraphCalls.get(askerName(frame)) ?? 0;
    this.#subgraphCalls.set(askerName(frame), call + 1);
    const inside = `${path}${nodeOf(task)}:${this.taskId(askerName(frame))}`;
    return call === 0 ? inside : `${inside}|${call}`;
  }

  /** The next attempt makes the same calls of graphs as the one that failed, and not further ones. */
  attemptFailed(task: Frame): void {
    const own = askerName(task);
    const inside = `:${task.info.path.join('/')}/`;
    for (const asker of this.#subgraphCalls.keys()) {
      if (asker === own || asker.startsWith(inside)) this.#subgraphCalls.delete(asker);
    }
  }

  recallCall(id: string): { readonly value: unknown } | undefined {
    const returned = this.#records.get(`:${id}`)?.returned;
    return returned && { value: returned[0] };
  }

  recordCall(id: string, value: unknown): void | Promise<void> {
    const record: TaskRecord = { task: `:${id}`, status: 'done', returned: [value] };
    this.#records.set(record.task, record);
    if (!this.saver.isDurable || this.durability === 'exit') return;
    return this.#putTasks([record]);
  }

  /**
   * Stores what is left to store, and waits until everything is.
   * @param isCutOff The run stops within a superstep.
   */
  async close({ isCutOff }: { readonly isCutOff: boolean }): Promise<void> {
    this.#isClosed = true;
    const head = this.#head;
    if (head !== undefined && this.durability === 'exit' && head !== this.#stored) {
      const parent = this.#stored;
      const whole = { ...head, written: [...(this.#written ?? [])] };
      await this.#save(() => this.saver.put(this.thread, whole, parent));
      this.#head = this.#stored = whole;
    }
    if (head !== undefined && isCutOff) await this.#flush([...this.#records.values()]);
    await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  #flush(others: readonly TaskRecord[] = []): void | Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    const records = ended.map(({ key, result }): TaskRecord => {
      const done = { task: key, status: 'done' } as const;
      const record = { ...this.#records.get(key), ...done, result: this.#toSaved(result) };
      this.#records.set(key, record);
      return record;
    });
    const names = new Set(records.map(({ task }) => task));
    return this.#putTasks([...records, ...others.filter(({ task }) => !names.has(task))]);
  }

  #toSaved(result: TaskResult) {
    return toSavedResult(this.#plan, result);
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    yieldToEventLoop(() => {
      this.#isFlushDue = false;
      if (this.#ended.length > 0) this.#swallow(() => this.#flush());
    });
  }

  #putTasks(records: readonly TaskRecord[]): void | Promise<void> {
    if (records.length === 0) return;
    const address = { ...this.thread, checkpointId: this.#head!.id };
    return this.#save(() => this.saver.putTasks(address, records));
  }

  /** Writes after all earlier writes; waits for it only if it must be safe before the run goes on. */
  #save(write: () => void | Promise<void>): void | Promise<void> {
    if (this.#failure) throw this.#failure.error;
    let writing: Promise<void>;
    if (this.#writing === undefined) {
      const done = write();
      if (!isThenable(done)) return;
      writing = Promise.resolve(done);
    } else writing = this.#writing.then(write);
    const settled: Promise<void> = writing.then(
      () => this.#wrote(settled),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#wrote(settled);
      },
    );
    this.#writing = settled;
    if (this.durability === 'sync') return writing;
  }

  #wrote(settled: Promise<void>): void {
    if (this.#writing === settled) this.#writing = undefined;
  }

  /** For writes that nobody waits for: the next one, or the end of the run, tells of the failure. */
  #swallow(write: () => void | Promise<void>): void {
    try {
      const done = write();
      if (isThenable(done)) done.then(undefined, () => {});
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}

function includesTask(names: ReadonlySet<string> | '*', tasks: TaskSet): boolean {
  if (names === '*') return true;
  if (names.size === 0) return false;
  for (let i = 0; i < tasks.length; i++) if (names.has(tasks.node(i).name)) return true;
  return false;
}

/** Names a task among those of its superstep. */
export function taskName(node: string, sendIndex: number): string {
  return sendIndex < 0 ? node : `${node}[${sendIndex}]`;
}

/** The id of a task of a checkpoint; also of the question that it asks. */
export function taskIdOf(namespace: string, checkpointId: string, task: string): string {
  return fingerprint(`${namespace}|${checkpointId}|${task}`);
}

function nodeOf(task: string): string {
  return task.replace(/\[\d+\]$/, '');
}

/** The task of the superstep that code runs for. */
function ownerName(frame: Frame): string {
  return frame.info.path[frame.run.path.length]!;
}

/** Who asks: the task itself, or a functional task inside it. */
function askerName(frame: Frame): string {
  const { path } = frame.info;
  const own = frame.run.path.length;
  return path.length === own + 1 ? path[own]! : `:${path.join('/')}`;
}
