import type { Overwrite } from '../channels/channel.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { RunEvent } from '../events.ts';
import type { HOST_CHECKPOINTER } from '../handle.ts';
import type { Cache } from '../policies/cache.ts';
import type { EFFECTS, Effects } from '../runtime/effects.ts';
import type { PACE, Pace } from '../runtime/pace.ts';
import type { PLACES } from '../runtime/places.ts';
import type { RunControl } from '../runtime/runControl.ts';
import type { Store } from '../store/store.ts';
import type { Durability } from '../superstep/threadLog.ts';
import type { Command } from './command.ts';
import type { Send } from './send.ts';

export type MaybePromise<T> = T | Promise<T>;

/** What a node receives beside its input. */
export interface NodeConfig<Context = any> {
  /** Aborted when the run is stopped or a sibling has failed. Pass it on to whatever waits. */
  readonly signal: AbortSignal;
  readonly context: Context;
  readonly configurable: Record<string, any>;
  readonly tags: string[];
  /**
   * The caller's metadata, and what LangGraph adds: `langgraph_node`, `langgraph_step`,
   * `langgraph_path`, `langgraph_triggers`, `langgraph_checkpoint_ns`, `langgraph_task_id`.
   */
  readonly metadata: Record<string, unknown>;
  readonly recursionLimit: number;
  /** Sends a value to the run's observers at once (`streamMode: "custom"`). */
  readonly writer: (value: unknown) => void;
  /** Tells an idle timeout that work goes on. */
  readonly heartbeat: () => void;
  /** Keeps things that outlive the thread; `undefined` if neither graph nor call have one. */
  readonly store: Store | undefined;
  /** What the call was given to stop the run between supersteps. */
  readonly control: RunControl | undefined;
}

/** An update: some keys of the state, each with a value or an {@link Overwrite}. */
export type UpdateFor<Update> = {
  [K in keyof Update]?: Update[K] | Overwrite<any> | undefined;
};

/** What a node may return. `undefined` and `null` mean: no update. */
export type NodeResult<Update = any, Nodes extends string = string> =
  | UpdateFor<Update>
  | Command<any, Nodes, any>
  | readonly (UpdateFor<Update> | Command<any, Nodes, any>)[]
  | void
  | undefined
  | null;

/** A node: reads the state, returns an update. */
export type NodeAction<State = any, Update = any, Context = any> = (
  state: State,
  config: NodeConfig<Context>,
) => MaybePromise<NodeResult<Update>>;

/** One destination of a router: a node's name, END, or a {@link Send}. */
export type Destination<Nodes extends string = string> = Nodes | Send<Nodes>;

/** Chooses what runs next. */
export type RouterAction<State = any, Result = any, Context = any> = (
  state: State,
  config: NodeConfig<Context>,
) => MaybePromise<Result | readonly Result[]>;

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
   * How many tasks are at work at once, in all of the run: nodes, nodes of subgraphs, functional
   * tasks. A task that waits for tasks inside it lends them its place. Default: all.
   */
  maxConcurrency?: number;
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
  /** Called with each event of the run and its subgraphs, as it happens. One that throws, or rejects, fails the run. */
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** @internal For tests. */
  [EFFECTS]?: Partial<Effects>;
  /** @internal For hosts. */
  [HOST_CHECKPOINTER]?: Checkpointer;
  /** @internal For streams. */
  [PACE]?: Pace;
  /** @internal For streams. */
  [PLACES]?: boolean;
}

/** How to stream a run. */
export interface StreamConfig<
  Mode extends StreamMode | readonly StreamMode[] = StreamMode,
  Context = any,
  Subgraphs extends boolean = boolean,
> extends RunConfig<Context> {
  /** Default `updates`. With a list, chunks come as `[mode, chunk]`. */
  streamMode?: Mode;
  /**
   * Also show what happens inside subgraphs; chunks then come as `[namespace, chunk]` or
   * `[namespace, mode, chunk]`.
   */
  subgraphs?: Subgraphs;
}
