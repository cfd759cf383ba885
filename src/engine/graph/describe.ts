import { drawMermaid, mermaidIds, type DrawOptions } from './mermaid.ts';
import { endsOf } from './buildPlan.ts';
import { END, START } from '../model/constants.ts';
import { SuperstepError } from '../model/errors.ts';
import type { GraphDefinition } from './definition.ts';
import { nodeIdInside } from '../model/nodeId.ts';

/** A node of a drawing. Inside a subgraph the id is `sub:inner`, the name `inner`. */
export interface DrawableNode {
  readonly id: string;
  readonly name: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** For each edge from several nodes that leads here, the ids of those: it waits for all of them. */
  readonly joins?: readonly (readonly string[])[];
}

/** An edge of a drawing. */
export interface DrawableEdge {
  readonly source: string;
  readonly target: string;
  /** The edge's label: the router's result that leads here, where it is not the node's name. */
  readonly data?: string;
  /** Taken or not, as a router or a command decides. */
  readonly conditional: boolean;
}

/** Nodes and edges as data; all that drawing needs. */
export interface GraphDrawing {
  /** By id, in drawing order: START first, END last. */
  readonly nodes: Readonly<Record<string, DrawableNode>>;
  readonly edges: readonly DrawableEdge[];
}

/** A graph's nodes and edges, and its picture as text. */
export interface DrawableGraph extends GraphDrawing {
  /** Mermaid flowchart text; ends with a newline. */
  drawMermaid(options?: DrawOptions): string;
  /** For each node, and each expanded subgraph, its id in the Mermaid text. */
  mermaidIds(): Record<string, string>;
  /**
   * Always rejects: no picture is made of the text. The promise need not be awaited.
   * @throws {SuperstepError} NO_PICTURE
   */
  drawMermaidPng(options?: unknown): Promise<Blob>;
}

/** Describes a graph; subgraphs of two or more nodes are expanded down to the depth of `xray`. */
export function describe(definition: GraphDefinition, xray: boolean | number): DrawableGraph {
  const { nodes, edges } = expand(definition, xray === true ? Infinity : Number(xray));
  const graph: GraphDrawing = {
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    edges,
  };
  return {
    ...graph,
    drawMermaid: (options) => drawMermaid(graph, options),
    mermaidIds: () => Object.fromEntries(mermaidIds(graph)),
    drawMermaidPng: noPicture,
  };
}

function noPicture(): Promise<never> {
  const message =
    'Cannot draw a picture: that takes a service in the network; use drawMermaid(), or the preview';
  const picture = Promise.reject(new SuperstepError('NO_PICTURE', message));
  // A file that draws one on the side must not end for it.
  picture.catch(() => {});
  return picture;
}

interface Parts {
  nodes: DrawableNode[];
  edges: DrawableEdge[];
}

/** How edges from outside connect to an expanded subgraph. */
interface Doors {
  readonly entries: readonly string[];
  readonly exits: readonly string[];
}

function expand(definition: GraphDefinition, depth: number): Parts {
  const flat = describeFlat(definition);
  const doors = new Map<string, Doors>();
  const inner: DrawableEdge[] = [];
  const nodes = flat.nodes.flatMap((node) => {
    const subgraph = definition.nodes.get(node.id)?.subgraph;
    if (!subgraph || depth < 1 || subgraph.definition.nodes.size < 2) return [node];
    const parts = prefix(node.id, trim(expand(subgraph.definition, depth - 1)));
    doors.set(node.id, parts.doors);
    inner.push(...parts.edges);
    const { entries } = parts.doors;
    return parts.nodes.map((each) =>
      entries.includes(each.id) ? withJoins(each, node.joins) : each,
    );
  });
  const edges = flat.edges.flatMap((edge) =>
    (doors.get(edge.source)?.exits ?? [edge.source]).flatMap((source) =>
      (doors.get(edge.target)?.entries ?? [edge.target]).map((target) => ({
        ...edge,
        source,
        target,
      })),
    ),
  );
  const joined = nodes.map((node) =>
    withJoins(
      { ...node, joins: [] },
      node.joins?.map((ids) => ids.flatMap((id) => doors.get(id)?.exits ?? [id])),
    ),
  );
  return { nodes: joined, edges: [...edges, ...inner] };
}

/** Those that it has already are kept; where there are none at all, nothing is said of them. */
function withJoins(
  { joins: own = [], ...node }: DrawableNode,
  more: DrawableNode['joins'] = [],
): DrawableNode {
  const joins = [...own, ...more];
  return { ...node, ...(joins.length > 0 && { joins }) };
}

/** Nodes and edges of one graph, subgraphs as single nodes, in the order that the peer draws them. */
function describeFlat({ nodes, edges, barriers, routers }: GraphDefinition): Parts {
  const drawn: DrawableEdge[] = [];
  const add = (source: string, target: string, conditional: boolean, label = target) => {
    drawn.push({ source, target, ...(label !== target && { data: label }), conditional });
  };
  const statics = [
    ...edges,
    ...barriers.flatMap(({ sources, target }) =>
      sources.map((source) => [source, target] as const),
    ),
  ];
  for (const [source, target] of statics.sort(([a], [b]) => compare(a, b)))
    add(source, target, false);
  for (const { source, paths } of routers) {
    if (paths) for (const [label, target] of paths) add(source, target, true, label);
    else for (const name of nodes.keys()) if (name !== source) add(source, name, true);
    if (!paths) add(source, END, true);
  }
  for (const node of nodes.values()) {
    for (const [target, label] of endsOf(node)) add(node.name, target, true, label);
  }
  const sources = new Set(drawn.map((edge) => edge.source));
  const leaves = new Set(statics.map(([, target]) => target).filter((name) => !sources.has(name)));
  leaves.delete(END);
  for (const leaf of [...leaves].sort(compare)) add(leaf, END, false);

  const named: DrawableNode[] = [{ id: START, name: START }];
  for (const { name, options } of nodes.values()) {
    const metadata = { ...options.metadata, ...(options.defer && { defer: true }) };
    named.push({ id: name, name, ...(Object.keys(metadata).length > 0 && { metadata }) });
  }
  if (drawn.some((edge) => edge.target === END)) named.push({ id: END, name: END });
  const joins = Map.groupBy(
    barriers.filter(({ sources }) => sources.length > 1),
    ({ target }) => target,
  );
  const joined = named.map((node) =>
    withJoins(
      node,
      joins.get(node.id)?.map(({ sources }) => [...sources]),
    ),
  );
  return { nodes: joined, edges: drawn };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Leaves out START and END of a subgraph where one node can take their place. */
function trim(parts: Parts): Parts & { doors: Doors } {
  const withoutStart = without(parts, START);
  const first = withoutStart.nodes.filter(
    ({ id }) => !withoutStart.edges.some((e) => e.target === id),
  );
  const dropStart = first.length === 1 && first[0]!.id !== END;
  const begun = dropStart ? withoutStart : parts;

  const withoutEnd = without(begun, END);
  const last = withoutEnd.nodes.filter(({ id }) => !withoutEnd.edges.some((e) => e.source === id));
  const hasEnd = begun.nodes.some(({ id }) => id === END);
  const dropEnd = last.length === 1 || !hasEnd;
  const ended = dropEnd ? withoutEnd : begun;
  return {
    ...ended,
    doors: {
      entries: [dropStart ? first[0]!.id : START],
      exits: dropEnd ? last.map(({ id }) => id) : [END],
    },
  };
}

function without({ nodes, edges }: Parts, id: string): Parts {
  return {
    nodes: nodes.filter((node) => node.id !== id),
    edges: edges.filter(({ source, target }) => source !== id && target !== id),
  };
}

function prefix(
  outer: string,
  { nodes, edges, doors }: Parts & { doors: Doors },
): Parts & { doors: Doors } {
  const inside = (id: string) => nodeIdInside(outer, id);
  return {
    nodes: nodes.map(({ joins, ...node }) =>
      withJoins(
        { ...node, id: inside(node.id) },
        joins?.map((ids) => ids.map(inside)),
      ),
    ),
    edges: edges.map((edge) => ({
      ...edge,
      source: inside(edge.source),
      target: inside(edge.target),
    })),
    doors: { entries: doors.entries.map(inside), exits: doors.exits.map(inside) },
  };
}
