import type { BaseMessage } from '../model/messages.ts';
import type { TaskPath } from '../model/stateSnapshot.ts';
import type { StreamMode } from '../model/runConfig.ts';

/** A chunk of `tasks`: a task starts. */
export interface TaskChunk {
  /** As in checkpoints, in history, and in namespaces. */
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** What started it, by the names that LangGraph gives to it. */
  readonly triggers: readonly string[];
  readonly interrupts: readonly unknown[];
  /** The call's metadata and tags, if it has any. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A chunk of `tasks`: a task has ended. */
export interface TaskResultChunk {
  readonly id: string;
  readonly name: string;
  /** Its update; a key that it wrote several times holds `{ $writes: [ … ] }`. */
  readonly result: Readonly<Record<string, unknown>>;
  readonly interrupts: readonly unknown[];
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** A chunk of `debug`: a chunk of `tasks` or `checkpoints` with its superstep and time. */
export interface DebugChunk {
  readonly step: number;
  readonly type: 'task' | 'task_result' | 'checkpoint';
  /** ISO 8601. */
  readonly timestamp: string;
  readonly payload: any;
}

/** Where a message comes from: the call's metadata and tags, and the task. */
export interface MessageMetadata {
  /** Those of the model's call, and of the run; empty if it has none. */
  readonly tags: readonly string[];
  readonly langgraph_node: string;
  readonly langgraph_step: number;
  readonly langgraph_path: TaskPath;
  readonly langgraph_triggers: readonly string[];
  readonly langgraph_checkpoint_ns: string;
  readonly langgraph_task_id: string;
  readonly [key: string]: unknown;
}

/** The types that a graph's chunks are made of. */
export interface ChunkParts {
  readonly state: unknown;
  readonly update: unknown;
  readonly nodes: string;
}

/** What one mode yields. */
interface ModeChunks<P extends ChunkParts> {
  values: P['state'];
  /** A task that wrote a key several times has a list here; one that wrote nothing, `{}`. */
  updates: { readonly [Node in P['nodes']]?: P['update'] };
  messages: [message: BaseMessage, metadata: MessageMetadata];
  custom: any;
  tasks: TaskChunk | TaskResultChunk;
  checkpoints: any;
  debug: DebugChunk;
}

type Tagged<Mode, P extends ChunkParts> = Mode extends StreamMode
  ? [mode: Mode, chunk: ModeChunks<P>[Mode]]
  : never;

type Spaced<Mode, P extends ChunkParts> = Mode extends StreamMode
  ? [namespace: string[], mode: Mode, chunk: ModeChunks<P>[Mode]]
  : never;

/**
 * What a stream yields: a chunk of its mode, or `[mode, chunk]` for a list of modes; with
 * `subgraphs: true` the namespace comes first.
 */
export type StreamChunk<
  Mode,
  P extends ChunkParts = { state: any; update: any; nodes: string },
  Subgraphs extends boolean = false,
> = true extends Subgraphs
  ? Mode extends readonly (infer M)[]
    ? Spaced<M, P>
    : [namespace: string[], chunk: Mode extends StreamMode ? ModeChunks<P>[Mode] : never]
  : Mode extends readonly (infer M)[]
    ? Tagged<M, P>
    : Mode extends StreamMode
      ? ModeChunks<P>[Mode]
      : never;
