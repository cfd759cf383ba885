import type { ErrorInfo, RunEvent } from '../engine/model/events.ts';
import type { EngineName } from '../loader/bundle/bundle.ts';
import type { NodeFunctions } from '../loader/bundle/nodeCodes.ts';
import type { KnownField } from '../loader/source/fieldTypes.ts';
import type { Problem } from '../loader/problem.ts';
import type {
  Resume,
  ThreadCheckpoint,
  ThreadInfo,
  ThreadState,
  ThreadStore,
} from '../protocol/threads.ts';
import type { GraphBreakpoint } from '../protocol/breakpoints.ts';
import type { RecordingOptions } from '../protocol/recording.ts';
import type { Waiting } from '../protocol/waiting.ts';
import type { InputProblem } from './checkInput.ts';
import type { DebugOptions } from './debug/debugOptions.ts';
import type { ModelProvider } from './models.ts';

/** What a graph of a loaded file takes. */
export interface GraphInput {
  /** Name under which the file exports it (`default` for a default export). */
  readonly exportName: string;
  readonly kind: 'graph' | 'entrypoint';
  readonly inputFields: readonly KnownField[];
}

/** One graph of a loaded file. */
export interface GraphDescription extends GraphInput {
  /** The compiled graph's own name. */
  readonly name: string;
  /** Mermaid text of the graph, its subgraphs expanded unless asked otherwise; ends with a newline. */
  readonly mermaid: string;
  /** Nodes in drawing order. `id` is `TaskInfo.nodeId`, `mermaidId` the id in the Mermaid text. */
  readonly nodes: readonly {
    readonly id: string;
    readonly name: string;
    readonly mermaidId: string;
    /** For each edge from several nodes that leads here, the ids of those. */
    readonly joins?: readonly (readonly string[])[];
  }[];
  /** What the file itself offers as input (`input`, or its entry of `inputs`). */
  readonly input?: unknown;
  readonly hasInput: boolean;
  /** The functions that decide what comes of its nodes. Absent: its copy of the library does not tell. */
  readonly functions?: NodeFunctions;
  /** Names its code, as workers tell it of theirs. Absent: its copy of the library does not tell. */
  readonly fingerprint?: string;
  /** The keys of its state; absent if its copy of the library does not tell. */
  readonly stateFields?: readonly KnownField[];
  /** JSON Schemas of these keys, by key, as far as the libraries of their schemas offer them. */
  readonly schemas?: Readonly<Record<string, unknown>>;
  /** What is good to know of it: that it is not compiled by the file. */
  readonly hint?: Problem;
}

/** How a run ended, or that it waits for somebody before it can go on. */
export interface RunResult {
  readonly graph: string;
  readonly status: 'done' | 'waiting' | 'failed' | 'cancelled';
  /** What it waits for; present if `status` is `waiting`. */
  readonly waiting?: Waiting;
  /** The thread in which the graph keeps its state; absent if it keeps none. */
  readonly threadId?: string;
  /**
   * What keeps the thread beyond the run, so that a later one can go on with it: the host's store, or a
   * checkpointer of the graph's own. Absent: it is gone.
   */
  readonly keptBy?: 'store' | 'graph';
  /** Where the Restate server takes calls that has run it. Absent: it was run here. */
  readonly server?: string;
  /** From the start of the graph (not of the loading) to its end, in milliseconds. */
  readonly durationMs: number;
  /** The graph's output when done, else its state as far as it got. Plain data. */
  readonly state: unknown;
  readonly error?: ErrorInfo;
  /** Nothing has run, nor was anything stored: the thread does not have what was asked for, as `error` says. */
  readonly isRefused?: true;
  /** Where in the source the error happened, where that is known. */
  readonly problem?: Problem;
}

export interface RunOptions {
  /** Absolute path of the graph file. */
  readonly file: string;
  /** Export to run. Omitted: the only one, else the one called `graph`, or the default export. */
  readonly exportName?: string;
  /**
   * Omitted: the file's own input, else `{}`. But if the thread that is named waits for answers, nothing
   * runs then, and the result tells again what it waits for: an input would give up its questions.
   */
  readonly input?: unknown;
  /**
   * Told what is wrong with `input`, or else with the update of `resume`, if anything is; the graph is run
   * with it all the same.
   */
  readonly onInputProblems?: (problems: readonly InputProblem[]) => void;
  /**
   * What `describe` has just told of the file, by the same runner: it runs as it was then, and is not
   * looked at again. Omitted: as it is now.
   */
  readonly described?: FileDescription | undefined;
  /** Asks the run to stop. After `graceMs` without an end its thread is terminated. */
  readonly signal?: AbortSignal;
  /**
   * Called in order, in batches of what happened within some 16 ms. Values are plain data; `weight` is
   * about how many kilobytes they hold, and at least the number of events.
   */
  readonly onEvents?: (events: readonly RunEvent[], weight: number) => void;
  /**
   * Called with what is good to know of the file, before its graph runs, and of a temporary store that
   * cannot be used, at the end of a run that waits; not called if there is nothing.
   */
  readonly onHints?: (hints: readonly Problem[]) => void;
  /** Milliseconds between the request to stop and the termination. Default 2000. */
  readonly graceMs?: number;
  /**
   * Variables for the environment of the run's thread, over those of this process, which do not
   * change. Values of variables that hold keys never come out: not in events, results or errors.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Names the thread (`configurable.thread_id`), so that a later run can go on with it. Omitted: a thread
   * of its own for each run, named in the result.
   */
  readonly threadId?: string;
  /**
   * Where the thread is kept, apart for each file and export. A graph whose own checkpointer is durable
   * keeps it there instead; one with `checkpointer: false` keeps none. Of graphs that cannot pause only
   * threads that are named are kept. Omitted: threads end with the run.
   */
  readonly store?: ThreadStore;
  /** Goes on with the thread that is named, in the place of an input. */
  readonly resume?: Resume;
  /** Where it pauses, beside what the graph says itself, if something keeps its thread. Default: nowhere else. */
  readonly breakpoints?: readonly GraphBreakpoint[];
  /** Runs it in a process of its own, under a debugger, without limits of time while that holds it. */
  readonly debug?: DebugOptions;
  /** Who answers models where the code has no key. Omitted: nobody, a missing key is an error. */
  readonly models?: ModelProvider;
  /** Records calls of models, or answers them from what was recorded. Omitted: neither. */
  readonly recording?: RecordingOptions;
  /**
   * Whose engine runs the graph: `langgraph` is the LangGraph.js that the file would import, also where it
   * imports `superstep`. Its streams tell less; `onHints` says what not. Default `superstep`.
   */
  readonly engine?: EngineName | undefined;
}

export interface DescribeOptions {
  readonly signal?: AbortSignal;
  /** Whether, or how many levels deep, subgraphs are expanded in the diagram. Default true. */
  readonly xray?: boolean | number;
  /** Variables as in {@link RunOptions.env}: the file's top level may need them as a run does. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text to take in place of the file's content on disk. */
  readonly contents?: string | undefined;
}

export interface ListThreadsOptions {
  /** Absolute path of the graph file, which is not loaded and need not be there. */
  readonly file: string;
  /** Only those of this graph. Omitted: of all graphs of the file. */
  readonly exportName?: string;
  /** Threads that are deleted first: they are not in the list. */
  readonly without?: readonly ThreadInfo[];
  readonly store: ThreadStore;
  readonly signal?: AbortSignal;
  /** Variables as in {@link RunOptions.env}. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Names one thread of a graph. */
export interface ThreadName {
  /** Absolute path of the graph file. */
  readonly file: string;
  /** As in {@link RunOptions}. */
  readonly exportName?: string;
  readonly threadId: string;
  /** As in {@link RunOptions}. */
  readonly store?: ThreadStore;
  readonly signal?: AbortSignal;
  /** Variables as in {@link RunOptions.env}. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ReadThreadOptions extends ThreadName {
  /** The checkpoint to look at, as `from` of {@link Resume}. Default: the newest. */
  readonly at?: string;
}

export interface ReadHistoryOptions extends ThreadName {
  /** At most so many. Default: all. */
  readonly limit?: number;
}

/**
 * Loads and runs graph files. Everything the file holds is run in a thread of its own that ends
 * with the run; it may have described the file before.
 */
export interface Runner {
  /**
   * Loads a file and describes its graphs, in the order of the file's exports. What is known of
   * unchanged code with the same variables is returned again without running it.
   * @throws {LoadError} with the problems found, at source positions. Rejects with the signal's
   * reason once that is aborted.
   */
  describe(file: string, options?: DescribeOptions): Promise<FileDescription>;
  /**
   * Runs one graph. Settles always: with a result for a run that started, whatever its end.
   * @throws {LoadError} if the file cannot be loaded, the graph is not in it, or the store cannot be used
   * (STORAGE_FAILED, STORAGE_VERSION, STORAGE_BUSY).
   */
  run(options: RunOptions): Promise<RunResult>;
  /**
   * Bundles a file (absolute path) ahead of a `describe` with these contents. Nothing of it is run, and nothing
   * is told of what is wrong with it.
   */
  prepare(file: string, contents: string): Promise<void>;
  /**
   * A file (absolute path) was changed that may be any: what was loaded, and may have read it, is not used
   * any more. Not needed for the graph files themselves and their imports.
   */
  fileChanged(path: string): void;
  /** Ends every run and releases threads and watchers. */
  dispose(): Promise<void>;
}

/** Looks into the threads that runs leave behind; another face of a runner. */
export interface ThreadReader {
  /**
   * The threads of a file's graphs that a store has, those that went on last first. Threads that graphs
   * keep by themselves are not among them. No user code is run.
   * @throws {LoadError} if the store cannot be used. Rejects with the signal's reason once that is aborted.
   */
  listThreads(options: ListThreadsOptions): Promise<readonly ThreadInfo[]>;
  /**
   * Where a thread stands, or stood; `undefined` if there is none of that name. The file is loaded, nothing
   * is run.
   * @throws {LoadError} as `run`; UNKNOWN_CHECKPOINT. Rejects with the signal's reason once that is aborted.
   */
  readThread(options: ReadThreadOptions): Promise<ThreadState | undefined>;
  /**
   * The checkpoints of a thread, of all its branches, the newest first; `[]` if there is none of that
   * name. The file is loaded, nothing is run.
   * @throws {LoadError} as `run`. Rejects with the signal's reason once that is aborted.
   */
  readHistory(options: ReadHistoryOptions): Promise<readonly ThreadCheckpoint[]>;
}

/** A loaded file: its graphs, and every file whose change would change them. */
export interface FileDescription {
  readonly graphs: readonly GraphDescription[];
  /** The module that it was bundled to. */
  readonly code: string;
  /** Absolute paths: the file itself and its local imports. */
  readonly inputs: readonly string[];
  /** What is not wrong, but good to know; absent if there is nothing. */
  readonly hints?: readonly Problem[];
}
