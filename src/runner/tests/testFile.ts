import type { ErrorInfo } from '../../engine/model/events.ts';
import type { Problem } from '../../loader/problem.ts';
import type { FoundTest, TestReport } from '../../protocol/graphTests.ts';
import type { DebugOptions } from '../debug/debugOptions.ts';
import type { ModelProvider } from '../models.ts';

/** What became of a test. */
export interface TestResult extends Omit<TestReport<ErrorInfo>, 'snapshot'> {
  /** Where it failed; present if it did. */
  readonly problem?: Problem;
}

/** Which tests of a file are run, and how. */
export interface TestFileOptions {
  /** Absolute path of the file with the tests. */
  readonly file: string;
  /** Names of tests. Omitted: all. */
  readonly names?: readonly string[];
  /** Ends them at once; those that have not ended have no result then. */
  readonly signal?: AbortSignal;
  /** As for a run. */
  readonly env?: Readonly<Record<string, string>>;
  /** Who answers models where answers are to be recorded. Omitted: nobody. */
  readonly models?: ModelProvider;
  /**
   * What is done with calls of models, whose recordings lie in `__recordings__` beside the file: `replay`
   * answers from there and refuses what is not recorded, `missing` records that, `record` all. Default `replay`.
   */
  readonly record?: 'replay' | 'missing' | 'record';
  /** In how many seeded orders each test is run once more. Default 0. */
  readonly shuffle?: number;
  /** Runs them under a debugger, in a process of its own in place of a thread: nothing has a limit of time then. */
  readonly debug?: DebugOptions;
  /** Keeps snapshots, in `__snapshots__` beside the file, as they are now. Default false. */
  readonly updatesSnapshots?: boolean;
  /** Called when the file is loaded, with all of its tests. */
  readonly onFound?: (tests: readonly FoundTest[]) => void;
  readonly onStarted?: (name: string) => void;
  readonly onEnded?: (result: TestResult) => void;
}

/** The tests of a file, run. */
export interface TestedFile {
  readonly results: readonly TestResult[];
  /** Absolute paths: the file itself and its local imports. */
  readonly inputs: readonly string[];
}

/** Runs the tests of files; another face of a runner. */
export interface GraphTester {
  /**
   * Runs tests of a file, one after another in a thread of its own; one that does not end in time is ended
   * with its thread, and the others go on in another.
   * @throws {LoadError} if the file cannot be loaded, or has no tests (NO_TESTS). Rejects with the signal's
   * reason once that is aborted.
   */
  test(options: TestFileOptions): Promise<TestedFile>;
}
