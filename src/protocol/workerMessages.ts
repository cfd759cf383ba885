/**
 * The messages between a host (extension, command line) and the thread that runs a graph file.
 * A thread does one job (`describe`, `run`, `listThreads`, `readThread` or `readHistory`), or a `run` after
 * a `describe`, and is terminated by the host when that is over. Plain data; what the messages carry is
 * named by type parameters, so that this file depends on nothing.
 */
import type { GraphBreakpoint } from './breakpoints.ts';
import type { RecordingOptions } from './recording.ts';
import type { AnsweringMessage, AskingMessage } from './requests.ts';
import type { Resume, ThreadCheckpoint, ThreadInfo, ThreadState, ThreadStore } from './threads.ts';
import type { FoundTest, TestOrder, TestReport } from './graphTests.ts';
import type { Waiting } from './waiting.ts';

export type ToWorker<Bundle, Models extends ModelMessages> =
  /** Load the bundle and describe its graphs. */
  | {
      readonly type: 'describe';
      readonly bundle: Bundle;
      readonly xray: boolean | number;
      /** Milliseconds that the file's own code may take. */
      readonly limitMs: number;
      /** As for `run`. */
      readonly env: Readonly<Record<string, string>>;
    }
  /** What will be run is likely to ask models, with our own client: it may be made ready. */
  | { readonly type: 'warmUp' }
  /** Load the bundle and run one graph of it. */
  | {
      readonly type: 'run';
      readonly bundle: Bundle;
      /** May be left out if there is only one. */
      readonly exportName: string | undefined;
      /**
       * In a box, since `undefined` is an input too; none: the file's own, unless the thread that is
       * named waits for answers.
       */
      readonly input: { readonly value: unknown } | undefined;
      /** Asks for `loaded`, with the keys of an input, or of an update. */
      readonly tells: 'input' | 'update' | undefined;
      /** As for `describe`; `undefined`: none. */
      readonly limitMs: number | undefined;
      /** Variables for the thread's environment, which it has before it loads anything. */
      readonly env: Readonly<Record<string, string>>;
      /** What answers models, if anything does; `override`: in place of every provider. */
      readonly models: { readonly override: boolean } | undefined;
      /** Names the thread of a graph that keeps its state. */
      readonly threadId: string | undefined;
      /** Keeps the thread of a graph whose own checkpointer does not. */
      readonly store: ThreadStore | undefined;
      /** Goes on with the thread, in the place of an input. */
      readonly resume: Resume | undefined;
      /** Where it pauses, beside what the graph says itself. */
      readonly breakpoints: readonly GraphBreakpoint[];
      /** Records calls of models, or answers them from what was recorded. */
      readonly recording: RecordingOptions | undefined;
    }
  /** Load the bundle and run its tests, one after another. */
  | ({
      readonly type: 'test';
      readonly bundle: Bundle;
      /** As for `run`. */
      readonly env: Readonly<Record<string, string>>;
      readonly models: { readonly override: boolean } | undefined;
    } & TestOrder)
  /** Load the bundles and serve their graphs to a Restate server, until `stop`. */
  | {
      readonly type: 'serve';
      readonly bundles: readonly Bundle[];
      /** Where the server takes calls. */
      readonly ingress: string;
      readonly port: number;
      readonly host: string;
      readonly reusePort: boolean;
      /** Absent: calls need not be signed. */
      readonly identityKeys?: readonly string[];
      /** As for `run`. */
      readonly env: Readonly<Record<string, string>>;
      readonly models: { readonly override: boolean } | undefined;
      readonly limitMs: number;
    }
  /** Tell which threads of a file's graphs the store has; the file is not loaded. */
  | {
      readonly type: 'listThreads';
      /** Absolute path of the graph file. */
      readonly file: string;
      /** Only those of this graph. */
      readonly exportName: string | undefined;
      /** They are deleted first. */
      readonly without: readonly Pick<ThreadInfo, 'graph' | 'threadId'>[];
      readonly store: ThreadStore;
      /** As for `run`; what is told is free of the keys in it. */
      readonly env: Readonly<Record<string, string>>;
    }
  /** Load the bundle, and tell where a thread of one of its graphs stands; nothing is run. */
  | {
      readonly type: 'readThread';
      readonly bundle: Bundle;
      readonly exportName: string | undefined;
      readonly threadId: string;
      readonly store: ThreadStore | undefined;
      /** As `from` of {@link Resume}. */
      readonly at: string | undefined;
      readonly env: Readonly<Record<string, string>>;
      readonly limitMs: number;
    }
  /** Load the bundle, and tell the checkpoints of a thread of one of its graphs; nothing is run. */
  | {
      readonly type: 'readHistory';
      readonly bundle: Bundle;
      readonly exportName: string | undefined;
      readonly threadId: string;
      readonly store: ThreadStore | undefined;
      readonly limit: number;
      readonly env: Readonly<Record<string, string>>;
      readonly limitMs: number;
    }
  /** Abort the run's signal. */
  | { readonly type: 'stop' }
  /** Of what the thread has asked about models. */
  | AnsweringMessage<Models['part'], Models['failure']>;

/** What messages about models carry. */
export interface ModelMessages {
  readonly request: unknown;
  readonly part: unknown;
  readonly failure: unknown;
}

/**
 * What a thread tells. Events do not come as messages of this kind: each is put at once on a port
 * of its own, where it is safe even if the thread never comes to rest again, and the host fetches
 * all that wait there when it hears `events`, and once more some milliseconds later.
 */
export type FromWorker<Graph, Input, Problem, Failure, Models extends ModelMessages> =
  /** Events wait. At most one in {@link eventIntervalMs}. */
  | { readonly type: 'events' }
  /** A key that the code brought itself: the host must not show it either. */
  | { readonly type: 'secret'; readonly value: string }
  /** About models: who answers them, or what a language model of the host answers. */
  | AskingMessage<Models['request']>
  /** What the graph that is about to run takes. */
  | { readonly type: 'loaded'; readonly input: Input }
  /** What is good to know of the file, which was loaded. Before the end of `describe` or `run`. */
  | { readonly type: 'hints'; readonly problems: readonly Problem[] }
  /** The end of `describe`. */
  | { readonly type: 'described'; readonly graphs: readonly Graph[]; readonly leaves: LeftBehind }
  /** The graphs are served there. */
  | {
      readonly type: 'serving';
      readonly url: string;
      readonly graphs: readonly { readonly name: string; readonly code: string }[];
    }
  /** The end of `serve`. */
  | { readonly type: 'served' }
  /** The end of `listThreads`; those that went on last first. */
  | { readonly type: 'threadsListed'; readonly threads: readonly ThreadInfo[] }
  /** The end of `readThread`; none: there is no such thread. */
  | { readonly type: 'threadRead'; readonly thread: ThreadState | undefined }
  /** The end of `readHistory`; the newest first. */
  | { readonly type: 'historyRead'; readonly checkpoints: readonly ThreadCheckpoint[] }
  /** The file with tests is about to be loaded: its code has begun only now. */
  | { readonly type: 'testsLoading' }
  /** The file was loaded, and has these tests, of which those that are wanted begin now. */
  | { readonly type: 'testsFound'; readonly tests: readonly FoundTest[] }
  | { readonly type: 'testStarted'; readonly name: string }
  | { readonly type: 'testEnded'; readonly report: TestReport<Failure> }
  /** The end of `test`. */
  | { readonly type: 'tested' }
  /** The file cannot be loaded, does not hold the graph, or the store cannot be used. The end of any job. */
  | { readonly type: 'loadFailed'; readonly problems: readonly Problem[] }
  /** The end of `run`: the graph came to its end in whatever way. All its events were sent. */
  | {
      readonly type: 'settled';
      readonly status: 'done' | 'waiting' | 'failed' | 'cancelled';
      readonly state: unknown;
      /** Present if the status is `waiting`. */
      readonly waiting?: Waiting | undefined;
      readonly threadId?: string | undefined;
      /** What keeps the thread beyond the run: the store, or the graph itself. Absent: nothing does. */
      readonly keptBy?: 'store' | 'graph' | undefined;
      /** Nothing has run: the thread does not have what was asked for. */
      readonly isRefused?: true;
      readonly error?: Failure;
    }
  /** The end of any job: the file's code brought its thread down. */
  | {
      readonly type: 'crashed';
      readonly error: Failure;
      /** The graph's state after its last superstep, if it ran. */
      readonly state?: unknown;
      /** Id of the task that did it, where that is known. */
      readonly taskId?: number;
    };

/**
 * What loading a file has left behind in its thread: `nothing`, something that goes on by itself (timers,
 * servers), or a question to a model that nobody could answer, which would be answered in a run.
 */
export type LeftBehind = 'nothing' | 'activity' | 'refusal';

/** An event on its port. `weight` is about its size in kilobytes, at least 1. */
export interface SentEvent<Event> {
  readonly event: Event;
  readonly weight: number;
}

/** What a thread is given when it is started. */
export interface WorkerStart<Shipped, Port> {
  readonly shipped: Shipped;
  /** Where events are put. */
  readonly events: Port;
  /**
   * Shared with the host. Slot 0 counts the weight of the events that the host has fetched, modulo
   * 2^32; the thread waits while more than {@link maxWeightInFlight} is on the way, so that memory
   * stays bounded however much a graph has to tell.
   */
  readonly flow: Int32Array<SharedArrayBuffer>;
}

/** Shortest time between two `events` messages, and between two batches for an observer. */
export const eventIntervalMs = 16;

/** Kilobytes of events, and at the same time the number of events, that may be on the way. */
export const maxWeightInFlight = 16_384;
