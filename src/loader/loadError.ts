import type { Problem } from './problem.ts';

/** A graph file that cannot be bundled, evaluated or used; holds at least one problem. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => problem.message).join('\n'), options);
    this.problems = problems;
  }
}
