/** Tests of graphs: what a thread is told to test, and what it tells of it. */
import type { RecordingOptions } from './recording.ts';

/** Which tests of a file are run, and how. */
export interface TestOrder {
  /** Absent: all. */
  readonly names: readonly string[] | undefined;
  /** Answers calls of models from the recordings of each test, in a folder of its name. */
  readonly recording: RecordingOptions;
  /** In how many orders each test is run once more. */
  readonly shuffle: number;
}

/** A test that a file has. */
export interface FoundTest {
  readonly name: string;
  /** Milliseconds after which it has failed, all its orders together. */
  readonly limitMs: number;
}

/** What became of a test, as far as its thread knows. */
export interface TestReport<Failure> {
  readonly name: string;
  readonly durationMs: number;
  /** Absent: it has passed, if its snapshot is right. */
  readonly failure?: TestFailure<Failure>;
  /** What is to be compared with the snapshot. */
  readonly snapshot?: { readonly value: unknown };
  /** What of the graph was reached, by the name of its export, or its own. */
  readonly coverage?: { readonly graph: string } & Coverage;
  /** What its nodes wrote to the console, line by line. */
  readonly output: readonly string[];
  /** What is good to know: what could not be compared. */
  readonly notes: readonly string[];
}

/** Why a test has failed. */
export interface TestFailure<Failure> {
  readonly error: Failure;
  /** Of a comparison: what should be and what is, as texts. */
  readonly expected?: string;
  readonly actual?: string;
}

/** How often nodes and edges were reached. */
export interface Coverage {
  readonly nodes: Readonly<Record<string, number>>;
  readonly edges: readonly {
    readonly source: string;
    readonly target: string;
    readonly conditional: boolean;
    readonly count: number;
  }[];
}
