import type { SourceRange, StaticGraph } from '../loader/staticGraph.ts';

/**
 * Where a node stands in the text: that of the innermost level the text tells about, since a
 * subgraph may come from another file.
 * @param nodeId Names of the enclosing subgraph nodes and of the node, joined by `:`.
 */
export function findNode(
  graphs: readonly StaticGraph[],
  exportName: string | undefined,
  nodeId: string,
): SourceRange | undefined {
  let graph = graphs.find((one) => one.exportName === exportName) ?? graphs[0];
  let place = graph?.range;
  let rest = nodeId;
  while (graph) {
    // Names may hold colons themselves: the longest that fits is meant.
    const node = graph.nodes
      .filter(({ name }) => rest === name || rest.startsWith(`${name}:`))
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (!node) return place;
    place = node.range;
    rest = rest.slice(node.name.length + 1);
    graph = rest === '' ? undefined : graphs.find(({ localName }) => localName === node.subgraph);
  }
  return place;
}
