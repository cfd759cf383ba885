import type { ErrorInfo } from '../engine/model/events.ts';

/**
 * Codes of what can go wrong with the thread that runs a graph file, beyond what the graph itself
 * or the loader reports:
 * - `PROCESS_EXIT` the file called `process.exit()`, or its thread ended in another way
 * - `UNCAUGHT_EXCEPTION` an exception that no node could catch: thrown in a timer or a listener
 * - `UNHANDLED_REJECTION` a promise was rejected and nothing awaited it
 * - `OUT_OF_MEMORY` the thread used more memory than it may
 * - `WORKER_FAILED` the thread could not be started or could not go on
 * - `UNKNOWN_GRAPH` the file exports no graph of that name
 * - `AMBIGUOUS_GRAPH` the file exports several graphs and none was chosen
 * - `NO_MODEL` code without a key asked for a model, and the host offers none
 * - `LOAD_TIMEOUT` the code of a file that is looked at did not end
 * - `NO_TESTS` the file that is tested has no tests
 * - `TEST_TIMEOUT` a test did not end in time
 * - `SNAPSHOT_DIFFERS` what a test came to is not what was kept of it
 * - `STATE_DIFFERS` a test comes to another state in another order of its nodes
 * - `STOPPED` the run was stopped on request, and its thread terminated
 */
export type RunnerErrorCode =
  | 'PROCESS_EXIT'
  | 'UNCAUGHT_EXCEPTION'
  | 'UNHANDLED_REJECTION'
  | 'OUT_OF_MEMORY'
  | 'WORKER_FAILED'
  | 'UNKNOWN_GRAPH'
  | 'AMBIGUOUS_GRAPH'
  | 'NO_MODEL'
  | 'LOAD_TIMEOUT'
  | 'NO_TESTS'
  | 'TEST_TIMEOUT'
  | 'SNAPSHOT_DIFFERS'
  | 'STATE_DIFFERS'
  | 'STOPPED';

/** An error of the runner, in the form in which it is reported. */
export function runnerError(
  code: RunnerErrorCode,
  message: string,
  cause?: ErrorInfo,
): ErrorInfo & { readonly code: RunnerErrorCode } {
  return { name: 'SuperstepError', code, message, ...(cause && { cause }) };
}
