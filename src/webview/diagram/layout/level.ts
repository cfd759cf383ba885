import { order } from './order.ts';
import { placeAcross } from './place.ts';
import { rank, type Pin } from './rank.ts';

/** A box of one level: a node, or a subgraph with what is in it. Sizes in pixels. */
export interface LevelItem {
  readonly width: number;
  readonly height: number;
  /** Where it has to stand. */
  readonly pin?: Pin;
  /** How much of its width, on both sides, is not its own. Default 0. */
  readonly beside?: number;
}

/** An edge between two items of a level, downwards; `label` is the room for its words. */
export interface LevelEdge {
  readonly from: number;
  readonly to: number;
  readonly label?: LevelItem | undefined;
  /** From the middle of its item to where it begins, and ends. Default 0. */
  readonly fromAt?: number;
  readonly toAt?: number;
}

/** A point, as x and y. */
export type Point = readonly [x: number, y: number];

/** Where everything of a level is: middles of items, corners of edges, middles of labels. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly items: readonly Point[];
  /** From the lower edge of one item to the upper edge of the other. */
  readonly edges: readonly (readonly Point[])[];
  readonly labels: readonly (Point | undefined)[];
}

/** Pixels between items of a row, between rows of items, and between a row and one of labels. */
const ACROSS = 36;
const DOWN = 46;
const TO_LABEL = 20;
/** Between edges that run side by side through a row. */
const BESIDE = 14;
/** Rows that edges may pass in all, and for each item and edge; the longest edges go straight instead. */
const PASSES = 5000;
const PASSES_EACH = 4;

/**
 * Lays out one level of a graph without cycles in rows from top to bottom, by the method of Sugiyama,
 * Tagawa and Toda ("Methods for visual understanding of hierarchical system structures", 1981): rows by
 * the longest way, an order in each row with few crossings, and places near to those of the neighbours.
 * No edge runs over an item, but for the longest of very many. The cost grows with items, edges, and the rows that edges pass.
 * @param edges Without cycles; may be several between the same two items.
 */
export function layOutLevel(items: readonly LevelItem[], edges: readonly LevelEdge[]): Level {
  const rows = rank(
    items.length,
    edges.map(({ from, to, label }) => ({ from, to, length: label ? 2 : 1 })),
    items.map(({ pin }) => pin),
  );
  const cells = new Cells(items, rows);
  const chains = chainsOf(edges, {
    rows,
    cells,
    most: PASSES + PASSES_EACH * (items.length + edges.length),
  });
  const layers = order(cells.row, cells.links);
  const across = placeAcross(layers, {
    links: cells.links,
    halfWidths: cells.halfWidths,
    gap: (a, b) => (cells.isPass(a) && cells.isPass(b) ? BESIDE : ACROSS),
    isPass: (cell) => cells.isPass(cell),
  });
  return new Measured(cells, layers, across).result(edges, chains);
}

/** What stands in the rows: the items, and a cell for each row that an edge passes. */
class Cells {
  readonly items: number;
  readonly row: number[];
  readonly halfWidths: number[];
  /** Of the items alone, without what is beside them. */
  readonly ownHalves: readonly number[];
  readonly heights: number[];
  /** Pairs of cells, upper and lower, that are joined. */
  readonly links: [upper: number, lower: number][] = [];

  constructor(items: readonly LevelItem[], rows: readonly number[]) {
    this.items = items.length;
    this.row = [...rows];
    this.halfWidths = items.map(({ width }) => width / 2);
    this.ownHalves = items.map(({ width, beside = 0 }) => width / 2 - beside);
    this.heights = items.map(({ height }) => height);
  }

  isPass(cell: number): boolean {
    return cell >= this.items;
  }

  addPass(row: number, label?: LevelItem): number {
    this.halfWidths.push((label?.width ?? 0) / 2);
    this.heights.push(label?.height ?? 0);
    return this.row.push(row) - 1;
  }
}

interface Chain {
  readonly passes: readonly number[];
  /** Which of them holds the label. */
  readonly label?: number;
}

/** The cells that each edge passes; those that would pass too many rows go straight. */
function chainsOf(
  edges: readonly LevelEdge[],
  given: { readonly rows: readonly number[]; readonly cells: Cells; readonly most: number },
): Chain[] {
  const { rows, cells } = given;
  const spans = edges.map(({ from, to }, edge) => ({ edge, span: rows[to]! - rows[from]! }));
  const chains: Chain[] = edges.map(() => ({ passes: [] }));
  let left = given.most;
  for (const { edge, span } of spans.sort((a, b) => a.span - b.span || a.edge - b.edge)) {
    const { from, to, label } = edges[edge]!;
    const isLong = span - 1 > left;
    if (!isLong) left -= span - 1;
    const middle = label && rows[from]! + (span >> 1);
    const passes: number[] = [];
    let labelCell: number | undefined;
    for (let row = rows[from]! + 1; row < rows[to]!; row++) {
      if (isLong && row !== middle) continue;
      const cell = cells.addPass(row, row === middle ? label : undefined);
      if (row === middle) labelCell = cell;
      passes.push(cell);
    }
    const all = [from, ...passes, to];
    for (let i = 1; i < all.length; i++) {
      if (!isLong) cells.links.push([all[i - 1]!, all[i]!]);
    }
    chains[edge] = { passes, ...(labelCell !== undefined && { label: labelCell }) };
  }
  return chains;
}

/** The rows with their heights, and what follows from that. */
class Measured {
  readonly #cells: Cells;
  readonly #across: readonly number[];
  readonly #tops: number[] = [];
  readonly #heights: readonly number[];
  readonly #left: number;
  readonly width: number;
  readonly height: number;

  constructor(cells: Cells, layers: readonly (readonly number[])[], across: readonly number[]) {
    this.#cells = cells;
    this.#across = across;
    this.#heights = layers.map((layer) =>
      layer.reduce((most, cell) => Math.max(most, cells.heights[cell]!), 0),
    );
    const hasItems = layers.map((layer) =>
      layer.some((cell) => !cells.isPass(cell) && cells.heights[cell]! > 0),
    );
    let top = 0;
    layers.forEach((_, row) => {
      this.#tops.push(top);
      top += this.#heights[row]! + (hasItems[row] && hasItems[row + 1] ? DOWN : TO_LABEL);
    });
    const last = layers.length - 1;
    this.height = last < 0 ? 0 : this.#tops[last]! + this.#heights[last]!;
    let [left, right] = [Infinity, -Infinity];
    across.forEach((x, cell) => {
      left = Math.min(left, x - cells.halfWidths[cell]!);
      right = Math.max(right, x + cells.halfWidths[cell]!);
    });
    this.#left = Number.isFinite(left) ? left : 0;
    this.width = Number.isFinite(left) ? right - left : 0;
  }

  result(edges: readonly LevelEdge[], chains: readonly Chain[]): Level {
    const { items: count } = this.#cells;
    const items = Array.from({ length: count }, (_, item): Point => this.#middle(item));
    const ends = spread(edges, { items, halfWidths: this.#cells.ownHalves });
    return {
      width: this.width,
      height: this.height,
      items,
      edges: edges.map((edge, i) => this.#corners(edge, chains[i]!, ends[i]!)),
      labels: chains.map(({ label }) => (label === undefined ? undefined : this.#middle(label))),
    };
  }

  #middle(cell: number): Point {
    const row = this.#cells.row[cell]!;
    return [this.#across[cell]! - this.#left, this.#tops[row]! + this.#heights[row]! / 2];
  }

  /** Straight down through each row, and across between two of them only: there is nothing in the way. */
  #corners(
    { from, to }: LevelEdge,
    { passes }: Chain,
    [begin, end]: readonly [number, number],
  ): Point[] {
    const points: Point[] = [];
    const add = (x: number, y: number) => {
      const last = points.at(-1);
      if (!last || last[0] !== x || last[1] !== y) points.push([x, y]);
    };
    const { row, heights } = this.#cells;
    const [upper, lower] = [this.#middle(from), this.#middle(to)];
    add(begin, upper[1] + heights[from]! / 2);
    add(begin, this.#bottomOf(row[from]!));
    for (const cell of passes) {
      const [x] = this.#middle(cell);
      add(x, this.#tops[row[cell]!]!);
      add(x, this.#bottomOf(row[cell]!));
    }
    add(end, this.#tops[row[to]!]!);
    add(end, lower[1] - heights[to]! / 2);
    return points;
  }

  #bottomOf(row: number): number {
    return this.#tops[row]! + this.#heights[row]!;
  }
}

/** Most and least between two edges at one side of an item. */
const MOST_APART = 16;

/**
 * Where edges begin and end: those at one side of an item in the order of where they lead, apart from
 * each other. One that has a place of its own keeps it.
 */
function spread(
  edges: readonly LevelEdge[],
  {
    items,
    halfWidths,
  }: { readonly items: readonly Point[]; readonly halfWidths: readonly number[] },
): [number, number][] {
  const ends = edges.map(({ from, to, fromAt, toAt }): [number, number] => [
    items[from]![0] + (fromAt ?? 0),
    items[to]![0] + (toAt ?? 0),
  ]);
  for (const side of [0, 1] as const) {
    const at = new Map<number, number[]>();
    edges.forEach((edge, i) => {
      if ((side === 0 ? edge.fromAt : edge.toAt) !== undefined) return;
      const item = side === 0 ? edge.from : edge.to;
      const known = at.get(item);
      if (known) known.push(i);
      else at.set(item, [i]);
    });
    for (const [item, group] of at) {
      const leads = (i: number) => items[side === 0 ? edges[i]!.to : edges[i]!.from]![0];
      group.sort((a, b) => leads(a) - leads(b) || a - b);
      const apart = Math.min(MOST_APART, (halfWidths[item]! * 1.2) / group.length);
      group.forEach((i, n) => (ends[i]![side] += (n - (group.length - 1) / 2) * apart));
    }
  }
  return ends;
}
