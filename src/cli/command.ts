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

/** What the command line asks for. */
export type Command =
  | RunCommand
  | DrawCommand
  | ListCommand
  | CheckCommand
  | ThreadsCommand
  | StateCommand
  | HistoryCommand
  | OfflineModelCommand
  /** Of everything, or of one command. */
  | { readonly name: 'help'; readonly of?: CommandName }
  | { readonly name: 'version' };
