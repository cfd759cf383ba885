import { basename } from 'node:path';

/** What `compile()` calls a graph without a name. */
export const UNNAMED = 'graph';

/** Export names that say nothing about the graph. */
const PLAIN_EXPORTS: ReadonlySet<string> = new Set(['default', 'graph']);

/**
 * What a graph is called whose code gives it no name: as its export, or as its file (without
 * `.graph.ts`) where the export says nothing either.
 * @example nameOfExport('planner', '/a/work.graph.ts') // 'planner'
 * @example nameOfExport('default', '/a/work.graph.ts') // 'work'
 */
export function nameOfExport(exportName: string, file: string): string {
  if (!PLAIN_EXPORTS.has(exportName)) return exportName;
  return basename(file).replace(/(\.graph)?\.[cm]?[jt]sx?$/, '');
}
