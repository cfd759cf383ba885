import { workspace, type Uri } from 'vscode';
import type { RecordingOptions } from '../protocol/recording.ts';
import type { HistoryLimits } from '../runner/history/keptRun.ts';

/** The settings under `superstep.`, read anew at each use so that a change counts at once. */
export interface Settings {
  /** Lenses above graph definitions. Default true. */
  readonly codeLens: boolean;
  /** Globs of files that are searched for graphs, besides `*.graph.ts`. Default: all. */
  readonly files: readonly string[];
  /** Whether nodes in the source say how they have fared in the last run. Default true. */
  readonly sourceNotes: boolean;
  /** Whether a run opens the diagram beside the editor. Default true. */
  readonly openPreviewOnRun: boolean;
  /** Whether a run brings the output channel to the front. Default true. */
  readonly showOutputOnRun: boolean;
  /** Milliseconds between the request to stop and the end by force. Default 2000. */
  readonly stopGraceMs: number;
  /** The program that runs what is debugged. Default empty: Node of PATH, else the editor's own. */
  readonly debugRuntime: string;
  /** What Run does with calls of models. Default `off`: it makes them. */
  readonly record: 'off' | RecordingOptions['mode'];
  /** Who runs graphs. Default `superstep`. */
  readonly runWith: 'superstep' | 'langgraph';
  /** The server that graphs run on: `restate`, or an address. Default `''`, this machine. */
  readonly runOn: string;
  /** Of more tasks of one node than this, not each has lines in the output. Default 20. */
  readonly maxTasksTold: number;
}

/** Reads the settings that hold for a file. */
export function readSettings(file: Uri | undefined): Settings {
  const section = workspace.getConfiguration('superstep', file);
  return {
    codeLens: section.get('codeLens', true),
    files: section.get('files', ['**']),
    sourceNotes: section.get('sourceNotes', true),
    openPreviewOnRun: section.get('openPreviewOnRun', true),
    showOutputOnRun: section.get('showOutputOnRun', true),
    stopGraceMs: section.get('stopGraceMs', 2000),
    debugRuntime: section.get('debug.runtime', ''),
    record: section.get('record', 'off'),
    runWith: section.get('runWith', 'superstep'),
    runOn: section.get('runOn', ''),
    maxTasksTold: section.get('maxTasksTold', 20),
  };
}

/** How many runs of a workspace are kept, and how much they may take. Defaults 50 and 200 MB. */
export function readHistoryLimits(): HistoryLimits {
  const section = workspace.getConfiguration('superstep');
  return {
    maxRuns: section.get('maxRunsKept', 50),
    maxBytes: section.get('maxHistoryMb', 200) * 1e6,
  };
}

/** Megabytes of heap that the thread of a run may use; one value for the window. Default 1024. */
export function readMaxMemoryMb(): number {
  return workspace.getConfiguration('superstep').get('maxMemoryMb', 1024);
}
