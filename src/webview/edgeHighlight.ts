import type { EdgeCounts } from '../trace/edgeCounts.ts';
import type { DrawnEdge } from './renderDiagram.ts';
import { svgElement } from './statusSign.ts';

/** Where along an edge its count stands: nearer to its end, since a label has the middle. */
const COUNT_AT = 0.6;

/** Makes the edges strong that a run has taken, with how often, and dims the others when it is over. */
export class EdgeHighlight {
  readonly #edges: readonly DrawnEdge[];
  readonly #counts = new Map<DrawnEdge, SVGTextElement>();

  constructor(edges: readonly DrawnEdge[]) {
    this.#edges = edges;
  }

  show(taken: EdgeCounts, { isOver }: { readonly isOver: boolean }): void {
    for (const edge of this.#edges) {
      const count = countOf(edge, taken);
      const { dataset } = edge.path;
      if (count === undefined || (count === 0 && !isOver)) delete dataset.taken;
      else dataset.taken = count > 0 ? 'yes' : 'no';
      this.#showCount(edge, count ?? 0);
    }
  }

  /** Back to how they were drawn. */
  reset(): void {
    for (const { path } of this.#edges) delete path.dataset.taken;
    for (const text of this.#counts.values()) text.remove();
    this.#counts.clear();
  }

  #showCount(edge: DrawnEdge, count: number): void {
    let text = this.#counts.get(edge);
    if (count < 2) {
      text?.remove();
      return void this.#counts.delete(edge);
    }
    if (!text) {
      text = svgElement('text');
      text.setAttribute('class', 'edgeCount');
      const { x, y } = edge.path.getPointAtLength(edge.path.getTotalLength() * COUNT_AT);
      text.setAttribute('x', String(x + 5));
      text.setAttribute('y', String(y + 4));
      edge.path.closest('.edgePaths')?.parentElement?.append(text);
      this.#counts.set(edge, text);
    }
    text.textContent = `×${count.toLocaleString('en-US')}`;
  }
}

/** How often an edge was taken; `undefined` where that cannot be told. */
function countOf(
  { source, target, isConditional }: DrawnEdge,
  taken: EdgeCounts,
): number | undefined {
  const [from, to] = inOneGraph(source, target);
  const chosen = taken.chosen(from, to);
  if (chosen) return chosen.count;
  const isStart = from.endsWith('__start__');
  if (!isConditional && !isStart) return taken.ended(from);
  // Whether a router has led to the end is known only of one that led nowhere else.
  if (!to.endsWith('__end__')) return 0;
  return taken.chosenFrom(from) ? undefined : taken.ended(from);
}

/** The two nodes of the graph that the edge belongs to: of what is inside a subgraph, the subgraph. */
function inOneGraph(source: string, target: string): [string, string] {
  const [from, to] = [source.split(':'), target.split(':')];
  let depth = 0;
  while (depth < Math.min(from.length, to.length) - 1 && from[depth] === to[depth]) depth++;
  return [from.slice(0, depth + 1).join(':'), to.slice(0, depth + 1).join(':')];
}
