import type { GraphReach } from '../../protocol/graphReach.ts';
import type { Drawing } from './drawing.ts';
import { inOneGraph } from '../../trace/nodeId.ts';

/**
 * Marks on a drawing what the tests of its graph have reached, and what not. What they tell nothing of, as it
 * is of another graph by now, stays as it is.
 * @param reach `undefined`: nothing is marked.
 */
export function showReach({ nodes, edges }: Drawing, reach: GraphReach | undefined): void {
  const mark = (element: SVGElement, count: number | undefined) => {
    if (count === undefined) delete element.dataset.reached;
    else element.dataset.reached = count > 0 ? 'yes' : 'no';
  };
  for (const [id, { element }] of nodes) mark(element, reach?.nodes[id]);
  const counts = new Map(
    reach?.edges.map(({ source, target, count }) => [keyOf(source, target), count]),
  );
  for (const { source, target, joined = [source], path } of edges) {
    const taken = joined.map((each) => counts.get(keyOf(...inOneGraph(each, target))));
    // From the bar of a join it goes on as often as from all that it waits for.
    const isKnown = taken.every((count) => count !== undefined);
    mark(path, isKnown ? Math.min(...taken) : undefined);
  }
}

function keyOf(source: string, target: string): string {
  return JSON.stringify([source, target]);
}
