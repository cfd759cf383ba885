import type { GraphReach } from '../../protocol/graphReach.ts';

/** Names at most so many parts that were not reached. */
const MOST_NAMED = 5;

/** How much the tests have reached, in words, and what not. */
export function reachWords({ nodes, edges, tests, stale }: GraphReach): string {
  const ids = Object.entries(nodes);
  const missedNodes = ids.filter(([, count]) => count === 0).map(([id]) => id);
  const missedEdges = edges.filter(({ count }) => count === 0);
  const missed = [
    ...missedNodes,
    // What leads away from a node that never ran goes without saying.
    ...missedEdges
      .filter(({ source }) => nodes[source] !== 0)
      .map(({ source, target }) => `${nameOf(source)} → ${nameOf(target)}`),
  ];
  const left = missed.length - MOST_NAMED;
  const named = missed.slice(0, MOST_NAMED).join(', ') + (left > 0 ? ` and ${left} more` : '');
  const reached =
    `${tests === 1 ? '1 test reaches' : `${tests} tests reach`} ` +
    `${ids.length - missedNodes.length} of ${ids.length} nodes and ` +
    `${edges.length - missedEdges.length} of ${edges.length} edges.`;
  const change = stale === 0 ? '' : ` The code has changed since ${who(stale, tests)} ran.`;
  return `${reached}${missed.length > 0 ? ` Not reached: ${named}.` : ''}${change}`;
}

function who(stale: number, tests: number): string {
  if (stale < tests) return `${stale} of them`;
  return tests === 1 ? 'it' : 'they';
}

function nameOf(id: string): string {
  return id.replace(/__start__$/, 'START').replace(/__end__$/, 'END');
}
