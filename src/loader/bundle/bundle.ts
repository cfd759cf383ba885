import type { Problem } from '../problem.ts';

/** Where an import that is not part of the bundle leads. */
export type ExternalImport =
  /** To this URL. */
  | { readonly url: string }
  /**
   * Wherever Node finds the specifier from this file (a URL); if it does not, as with the `paths`
   * of a tsconfig, to the URL that the bundler has found.
   */
  | { readonly specifier: string; readonly from: string; readonly fallback: string };

/** Whose engine runs a file: ours, or the LangGraph.js that is installed beside it. */
export type EngineName = 'superstep' | 'langgraph';

/** A graph file and its local imports as one ES module. Plain data: it can be sent to a thread. */
export interface Bundle {
  /** Absolute path of the graph file. */
  readonly file: string;
  /** URL under which the module is to be imported: the file's, with the query `QUERY`. */
  readonly url: string;
  /** The module's text, with an inline source map whose sources are file URLs. */
  readonly code: string;
  /** Absolute paths of all files whose change changes the bundle; the graph file comes first. */
  readonly inputs: readonly string[];
  /** By specifier as it stands in `code`. */
  readonly imports: Readonly<Record<string, ExternalImport>>;
  /** URLs of our own copies by specifier, for packages that import what the workspace lacks. */
  readonly shipped: Readonly<Record<string, string>>;
  /** Names of the exports, in the order of the source text. */
  readonly exports: readonly string[];
  /** What the project's `langgraph.json` calls graphs of the file, by export. */
  readonly names: Readonly<Record<string, string>>;
  readonly warnings: readonly Problem[];
  /** What its imports of `superstep` and of LangGraph.js lead to. */
  readonly engine: EngineName;
}

/** The query's name: it tells a bundle's URL from that of the file itself. */
export const QUERY = 'superstep';
