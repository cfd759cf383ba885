import type { Coverage } from '../../protocol/graphTests.ts';

/** How often each part of a graph was reached by several tests. */
export type GraphReach = Coverage;

/** Adds what one test has reached to what others of the same graph have. */
export function addCoverage(
  graphs: Map<string, GraphReach>,
  graph: string,
  { nodes, edges }: Coverage,
): void {
  const before = graphs.get(graph) ?? { nodes: {}, edges: [] };
  const sum: Record<string, number> = { ...before.nodes };
  for (const [id, count] of Object.entries(nodes)) sum[id] = (sum[id] ?? 0) + count;
  const ways = new Map(before.edges.map((edge) => [`${edge.source} -> ${edge.target}`, edge]));
  for (const edge of edges) {
    const key = `${edge.source} -> ${edge.target}`;
    const known = ways.get(key);
    ways.set(key, { ...edge, count: edge.count + (known?.count ?? 0) });
  }
  graphs.set(graph, { nodes: sum, edges: [...ways.values()] });
}

/** How much of a graph was reached, in words, and what was not. */
export function coveredBy({ nodes, edges }: GraphReach): {
  readonly nodes: string;
  readonly edges: string;
  readonly missed: readonly string[];
} {
  const ids = Object.entries(nodes);
  const isReached = ([, count]: readonly [string, number]) => count > 0;
  const taken = edges.filter(({ count }) => count > 0);
  const missed = [
    ...ids.filter((each) => !isReached(each)).map(([id]) => id),
    ...edges
      .filter(({ count, source }) => count === 0 && nodes[source] !== 0)
      .map(({ source, target }) => `${source} -> ${target}`),
  ];
  return {
    nodes: `${ids.filter(isReached).length} of ${ids.length} nodes`,
    edges: `${taken.length} of ${edges.length} edges`,
    missed,
  };
}
