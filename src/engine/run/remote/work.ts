import type { TaskRecord } from '../../model/checkpointer.ts';
import type { TimeoutPolicy } from '../../model/policies/timeoutPolicy.ts';
import type { RemoteTask, TaskReply } from '../../model/remote.ts';

/** A graph on the way to a task, and which task of it that is; the last is the task itself. */
export interface Level {
  readonly node: string;
  readonly sendIndex: number;
  readonly checkpointId: string;
  readonly step: number;
}

/** What is known of a task where it would start. */
interface Work {
  readonly levels: readonly Level[];
  readonly input: unknown;
  /** That of the task alone. */
  readonly timeout: TimeoutPolicy | undefined;
  /** Answers to questions that graphs inside have asked. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** Of an entrypoint, what its body sees of the state. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly records: readonly TaskRecord[];
}

/** What the text of `RemoteTask.work` holds. */
export interface RemoteWork extends Work {
  /** The config of the call, as text. */
  readonly config: string;
  /** The states of graphs that it has called before. */
  readonly inside: TaskReply['inside'];
}

/** A task that is to be run elsewhere. */
export interface TakenTask extends Work, Pick<RemoteTask, 'graph' | 'node' | 'caps' | 'code'> {
  /** Names it among all tasks of its thread. */
  readonly taskId: string;
  /** Whether a namespace is that of a graph which the task has called. */
  readonly isInside: (namespace: string) => boolean;
}

/** Whoever has the tasks of a call run elsewhere, seen from its runs. */
export interface Elsewhere {
  /** The call was under way before: what waits for answers goes on waiting. */
  readonly isContinued: boolean;
  /** Answers that the call has brought before. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** Where the supersteps of a graph are counted from: where it began in this call. */
  firstStep(namespace: string, now: { readonly isResumed: boolean; readonly step: number }): number;
  /** How a task has ended, if it has. */
  replyTo(taskId: string): TaskReply | undefined;
  /** Notes a task that is to run. */
  take(task: TakenTask): void;
}
