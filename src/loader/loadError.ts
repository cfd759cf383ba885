import type { Problem } from './problem.ts';

/** A graph file that cannot be bundled, evaluated or used; holds at least one problem. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly problems: readonly Problem[];
  /** Absolute paths of files that may mend it, those that are missing too; absent if nothing is known. */
  readonly inputs?: readonly string[];

  constructor(
    problems: readonly Problem[],
    { inputs, ...options }: ErrorOptions & { readonly inputs?: readonly string[] | undefined } = {},
  ) {
    super(problems.map((problem) => problem.message).join('\n'), options);
    this.problems = problems;
    if (inputs) this.inputs = inputs;
  }
}
