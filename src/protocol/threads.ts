import type { OpenQuestion } from './waiting.ts';

/** A file in which a host keeps the threads of graphs. */
export interface ThreadStore {
  /** Absolute path of a SQLite file. It and its folder are made when they are needed. */
  readonly path: string;
  /**
   * Nobody has asked for it: the thread is kept only as long as it waits, or after that until it is done,
   * and if the file cannot be used the run does without it, and a hint says so if it waits in the end.
   * Default false.
   */
  readonly isTemporary?: boolean;
  /**
   * A run that names no thread gets this one, whose name must be new, and it stays when the run is over, as
   * far as the state can be kept: also of graphs that never ask. Whoever names it deletes it.
   */
  readonly freshThread?: string;
  /** Absolute path that the graph file had when the thread began, if it was renamed since. */
  readonly beganAs?: string;
}

/**
 * How a thread that has stopped is to go on. `{}` goes on after a breakpoint, a failure or a stop.
 * What is done already does not run again.
 */
export interface Resume {
  /**
   * The checkpoint to go on from, by its id, a unique beginning or end of that, or the number of its step
   * (the newest of that number):
   * the thread gets a branch, and keeps what came after the checkpoint before. Default: the newest.
   */
  readonly from?: string;
  /** The answer to the only open question; any value but `null`. */
  readonly answer?: unknown;
  /** Answers by the ids of the questions: to all of them, or to some. In the place of `answer`. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Written to the state first; with an answer it is written as the caller's, so by no node. */
  readonly update?: {
    /** As a node returns it. */
    readonly values: unknown;
    /** The node that writes it. Default: the one that ran last. */
    readonly asNode?: string;
    /** The subgraph whose state it is, as `namespace` of what waits; not with `from`. Default: the graph itself. */
    readonly namespace?: string;
  };
}

/** Where a thread stands. */
export type ThreadStatus =
  /** Nothing is left to do. */
  | 'done'
  /** For answers to questions. */
  | 'waiting'
  /** A node has failed. */
  | 'failed'
  /** Something is to run next: it stands at a breakpoint, was cut off, or runs right now. */
  | 'unfinished';

/** A thread in a list. */
export interface ThreadInfo {
  readonly threadId: string;
  /** The graph's export name. */
  readonly graph: string;
  readonly status: ThreadStatus;
  /** When it went on last, in milliseconds since the Unix epoch. */
  readonly updatedAt: number;
  /** The last superstep that was complete; -1: it has its input only. */
  readonly step: number;
  /** Names of the nodes that run next. */
  readonly next: readonly string[];
  /** How many questions are open. */
  readonly questions: number;
}

/** All that is told of one thread. */
export interface ThreadState extends Omit<ThreadInfo, 'questions'> {
  readonly questions: readonly OpenQuestion[];
  readonly failures: readonly ThreadFailure[];
  /** The state, with what nodes have written whose superstep is not complete. Plain data. */
  readonly state: unknown;
  /** Names the checkpoint at which this is the state. */
  readonly checkpointId: string;
  /** Why the graph as it is now cannot go on with the thread, though its state can be read. */
  readonly obstacle?: string;
}

/** A thread between two supersteps. */
export interface ThreadCheckpoint {
  readonly checkpointId: string;
  /** The checkpoint that it went on from; absent for the first one. */
  readonly parentId?: string;
  /** How it came to be: by an input, a superstep (`loop`), an edit of the state, or as a copy of its parent. */
  readonly source: 'input' | 'loop' | 'update' | 'fork';
  /** -1 for the first input, then counted up from checkpoint to checkpoint. */
  readonly step: number;
  /** In milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Names of the nodes that ran next, or are to run; each once. */
  readonly next: readonly string[];
  /** How many questions were asked there, answered since or not. */
  readonly questions: number;
  /** Those of `next` that the graph does not have any more; absent if it has all. */
  readonly gone?: readonly string[];
}

/** A node that has failed. */
export interface ThreadFailure {
  readonly node: string;
  /** Name and message of the error. */
  readonly name: string;
  readonly message: string;
}
