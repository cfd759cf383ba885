import { END, START } from '../../engine/model/constants.ts';
import { describe, type DrawableGraph } from '../../engine/graph/describe.ts';
import type { GraphDefinition } from '../../engine/graph/definition.ts';
import type { StaticGraph } from './staticGraph.ts';

/**
 * Describes a graph by its source text alone, in the form in which the engine describes one that
 * runs: nodes, edges and `drawMermaid()`.
 * @param options.graphs All graphs of the file: those among them that are nodes are expanded.
 */
export function describeStatic(
  graph: StaticGraph,
  { graphs, xray = true }: { graphs: readonly StaticGraph[]; xray?: boolean | number },
): DrawableGraph {
  const drawn = graph.kind === 'entrypoint' ? asOneNode(graph) : graph;
  return describe(toDefinition(drawn, { graphs, around: [] }), xray);
}

/** An entrypoint is a node of its own; what it calls is known once it runs. */
function asOneNode(graph: StaticGraph): StaticGraph {
  const { name = graph.localName, range } = graph;
  const edge = (source: string, target: string) => ({ source, target, conditional: false });
  return { ...graph, nodes: [{ name, range }], edges: [edge(START, name), edge(name, END)] };
}

/** As much of a definition as a description needs: functions and state are not to be had. */
function toDefinition(
  { nodes, edges, localName }: StaticGraph,
  { graphs, around }: { graphs: readonly StaticGraph[]; around: readonly string[] },
): GraphDefinition {
  const inside = [...around, localName];
  const subgraphOf = (name: string | undefined) => {
    const subgraph = graphs.find((graph) => graph.localName === name);
    // Text that is being edited can make a graph its own node.
    if (!subgraph || inside.includes(subgraph.localName)) return undefined;
    return { definition: toDefinition(subgraph, { graphs, around: inside }) };
  };
  const known = new Map(nodes.map((node) => [node.name, node]));
  // Nodes whose name `addNode` does not tell may still be known by their edges.
  const others = edges.flatMap(({ source, target }) => [source, target]).filter(isNode);
  const names = new Set([...known.keys(), ...others]);
  const isJoined = (source: string, target: string) =>
    known.get(target)?.joins?.some((sources) => sources.includes(source)) ?? false;
  const definition = {
    nodes: new Map(
      [...names].map((name) => {
        const { subgraph, defer } = known.get(name) ?? {};
        return [name, { name, options: { defer }, subgraph: subgraphOf(subgraph) }];
      }),
    ),
    edges: edges.flatMap(({ source, target, conditional }) =>
      conditional || isJoined(source, target) ? [] : [[source, target]],
    ),
    barriers: nodes.flatMap(({ name, joins = [] }) =>
      joins.map((sources) => ({ sources, target: name })),
    ),
    routers: edges.flatMap(({ source, target, conditional, label = target }) =>
      conditional ? [{ source, paths: new Map([[label, target]]) }] : [],
    ),
  };
  return definition as unknown as GraphDefinition;
}

function isNode(name: string): boolean {
  return name !== START && name !== END;
}
