import type { EdgeCounts } from '../../trace/edgeCounts.ts';
import type { Box, Obstacles } from './obstacles.ts';
import type { DrawnEdge, Drawing } from './drawing.ts';
import { svgElement } from '../statusSign.ts';
import { inOneGraph } from '../../trace/nodeId.ts';
import { formatCount } from '../words.ts';

/** Where along an edge its count may stand, best first: nearer to its end, since a label has the middle. */
const COUNT_AT = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1];
/** The room for a count, at the right or the left of the edge. */
const COUNT = { width: 46, height: 16 };
/** How far from it; the larger where labels are in the way. */
const GAPS = [5, 30, 60];

/** How edges are to be shown. */
export interface EdgeLook {
  /** Those are dimmed that were not taken. */
  readonly isOver: boolean;
  /** Without counts, which nobody could read. */
  readonly isOverview: boolean;
  /** Whether there is time for one more change. */
  readonly fits: () => boolean;
}

/** Makes the edges strong that a run has taken, with how often, and dims the others when it is over. */
export class EdgeHighlight {
  readonly #edges: readonly CountedEdge[];
  readonly #obstacles: Obstacles;
  readonly #counts = new Map<CountedEdge, SVGTextElement>();
  readonly #places = new Map<CountedEdge, CountPlace>();
  /** The first that there was no time for. */
  #at = 0;

  constructor({ edges, obstacles }: Pick<Drawing, 'edges' | 'obstacles'>) {
    this.#edges = edges.map((edge) => ({ ...edge, counter: counterOf(edge), shown: NOTHING }));
    this.#obstacles = obstacles;
  }

  /** Shows what has changed, each time beginning where it ended before. @returns Whether that is all. */
  show(taken: EdgeCounts, look: EdgeLook): boolean {
    for (let left = this.#edges.length; left > 0; left--) {
      const edge = this.#edges[this.#at]!;
      if (!this.#showEdge(edge, edge.counter(taken), look)) return false;
      this.#at = (this.#at + 1) % this.#edges.length;
    }
    return true;
  }

  /** Back to how they were drawn. */
  reset(): void {
    for (const edge of this.#edges) {
      delete edge.path.dataset.taken;
      edge.shown = NOTHING;
    }
    for (const text of this.#counts.values()) text.remove();
    this.#counts.clear();
  }

  /** @returns Whether there was time for it. */
  #showEdge(edge: CountedEdge, count: number, { isOver, isOverview, fits }: EdgeLook): boolean {
    const known = isOverview ? Math.min(count, 1) : count;
    const shown = count > 0 || isOver ? known : NOTHING;
    // Most edges stay as they are from one frame to the next.
    if (edge.shown === shown) return true;
    if (!fits()) return false;
    edge.shown = shown;
    const { dataset } = edge.path;
    if (shown === NOTHING) delete dataset.taken;
    else dataset.taken = shown > 0 ? 'yes' : 'no';
    const text = this.#counts.get(edge);
    if (shown > 1) {
      (text ?? this.#addCount(edge)).textContent = `×${formatCount(shown)}`;
    } else {
      text?.remove();
      this.#counts.delete(edge);
    }
    return true;
  }

  #addCount(edge: CountedEdge): SVGTextElement {
    const text = svgElement('text', { class: 'edgeCount', 'dominant-baseline': 'central' });
    const { x, y, isLeft } = this.#placeOf(edge);
    text.setAttribute('x', String(x));
    text.setAttribute('y', String(y));
    if (isLeft) text.setAttribute('text-anchor', 'end');
    edge.path.parentElement?.append(text);
    this.#counts.set(edge, text);
    return text;
  }

  /** Beside the edge, over no name, no label and no other count if there is such a place. */
  #placeOf(edge: CountedEdge): CountPlace {
    const known = this.#places.get(edge);
    if (known) return known;
    const place = this.#freePlace(edge);
    this.#places.set(edge, place);
    this.#obstacles.add(boxOf(place));
    return place;
  }

  #freePlace({ pointAt }: DrawnEdge): CountPlace {
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

/** Where a count may stand. */
interface CountPlace {
  readonly x: number;
  readonly y: number;
  /** It ends there. */
  readonly isLeft: boolean;
}

function boxOf({ x, y, isLeft }: CountPlace): Box {
  return { ...COUNT, x: isLeft ? x - COUNT.width : x, y: y - COUNT.height / 2 };
}

type Counter = (taken: EdgeCounts) => number;

/** An edge with what tells how often it was taken. */
interface CountedEdge extends DrawnEdge {
  readonly counter: Counter;
  /** How often it is shown to have been taken. */
  shown: number;
}

/** It is not known yet whether an edge is taken. */
const NOTHING = -1;

function counterOf({ source, target, kind, joined = [source] }: DrawnEdge): Counter {
  const counters = joined.map((each) => counterBetween(each, target, kind));
  // From the bar of a join it goes on as often as from all that it waits for.
  return (taken) => Math.min(...counters.map((counter) => counter(taken)));
}

function counterBetween(source: string, target: string, kind: DrawnEdge['kind']): Counter {
  const [from, to] = inOneGraph(source, target);
  const isUnconditional = kind === 'always' && !from.endsWith('__start__');
  return (taken) => taken.chosen(from, to)?.count ?? (isUnconditional ? taken.ended(from) : 0);
}
