/** A box in the coordinates of a drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Larger than most boxes, so that each lies in few cells. */
const CELL = 256;

/** What nothing may be laid over: names and labels. Asks only what lies nearby. */
export class Obstacles {
  readonly #cells = new Map<string, Box[]>();

  constructor(boxes: Iterable<Box> = []) {
    for (const box of boxes) this.add(box);
  }

  add(box: Box): void {
    for (const key of cellsOf(box)) {
      const cell = this.#cells.get(key);
      if (cell) cell.push(box);
      else this.#cells.set(key, [box]);
    }
  }

  /** Whether a box would lie over any of them. */
  hit(box: Box): boolean {
    return cellsOf(box).some((key) => this.#cells.get(key)?.some((other) => overlap(box, other)));
  }
}

function overlap(a: Box, b: Box): boolean {
  const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x;
  return !isBeside && a.y + a.height > b.y && b.y + b.height > a.y;
}

function cellsOf({ x, y, width, height }: Box): string[] {
  const keys: string[] = [];
  for (let row = Math.floor(y / CELL); row * CELL <= y + height; row++) {
    for (let column = Math.floor(x / CELL); column * CELL <= x + width; column++) {
      keys.push(`${column},${row}`);
    }
  }
  return keys;
}
