import type {
  Checkpoint,
  Checkpointer,
  CheckpointSource,
  Interrupt,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import { taskIdOf, type TaskKey } from '../model/taskKey.ts';
import type { Plan, Breakpoints } from '../plan/plan.ts';
import { yieldToEventLoop, type Clock } from '../model/clock.ts';
import type { Frame, RecalledCall, ThreadView } from './frame.ts';
import type { InterruptSignal } from '../model/signals.ts';
import { toScheduled, valuesByKey } from '../plan/checkpoints.ts';
import { InnerNamespaces } from './innerNamespaces.ts';
import { StatefulGraphs } from './statefulGraphs.ts';
import { OrderedWrites } from './orderedWrites.ts';
import { Outcome, type TaskResult } from '../plan/outcome.ts';
import type { TaskSet } from '../plan/prepareTasks.ts';
import { Questions } from './questions.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { SuperstepRecords } from './superstepRecords.ts';
import type { Durability } from '../model/runConfig.ts';

/** Answers to interrupts by id, shared by a run and all runs inside it. */
export type Answers = Map<string, unknown>;

export interface ThreadSessionOptions {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly plan: Plan;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly answers: Answers;
  /** For each namespace around, the checkpoint that this run belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  readonly parentThread: ThreadView | undefined;
  readonly breakpoints: Breakpoints;
  /** The checkpoint to start from instead of the newest. */
  readonly checkpointId: string | undefined;
  /** The state of a graph inside to start from. */
  readonly startInside?: InnerPlace | undefined;
  /** Told of each checkpoint as it is made. */
  readonly onPut: ((checkpoint: Checkpoint) => void) | undefined;
  /** Of a graph inside another: its state is kept from one run to the next. */
  readonly isStateful: boolean;
}

/** A state of a graph inside; without an id its newest. */
export interface InnerPlace {
  readonly namespace: string;
  readonly checkpointId: string | undefined;
}

/** What a new checkpoint says beside the snapshot. */
interface Entry {
  readonly source: CheckpointSource;
  readonly written: readonly string[];
  readonly ran?: readonly string[];
  readonly input?: Readonly<Record<string, unknown>>;
}

/** One run's part of its thread: what was stored of it before, and what it adds. */
export class ThreadSession implements ThreadView {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly durability: Durability;
  readonly parents: Readonly<Record<string, string>>;
  readonly answers: Answers;
  readonly checkpointId: string | undefined;
  readonly startInside: InnerPlace | undefined;
  readonly isStateful: boolean;
  /** The run goes on where an earlier one stopped; true until its first superstep is complete. */
  isResumed = false;
  /** It has been told to go on from a breakpoint; until its first superstep is complete. */
  hasLeftBreak = false;
  /** The log of the run that this run is part of. */
  readonly parentThread: ThreadView | undefined;
  /** Where kept graphs inside its tasks have begun. */
  readonly statefulGraphs = new StatefulGraphs();
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
  /** Of the head's tasks. */
  readonly #tasks: SuperstepRecords;
  readonly #questions = new Questions();
  readonly #inner: InnerNamespaces;
  readonly #writes: OrderedWrites;
  #isFlushDue = false;
  #isClosed = false;

  constructor(options: ThreadSessionOptions) {
    this.saver = options.saver;
    this.thread = options.thread;
    this.durability = options.durability;
    this.answers = options.answers;
    this.parents = options.parents;
    this.parentThread = options.parentThread;
    this.checkpointId = options.checkpointId;
    this.startInside = options.startInside;
    this.isStateful = options.isStateful;
    this.#plan = options.plan;
    this.#clock = options.clock;
    this.#breakpoints = options.breakpoints;
    this.#onPut = options.onPut;
    this.#tasks = new SuperstepRecords(options.plan);
    this.#inner = new InnerNamespaces(this.thread.namespace);
    this.#writes = new OrderedWrites({ isAwaited: this.durability === 'sync' });
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
    const isOwn = this.checkpointId !== undefined || this.startInside !== undefined;
    return isOwn || (this.parentThread?.isPast ?? false);
  }

  get records(): ReadonlyMap<TaskKey, TaskRecord> {
    return this.#tasks.byTask;
  }

  /**
   * Stands on a checkpoint that was stored before.
   * @param newestId The thread has this checkpoint too, and those to come are newer.
   */
  standOn({ checkpoint, tasks }: SavedCheckpoint, newestId?: string): void {
    this.#head = this.#stored = checkpoint;
    this.#newestId = newestId ?? checkpoint.id;
    this.#tasks.replaceBy(tasks);
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
    this.isResumed = this.hasLeftBreak = false;
    this.#onPut?.(checkpoint);
    this.#tasks.replaceBy([]);
    this.#questions.clear();
    this.#inner.clear();
    this.statefulGraphs.clear();
    if (this.durability === 'exit') {
      this.#written ??= new Set();
      for (const key of checkpoint.written) this.#written.add(key);
      return;
    }
    const parent = this.#stored;
    this.#stored = checkpoint;
    return this.#writes.add(() => this.saver.put(this.thread, checkpoint, parent));
  }

  /** Stores records at once, also with durability `exit`: for what must not be lost. */
  keep(...records: readonly TaskRecord[]): void | Promise<void> {
    for (const record of records) this.#tasks.set(record);
    if (this.durability === 'exit') return;
    return this.#putTasks(records);
  }

  /**
   * The tasks of the coming superstep that need not run, with their results: those that are done, and
   * those that wait for an answer which this call does not bring.
   */
  recall(tasks: TaskSet): Iterable<readonly [index: number, result: TaskResult]> {
    return this.#tasks.recall(tasks, { hasAnswers: this.answers.size > 0 });
  }

  /** Some task waits for an answer, so that the superstep cannot be completed. */
  get isPaused(): boolean {
    return this.#tasks.isPaused;
  }

  /** All open questions, in task order. */
  get interrupts(): Interrupt[] {
    return this.#tasks.interrupts;
  }

  /** The run is to pause before these tasks; not again where it was just taken up. */
  breaksBefore(tasks: TaskSet): boolean {
    if (this.isResumed || this.hasLeftBreak) return false;
    return includesTask(this.#breakpoints.before, tasks);
  }

  /** The run is to pause after these tasks. */
  breaksAfter(tasks: TaskSet): boolean {
    return includesTask(this.#breakpoints.after, tasks);
  }

  /** Which of these nodes have a breakpoint. */
  breaking(when: 'before' | 'after', nodes: readonly string[]): string[] {
    const names = this.#breakpoints[when];
    return nodes.filter((node) => names === '*' || names.has(node));
  }

  /** What a task that was recalled still asks; `undefined` for one that is done. */
  askedBefore(index: number): readonly Interrupt[] | undefined {
    return this.#tasks.askedAt(index);
  }

  /** The results that the superstep has so far, by the keys of their tasks. */
  results(): ReadonlyMap<TaskKey, TaskResult> {
    return this.#tasks.results();
  }

  taskFinished(task: Frame, result: TaskResult): void {
    const tasks = this.#tasks;
    tasks.ended();
    // Of a superstep with one task the next checkpoint tells, unless there will not be one.
    const isLeaving = result instanceof Outcome && result.parent.length > 0;
    if (tasks.isOneTask && !isLeaving && !this.#isClosed) return;
    tasks.add(task.key, result);
    if (this.#isClosed || isLeaving) this.#writes.swallow(() => this.#flush());
    // After the last one the checkpoint follows, or the end of the run.
    else if (!this.saver.isDurable || this.durability === 'exit' || tasks.allEnded) return;
    else if (this.durability === 'sync') this.#writes.swallow(() => this.#flush());
    else this.#flushSoon();
  }

  taskFailed(task: Frame, error: Error): void {
    this.#tasks.failed(task.key, error);
  }

  /** @param index Its place in the superstep. */
  taskPaused({ key }: Frame, index: number): readonly Interrupt[] {
    for (const call of this.#questions.askersIn(key)) {
      this.#tasks.set(this.#questions.pausedRecord(call));
    }
    const record = this.#questions.pausedRecord(key);
    this.#tasks.paused(index, record);
    return record.interrupts!;
  }

  raisedBy({ key }: Frame): readonly Interrupt[] {
    return this.#questions.raisedBy(key);
  }

  /** Whether code of a task has asked a question, even if it has caught what was thrown then. */
  hasRaised(task: Frame): boolean {
    return !this.#questions.isEmpty && this.#questions.has(task.key);
  }

  /**
   * The answer to a question.
   * @throws {InterruptSignal} if there is none yet.
   * @throws {SuperstepError} INTERRUPT_OUTSIDE_NODE, QUESTION_CHANGED
   */
  ask(frame: Frame, value: unknown): unknown {
    const { namespace } = this.thread;
    const at = { namespace, checkpointId: this.#head!.id, records: this.records };
    return this.#questions.ask(frame, value, at);
  }

  /**
   * Notes that a task must stop for the questions of a graph inside it.
   * @param namespace That of the graph.
   */
  raise(frame: Frame, interrupts: readonly Interrupt[], namespace?: string): InterruptSignal {
    return this.#questions.raise(frame, interrupts, namespace);
  }

  /** Names a task in the whole thread; the same whenever the run is taken up from this checkpoint. */
  taskId(task: TaskKey): string {
    return taskIdOf(this.thread.namespace, this.#head!.id, task);
  }

  /** The namespace of a graph that begins to run on behalf of a task. */
  namespaceInside(frame: Frame, { isStateful }: { readonly isStateful: boolean }): string {
    return this.#inner.next(frame, { isStateful });
  }

  /** The next attempt makes the calls of graphs that the failed one made, from where that began. */
  attemptFailed(task: Frame): void {
    this.#questions.attemptFailed(task.key);
    this.#inner.attemptFailed(task.key);
    this.statefulGraphs.attemptFailed(task.key);
  }

  recallCall(call: TaskKey): RecalledCall | undefined {
    const { returned, pushed = [] } = this.records.get(call) ?? {};
    return returned && { value: returned[0], pushed };
  }

  recordCall(call: TaskKey, { value, pushed }: RecalledCall): void | Promise<void> {
    const record: TaskRecord = {
      task: call,
      status: 'done',
      returned: [value],
      ...(pushed.length > 0 && { pushed }),
    };
    this.#tasks.set(record);
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
      await this.#writes.add(() => this.saver.put(this.thread, whole, parent));
      this.#head = this.#stored = whole;
    }
    if (head !== undefined && isCutOff) await this.#flush([...this.records.values()]);
    await this.#writes.allDone();
  }

  #flush(others: readonly TaskRecord[] = []): void | Promise<void> {
    const records = this.#tasks.takeUnstored();
    const names = new Set(records.map(({ task }) => task));
    return this.#putTasks([...records, ...others.filter(({ task }) => !names.has(task))]);
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    yieldToEventLoop(() => {
      this.#isFlushDue = false;
      if (this.#tasks.hasUnstored) this.#writes.swallow(() => this.#flush());
    });
  }

  #putTasks(records: readonly TaskRecord[]): void | Promise<void> {
    if (records.length === 0) return;
    const address = { ...this.thread, checkpointId: this.#head!.id };
    return this.#writes.add(() => this.saver.putTasks(address, records));
  }
}

function includesTask(names: ReadonlySet<string> | '*', tasks: TaskSet): boolean {
  if (names === '*') return true;
  if (names.size === 0) return false;
  for (let i = 0; i < tasks.length; i++) if (names.has(tasks.node(i).name)) return true;
  return false;
}
