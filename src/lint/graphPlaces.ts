import type { Node } from '@babel/types';
import type { GraphDraft } from '../loader/source/graphDraft.ts';
import { readSource } from '../loader/source/readSource.ts';
import type { SourceRange } from '../loader/source/staticGraph.ts';
import { Lines } from './lines.ts';
import { readGraph, type LintRouter } from './lintGraph.ts';
import { isPlaced, spanOf } from './syntax.ts';

/** Where the parts of a graph stand in a text. */
export interface GraphPlaces {
  /** By id, `review:judge` in a subgraph: where the node's name stands as it is added. */
  readonly nodes: ReadonlyMap<string, SourceRange>;
  /** Edges that are always taken, from the name of the source to that of the target. */
  readonly edges: readonly EdgePlace[];
  /** Where routers are added, with their ways. */
  readonly routers: readonly {
    readonly source: string;
    readonly range: SourceRange;
    /** Targets in the path map, by id. */
    readonly ways: ReadonlyMap<string, SourceRange>;
  }[];
}

/** An edge by the ids of its nodes. */
export interface EdgePlace {
  readonly source: string;
  readonly target: string;
  readonly range: SourceRange;
}

/**
 * Where the parts of the graphs in a text stand, by the names of their exports. Nothing is run; what the text
 * does not tell, or tells in another file, has no place.
 */
export function graphPlaces(text: string, file: string): ReadonlyMap<string, GraphPlaces> {
  const { reader } = readSource(text, file);
  const lines = new Lines(text);
  const places = new Map<string, GraphPlaces>();
  for (const graph of reader.graphs) {
    if (graph.exportName === undefined) continue;
    const reading = new PlaceReading(lines);
    reading.read(graph, '');
    places.set(graph.exportName, reading);
  }
  return places;
}

class PlaceReading implements GraphPlaces {
  readonly nodes = new Map<string, SourceRange>();
  readonly edges: EdgePlace[] = [];
  readonly routers: GraphPlaces['routers'][number][] = [];
  readonly #lines: Lines;
  readonly #around: GraphDraft[] = [];

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  read(draft: GraphDraft, prefix: string): void {
    // A graph may be a node of itself while one types.
    if (this.#around.includes(draft)) return;
    this.#around.push(draft);
    const { nodes, edges, joins, routers } = readGraph(draft.builder);
    for (const { name, at, subgraph } of nodes.values()) {
      const range = this.#rangeOf(at);
      if (range) this.nodes.set(prefix + name, range);
      if (subgraph) this.read(subgraph, `${prefix}${name}:`);
    }
    const all = [
      ...edges,
      ...joins.flatMap(({ sources, target, targetAt }) =>
        sources.map(({ name, at }) => ({ source: name, sourceAt: at, target, targetAt })),
      ),
    ];
    for (const { source, sourceAt, target, targetAt } of all) {
      const range = this.#rangeOf(sourceAt, targetAt);
      if (range) this.edges.push({ source: prefix + source, target: prefix + target, range });
    }
    for (const router of routers) this.#readRouter(router, prefix);
    this.#around.pop();
  }

  #readRouter({ source, sourceAt, paths, pathsAt }: LintRouter, prefix: string): void {
    const range = this.#rangeOf(sourceAt, pathsAt);
    if (!range) return;
    const known = paths === undefined || paths === 'unknown' ? [] : [...paths.values()];
    const ways = known.flatMap(({ target, at }) => {
      const place = this.#rangeOf(at);
      return place ? [[prefix + target, place] as const] : [];
    });
    this.routers.push({ source: prefix + source, range, ways: new Map(ways) });
  }

  #rangeOf(first: Node, last: Node = first): SourceRange | undefined {
    if (!isPlaced(first) || !isPlaced(last)) return undefined;
    const [one, other] = [spanOf(first), spanOf(last)];
    return this.#lines.rangeOf({
      start: Math.min(one.start, other.start),
      end: Math.max(one.end, other.end),
    });
  }
}
