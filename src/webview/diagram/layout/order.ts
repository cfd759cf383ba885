/** How often the rows are gone through, down and up. */
const ROUNDS = 12;
/** Rounds without any gain after which it is good. */
const PATIENCE = 4;

/**
 * An order for the cells of each row with few crossings of links: each cell goes to the median of its
 * neighbours in the row before, down and up again, and the best of all rounds is taken.
 * @param rowOf The row of each cell.
 * @param links Upper and lower cells of neighbouring rows.
 */
export function order(
  rowOf: readonly number[],
  links: readonly (readonly [number, number])[],
): number[][] {
  const upper: number[][] = rowOf.map(() => []);
  const lower: number[][] = rowOf.map(() => []);
  for (const [from, to] of links) {
    lower[from]!.push(to);
    upper[to]!.push(from);
  }
  const layers = firstOrder(rowOf, { upper, lower });
  const position = new Float64Array(rowOf.length);
  const number = () => layers.forEach((layer) => layer.forEach((cell, i) => (position[cell] = i)));
  number();
  let best = layers.map((layer) => [...layer]);
  let least = crossings(layers, { lower, position });
  for (let round = 0, idle = 0; round < ROUNDS && idle < PATIENCE && least > 0; round++) {
    const isDown = round % 2 === 0;
    const rows = layers.map((_, row) => row);
    for (const row of isDown ? rows : rows.reverse()) {
      layers[row] = byMedian(layers[row]!, { near: isDown ? upper : lower, position });
      layers[row].forEach((cell, i) => (position[cell] = i));
    }
    const count = crossings(layers, { lower, position });
    idle++;
    if (count >= least) continue;
    [least, idle] = [count, 0];
    best = layers.map((layer) => [...layer]);
  }
  return best;
}

/** As a search from the first row meets them: what belongs together is together. */
function firstOrder(
  rowOf: readonly number[],
  { upper, lower }: { readonly upper: readonly number[][]; readonly lower: readonly number[][] },
): number[][] {
  const rows = rowOf.reduce((most, row) => Math.max(most, row + 1), 0);
  const layers: number[][] = Array.from({ length: rows }, () => []);
  const isSeen = new Uint8Array(rowOf.length);
  const cells = rowOf.map((_, cell) => cell).sort((a, b) => rowOf[a]! - rowOf[b]! || a - b);
  for (const root of cells) {
    const way = [root];
    while (way.length > 0) {
      const cell = way.pop()!;
      if (isSeen[cell]) continue;
      isSeen[cell] = 1;
      layers[rowOf[cell]!]!.push(cell);
      for (const near of [upper, lower]) {
        for (let i = near[cell]!.length - 1; i >= 0; i--) {
          if (!isSeen[near[cell]![i]!]) way.push(near[cell]![i]!);
        }
      }
    }
  }
  return layers;
}

/** Cells without neighbours stay where they are. */
function byMedian(
  layer: readonly number[],
  { near, position }: { readonly near: readonly number[][]; readonly position: Float64Array },
): number[] {
  const medians = new Map<number, number>();
  for (const cell of layer) {
    const places = near[cell]!.map((other) => position[other]!).sort((a, b) => a - b);
    const middle = places.length >> 1;
    if (places.length === 0) continue;
    medians.set(
      cell,
      places.length % 2 === 1 ? places[middle]! : (places[middle - 1]! + places[middle]!) / 2,
    );
  }
  const moving = layer.filter((cell) => medians.has(cell));
  const sorted = [...moving].sort(
    (a, b) => medians.get(a)! - medians.get(b)! || position[a]! - position[b]!,
  );
  let next = 0;
  return layer.map((cell) => (medians.has(cell) ? sorted[next++]! : cell));
}

/**
 * Counts crossings between neighbouring rows with a tree of sums, after Barth, Jünger and Mutzel ("Simple
 * and efficient bilayer cross counting", 2002): n log n for n links.
 */
function crossings(
  layers: readonly (readonly number[])[],
  { lower, position }: { readonly lower: readonly number[][]; readonly position: Float64Array },
): number {
  let sum = 0;
  for (const [row, layer] of layers.entries()) {
    const below = layers[row + 1];
    if (!below) break;
    const size = below.length + 1;
    const tree = new Float64Array(size);
    let total = 0;
    for (const cell of layer) {
      const places = lower[cell]!.map((other) => position[other]!);
      for (const place of places) {
        let before = 0;
        for (let i = place + 1; i > 0; i -= i & -i) before += tree[i]!;
        sum += total - before;
      }
      for (const place of places) {
        for (let i = place + 1; i < size; i += i & -i) tree[i]!++;
        total++;
      }
    }
  }
  return sum;
}
