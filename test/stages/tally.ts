import { writeFileSync } from 'node:fs';

/** Counts of one stage of `npm test`, or of one file. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** What a stage leaves for run.ts. */
export interface StageCounts extends Counts {
  /** By path from the repository's root; empty where the stage does not count by files. */
  readonly files: Readonly<Record<string, Counts>>;
}

/** Counts the tests of one stage and keeps its failures for the end. */
export class Tally implements StageCounts {
  passed = 0;
  failed = 0;
  readonly files: Record<string, { passed: number; failed: number }> = {};
  readonly #failures: string[] = [];

  pass(file?: string): void {
    this.passed++;
    if (file !== undefined) this.#of(file).passed++;
  }

  /** `error` is shown by `end()`, and in one line at once. */
  fail(name: string, error: string, file?: string): void {
    this.failed++;
    if (file !== undefined) this.#of(file).failed++;
    const title = file === undefined || file === name ? name : `${file}: ${name}`;
    this.#failures.push(`\nFAILED ${title}\n${error}`);
    console.log(`  FAILED ${title}`);
  }

  /** Prints the failures and leaves the counts in the file that SUPERSTEP_TEST_COUNTS names. */
  end(): void {
    for (const failure of this.#failures) console.log(failure);
    const { passed, failed, files } = this;
    const { SUPERSTEP_TEST_COUNTS } = process.env;
    if (SUPERSTEP_TEST_COUNTS) {
      const counts = { passed, failed, files } satisfies StageCounts;
      writeFileSync(SUPERSTEP_TEST_COUNTS, JSON.stringify(counts));
    } else {
      console.log(`\n${passed} passed, ${failed} failed`);
    }
  }

  #of(file: string): { passed: number; failed: number } {
    return (this.files[file] ??= { passed: 0, failed: 0 });
  }
}
