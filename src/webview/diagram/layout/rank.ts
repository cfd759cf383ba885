/** An edge for ranking: its target is at least `length` rows below its source. */
export interface RankEdge {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Items that stand in the first row, or in the last, and nothing else there. */
export type Pin = 'first' | 'last' | undefined;

/**
 * Rows of a graph without cycles, from 0: each item below all that lead to it, by the longest way, and
 * what could be lower is drawn near to what it leads to.
 * @param pins By item. Nothing leads to one that is first, and one that is last leads nowhere.
 */
export function rank(
  count: number,
  edges: readonly RankEdge[],
  pins: readonly Pin[] = [],
): number[] {
  const out: RankEdge[][] = Array.from({ length: count }, () => []);
  const waits = new Array<number>(count).fill(0);
  for (const edge of edges) {
    out[edge.from]!.push(edge);
    waits[edge.to]!++;
  }
  const isFirst = waits.map((n) => n === 0);
  const sorted: number[] = [];
  for (let item = 0; item < count; item++) if (waits[item] === 0) sorted.push(item);
  const hasFirst = pins.includes('first');
  const rows: number[] = Array.from({ length: count }, (_, item) =>
    hasFirst && pins[item] !== 'first' ? 1 : 0,
  );
  for (let i = 0; i < sorted.length; i++) {
    for (const { from, to, length } of out[sorted[i]!]!) {
      rows[to] = Math.max(rows[to]!, rows[from]! + length);
      if (--waits[to]! === 0) sorted.push(to);
    }
  }
  // What nothing leads to may begin as late as what it leads to allows.
  for (const item of sorted) {
    if (!isFirst[item] || pins[item] || out[item]!.length === 0) continue;
    rows[item] = out[item]!.reduce(
      (least, { to, length }) => Math.min(least, rows[to]! - length),
      Infinity,
    );
  }
  const ends = rows.filter((_, item) => pins[item] !== 'last');
  const lowest = ends.reduce((most, row) => Math.max(most, row), -1) + 1;
  const all = rows.map((row, item) => (pins[item] === 'last' ? Math.max(row, lowest) : row));
  const least = all.reduce((low, row) => Math.min(low, row), Infinity);
  return all.map((row) => row - least);
}

/**
 * The edges to turn round so that no cycle is left: those that lead back to where a search from the
 * first items came from. Not recursive, since a chain may have thousands of items.
 * @returns For each edge whether it is to be turned.
 */
export function findBackEdges(
  count: number,
  edges: readonly { readonly from: number; readonly to: number }[],
): boolean[] {
  const out: number[][] = Array.from({ length: count }, () => []);
  edges.forEach(({ from }, i) => out[from]!.push(i));
  const isBack = edges.map(() => false);
  /** 0: not seen, 1: on the way, 2: done. */
  const state = new Uint8Array(count);
  const next = new Uint32Array(count);
  const hasSource = new Uint8Array(count);
  for (const { to, from } of edges) if (to !== from) hasSource[to] = 1;
  const visit = (root: number) => {
    const way = [root];
    state[root] = 1;
    while (way.length > 0) {
      const item = way.at(-1)!;
      const i = out[item]![next[item]!++];
      if (i === undefined) {
        state[item] = 2;
        way.pop();
        continue;
      }
      const { to } = edges[i]!;
      if (state[to] === 1) isBack[i] = true;
      else if (state[to] === 0) {
        state[to] = 1;
        way.push(to);
      }
    }
  };
  for (let item = 0; item < count; item++) if (!hasSource[item] && state[item] === 0) visit(item);
  for (let item = 0; item < count; item++) if (state[item] === 0) visit(item);
  return isBack;
}
