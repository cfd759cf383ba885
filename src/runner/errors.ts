/**
 * Codes of what can go wrong with the thread that runs a graph file, beyond what the graph itself
 * or the loader reports:
 * - `PROCESS_EXIT` the file called `process.exit()`, or its thread ended in another way
 * - `UNCAUGHT_EXCEPTION` an exception that no node could catch: thrown in a timer or a listener
 * - `UNHANDLED_REJECTION` a promise was rejected and nothing awaited it
 * - `OUT_OF_MEMORY` the thread used more memory than it may
 * - `WORKER_FAILED` the thread could not be started or could not go on
 * - `NOT_A_GRAPH_FILE` the file exports no graph
 * - `UNKNOWN_GRAPH` the file exports no graph of that name
 * - `AMBIGUOUS_GRAPH` the file exports several graphs and none was chosen
 * - `STOPPED` the run was stopped on request
 */
export type RunnerErrorCode =
  | 'PROCESS_EXIT'
  | 'UNCAUGHT_EXCEPTION'
  | 'UNHANDLED_REJECTION'
  | 'OUT_OF_MEMORY'
  | 'WORKER_FAILED'
  | 'NOT_A_GRAPH_FILE'
  | 'UNKNOWN_GRAPH'
  | 'AMBIGUOUS_GRAPH'
  | 'STOPPED';
