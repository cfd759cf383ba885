/** Whether calls of models are recorded in a run, or answered from what was recorded. */
export interface RecordingOptions {
  /** Absolute path of the folder that holds recorded calls, of any number of graphs. */
  readonly folder: string;
  /**
   * - `record` writes each call down, in place of what was recorded of the graph before
   * - `replay` answers each call from what was recorded, and refuses those that were not
   * - `missing` answers what was recorded, and records the rest
   */
  readonly mode: 'record' | 'replay' | 'missing';
  /** `recorded`: streams come as fast as they came then. Default: at once. */
  readonly pace?: 'recorded';
  /** How what is not recorded can be, for messages. Default: the options of the command line. */
  readonly advice?: string;
  /** What was recorded before stays: the run goes on with a thread. */
  readonly keepsOlder?: boolean;
}

/** The folder beside a file in which the editor, and tests, keep recorded calls. */
export const RECORDINGS = '__recordings__';
