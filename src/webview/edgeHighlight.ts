import type { EdgeCounts } from '../trace/edgeCounts.ts';
import type { Box, Obstacles } from './obstacles.ts';
import type { DrawnEdge, Drawing } from './drawing.ts';
import { svgElement } from './statusSign.ts';

/** Where along an edge its count may stand, best first: nearer to its end, since a label has the middle. */
const COUNT_AT = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1];
/** Counts that find their places in one frame. */
const MOST_AT_ONCE = 60;
/** The room for a count, at the right or the left of the edge. */
const COUNT = { width: 46, height: 16 };
/** How far from it; the larger where labels are in the way. */
const GAPS = [5, 30, 60];

/** Makes the edges strong that a run has taken, with how often, and dims the others when it is over. */
export class EdgeHighlight {
  readonly #edges: readonly DrawnEdge[];
  readonly #obstacles: Obstacles;
  readonly #counts = new Map<DrawnEdge, SVGTextElement>();
  readonly #places = new Map<DrawnEdge, Place>();
  /** New counts that there is time for. */
  #left = 0;

  constructor({ edges, obstacles }: Pick<Drawing, 'edges' | 'obstacles'>) {
    this.#edges = edges;
    this.#obstacles = obstacles;
  }

  /** @returns Whether all is shown: of new counts only so many are in one frame. */
  show(taken: EdgeCounts, { isOver }: { readonly isOver: boolean }): boolean {
    this.#left = MOST_AT_ONCE;
    for (const edge of this.#edges) {
      const count = countOf(edge, taken);
      const { dataset } = edge.path;
      const look = count === 0 && !isOver ? undefined : count > 0;
      const said = look === undefined ? undefined : look ? 'yes' : 'no';
      if (dataset.taken === said) {
        // Nothing to do: most edges stay as they are from one frame to the next.
      } else if (said === undefined) delete dataset.taken;
      else dataset.taken = said;
      this.#showCount(edge, count);
    }
    return this.#left >= 0;
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
      if (this.#left-- <= 0) return;
      text = svgElement('text', { class: 'edgeCount', 'dominant-baseline': 'central' });
      const { x, y, isLeft } = this.#placeOf(edge);
      text.setAttribute('x', String(x));
      text.setAttribute('y', String(y));
      if (isLeft) text.setAttribute('text-anchor', 'end');
      edge.path.parentElement?.append(text);
      this.#counts.set(edge, text);
    }
    text.textContent = `×${count.toLocaleString('en-US')}`;
  }

  /** Beside the edge, over no name, no label and no other count if there is such a place. */
  #placeOf(edge: DrawnEdge): Place {
    const known = this.#places.get(edge);
    if (known) return known;
    const place = this.#freePlace(edge);
    this.#places.set(edge, place);
    this.#obstacles.add(boxOf(place));
    return place;
  }

  #freePlace({ pointAt }: DrawnEdge): Place {
    const points = COUNT_AT.map((share) => pointAt(share));
    const places = GAPS.flatMap((gap) =>
      points.flatMap(({ x, y }) => [
        { x: x + gap, y, isLeft: false },
        { x: x - gap, y, isLeft: true },
      ]),
    );
    return places.find((place) => !this.#obstacles.hit(boxOf(place))) ?? places[0]!;
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** It ends there. */
  readonly isLeft: boolean;
}

function boxOf({ x, y, isLeft }: Place): Box {
  return { ...COUNT, x: isLeft ? x - COUNT.width : x, y: y - COUNT.height / 2 };
}

/** How often an edge was taken. */
function countOf({ source, target, kind, joined }: DrawnEdge, taken: EdgeCounts): number {
  // From the bar of a join it goes on as often as from all that it waits for.
  if (joined) return Math.min(...joined.map((each) => countOne(each, target, taken, kind)));
  return countOne(source, target, taken, kind);
}

function countOne(
  source: string,
  target: string,
  taken: EdgeCounts,
  kind: DrawnEdge['kind'],
): number {
  const [from, to] = inOneGraph(source, target);
  const chosen = taken.chosen(from, to);
  if (chosen) return chosen.count;
  const isStart = from.endsWith('__start__');
  return kind === 'always' && !isStart ? taken.ended(from) : 0;
}

/** The two nodes of the graph that the edge belongs to: of what is inside a subgraph, the subgraph. */
function inOneGraph(source: string, target: string): [string, string] {
  const [from, to] = [source.split(':'), target.split(':')];
  let depth = 0;
  while (depth < Math.min(from.length, to.length) - 1 && from[depth] === to[depth]) depth++;
  return [from.slice(0, depth + 1).join(':'), to.slice(0, depth + 1).join(':')];
}
