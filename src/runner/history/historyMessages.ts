import type { RunEvent } from '../../engine/model/events.ts';
import type { NodeCodes, NodeFunctions } from '../../loader/bundle/nodeCodes.ts';
import type { HistoryLimits, KeptRun, RunContent, RunEnd, RunHead } from './keptRun.ts';
import type { EventsPart } from './readRun.ts';
import type { SetAside } from './runFolder.ts';

/** What the thread that keeps runs can be asked to do, and what comes of it. */
export interface HistoryCalls {
  readonly begin: (head: RunHead, content: RunContent) => void;
  /** False: the run has become too large, and is not written on. */
  readonly append: (id: string, events: readonly RunEvent[]) => boolean;
  readonly end: (id: string, end: RunEnd) => void;
  readonly list: () => readonly KeptRun[];
  readonly content: (id: string) => RunContent;
  readonly codes: (code: string, functions: NodeFunctions) => NodeCodes;
  readonly events: (id: string, from: number) => EventsPart;
  readonly delete: (ids: readonly string[]) => void;
  readonly clear: () => void;
  readonly limit: (limits: HistoryLimits) => void;
}

/** One call of them. */
export interface HistoryCall<T extends keyof HistoryCalls = keyof HistoryCalls> {
  readonly number: number;
  readonly name: T;
  readonly args: Parameters<HistoryCalls[T]>;
}

/** What such a thread is given when it is started. */
export interface HistoryStart {
  readonly path: string;
  readonly limits: HistoryLimits;
  /** What keeps the threads of the runs; they go with them. */
  readonly threads?: { readonly path: string; readonly sqliteUrl: string } | undefined;
}

/** What it tells. */
export type FromHistory =
  | { readonly type: 'done'; readonly number: number; readonly result: unknown }
  | {
      readonly type: 'failed';
      readonly number: number;
      readonly message: string;
      /** The system's, such as ENOSPC. */
      readonly code?: string;
    }
  | { readonly type: 'setAside'; readonly what: SetAside }
  /** The list is another, whichever window changed it. */
  | { readonly type: 'changed' };
