import type { DocumentFilter, TextDocument, Uri } from 'vscode';

/** Endings of graph files; package.json says the same in the `when` clauses of its menus. */
const EXTENSIONS = ['ts', 'tsx', 'mts', 'cts', 'js', 'mjs'];

/** Glob of every graph file below a folder. */
export const GRAPH_FILE_GLOB = `**/*.graph.{${EXTENSIONS.join(',')}}`;

/** Glob of every file below a folder that may hold graphs, whatever its name. */
export const SCRIPT_GLOB = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}';

/** The documents that may get lenses. Files on disk only: nothing else can be run. */
export const SCRIPT_DOCUMENTS: DocumentFilter = { scheme: 'file', pattern: SCRIPT_GLOB };

const GRAPH_FILE = new RegExp(`\\.graph\\.(${EXTENSIONS.join('|')})$`);
const SCRIPT_FILE = /\.([mc]?ts|[mc]?js|tsx|jsx)$/;

/** Glob of every file below a folder that names the graphs of a project. */
export const PROJECT_GLOB = '**/langgraph.json';

/** Glob of all that the view of graphs lists. One level of braces, as not all that take globs know more. */
export const LISTED_GLOB = `{${[...EXTENSIONS.map((end) => `**/*.graph.${end}`), PROJECT_GLOB].join(',')}}`;

/** The documents that name graphs of other files. */
export const PROJECT_DOCUMENTS: DocumentFilter = { scheme: 'file', pattern: PROJECT_GLOB };

/** Whether a file names the graphs of a project. */
export function isProject(uri: Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith('/langgraph.json');
}

/** Whether the name says that the file holds graphs. */
export function isGraphFile(uri: Uri): boolean {
  return uri.scheme === 'file' && GRAPH_FILE.test(uri.path);
}

/** Whether the document can be asked for graphs at all, whatever its name. */
export function isScript(document: TextDocument): boolean {
  return (
    /^(typescript|javascript)(react)?$/.test(document.languageId) ||
    SCRIPT_FILE.test(document.uri.path)
  );
}

/** One runnable graph: a file on disk (absolute path) and the name of the export. */
export interface GraphTarget {
  readonly file: string;
  readonly exportName: string;
}

/** A key for maps and for stored choices. */
export function targetKey(target: GraphTarget): string {
  return `${target.file}#${target.exportName}`;
}
