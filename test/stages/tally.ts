import { writeFileSync } from 'node:fs';

/** Counts of one stage of `npm test`. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Counts the tests of one stage and keeps its failures for the end. */
export class Tally implements Counts {
  passed = 0;
  failed = 0;
  readonly #failures: string[] = [];

  /** `error` is shown by `end()`, and in one line at once. */
  fail(name: string, error: string): void {
    this.failed++;
    this.#failures.push(`\nFAILED ${name}\n${error}`);
    console.log(`  FAILED ${name}`);
  }

  /** Prints the failures and leaves the counts in the file that SUPERSTEP_TEST_COUNTS names. */
  end(): void {
    for (const failure of this.#failures) console.log(failure);
    const { passed, failed } = this;
    const { SUPERSTEP_TEST_COUNTS } = process.env;
    if (SUPERSTEP_TEST_COUNTS) {
      writeFileSync(SUPERSTEP_TEST_COUNTS, JSON.stringify({ passed, failed } satisfies Counts));
    } else {
      console.log(`\n${passed} passed, ${failed} failed`);
    }
  }
}
