/** How the cells of the rows are joined, and what room they need. */
export interface PlaceOptions {
  readonly links: readonly (readonly [upper: number, lower: number])[];
  readonly halfWidths: readonly number[];
  /** Pixels between two cells that are neighbours in a row. */
  readonly gap: (left: number, right: number) => number;
  /** A part of an edge and no item: such parts are kept in line above all. */
  readonly isPass: (cell: number) => boolean;
}

const ROUNDS = 8;

/**
 * Where the middles of the cells are, from left to right: as near to their neighbours above and below as
 * order and room of their row allow. For one row that is a regression under an order, which pooling adjacent
 * violators solves exactly and in linear time (Barlow and others, "Statistical inference under order
 * restrictions", 1972); the rows are gone through down and up again.
 */
export function placeAcross(
  layers: readonly (readonly number[])[],
  { links, halfWidths, gap, isPass }: PlaceOptions,
): number[] {
  const upper: number[][] = halfWidths.map(() => []);
  const lower: number[][] = halfWidths.map(() => []);
  for (const [from, to] of links) {
    lower[from]!.push(to);
    upper[to]!.push(from);
  }
  /** How far each cell is from the first of its row when all stand close together. */
  const offset = new Float64Array(halfWidths.length);
  const x: number[] = new Array<number>(halfWidths.length).fill(0);
  for (const layer of layers) {
    layer.forEach((cell, i) => {
      const left = layer[i - 1];
      if (left === undefined) return;
      offset[cell] = offset[left]! + halfWidths[left]! + gap(left, cell) + halfWidths[cell]!;
    });
    const last = layer.at(-1);
    for (const cell of layer) x[cell] = offset[cell]! - offset[last!]! / 2;
  }
  const settle = (layer: readonly number[], sides: readonly number[][][]) => {
    const pools: { sum: number; weight: number; count: number }[] = [];
    for (const cell of layer) {
      let [sum, weight] = [0, 0];
      for (const side of sides) {
        for (const other of side[cell]!) {
          const pull = isPass(cell) ? (isPass(other) ? 8 : 2) : isPass(other) ? 2 : 1;
          sum += pull * x[other]!;
          weight += pull;
        }
      }
      // What is joined with nothing stays, and gives way.
      if (weight === 0) [sum, weight] = [x[cell]! * 0.01, 0.01];
      let pool = { sum: sum - offset[cell]! * weight, weight, count: 1 };
      for (let last = pools.at(-1); last && mean(last) >= mean(pool); last = pools.at(-1)) {
        pools.pop();
        pool = {
          sum: last.sum + pool.sum,
          weight: last.weight + pool.weight,
          count: last.count + pool.count,
        };
      }
      pools.push(pool);
    }
    let next = 0;
    for (const pool of pools) {
      for (let i = 0; i < pool.count; i++, next++) {
        const cell = layer[next]!;
        x[cell] = mean(pool) + offset[cell]!;
      }
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    const isLast = round >= ROUNDS - 2;
    const sides = isLast ? [upper, lower] : round % 2 === 0 ? [upper] : [lower];
    for (let i = 0; i < layers.length; i++) {
      settle(layers[round % 2 === 0 ? i : layers.length - 1 - i]!, sides);
    }
  }
  return x;
}

function mean({ sum, weight }: { readonly sum: number; readonly weight: number }): number {
  return sum / weight;
}
