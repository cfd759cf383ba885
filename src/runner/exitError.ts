import type { ErrorInfo } from '../engine/model/events.ts';
import { describeError } from './describeError.ts';
import { runnerError } from './errors.ts';
import type { ThreadExit } from './workerThread.ts';

/** How much memory a thread may use, and what the user would change to give it more. */
export interface MemoryLimit {
  readonly maxMemoryMb: number;
  /** Such as `the setting superstep.maxMemoryMb`; absent where nothing can be set. */
  readonly memorySetting?: string | undefined;
}

/** What Node calls it when a thread has used more memory than it may. */
export const THREAD_OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/** Why a thread ended that did not say so itself. */
export function exitError(
  { exitCode, error }: ThreadExit,
  { maxMemoryMb, memorySetting }: MemoryLimit,
): ErrorInfo {
  if (error === undefined) {
    return runnerError(
      'PROCESS_EXIT',
      `The graph's thread ended with exit code ${exitCode} before the graph did: remove process.exit() from the code it runs`,
    );
  }
  if ((error as { code?: unknown }).code === THREAD_OUT_OF_MEMORY) {
    return runnerError(
      'OUT_OF_MEMORY',
      `The graph used more than ${maxMemoryMb} MB of memory: keep less in the state and in variables, or raise the limit${memorySetting === undefined ? '' : ` (${memorySetting})`}`,
    );
  }
  return runnerError(
    'WORKER_FAILED',
    `The graph's thread failed: ${error.message}`,
    describeError(error),
  );
}
