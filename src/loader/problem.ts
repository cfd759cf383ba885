import type { SourceRange } from './source/staticGraph.ts';

/**
 * Codes of what can go wrong with a graph file before its graph runs:
 * - `FILE_NOT_FOUND`, `FILE_UNREADABLE` it cannot be read
 * - `SYNTAX_ERROR` it cannot be parsed
 * - `IMPORT_NOT_FOUND` a package or file that it imports does not exist
 * - `NOT_IN_SUPERSTEP` it, or a package, imports something of LangGraph.js that Superstep does not have
 * - `NOT_IN_LANGGRAPH` LangGraph.js is to run it, and lacks something that it imports from Superstep
 * - `BUNDLE_ERROR`, `BUNDLER_FAILED` it cannot be bundled, or nothing can
 * - `UNCAUGHT_ERROR` it threw, something without a code, while it was loaded
 * - `NO_GRAPH` it exports no graph
 * - `INVALID_LANGGRAPH_JSON` the project's `langgraph.json` is wrong, or names what is not there
 * - `BUILDER_NOT_COMPILED` it exports a graph without `compile()`, which is called for it
 */
export type LoaderErrorCode =
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'SYNTAX_ERROR'
  | 'IMPORT_NOT_FOUND'
  | 'NOT_IN_SUPERSTEP'
  | 'NOT_IN_LANGGRAPH'
  | 'BUNDLE_ERROR'
  | 'BUNDLER_FAILED'
  | 'UNCAUGHT_ERROR'
  | 'NO_GRAPH'
  | 'INVALID_LANGGRAPH_JSON'
  | 'BUILDER_NOT_COMPILED';

/** Something wrong with a graph file, at a place where one is known. */
export interface Problem {
  /** `information`: nothing is wrong, and yet it is good to know. */
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** A {@link LoaderErrorCode}, or the own code of an error: of the engine, of Node, of user code. */
  readonly code?: string;
  /** Absolute path of the source file. */
  readonly file?: string;
  readonly range?: SourceRange;
}
