import { basename, dirname } from 'node:path';

/** A graph that stands in a tab. */
export interface NamedGraph {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly exportName?: string | undefined;
}

/**
 * What tells graphs with the same name apart, in their order: the file, the folder where files are
 * called the same too, the export where they stand in one file. Empty for names that stand alone.
 * @example
 * qualifyNames([
 *   { name: 'plan', file: '/w/a/trip.graph.ts' },
 *   { name: 'plan', file: '/w/b/trip.graph.ts' },
 * ]) // ['a/trip.graph.ts', 'b/trip.graph.ts']
 */
export function qualifyNames(graphs: readonly NamedGraph[]): string[] {
  const byName = Map.groupBy(graphs, ({ name }) => name);
  return graphs.map((graph) => {
    const alike = byName.get(graph.name) ?? [];
    const elsewhere = alike.filter(({ file }) => file !== graph.file);
    const isBesideOthers = alike.length - elsewhere.length > 1;
    return [
      ...(elsewhere.length > 0 ? [shortestPath(graph, elsewhere)] : []),
      ...(isBesideOthers && graph.exportName !== undefined ? [graph.exportName] : []),
    ].join(', ');
  });
}

/** As much of the end of a graph's path as no other has. */
function shortestPath({ file }: NamedGraph, others: readonly NamedGraph[]): string {
  const ways = [basename, (path: string) => `${basename(dirname(path))}/${basename(path)}`];
  const way = ways.find((shorten) =>
    others.every((other) => shorten(other.file) !== shorten(file)),
  );
  return way?.(file) ?? file;
}
