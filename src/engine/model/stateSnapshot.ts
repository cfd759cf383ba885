import type { CheckpointSource, Interrupt } from './checkpointer.ts';

/** Where a task is in its own graph, in LangGraph's words: by what it was started, and as which one. */
export type TaskPath = readonly (string | number | boolean | TaskPath)[];

/** Names a thread, and perhaps one checkpoint of it, for the calls of a graph. */
export interface ThreadConfig {
  readonly configurable: {
    readonly thread_id: string;
    /** `""` for the graph itself; of a subgraph: from `tasks[i].state`. */
    readonly checkpoint_ns: string;
    readonly checkpoint_id?: string;
    /** Of a subgraph: the id of the checkpoint of each namespace, its own and those around. */
    readonly checkpoint_map?: Readonly<Record<string, string>>;
  };
}

/** Where a thread stands, or stood, between two supersteps. */
export interface StateSnapshot<Values = any> {
  /**
   * The state. The newest one includes what tasks have written that are done, though their superstep
   * is not complete.
   */
  readonly values: Values;
  /** Names of the nodes that run next, of the newest state those that are not done; `[]` at the end. */
  readonly next: readonly string[];
  /** The tasks of the next superstep. */
  readonly tasks: readonly StateTask[];
  /** How it came to be; `undefined` for a thread that has nothing stored. */
  readonly metadata: StateMetadata | undefined;
  /** Names this checkpoint: pass it to `invoke`, `updateState` or `getState`. */
  readonly config: ThreadConfig;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** Names the checkpoint before it. */
  readonly parentConfig: ThreadConfig | undefined;
}

/** How a checkpoint came to be. */
export interface StateMetadata {
  readonly source: CheckpointSource;
  /** -1 for a thread's first input, then counted up. */
  readonly step: number;
  /** Of a subgraph: for each namespace around, the id of the checkpoint it belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  readonly thread_id: string;
}

/** A task that is to run next, or that has run since the checkpoint was made. */
export interface StateTask {
  readonly id: string;
  readonly name: string;
  /** As `langgraph_path` in the metadata of the task. */
  readonly path: TaskPath;
  /** What it asked. */
  readonly interrupts: readonly Interrupt[];
  readonly error?: { readonly name: string; readonly message: string };
  /** The graph does not have its node any more: a run cannot go on with it. */
  readonly isGone?: true;
  /** What it wrote, while its superstep was not complete. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Of a subgraph: the config of its state, or the state itself with `{ subgraphs: true }`. */
  readonly state?: StateSnapshot | { readonly configurable: ThreadConfig['configurable'] };
}
