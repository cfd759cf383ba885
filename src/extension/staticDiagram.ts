import { drawMermaid, mermaidIds } from '../engine/mermaid.ts';
import type { StaticEdge, StaticGraph } from '../loader/staticGraph.ts';
import type { Diagram } from './previewPanel.ts';

const START = '__start__';
const END = '__end__';

interface Parts {
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly edges: readonly StaticEdge[];
}

/**
 * Draws a graph from what its text tells, for windows in which it may not be loaded.
 * @param graphs All graphs of the text: those that are nodes of this one are expanded.
 */
export function staticDiagram(graph: StaticGraph, graphs: readonly StaticGraph[]): Diagram {
  const { nodes, edges } = expand(graph, graphs, new Set());
  const ends = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const drawn = [
    { id: START, name: START },
    ...nodes,
    ...(ends.has(END) ? [{ id: END, name: END }] : []),
  ];
  const known = new Set(drawn.map(({ id }) => id));
  const description = {
    nodes: Object.fromEntries(drawn.map((node) => [node.id, node])),
    // An edge may name a node that the text adds in a way that reading does not understand.
    edges: edges.filter(({ source, target }) => known.has(source) && known.has(target)),
  };
  const ids = mermaidIds(description);
  return {
    title: graph.name ?? graph.localName,
    mermaid: drawMermaid(description),
    nodes: nodes.map(({ id, name }) => ({ id, name, mermaidId: ids.get(id) ?? id })),
  };
}

function expand(
  graph: StaticGraph,
  graphs: readonly StaticGraph[],
  around: ReadonlySet<StaticGraph>,
): Parts {
  const inside = new Set([...around, graph]);
  const nodes: Parts['nodes'][number][] = [];
  const edges: StaticEdge[] = [];
  const entries = new Map<string, readonly string[]>();
  const exits = new Map<string, readonly string[]>();
  for (const { name, subgraph } of graph.nodes) {
    const inner = graphs.find((one) => subgraph !== undefined && one.localName === subgraph);
    if (!inner || inside.has(inner) || inner.nodes.length < 2) {
      nodes.push({ id: name, name });
      continue;
    }
    const parts = expand(inner, graphs, inside);
    const toId = (id: string): string => `${name}:${id}`;
    nodes.push(...parts.nodes.map((node) => ({ id: toId(node.id), name: node.name })));
    for (const { source, target, conditional } of parts.edges) {
      if (source === START) push(entries, name, toId(target));
      else if (target === END) push(exits, name, toId(source));
      else edges.push({ source: toId(source), target: toId(target), conditional });
    }
    // Without a way in or out in the text, any node of it has to stand for the whole.
    const all = parts.nodes.map(({ id }) => toId(id));
    if (!entries.has(name)) entries.set(name, all.slice(0, 1));
    if (!exits.has(name)) exits.set(name, all.slice(-1));
  }
  const outer = graph.edges.flatMap(({ source, target, conditional }) =>
    (exits.get(source) ?? [source]).flatMap((from) =>
      (entries.get(target) ?? [target]).map((to) => ({ source: from, target: to, conditional })),
    ),
  );
  return { nodes, edges: [...outer, ...edges] };
}

function push(map: Map<string, readonly string[]>, key: string, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
