import type { DiagramModel, ModelEdge, ModelNode } from './diagramModel.ts';

/**
 * Draws each folded subgraph as one node, with the edges of what is in it. Several edges between the
 * same two nodes that come of that are one.
 * @param folded Ids of subgraphs; those inside of others that are folded do not matter.
 */
export function foldModel(model: DiagramModel, folded: ReadonlySet<string>): DiagramModel {
  if (!model.blocks.some(({ id }) => folded.has(id))) return model;
  const around = new Map(model.blocks.map(({ id, block }) => [id, block]));
  /** The outermost folded subgraph around a place, if any. */
  const foldOf = memo((block: string): string | undefined => {
    const outer = around.get(block);
    return (
      (outer === undefined ? undefined : foldOf(outer)) ?? (folded.has(block) ? block : undefined)
    );
  });
  const foldAt = (block: string | undefined) => (block === undefined ? undefined : foldOf(block));
  const ends = new Map<string, string>();
  const inside = new Map<string, number>();
  for (const { id, block, kind } of model.nodes) {
    const fold = foldAt(block);
    ends.set(id, fold ?? id);
    if (fold === undefined) continue;
    inside.set(fold, (inside.get(fold) ?? 0) + (kind === 'start' || kind === 'end' ? 0 : 1));
  }
  const endOf = (id: string) => ends.get(id) ?? id;
  const joinsOf = (joins: ModelNode['joins']) =>
    joins.map((sources) => [...new Set(sources.map(endOf))]);

  const names = new Map(model.blocks.map(({ id, name }) => [id, name]));
  const shown = new Set<string>();
  const nodes = model.nodes.flatMap((node): ModelNode[] => {
    const id = endOf(node.id);
    if (id === node.id) return [{ ...node, joins: joinsOf(node.joins) }];
    if (shown.has(id)) return [];
    shown.add(id);
    return [
      {
        id,
        name: names.get(id)!,
        kind: 'folded',
        block: around.get(id),
        facts: [`${inside.get(id) ?? 0} nodes inside`],
        isDeferred: false,
        joins: [],
      },
    ];
  });
  return {
    nodes,
    blocks: model.blocks.filter(({ id }) => foldAt(id) === undefined),
    edges: merged(model.edges, { endOf, foldAt, around }),
  };
}

/** The folded subgraphs in which a node or a subgraph is, the innermost first. */
export function foldsAround(
  model: DiagramModel,
  folded: ReadonlySet<string>,
  id: string,
): string[] {
  const around = new Map(model.blocks.map((block) => [block.id, block.block]));
  const folds: string[] = [];
  let at = model.nodes.find((node) => node.id === id)?.block ?? around.get(id);
  for (; at !== undefined; at = around.get(at)) if (folded.has(at)) folds.push(at);
  return folds;
}

function merged(
  edges: readonly ModelEdge[],
  given: {
    readonly endOf: (id: string) => string;
    readonly foldAt: (block: string | undefined) => string | undefined;
    readonly around: ReadonlyMap<string, string | undefined>;
  },
): ModelEdge[] {
  const { endOf, foldAt, around } = given;
  const all = new Map<string, ModelEdge>();
  for (const [i, edge] of edges.entries()) {
    const [source, target] = [endOf(edge.source), endOf(edge.target)];
    const isSame = source === edge.source && target === edge.target;
    if (isSame) {
      all.set(String(i), edge);
      continue;
    }
    // Inside of what is folded.
    if (source === target) continue;
    const fold = foldAt(edge.block);
    const block = fold === undefined ? edge.block : around.get(fold);
    const key = JSON.stringify([source, target, edge.kind, edge.label]);
    if (!all.has(key)) all.set(key, { ...edge, source, target, block });
  }
  return [...all.values()];
}

function memo<R>(of: (key: string) => R): (key: string) => R {
  const known = new Map<string, R>();
  return (key) => {
    if (!known.has(key)) known.set(key, of(key));
    return known.get(key)!;
  };
}
