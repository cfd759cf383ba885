import type { Command } from './command.ts';
import type { Send } from './send.ts';

type MaybePromise<T> = T | Promise<T>;

/** One line of states: of a graph, or of one subgraph inside it. */
export interface ThreadAddress {
  /** The caller's name for the conversation or job, `configurable.thread_id`. */
  readonly threadId: string;
  /** `""` for the graph itself; `node:<task id>`, joined by `|`, for a subgraph. */
  readonly namespace: string;
}

/** One checkpoint of a thread; without `checkpointId`, its newest. */
export interface CheckpointAddress extends ThreadAddress {
  readonly checkpointId?: string | undefined;
}

/** How a checkpoint came to be: a call's input, a superstep, `updateState`, or a replay. */
export type CheckpointSource = 'input' | 'loop' | 'update' | 'fork';

/**
 * Where a graph stands between two supersteps, in names instead of the indexes it runs by, so that
 * it can be read by a later version of the graph. Never changed once it is made.
 */
export interface Checkpoint {
  /** Sorts by time: of two checkpoints the newer one has the greater id. */
  readonly id: string;
  /** The checkpoint this one follows; `undefined` for the first of a thread. */
  readonly parentId: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly source: CheckpointSource;
  /** -1 for a thread's first input, then counted up along the line of parents. */
  readonly step: number;
  /** Of a subgraph: for each namespace around it, the checkpoint that its run belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  /** Keys that have a value, with values of every kind that {@link Serializer} can keep. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys written since the parent; a value of any other key is the parent's value. */
  readonly written: readonly string[];
  /** Nodes that the last superstep ran. */
  readonly ran: readonly string[];
  /** What runs next. */
  readonly next: Scheduled;
}

/** What a checkpoint has scheduled. */
export interface Scheduled {
  /** Names of nodes that edges started, in task order. */
  readonly nodes: readonly string[];
  /** Tasks sent, in order. */
  readonly sends: readonly Send[];
  /** Names of nodes that wait until nothing else is left. */
  readonly deferred: readonly string[];
  /** Joins that are partly complete. */
  readonly joins: readonly JoinProgress[];
  /** Only where `source` is `input`: what the call wrote, to be applied by `__start__`. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The sources of a join that have run, of all it waits for. */
export interface JoinProgress {
  readonly target: string;
  readonly sources: readonly string[];
  readonly arrived: readonly string[];
  /** The target waits until nothing else is left. */
  readonly isDeferred?: boolean;
}

/** A question that a node asked by `interrupt(value)`. */
export interface Interrupt<Value = any> {
  /** Names the question in `Command({ resume: { [id]: answer } })`. */
  readonly id: string;
  readonly value: Value;
}

/** A question that a task has asked, as it is kept until the task is done. */
export interface AskedQuestion extends Interrupt {
  /** A fingerprint of what was asked: the task runs again from its top, and may ask in another order. */
  readonly key: string;
  /** The answer, as the only item, once there is one. */
  readonly answer?: readonly [unknown];
}

/** A run of a graph that a task has called, and that asks. */
export interface AskingGraph {
  /** Its namespace. */
  readonly namespace: string;
  /** The task that called it: the one of the record, or a call inside it. */
  readonly caller: string;
}

/**
 * What is known of one task of a checkpoint's next superstep before that superstep is complete.
 * A later record of a task replaces the earlier one.
 */
export interface TaskRecord {
  /**
   * Names the task among those of its superstep: a node's, or a call of a functional task or a tool
   * inside one. Also names what a `Command` brought from outside. Not to be read, only to be compared.
   */
  readonly task: string;
  /** `resumed`: has its answers and is to run again. */
  readonly status: 'done' | 'failed' | 'paused' | 'resumed';
  /** Questions that were open when it stopped last, its own and those of graphs and calls inside it. */
  readonly interrupts?: readonly Interrupt[];
  /** The questions of its own code that were answered, or are open. */
  readonly asked?: readonly AskedQuestion[];
  /** Its code has asked several questions at once, so that their order tells nothing. */
  readonly asksAtOnce?: boolean;
  /** The graphs inside it that ask. */
  readonly inside?: readonly AskingGraph[];
  /** The checkpoint that it asked at, if the state has been updated since. */
  readonly askedAt?: string;
  /** Answers in the order of asking, from versions that did not keep `asked`. */
  readonly answers?: readonly unknown[];
  readonly error?: { readonly name: string; readonly message: string };
  readonly result?: SavedResult;
  /** What a call returned, as the only item. */
  readonly returned?: readonly [unknown];
  /** Updates that a call made on the way. */
  readonly pushed?: readonly Readonly<Record<string, unknown>>[];
}

/** What a finished task asks for. */
export interface SavedResult {
  readonly updates: readonly Readonly<Record<string, unknown>>[];
  /** Names of nodes that its routers and commands chose. */
  readonly goto: readonly string[];
  readonly sends: readonly Send[];
  /** Commands for the parent graph. */
  readonly parent: readonly Command[];
  /** An error handler took the node's place: its edges are not followed. */
  readonly isHandled?: boolean;
}

/** A checkpoint and what has happened since. */
export interface SavedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly tasks: readonly TaskRecord[];
}

/** Which of a thread's checkpoints to list. */
export interface ListOptions {
  /** At most so many. Default: all. */
  readonly limit?: number;
  /** Only checkpoints older than the one with this id. */
  readonly before?: string;
}

/**
 * Keeps the checkpoints of threads. Implementations: {@link MemorySaver}, `SqliteSaver`
 * (`superstep/sqlite`), or your own: `checkCheckpointer` tells whether it keeps the contract.
 *
 * This is a contract of our own, not LangGraph's `BaseCheckpointSaver` (the name is kept as an alias
 * of the type), whose savers `compile` takes as well. LangGraph's savers receive a checkpoint cut into channels with version numbers, and
 * the engine's bookkeeping as further channels; whoever stores them cannot tell what changed without
 * comparing versions, and stores each changed list as a whole. Here a checkpoint is one value that
 * says itself what was written, and `put` is given the parent too, so that an implementation may
 * store the difference only. Five methods are all there is; each may be synchronous.
 *
 * - Ids sort by time; "newest" means greatest id.
 * - Nothing that was put is ever changed by a later `put`.
 * - Calls of one run come one after another, and runs of one thread take turns if they are in one
 *   process and share this object; runs of different threads may overlap.
 */
export interface Checkpointer {
  /**
   * What is put outlives the process. If not, the results of single tasks need not be put while
   * their superstep goes on, since nobody could read them.
   */
  readonly isDurable: boolean;

  /** The newest checkpoint of a thread, or the one asked for; `undefined` if there is none. */
  get(address: CheckpointAddress): MaybePromise<SavedCheckpoint | undefined>;

  /**
   * The checkpoints of a thread and namespace, newest first.
   * @throws {SuperstepError} INVALID_CONFIG, at the latest from the iteration, for a `limit` that is not
   * a whole number of at least 0, or Infinity.
   */
  list(
    thread: ThreadAddress,
    options?: ListOptions,
  ): Iterable<SavedCheckpoint> | AsyncIterable<SavedCheckpoint>;

  /**
   * Adds a checkpoint.
   *
   * @param parent The checkpoint it follows, the same object as was put or got before, if this run
   * has it: a key that is not in `checkpoint.written` has the same value in both.
   * @throws {SuperstepError} NOT_SERIALIZABLE naming the key, when a value cannot be kept.
   */
  put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): MaybePromise<void>;

  /** Adds or replaces records of tasks of a checkpoint that was put, all of them or none. */
  putTasks(
    address: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): MaybePromise<void>;

  /** Removes everything of a thread, in all namespaces. */
  deleteThread(threadId: string): MaybePromise<void>;
}

/** {@link Checkpointer} under the name that LangGraph users look for. */
export type BaseCheckpointSaver = Checkpointer;
