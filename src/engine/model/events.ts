import type { StateSnapshot } from './stateSnapshot.ts';
import type { ToolCallChunk, UsageMetadata } from './messages.ts';

/**
 * What a run tells its observers. Data only: every observer (panel, output channel, command line,
 * tracing) is built on these events and on nothing else.
 */

/** Names one task of a run: one execution of one node, wherever in the tree of subgraphs. */
export interface TaskInfo {
  /** Unique within the run, counted from 1 in the order in which tasks are prepared. */
  readonly id: number;
  /** The task whose node this task's graph is, for a task inside a subgraph. */
  readonly parent?: number;
  /** What the task executes: `task` or `entrypoint` of the functional API; absent: a graph's node. */
  readonly kind?: 'task' | 'entrypoint';
  /** Name of the node, as given to `addNode`, or of the functional task or entrypoint. */
  readonly node: string;
  /**
   * The node's id in a diagram drawn with `xray: true`: names of the enclosing subgraph nodes and
   * of the node itself, outermost first, joined by `:`.
   */
  readonly nodeId: string;
  /**
   * The branch this task runs in, outermost first: one segment a level, a node's name, with
   * `[i]` appended for the i-th (0-based) `Send` task of its superstep.
   */
  readonly path: readonly string[];
  /** Superstep of the task's own graph, counted from 1 (a subgraph counts its own). */
  readonly superstep: number;
  /**
   * Where it stands in checkpoints, history and streams: `node:id` of the tasks it is inside of, outermost
   * first, and of itself. Only for runs that are streamed.
   */
  readonly place?: readonly string[];
}

/** Where an error of user code happened. */
export interface TaskFailure {
  readonly node: string;
  /** As in {@link TaskInfo.path}. */
  readonly path: readonly string[];
  readonly superstep: number;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** An error as data: what an observer in another thread or process can still print. */
export interface ErrorInfo {
  readonly name: string;
  readonly message: string;
  /** One of `ErrorCode` for errors of the engine itself; a string `code` of a foreign error. */
  readonly code?: string;
  readonly stack?: string;
  /** The chain of causes, nearest first in nesting. */
  readonly cause?: ErrorInfo;
  /** The members of an `AggregateError`. */
  readonly errors?: readonly ErrorInfo[];
}

/** Severity of a console line: the method that wrote it. */
export type ConsoleLevel = 'debug' | 'log' | 'info' | 'warn' | 'error';

interface EventBase {
  /** Milliseconds since the start of the run, monotonic, with fractions. */
  readonly time: number;
}

/** First event of a run. */
export interface RunStarted extends EventBase {
  readonly type: 'runStarted';
  /** The compiled graph's name. */
  readonly graph: string;
  /** Wall-clock time of `time` 0, in milliseconds since the Unix epoch, with fractions. */
  readonly startedAt: number;
  readonly input: unknown;
}

/** A graph goes on where its thread stands, instead of starting with an input. */
export interface Continued extends EventBase {
  readonly type: 'continued';
  /** As of {@link SuperstepStarted}. */
  readonly path: readonly string[];
  /** The last superstep that was complete. */
  readonly superstep: number;
  /** The graph's whole state. */
  readonly state: Readonly<Record<string, unknown>>;
  /** As of {@link TaskInfo}, of the graph. */
  readonly place?: readonly string[];
}

/** The tasks of one superstep of one graph are about to start. */
export interface SuperstepStarted extends EventBase {
  readonly type: 'superstepStarted';
  /** Names of the subgraph nodes around it, with `[i]` for Send tasks; `[]` for the root graph. */
  readonly path: readonly string[];
  /** Counted from 1. */
  readonly superstep: number;
  /** How many tasks run in it. */
  readonly tasks: number;
  /** How many of them each node was sent, by its name; absent if none was. */
  readonly sends?: Readonly<Record<string, number>>;
}

/** All tasks of a superstep have finished, and their writes are applied. */
export interface SuperstepFinished extends EventBase {
  readonly type: 'superstepFinished';
  readonly path: readonly string[];
  /** 0 for the input, which is reported (without a start) if it wrote anything. */
  readonly superstep: number;
  /** The keys that the superstep wrote. */
  readonly written: readonly string[];
  /** The graph's whole state after the writes were applied. */
  readonly state: Readonly<Record<string, unknown>>;
  /** As of {@link TaskInfo}, of the graph. */
  readonly place?: readonly string[];
}

/** A node begins to run. */
export interface TaskStarted extends EventBase {
  readonly type: 'taskStarted';
  readonly task: TaskInfo;
  /** 1 for the first try; a task that is tried again starts again. */
  readonly attempt: number;
  /**
   * What the node was given: its view of the state, or the payload of its `Send`; the list of
   * arguments of a functional task.
   */
  readonly input: unknown;
}

/** A try failed, and another follows: `taskStarted` with the next attempt. */
export interface TaskRetrying extends EventBase {
  readonly type: 'taskRetrying';
  readonly task: TaskInfo;
  /** The attempt that failed. */
  readonly attempt: number;
  /** How long the next attempt waits, in milliseconds. */
  readonly delayMs: number;
  readonly error: ErrorInfo;
}

/**
 * The update of a task, before the reducers; sent before `taskFinished`, only if there is one. The
 * result of a functional task or entrypoint comes as `{ [name]: result }`.
 */
export interface TaskWrote extends EventBase {
  readonly type: 'taskWrote';
  readonly task: TaskInfo;
  readonly update: Readonly<Record<string, unknown>>;
  /** It is shown, and not written to the state. */
  readonly isShownOnly?: true;
}

/**
 * A task of the superstep that a run goes on with has ended before the run was cut off: its result is
 * taken over, and it is not started.
 */
export interface TaskRecalled extends EventBase {
  readonly type: 'taskRecalled';
  readonly task: TaskInfo;
  /** As of {@link TaskWrote}. */
  readonly updates: readonly Readonly<Record<string, unknown>>[];
}

/** A node has run to its end, its routers included. */
export interface TaskFinished extends EventBase {
  readonly type: 'taskFinished';
  readonly task: TaskInfo;
  readonly durationMs: number;
  /** The result was in the cache: the node's function did not run. */
  readonly cached?: true;
  /** The node failed with this, and its error handler took its place. */
  readonly handled?: ErrorInfo;
  /**
   * The nodes that its routers and commands chose to run next, besides those that its edges lead to:
   * by name, how many tasks it sends there (`Send`), or 0 where it only leads there, as to END. Absent if
   * none.
   */
  readonly chosen?: Readonly<Record<string, number>>;
}

/** A node threw, or was given up because the run ended. */
export interface TaskFailed extends EventBase {
  readonly type: 'taskFailed';
  readonly task: TaskInfo;
  readonly durationMs: number;
  readonly error: ErrorInfo;
  /** The task did not fail by itself: the run was cancelled or a sibling failed first. */
  readonly cancelled: boolean;
}

/** A question that a node asked by `interrupt(value)`. */
export interface InterruptInfo {
  /** Names it in `Command({ resume: { [id]: answer } })`. */
  readonly id: string;
  readonly value: unknown;
}

/** A task stops to wait for answers; when they come, it runs again from its top. */
export interface TaskInterrupted extends EventBase {
  readonly type: 'taskInterrupted';
  readonly task: TaskInfo;
  readonly durationMs: number;
  /** Empty for a subgraph that has stopped at a breakpoint. */
  readonly interrupts: readonly InterruptInfo[];
  /**
   * It asked in an earlier run, and this one brings no answer to it, so that it is not started.
   * Milliseconds since the Unix epoch at which its superstep began.
   */
  readonly askedAt?: number;
}

/** Nodes before or after which a run was told to pause. */
export interface BreakpointInfo {
  readonly when: 'before' | 'after';
  /** Names of the nodes. */
  readonly nodes: readonly string[];
}

/** A graph stops before its next superstep is complete; `runFinished` follows for the root graph. */
export interface Interrupted extends EventBase {
  readonly type: 'interrupted';
  /** As of {@link SuperstepStarted}. */
  readonly path: readonly string[];
  readonly superstep: number;
  /** What it waits for; empty at a breakpoint (`interruptBefore`, `interruptAfter`). */
  readonly interrupts: readonly InterruptInfo[];
  /** The breakpoint at which it stops; absent where it waits for answers. */
  readonly breakpoint?: BreakpointInfo;
  /** The state with what the tasks of this superstep that are done wrote; absent if they wrote nothing. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** As of {@link TaskInfo}, of the graph. */
  readonly place?: readonly string[];
}

/** A graph with a checkpointer has made a checkpoint; it is stored then, or soon after. */
export interface CheckpointMade extends EventBase {
  readonly type: 'checkpointMade';
  /** As of {@link SuperstepStarted}. */
  readonly path: readonly string[];
  readonly checkpoint: Omit<StateSnapshot, 'createdAt'>;
  /** As of {@link TaskInfo}, of the graph. */
  readonly place?: readonly string[];
}

/** A line that user code wrote to `console`; emitted by hosts that capture it. */
export interface ConsoleEvent extends EventBase {
  readonly type: 'console';
  readonly level: ConsoleLevel;
  readonly text: string;
  /** The task that wrote it; absent for code outside of any node. */
  readonly task?: TaskInfo;
}

/** What a node passed to `config.writer`. */
export interface CustomEvent extends EventBase {
  readonly type: 'custom';
  readonly task: TaskInfo;
  readonly value: unknown;
}

/** Names one request to a model for its observers, from its start to its end. */
export interface ModelCallInfo {
  /** Unique within the run, counted from 1. */
  readonly id: number;
  /** The model that was asked for. */
  readonly model: string;
  /**
   * Who answers in place of the model's provider: `offline` is the built-in model that makes answers
   * up, `editor` the language models of the editor, `recording` what was recorded before.
   */
  readonly source?: 'offline' | 'editor' | 'recording';
  /** Id of the message that the answer becomes. */
  readonly messageId: string;
  /** The tags of the call; absent where the client knows of none. */
  readonly tags?: readonly string[];
}

/** A task sends a request to a model. */
export interface ModelStarted extends EventBase {
  readonly type: 'modelStarted';
  readonly task: TaskInfo;
  readonly call: ModelCallInfo;
}

/** A piece of a model's answer has come. */
export interface ModelStreamed extends EventBase {
  readonly type: 'modelStreamed';
  readonly task: TaskInfo;
  readonly call: ModelCallInfo;
  readonly text: string;
  readonly toolCallChunks?: readonly ToolCallChunk[];
  /** What the model thinks before it answers, which is no part of the text. */
  readonly reasoning?: string;
}

/** A request failed, and is sent once more: a rate limit, an overloaded or unreachable server. */
export interface ModelRetrying extends EventBase {
  readonly type: 'modelRetrying';
  readonly task: TaskInfo;
  readonly call: ModelCallInfo;
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  /** How long the next attempt waits, in milliseconds. */
  readonly delayMs: number;
  readonly error: ErrorInfo;
}

/** The whole answer is there. */
export interface ModelFinished extends EventBase {
  readonly type: 'modelFinished';
  readonly task: TaskInfo;
  readonly call: ModelCallInfo;
  readonly durationMs: number;
  /** As the provider counted; absent if it did not. */
  readonly usage?: UsageMetadata;
  /** The provider's own word: `stop`, `length`, `tool_calls`, `content_filter`. */
  readonly finishReason?: string;
  /** The answer was in a cache of the client: no request was sent. */
  readonly cached?: true;
}

/** The request came to nothing; the task may go on all the same. */
export interface ModelFailed extends EventBase {
  readonly type: 'modelFailed';
  readonly task: TaskInfo;
  readonly call: ModelCallInfo;
  readonly durationMs: number;
  readonly error: ErrorInfo;
}

/**
 * What warnings are about.
 * - `UNFINISHED_JOIN` a node never ran, since some of the nodes it was to wait for never ran
 * - `STRAGGLER` one slow task kept the rest of the graph waiting: give the slow branch a subgraph of
 *   its own, or the quick one
 * - `REPEATED_WRITES` a subgraph handed back what it was given, and a reducer added it once more: add
 *   the node with `returns: 'updates'`, or give the subgraph an output schema without the key
 * - `UNKNOWN_CONFIG_KEY` a key of the call's config means nothing here, or belongs elsewhere
 * - `INTERRUPT_CAUGHT` a node swallowed what `interrupt` throws: in the `catch`, rethrow it
 */
export type WarningCode =
  | 'UNFINISHED_JOIN'
  | 'STRAGGLER'
  | 'REPEATED_WRITES'
  | 'UNKNOWN_CONFIG_KEY'
  | 'INTERRUPT_CAUGHT'
  | 'CHANGED_IN_PLACE'
  | 'CHANGE_LOST'
  | 'NOT_ON_WORKER';

/** Something that is probably not meant, though the run can go on. */
export interface WarningEvent extends EventBase {
  readonly type: 'warning';
  /** One of {@link WarningCode}, or a code of the host's own. */
  readonly code: string;
  readonly message: string;
  readonly task?: TaskInfo;
}

/** Last event of a run that ended by itself. */
export interface RunFinished extends EventBase {
  readonly type: 'runFinished';
  /** The state, filtered by the output schema: what `invoke` returns, without what a run waits for. */
  readonly output: unknown;
  /** The run is not done: it waits for what the events `interrupted` before this one tell. */
  readonly isPaused?: true;
}

/** Last event of a run that failed or was cancelled. */
export interface RunFailed extends EventBase {
  readonly type: 'runFailed';
  readonly error: ErrorInfo;
  /** The run's signal was aborted. */
  readonly cancelled: boolean;
  /** Where the error happened, if a task threw it. */
  readonly failure?: TaskFailure;
  /** The root graph's state after the last superstep that was applied. */
  readonly state: unknown;
}

/** Everything an observer of a run can learn, in the order in which it happened. */
export type RunEvent =
  | RunStarted
  | Continued
  | SuperstepStarted
  | SuperstepFinished
  | TaskStarted
  | TaskRetrying
  | TaskWrote
  | TaskRecalled
  | TaskFinished
  | TaskFailed
  | TaskInterrupted
  | Interrupted
  | CheckpointMade
  | ConsoleEvent
  | CustomEvent
  | ModelStarted
  | ModelStreamed
  | ModelRetrying
  | ModelFinished
  | ModelFailed
  | WarningEvent
  | RunFinished
  | RunFailed;
