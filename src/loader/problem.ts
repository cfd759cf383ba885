import type { SourceRange } from './staticGraph.ts';

/** Something wrong with a graph file, at a place where one is known. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** A code of the engine or loader, such as `UNKNOWN_NODE` or `BUNDLE_ERROR`. */
  readonly code?: string;
  /** Absolute path of the source file. */
  readonly file?: string;
  readonly range?: SourceRange;
}
