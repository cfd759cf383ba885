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
  /** Asks the run to stop between two supersteps; what the call was given, or one of its own. */
  readonly control: RunControl | undefined;
  /** Which task this is, of which thread, and which attempt at it. */
  readonly executionInfo: ExecutionInfo;
  /** The server that makes the call, if one of LangGraph's does. */
  readonly serverInfo?: ServerInfo | undefined;
  /** Who listens to the run, as LangChain hands them on; only where the call was given `callbacks`. */
  readonly callbacks?: any;
}

/** What a server of LangGraph puts into the config of a call. */
export interface ServerInfo {
  /** `assistant_id` in `configurable`, or else in `metadata`; `""` if there is none. */
  readonly assistantId: string;
  /** `graph_id`, likewise. */
  readonly graphId: string;
  /** `langgraph_auth_user` in `configurable`: who has signed in. */
  readonly user: { readonly identity: string; readonly [field: string]: any } | undefined;
}

/** Where a task stands. */
export interface ExecutionInfo {
  /** The checkpoint that it starts from; `""` without a checkpointer. */
  readonly checkpointId: string;
  /** Names the task and those it is inside of: `node:id|node:id`. */
  readonly checkpointNs: string;
  readonly taskId: string;
  /** `undefined` without a checkpointer. */
  readonly threadId?: string | undefined;
  /** What the call was given as `runId`. */
  readonly runId?: string | undefined;
  /** 1 for the first try. */
  readonly nodeAttempt: number;
  /** When the first try began, in milliseconds since 1970. */
  readonly nodeFirstAttemptTime?: number | undefined;
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
