import type { RunControl } from './runControl.ts';
import type { Store } from './store.ts';
import type { Overwrite } from './overwrite.ts';
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
