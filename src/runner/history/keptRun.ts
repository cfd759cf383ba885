import type { ErrorInfo } from '../../engine/model/events.ts';
import type { NodeCodes } from '../../loader/bundle/nodeCodes.ts';
import type { Problem } from '../../loader/problem.ts';
import type { ModelUse } from '../../protocol/modelUse.ts';
import type { GraphDescription, RunResult } from '../runner.ts';

/** What is known of a run when it begins. */
export interface RunHead {
  /** Sorts by the time of the start. Made by `newRunId`. */
  readonly id: string;
  /** Absolute path of the graph file, as it was when the run began. */
  readonly file: string;
  readonly exportName: string;
  /** The graph's name. */
  readonly graph: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** It went on with a thread, instead of starting with an input. */
  readonly isContinued?: true;
  /** The thread that it was told to use; what the graph has used is known at the end. */
  readonly threadId?: string;
  /** Absolute path that the file had when the thread began, if that was another. */
  readonly beganAs?: string;
}

/** How a run ended. */
export interface RunEnd {
  /** `cutOff`: the editor was closed or reloaded, or died, before the run came to an end. */
  readonly status: RunResult['status'] | 'cutOff';
  /** From the start of the graph to its end, in milliseconds. */
  readonly durationMs: number;
  /** Absent if no model was asked. */
  readonly use?: ModelUse;
  readonly threadId?: string;
  readonly keptBy?: NonNullable<RunResult['keptBy']>;
  readonly error?: ErrorInfo;
  readonly problem?: Problem;
  /** Why not all of what happened is kept: a sentence. */
  readonly gap?: string;
}

/** A run whose events are kept. */
export interface KeptRun extends RunHead {
  /** Absent while it goes on, in this window or another. */
  readonly end?: RunEnd;
}

/** What a run was given: with its events, this is all that a view of it needs. */
export interface RunContent {
  /** The graph as it was when it ran. */
  readonly graph: GraphDescription;
  /** What its nodes were made of. Absent: that was not known, or found out by an older version. */
  readonly codes?: NodeCodes;
  /** In a box, since `undefined` is an input too. Absent: it had none, or it could not be kept. */
  readonly input?: { readonly value: unknown };
  /** Why the input is not kept: a sentence. */
  readonly inputGap?: string;
}

/** A thread that the host's store keeps for a run. */
export interface KeptThreadName {
  /** Absolute path that the graph file had when the thread began. */
  readonly file: string;
  readonly exportName: string;
  readonly threadId: string;
}

/** The thread of a run, if the store has one or may have it; none of a run that goes on. */
export function keptThreadOf(run: KeptRun): KeptThreadName | undefined {
  const { end, exportName, beganAs = run.file } = run;
  const threadId = end?.threadId ?? run.threadId;
  // One that was cut off has not come to tell.
  const isKept = end?.keptBy === 'store' || end?.status === 'cutOff';
  return isKept && threadId !== undefined ? { file: beganAs, exportName, threadId } : undefined;
}

/** Whether a later run can go on from what a run has left: one that has ended, and whose thread is kept. */
export function hasThread(run: KeptRun): boolean {
  return run.end?.keptBy === 'graph' || keptThreadOf(run) !== undefined;
}

/** How many runs are kept, and how much disk they may take. */
export interface HistoryLimits {
  readonly maxRuns: number;
  readonly maxBytes: number;
}

const idShape = /^[0-9a-z]{9}-[0-9a-f]{8}$/;

/** A name for a run that starts now: unique among all windows, and usable as a file's name. */
export function newRunId(startedAt: number): string {
  const time = Math.floor(startedAt).toString(36).padStart(9, '0');
  return `${time}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether a text can be the id of a run; what is none never becomes a path. */
export function isRunId(text: string): boolean {
  return idShape.test(text);
}

/** Whether a value names a run that is kept: commands are given what anybody likes. */
export function isKeptRun(value: unknown): value is KeptRun {
  const { id, file, exportName } = (value ?? {}) as Partial<KeptRun>;
  return (
    typeof id === 'string' &&
    isRunId(id) &&
    typeof file === 'string' &&
    typeof exportName === 'string'
  );
}
