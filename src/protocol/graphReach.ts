import type { Coverage } from './graphTests.ts';

/** What the tests of a graph have reached of it when each of them ran last. */
export interface GraphReach extends Coverage {
  /** How many tests have run. */
  readonly tests: number;
  /** Of these, whose code has changed since. */
  readonly stale: number;
}
