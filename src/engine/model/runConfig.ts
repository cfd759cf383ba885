import type { RunEvent } from './events.ts';
import type { Cache } from './policies/cachePolicy.ts';
import type { RunControl } from './runControl.ts';
import type { Store } from './store.ts';

/**
 * When a run's checkpoints are written: `sync`: before the next superstep begins; `async`: while it
 * runs; `exit`: only the last one, when the run ends, pauses or fails.
 */
export type Durability = 'sync' | 'async' | 'exit';

/**
 * What a stream tells of a run.
 * - `values`: the whole state, after the input and after each superstep that wrote something; first of
 *   all, if the run goes on with a thread; of an entrypoint, its result
 * - `updates`: `{ [node]: update }` for each task as it ends; `{ [name]: result }` for functional ones;
 *   with `__metadata__: { cached: true }` if it did not run, since its result was kept
 * - `messages`: `[message, metadata]` for each message that a task writes
 * - `custom`: what is passed to `config.writer`, at once
 * - `tasks`: each task as it starts and as it ends
 * - `checkpoints`: each checkpoint as it is made; needs a checkpointer
 * - `debug`: `tasks` and `checkpoints` with superstep and time
 */
export type StreamMode =
  'values' | 'updates' | 'messages' | 'custom' | 'tasks' | 'checkpoints' | 'debug';

/** Where a run pauses without being asked to by a node: to look at the state, or to change it. */
export interface BreakpointOptions {
  /** Names of nodes, or `"*"` for all: the run pauses before a superstep that runs one of them. */
  interruptBefore?: readonly string[] | '*';
  /** Names of nodes, or `"*"` for all: the run pauses after a superstep that ran one of them. */
  interruptAfter?: readonly string[] | '*';
}

/** How to run a graph, besides its input. */
export interface RunConfig<Context = any> extends BreakpointOptions {
  /** Stops the run: the call rejects with an `AbortError` at once, and nodes see their signal abort. */
  signal?: AbortSignal | undefined;
  /** Supersteps that a graph (each subgraph for itself) may use. Default 25. */
  recursionLimit?: number;
  /** Milliseconds after which the run is stopped, with a `TimeoutError`. Default: no limit. */
  timeout?: number | undefined;
  /**
   * Milliseconds that each superstep of the graph may take, with all that is inside it; then the run is
   * stopped, with a `TimeoutError`. Default: that of the graph, which has no limit unless it is set.
   */
  stepTimeout?: number | undefined;
  /**
   * How many tasks are at work at once, in all of the run: nodes, nodes of subgraphs, functional
   * tasks. A task that waits for tasks inside it lends them its place. Default: all.
   */
  maxConcurrency?: number;
  /**
   * How many worker threads there may be for the nodes and tasks with `thread: true`. Runs of one module
   * share them, and the largest number holds. Default: as many as there are cores, since the
   * thread of the run mostly waits for them.
   */
  threads?: number;
  /**
   * What the other tasks of a superstep do when one fails. `failFast`: the run rejects at once, their
   * signal is aborted, and what they still return is dropped. `settle`: they finish first; if more
   * than one failed, the error is a `SeveralFailuresError`. Default `failFast`.
   */
  onError?: 'failFast' | 'settle';
  /** Asks the run to stop between two supersteps. */
  control?: RunControl;
  /** Where results of nodes and tasks with a cache policy are kept, if their graph has no cache. */
  cache?: Cache;
  /**
   * When checkpoints are written, for graphs with a checkpointer. `sync`: each before the next
   * superstep begins; `async` (default): each while the next superstep runs; `exit`: only the last
   * one, when the run ends, pauses or fails.
   */
  durability?: Durability;
  /** What nodes find as `config.store`, if their graph has none. */
  store?: Store;
  /** Passed to every node as `config.context`. */
  context?: Context;
  /**
   * Passed to every node as `config.configurable`. With a checkpointer, `thread_id` names the thread,
   * and `checkpoint_id` a checkpoint to start from instead of the newest. Calls on one thread take turns.
   */
  configurable?: Record<string, any>;
  /** Passed to every node. */
  tags?: readonly string[];
  /** Passed to every node. */
  metadata?: Record<string, unknown>;
  /**
   * Called with each event of the run and its subgraphs, as it happens. One that throws, or rejects,
   * fails the run. A graph called inside a node with an `onEvent` of its own reports to that one only:
   * neither the observers nor the streams around it hear of what it does.
   */
  onEvent?: ((event: RunEvent) => void) | undefined;
  /**
   * LangChain's callback handlers, or its manager of them: told of graphs, nodes, routers and functional
   * tasks, and of the models and tools that these call.
   */
  callbacks?: any;
  /** The name under which callbacks are told of the run. Default: the graph's. */
  runName?: string | undefined;
  /** The id under which callbacks are told of the run. Default: a new one. */
  runId?: string | undefined;
}

/** How to stream a run. */
export interface StreamConfig<
  Mode extends StreamMode | readonly StreamMode[] = StreamMode,
  Context = any,
  Subgraphs extends boolean = boolean,
> extends RunConfig<Context> {
  /**
   * Default `updates`; inside a node or a functional task, `values`. With a list, chunks come as
   * `[mode, chunk]`.
   */
  streamMode?: Mode;
  /**
   * Also show what happens inside subgraphs; chunks then come as `[namespace, chunk]` or
   * `[namespace, mode, chunk]`.
   */
  subgraphs?: Subgraphs;
}
