import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** Counts of one stage of `npm test`. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts and prints the results of one stage. If it is a stage of `npm test`, `end()` leaves the
 * counts in the file that `SUPERSTEP_TEST_COUNTS` names.
 */
export class Tally implements Counts {
  passed = 0;
  failed = 0;
  readonly #failures: string[] = [];

  pass(name: string, ms: number, indent = '  '): void {
    this.passed++;
    console.log(`${indent}ok ${name} (${Math.round(ms)} ms)`);
  }

  fail(name: string, error: string, indent = '  '): void {
    this.failed++;
    const text = stripVTControlCharacters(error);
    console.log(`${indent}FAILED ${name}`);
    this.#failures.push(`FAILED ${name}\n${text}`);
  }

  end(): void {
    for (const failure of this.#failures) console.log(`\n${failure}`);
    const { SUPERSTEP_TEST_COUNTS } = process.env;
    if (SUPERSTEP_TEST_COUNTS) {
      const { passed, failed } = this;
      writeFileSync(SUPERSTEP_TEST_COUNTS, JSON.stringify({ passed, failed } satisfies Counts));
    }
  }
}
