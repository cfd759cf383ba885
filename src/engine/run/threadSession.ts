import type { Checkpoint, SavedCheckpoint } from '../model/checkpointer.ts';
import type { TaskKey } from '../model/taskKey.ts';
import type { Breakpoints, Plan } from '../plan/plan.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { CheckpointEntry, CheckpointWriter } from './checkpointWriter.ts';
import type { Answers, ThreadView } from './frame.ts';
import { InnerNamespaces } from './innerNamespaces.ts';
import { Questions } from './questions.ts';
import { RunBreakpoints } from './runBreakpoints.ts';
import { StatefulGraphs } from './statefulGraphs.ts';
import { SuperstepRecords } from './superstepRecords.ts';

export interface ThreadSessionOptions {
  readonly plan: Plan;
  readonly checkpoints: CheckpointWriter;
  readonly answers: Answers;
  readonly breakpoints: Breakpoints;
  readonly parentThread: ThreadView | undefined;
  readonly start: WantedStart;
  /** Of a graph inside another: its state is kept from one run to the next. */
  readonly isStateful: boolean;
}

/** Where a call asks to start from; nothing means the newest checkpoint. */
export interface WantedStart {
  readonly checkpointId?: string | undefined;
  /** The state of a graph inside. */
  readonly inside?: InnerPlace | undefined;
}

/** A state of a graph inside; without an id its newest. */
export interface InnerPlace {
  readonly namespace: string;
  readonly checkpointId: string | undefined;
}

/**
 * One run's part of its thread: a checkpoint, and what is known of the superstep that follows from it.
 * With the next checkpoint all that begins anew.
 */
export class ThreadSession implements ThreadView {
  readonly checkpoints: CheckpointWriter;
  readonly records: SuperstepRecords;
  readonly questions: Questions;
  readonly innerNamespaces: InnerNamespaces;
  readonly statefulGraphs = new StatefulGraphs();
  readonly breakpoints: RunBreakpoints;
  readonly answers: Answers;
  readonly start: WantedStart;
  readonly isStateful: boolean;
  readonly isPast: boolean;
  isResumed = false;
  /** That of the run that this run is part of. */
  readonly parentThread: ThreadView | undefined;

  constructor(options: ThreadSessionOptions) {
    const { checkpoints, start, parentThread } = options;
    this.checkpoints = checkpoints;
    this.records = new SuperstepRecords(options.plan, checkpoints);
    this.questions = new Questions(checkpoints, this.records);
    this.innerNamespaces = new InnerNamespaces(checkpoints.thread.namespace);
    this.breakpoints = new RunBreakpoints(options.breakpoints);
    this.answers = options.answers;
    this.start = start;
    this.isStateful = options.isStateful;
    this.parentThread = parentThread;
    const isOwnPast = start.checkpointId !== undefined || start.inside !== undefined;
    this.isPast = isOwnPast || (parentThread?.isPast ?? false);
  }

  /**
   * Stands on a checkpoint that was stored before.
   * @param newestId The thread has this checkpoint too, and those to come are newer.
   */
  standOn({ checkpoint, tasks }: SavedCheckpoint, newestId?: string): void {
    this.checkpoints.standOn(checkpoint, newestId);
    this.records.replaceBy(tasks);
  }

  /** Adds a checkpoint of a snapshot; from now on tasks are those that follow from it. */
  put(snapshot: Snapshot, entry: CheckpointEntry): void | Promise<void> {
    this.#beginAnew();
    return this.checkpoints.put(snapshot, entry);
  }

  /** Adds a checkpoint that is made already. */
  add(checkpoint: Checkpoint): void | Promise<void> {
    this.#beginAnew();
    return this.checkpoints.add(checkpoint);
  }

  #beginAnew(): void {
    this.isResumed = false;
    this.breakpoints.arm();
    this.records.replaceBy([]);
    this.questions.clear();
    this.innerNamespaces.clear();
    this.statefulGraphs.clear();
  }

  /** The run goes on with tasks that an earlier one has begun. */
  resume(): void {
    this.isResumed = true;
    this.breakpoints.leave();
  }

  attemptFailed(task: TaskKey): void {
    this.questions.attemptFailed(task);
    this.innerNamespaces.attemptFailed(task);
    this.statefulGraphs.attemptFailed(task);
  }

  /**
   * Stores what is left to store, and waits until everything is.
   * @param isCutOff The run stops within a superstep.
   */
  async close({ isCutOff }: { readonly isCutOff: boolean }): Promise<void> {
    const { checkpoints, records } = this;
    records.close();
    await checkpoints.putHead();
    if (checkpoints.head !== undefined && isCutOff) await records.storeAll();
    await checkpoints.allStored();
  }
}
