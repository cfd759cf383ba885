import type { OfflineModelOptions } from '../offline/offlineModel.ts';
import type { DebugStart } from '../runner/debug/debugOptions.ts';
import type { RecordingOptions } from '../protocol/recording.ts';
import type { CommandName } from './usage.ts';

export interface RunCommand {
  readonly name: 'run';
  readonly file: string;
  readonly graph?: string;
  /** JSON text, `@` and a path, or `-` for standard input. */
  readonly input?: string;
  readonly json: boolean;
  readonly xray: boolean;
  /** `offline`: the built-in model answers every request. Absent: only those without a key. */
  readonly model?: 'offline';
  /** Names the thread that the run belongs to. */
  readonly thread?: string;
  /** Path of the file of threads. Absent: the user's own. */
  readonly store?: string;
  /** Answers to what the thread waits for; none: the run starts with an input. */
  readonly resume: readonly AnswerText[];
  /** The checkpoint to go on from: its id, or the number of its step. Absent: the newest. */
  readonly from?: string;
  /** Written to the state before the thread goes on: JSON text, or `@` and a path. */
  readonly update?: string;
  /** The node that writes the update. Absent: the one that ran last. */
  readonly asNode?: string;
  /** Lets a debugger attach. */
  readonly inspect?: { readonly start: DebugStart; readonly port: number };
  /** Records calls of models in a folder, or answers them from there. */
  readonly recording?: RecordingOptions;
  /** The LangGraph.js that is installed beside the file runs it. Absent: we do. */
  readonly engine?: 'langgraph';
  /** Path of the page to write the run to. */
  readonly html?: string;
  /** Runs it on the workers of the Restate server that takes calls at `ingress`, and not in this process. */
  readonly on?: {
    readonly ingress: string;
    /** Goes on with a thread that was begun on other code, too. */
    readonly anyCode: boolean;
  };
  /** Whether to ask on the terminal, if there is one. */
  readonly ask: boolean;
}

/** An answer as it was typed. */
export interface AnswerText {
  /** Of the question; absent: there is one only. */
  readonly id?: string;
  /** JSON, any other text, or `@` and the path of a file with either. */
  readonly text: string;
}

export interface ThreadsCommand {
  readonly name: 'threads';
  readonly file: string;
  readonly graph?: string;
  /** The thread to delete, before the others are listed. */
  readonly delete?: string;
  readonly store?: string;
  readonly json: boolean;
}

export interface StateCommand {
  readonly name: 'state';
  readonly file: string;
  readonly thread: string;
  readonly graph?: string;
  readonly store?: string;
  /** The checkpoint to look at, as `from` of {@link RunCommand}. */
  readonly at?: string;
  readonly json: boolean;
}

export interface HistoryCommand extends Omit<StateCommand, 'name' | 'at'> {
  readonly name: 'history';
}

export interface ParityCommand {
  readonly name: 'parity';
  readonly file: string;
  readonly graph?: string;
  /** As for `run`. */
  readonly input?: string;
  readonly json: boolean;
  readonly model?: 'offline';
  /** Folder of recorded answers of models. */
  readonly replay?: string;
}

export interface OfflineModelCommand {
  readonly name: 'offline-model';
  /** 0: any that is free. */
  readonly port: number;
  readonly model: Pick<
    OfflineModelOptions,
    'seed' | 'latencyMs' | 'tokensPerSecond' | 'errorRate' | 'rateLimit'
  >;
}

export interface DrawCommand {
  readonly name: 'draw';
  readonly file: string;
  readonly graph?: string;
  /** Whether, or how many levels deep, subgraphs are expanded. */
  readonly xray: boolean | number;
}

export interface ListCommand {
  readonly name: 'list';
  readonly file: string;
}

export interface CheckCommand {
  readonly name: 'check';
  /** Files, folders and globs. None: the current folder. */
  readonly paths: readonly string[];
  readonly format: 'text' | 'json' | 'sarif';
  /** Weights of rules that differ from their own, as they were typed. */
  readonly rules: readonly { readonly id: string; readonly severity: string }[];
}

export interface TestCommand {
  readonly name: 'test';
  /** Files, folders and globs. None: the current folder. */
  readonly paths: readonly string[];
  readonly reporter: 'spec' | 'json' | 'junit';
  /** What is done with calls of models. */
  readonly record: 'replay' | 'missing' | 'record';
  /** Keeps snapshots as they are now. */
  readonly update: boolean;
  /** In how many orders each test is run once more. */
  readonly shuffle: number;
  /** As for `run`. */
  readonly model?: 'offline';
}

/** How a worker of a Restate server is reached. */
interface WorkerPlace {
  /** Graph files; the `langgraph.json` of a project stands for all of its files. */
  readonly files: readonly string[];
  /** As for `run`. */
  readonly model?: 'offline';
}

export interface ServeCommand extends WorkerPlace {
  readonly name: 'serve';
  /** Where the server takes calls. */
  readonly ingress: string;
  /** Where workers are registered; absent: the worker is not. */
  readonly admin?: string;
  readonly port: number;
  readonly host: string;
  /** Under which the server reaches the worker, where that is not where it listens. */
  readonly address?: string;
  /** Public keys of servers. */
  readonly identityKeys: readonly string[];
}

export interface RestateCommand extends WorkerPlace {
  readonly name: 'restate';
  /** Where calls are taken; the two ports after it are taken, too. Absent: those that Restate has by default. */
  readonly port?: number;
  /** The folder in which the server keeps all. Absent: one of the user's own. */
  readonly store?: string;
}

/** What the command line asks for. */
export type Command =
  | RunCommand
  | DrawCommand
  | ListCommand
  | CheckCommand
  | TestCommand
  | ThreadsCommand
  | StateCommand
  | HistoryCommand
  | ParityCommand
  | OfflineModelCommand
  | ServeCommand
  | RestateCommand
  /** Of everything, or of one command. */
  | { readonly name: 'help'; readonly of?: CommandName }
  | { readonly name: 'version' };
