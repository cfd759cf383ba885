import type { Checkpointer } from './checkpointer.ts';
import type { Clock } from './clock.ts';
import type { TaskInfo } from './events.ts';
import type { Advanced, RemoteTask, TaskReply } from './remote.ts';
import type { NodeAction } from './node.ts';

/**
 * Marks objects that can be run: compiled graphs and entrypoints. The value under this key is a
 * {@link GraphHandle}. Registered globally, so that a host recognises the graphs of any copy of the
 * library.
 */
export const GRAPH: unique symbol = Symbol.for('superstep.graph') as never;

/** Marks graph builders, for hosts that meet one where a compiled graph is wanted. The value is a `BuilderMark`. */
export const BUILDER: unique symbol = Symbol.for('superstep.builder') as never;

/** What a host needs to know of a builder. */
export interface BuilderMark {
  /** `compile()` was called at least once, and gave a graph. */
  isCompiled(): boolean;
}

/** What the worker threads of a host run. The same object for runs that may share them. */
export interface HostWorkers {
  /** URL of the script, which calls `serveTasks`. */
  readonly script: string;
  /** What the script is told to load; plain data. */
  readonly source: unknown;
  /** What that exports in the thread of the run, where classes of errors are found. */
  readonly exports: () => Promise<unknown>;
  /**
   * Speaks with the script on behalf of one task.
   * @param post Tells the script something; plain data.
   */
  readonly serve?: ((post: (message: unknown) => void) => HostLink) | undefined;
}

/** A host's end of what it and the script of its worker threads have to say to each other. */
export interface HostLink {
  onMessage(message: unknown): void;
  /** The task is over. */
  close(): void;
}

/**
 * Says whether a run is to pause.
 * @param when Before the task, or when its superstep is complete.
 * @param id Of its node, such as `review:judge` for one of a subgraph.
 * @param input What the task is given; throws if that is not what its node declares.
 */
export type HostPauses = (when: 'before' | 'after', id: string, input: () => unknown) => boolean;

/** What a host brings to the runs of a graph, for all of it optional. */
export interface GraphHost {
  /**
   * Keeps their threads. A graph that is compiled with a durable checkpointer, or with
   * `checkpointer: false`, goes without; else that of the host is used, also in place of one that is gone
   * with the process: nobody could answer there what the graph has asked.
   */
  readonly checkpointer?: Checkpointer | undefined;
  /** Their clock, such as one that stands still while a debugger holds the process. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** What worker threads load. Default: the module that `compile` was told. */
  readonly workers?: HostWorkers | undefined;
  /**
   * Takes the place of nodes: asked for each with its id, such as `review:judge` for one of a subgraph,
   * and its function (`undefined` for a subgraph); `undefined` leaves it as it is. Nodes of graphs that are
   * called inside nodes are not asked for.
   */
  readonly nodes?:
    ((id: string, action: NodeAction | undefined) => NodeAction | undefined) | undefined;
  /**
   * Where else they pause, if they have a checkpointer: asked for each task. Nodes of graphs that are called
   * inside nodes are not asked for.
   */
  readonly pauses?: HostPauses | undefined;
}

/** What a graph does for runs whose tasks are run elsewhere. */
export interface RemoteGraph {
  /** The fingerprint of its code, as `RemoteTask.code`. */
  code(): string;
  advance(step: object): Promise<Advanced>;
  runTask(task: RemoteTask, options: object): Promise<TaskReply>;
}

/** One key of a graph's input, as a form or a prompt needs it. */
export interface InputField {
  readonly key: string;
  /** Human-readable, such as `string`, `string[]`, `number`, `messages`, `any`. */
  readonly type: string;
  /** No default and not optional. */
  readonly required: boolean;
  /** Present only if there is a default. */
  readonly default?: unknown;
}

/** What a host (editor, command line) needs of a graph beyond its public methods. */
export interface GraphHandle {
  readonly version: 1;
  readonly kind: 'graph' | 'entrypoint';
  /** The keys the graph takes, in schema order. */
  inputFields(): InputField[];
  /** The keys that an update of its state may have; of no use for an entrypoint, whose result is any value. */
  updateFields?(): InputField[];
  /** JSON Schemas of keys of its state, by key, as far as the libraries of their schemas offer them. */
  jsonSchemas?(): Record<string, unknown>;
  /** The task on whose behalf the calling code runs, through any number of awaits. */
  currentTask(): TaskInfo | undefined;
  /** Keeps its state in threads, and has to be told which one by `configurable.thread_id`. */
  needsThread?(): boolean;
  /** Is compiled without a checkpointer, and takes that of the host. */
  takesCheckpointer?(): boolean;
  /** The checkpointer that it is compiled with. That of the host takes its place unless it is durable. */
  ownCheckpointer?(): Checkpointer | undefined;
  /**
   * The graph for calls of a host, with what that brings, beside what an earlier one has brought. The
   * graph itself stays as it is, for calls that its own code makes.
   */
  forHost?(host: GraphHost): object;
  /**
   * The text of the functions that decide what comes of each node, by its id, such as `review:judge` for one
   * of a subgraph: its own, and those of the routers behind it. The start has an entry if routers follow.
   */
  functionTexts?(): Map<string, string[]>;
  /** Its runs in parts, for `superstep/remote`. */
  readonly remote?: RemoteGraph;
}
