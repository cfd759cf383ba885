import type {
  Checkpoint,
  Checkpointer,
  CheckpointSource,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import type { Clock } from '../model/clock.ts';
import type { Durability } from '../model/runConfig.ts';
import { taskIdOf, type TaskKey } from '../model/taskKey.ts';
import { toScheduled, valuesByKey } from '../plan/checkpoints.ts';
import type { Plan } from '../plan/plan.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { OrderedWrites } from './orderedWrites.ts';

export interface CheckpointWriterOptions {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly plan: Plan;
  readonly durability: Durability;
  readonly clock: Clock;
  /** For each namespace around, the checkpoint that the run belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  /** Stored before anything of this run: the checkpoint from which the task follows that it is inside of. */
  readonly after?: Promise<void> | undefined;
  /** Told of each checkpoint as it is made. */
  readonly onPut?: ((checkpoint: Checkpoint) => void) | undefined;
}

/** What a new checkpoint says beside the snapshot. */
export interface CheckpointEntry {
  readonly source: CheckpointSource;
  readonly written: readonly string[];
  readonly ran?: readonly string[];
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The checkpoint that a run stands on, and those that it adds, stored when `durability` asks for it. */
export class CheckpointWriter {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly durability: Durability;
  readonly parents: Readonly<Record<string, string>>;
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #onPut: ((checkpoint: Checkpoint) => void) | undefined;
  readonly #writes: OrderedWrites;
  #head: Checkpoint | undefined;
  #newestId: string | undefined;
  /** The newest checkpoint that was stored: all but the head with durability `exit`. */
  #stored: Checkpoint | undefined;
  /** Keys written since. */
  #written: Set<string> | undefined;

  constructor(options: CheckpointWriterOptions) {
    this.saver = options.saver;
    this.thread = options.thread;
    this.durability = options.durability;
    this.parents = options.parents;
    this.#plan = options.plan;
    this.#clock = options.clock;
    this.#onPut = options.onPut;
    const isAwaited = this.durability === 'sync';
    this.#writes = new OrderedWrites({ isAwaited, after: options.after });
  }

  /** The checkpoint that the run stands on; `undefined` before its first. */
  get head(): Checkpoint | undefined {
    return this.#head;
  }

  /** Resolves when what was to be stored so far is, or has failed; `undefined` if nothing is under way. */
  get pending(): Promise<void> | undefined {
    return this.#writes.pending;
  }

  now(): number {
    return this.#clock.epoch();
  }

  /** Names a task in the whole thread; the same whenever a run goes on from this checkpoint. */
  taskId(task: TaskKey): string {
    return taskIdOf(this.thread.namespace, this.#head!.id, task);
  }

  /**
   * Stands on a checkpoint that was stored before.
   * @param newestId The thread has this checkpoint too, and those to come are newer.
   */
  standOn(checkpoint: Checkpoint, newestId = checkpoint.id): void {
    this.#head = this.#stored = checkpoint;
    this.#newestId = newestId;
  }

  /** Makes a checkpoint of a snapshot, and adds it. */
  put(
    snapshot: Snapshot,
    { source, written, ran = [], input }: CheckpointEntry,
  ): void | Promise<void> {
    const parent = this.durability === 'exit' ? this.#stored : this.#head;
    const scheduled = toScheduled(this.#plan, snapshot);
    const createdAt = this.now();
    return this.add({
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
    });
  }

  add(checkpoint: Checkpoint): void | Promise<void> {
    this.#head = checkpoint;
    this.#newestId = checkpoint.id;
    this.#onPut?.(checkpoint);
    if (this.durability === 'exit') {
      this.#written ??= new Set();
      for (const key of checkpoint.written) this.#written.add(key);
      return;
    }
    const parent = this.#stored;
    this.#stored = checkpoint;
    return this.#writes.add(() => this.saver.put(this.thread, checkpoint, parent));
  }

  /** Stores records of tasks that follow from the checkpoint. */
  putTasks(records: readonly TaskRecord[]): void | Promise<void> {
    if (records.length === 0) return;
    const address = { ...this.thread, checkpointId: this.#head!.id };
    return this.#writes.add(() => this.saver.putTasks(address, records));
  }

  /** As `putTasks`, if nobody waits for it: the next write, or the end of the run, tells of a failure. */
  putTasksUnawaited(records: () => readonly TaskRecord[]): void {
    this.#writes.swallow(() => this.putTasks(records()));
  }

  /** Stores the head if it is not stored yet, as one step from the checkpoint that was stored last. */
  async putHead(): Promise<void> {
    const head = this.#head;
    if (head === undefined || head === this.#stored) return;
    const parent = this.#stored;
    const whole = { ...head, written: [...(this.#written ?? [])] };
    await this.#writes.add(() => this.saver.put(this.thread, whole, parent));
    this.#head = this.#stored = whole;
  }

  /** @throws What a write has failed with. */
  allStored(): Promise<void> {
    return this.#writes.allDone();
  }
}
