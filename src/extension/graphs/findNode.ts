import type { SourceRange, StaticGraph, StaticNode } from '../../loader/source/staticGraph.ts';
import { isInsideNode } from '../../engine/model/nodeId.ts';

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
  const { node, around } = follow(graphs, exportName, nodeId);
  return node?.range ?? around;
}

/**
 * The whole definition of a node; `undefined` where the text does not tell where it stands. An entrypoint
 * is its own node.
 */
export function findNodeItself(
  graphs: readonly StaticGraph[],
  exportName: string,
  nodeId: string,
): SourceRange | undefined {
  const graph = graphs.find((one) => one.exportName === exportName);
  if (!graph) return undefined;
  if (graph.kind === 'entrypoint') return nodeId.includes(':') ? undefined : graph.range;
  const { node, rest } = follow(graphs, exportName, nodeId);
  return rest === '' ? (node?.definition ?? node?.range) : undefined;
}

/** The innermost node that the text tells about, its graph's place, and what is left of the id there. */
function follow(
  graphs: readonly StaticGraph[],
  exportName: string | undefined,
  nodeId: string,
): {
  readonly node: StaticNode | undefined;
  readonly around: SourceRange | undefined;
  readonly rest: string;
} {
  let graph = graphs.find((one) => one.exportName === exportName) ?? graphs[0];
  const around = graph?.range;
  let innermost: StaticNode | undefined;
  let rest = nodeId;
  while (graph) {
    // Names may hold colons themselves: the longest that fits is meant.
    const node = graph.nodes
      .filter(({ name }) => rest === name || isInsideNode(rest, name))
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (!node) break;
    innermost = node;
    rest = rest.slice(node.name.length + 1);
    graph = rest === '' ? undefined : graphs.find(({ localName }) => localName === node.subgraph);
  }
  return { node: innermost, around, rest };
}
