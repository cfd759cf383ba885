import type { SentError } from './sentError.ts';

/**
 * A task to be run elsewhere. Plain data, which goes through `JSON.stringify` as it is; what is inside of
 * `work` are texts of a `Serializer`.
 */
export interface RemoteTask {
  /**
   * Names this run of the task; also when `advance` is asked again. What ran a task with this id need
   * not run it once more: its reply holds. A task that runs again because it was answered, or because its
   * run was taken up after a failure, has another id.
   */
  readonly id: string;
  /** Name of the outermost graph. */
  readonly graph: string;
  /** The node, such as `draft`, or `review:judge` for one of a subgraph. */
  readonly node: string;
  /**
   * Of all tasks under way with a cap of the same name only `max` may run at once; what has come first is
   * to begin first. Empty if nothing has a `maxConcurrency`.
   */
  readonly caps: readonly Cap[];
  /** A fingerprint of the graph's code: whoever runs the task must have the same. */
  readonly code: string;
  /** What the worker needs; to be handed on as it is. */
  readonly work: string;
}

/** How many tasks may run at once. */
export interface Cap {
  readonly name: string;
  readonly max: number;
}

/**
 * How a task has ended that was run elsewhere: `done`, `paused` with a question, or `failed`. Plain data, to be
 * handed to `advance` as it is.
 */
export interface TaskReply {
  /** That of the {@link RemoteTask}. */
  readonly id: string;
  readonly status: 'done' | 'paused' | 'failed';
  /** Where it belongs: the namespace of its graph, and the checkpoint that it follows from. */
  readonly namespace: string;
  readonly checkpointId: string;
  /** Names it among the tasks of its superstep. */
  readonly task: string;
  /** Only `done`: what it has written, and where it leads. */
  readonly result?: string;
  /** Only `failed`. */
  readonly error?: SentError;
  /** What is to be kept of it, and of the calls that it has made. */
  readonly records: string;
  /** The states of graphs that it has called. */
  readonly inside: Readonly<Record<string, StoredGraph>>;
}

/** The newest state of a graph, or of one inside it; texts of a `Serializer`. */
export interface StoredGraph {
  readonly checkpoint: string;
  /** By key of the state. */
  readonly values: Readonly<Record<string, string>>;
  /** What is known of the tasks that follow, by task. */
  readonly tasks: Readonly<Record<string, string>>;
}

/** A thread between two calls of `advance`. Plain data, to be kept and handed back as it is. */
export interface StoredThread {
  /** Of this form. */
  readonly version: 1;
  /** How many calls have begun on the thread. */
  readonly calls: number;
  /** The call under way; absent between two of them. */
  readonly call?: StoredCall;
  /** By namespace; `""` is the outermost graph. */
  readonly graphs: Readonly<Record<string, StoredGraph>>;
}

/** What a call was given, for as long as it is under way. */
export interface StoredCall {
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly config: string;
  /** Answers to questions, by id. */
  readonly answers: string;
  /** By namespace, the superstep at which a graph began. */
  readonly firstSteps: Readonly<Record<string, number>>;
  /** Replies of tasks that failed, as long as others of the call still run. */
  readonly failures: readonly TaskReply[];
}

/** What `advance` has come to. Plain data; `value` and `interrupts` are texts of a `Serializer`. */
export type Advanced =
  /** These tasks are to run, those of earlier calls that have no reply yet among them. */
  | {
      readonly status: 'tasks';
      readonly stored: StoredThread;
      readonly tasks: readonly RemoteTask[];
      /** When the call must be done, milliseconds since the Unix epoch; absent if it has no `timeout`. */
      readonly deadline?: number;
    }
  | { readonly status: 'done'; readonly stored: StoredThread; readonly value: string }
  /** The run waits for answers, or at a breakpoint; `value` has the questions under `__interrupt__`. */
  | { readonly status: 'paused'; readonly stored: StoredThread; readonly value: string }
  | { readonly status: 'failed'; readonly stored: StoredThread; readonly error: SentError };
