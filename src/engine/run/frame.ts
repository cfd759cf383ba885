import type { Interrupt } from '../model/checkpointer.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import type { InterruptSignal } from '../model/signals.ts';
import type { Store } from '../model/store.ts';
import type { Plan } from '../plan/plan.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { CheckpointWriter } from './checkpointWriter.ts';
import type { SuperstepRecords } from './superstepRecords.ts';
import type { StatefulGraphs } from './statefulGraphs.ts';
import type { RunScope } from './runScope.ts';
import type { TaskDefinition } from './taskDefinition.ts';
import type { TaskInfo } from '../model/events.ts';
import type { NodeConfig } from '../model/node.ts';
import type { Update } from '../plan/outcome.ts';
import type { TaskKey } from '../model/taskKey.ts';
import type { Abortable, AbortScope } from './abortScope.ts';
import type { Slot, Slots } from './limit.ts';
import type { Seat } from './workers/seat.ts';

/** Code of the user's while it runs: a node's task, an attempt at one, or a functional task. */
export interface Frame {
  /** The run that the task belongs to; for a functional task, that of the node that called it. */
  readonly run: RunView;
  /** Names the task in what is stored of its superstep. */
  readonly key: TaskKey;
  /** The task's name for observers. */
  readonly info: TaskInfo;
  /**
   * Where it stands in checkpoints and streams: `node:id` of the tasks it is inside of, outermost first, and
   * of itself. Takes time to make, when it is first asked for.
   */
  readonly place: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
  /** What user code is given. */
  readonly config: NodeConfig;
  /** A node's input, or the list of a functional task's arguments. */
  readonly input: unknown;
  /** Whatever is started inside stops with it. */
  readonly owner: AbortScope;
  /** The functional tasks called from here; made by the first call. */
  calls: OpenCalls | undefined;
  /** Its code has returned, and so have its tasks: no more can be called. */
  hasEnded: boolean;
  /** The slot it holds, if the run has a `maxConcurrency`. */
  slot: Slot | undefined;
  /** The worker thread that it has taken and not used yet. */
  seat: Seat | undefined;
  /** Where tasks inside get their slots from; made when first needed. */
  slots: Slots | undefined;
  /** Adds an update to what the node of this code writes when it has ended. */
  push(update: Update): void;
  /** Those that it has written so far; absent on a worker thread, which sends them to the task. */
  readonly pushed?: readonly Update[] | undefined;
  /** Told of signs of life, if somebody waits for them. */
  onProgress?: ((isHeartbeat: boolean) => void) | undefined;
}

/** A task as observers are told of it. */
export interface ReportedTask {
  readonly info: TaskInfo;
  readonly attempt: number;
  readonly input: unknown;
  readonly name: string;
  readonly config: NodeConfig;
  readonly returned: unknown;
  startedAt: number;
}

/** What a task sees of the run that it belongs to. */
export interface RunView {
  readonly plan: Plan;
  readonly scope: RunScope;
  readonly snapshot: Snapshot;
  /** The task that the run is part of. */
  readonly callerTask: Frame | undefined;
  /** How many runs it is inside of. */
  readonly depth: number;
  /** The same object for all runs inside one call from outside of any node. */
  readonly root: object;
  /** Where its tasks get their slots from; `undefined` if there is no cap. */
  readonly slots: Slots | undefined;
  readonly cache: Cache | undefined;
  /** Where it stands in checkpoints and streams; `[]` for a graph that is not inside another. */
  readonly place: readonly string[];
  /** Why it was aborted, if it was. */
  readonly abortReason: Error | undefined;
  readonly store: Store | undefined;
  /** Where the run is stored; `undefined` if it is not. */
  readonly session: ThreadView | undefined;
  /** Asks where the run is; only of a task on a worker thread, which has no session. */
  readonly ask?: (value: unknown) => unknown;
  /** Names a task of the coming superstep among all tasks. */
  taskId(task: TaskKey): string;
  custom(task: { readonly info: TaskInfo }, value: unknown): void;
  taskStarted(task: ReportedTask): void;
  taskFinished(
    task: ReportedTask & { readonly isCached: boolean; readonly handled?: Error | undefined },
    updates: readonly Readonly<Record<string, unknown>>[],
  ): number;
  taskInterrupted(task: ReportedTask, interrupts: readonly Interrupt[]): void;
  taskFailed(task: ReportedTask, error: Error, cancelled: boolean): void;
}

/** What a task, and the graphs inside it, see of the thread that its run is stored in. */
export interface ThreadView {
  /** Where it stands. */
  readonly checkpoints: Pick<
    CheckpointWriter,
    'saver' | 'thread' | 'durability' | 'parents' | 'head' | 'pending'
  >;
  /** What is stored of the tasks that follow from there. */
  readonly records: Pick<SuperstepRecords, 'byTask' | 'recallCall' | 'recordCall'>;
  readonly questions: QuestionsView;
  /** Names the graphs inside its tasks. */
  readonly innerNamespaces: {
    next(frame: Frame, options: { readonly isStateful: boolean }): string;
  };
  /** Where stateful graphs inside its tasks have begun. */
  readonly statefulGraphs: StatefulGraphs;
  readonly answers: Answers;
  /** The run began at a checkpoint that it was told. */
  readonly isPast: boolean;
  /** The run goes on where an earlier one stopped; true until its first superstep is complete. */
  readonly isResumed: boolean;
  /** The next attempt makes the calls of graphs that the failed one made, from where that began. */
  attemptFailed(task: TaskKey): void;
}

/** Answers to interrupts by id, shared by a run and all runs inside it. */
export type Answers = Map<string, unknown>;

/** What the tasks of a superstep ask. */
export interface QuestionsView {
  /**
   * The answer to a question.
   * @throws {InterruptSignal} if there is none yet.
   * @throws {SuperstepError} INTERRUPT_OUTSIDE_NODE, QUESTION_CHANGED
   */
  ask(frame: Frame, value: unknown): unknown;
  /**
   * Notes that a task must stop for questions of its own or of a graph inside it.
   * @param namespace That of the graph.
   */
  raise(frame: Frame, interrupts: readonly Interrupt[], namespace?: string): InterruptSignal;
  /** Whether code of a task has asked a question, even if it has caught what was thrown then. */
  hasRaised(task: { readonly key: TaskKey }): boolean;
}

/** The functional tasks that one task has called. */
export interface OpenCalls extends Abortable {
  call(definition: TaskDefinition, args: readonly unknown[], identity?: unknown): Promise<unknown>;
  /** Waits until all calls have ended; throws what a call failed with that nobody waited for. */
  allEnded(): Promise<void> | undefined;
  /** Waits until all calls have ended, well or not. */
  drained(): Promise<void>;
}
