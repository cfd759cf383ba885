import type { Box } from './obstacles.ts';
import { svgElement } from '../statusSign.ts';

/** Side of a tile, in pixels of the drawing. */
const SIDE = 500;
/** Tiles that come into view in one frame. */
const MOST_AT_ONCE = 4;

interface Tile {
  /** One in each layer. */
  readonly groups: Map<SVGGElement, SVGGElement>;
  left: number;
  top: number;
  right: number;
  bottom: number;
  isShown: boolean;
}

/**
 * The parts of a large drawing by where they are: only those in view are rendered, so that the cost of
 * a frame does not grow with the drawing.
 */
export class Tiles {
  readonly #tiles = new Map<string, Tile>();
  #wanted: Box | undefined;
  #isAsked = false;

  /** Adds an element that takes this room, to its tile in a layer. It is not seen before it is in view. */
  add(layer: SVGGElement, element: SVGElement, { x, y, width, height }: Box): void {
    const key = `${Math.floor((x + width / 2) / SIDE)},${Math.floor((y + height / 2) / SIDE)}`;
    let tile = this.#tiles.get(key);
    if (!tile) {
      const [left, top, right, bottom] = [x, y, x + width, y + height];
      tile = { groups: new Map(), left, top, right, bottom, isShown: false };
      this.#tiles.set(key, tile);
    }
    tile.left = Math.min(tile.left, x);
    tile.top = Math.min(tile.top, y);
    tile.right = Math.max(tile.right, x + width);
    tile.bottom = Math.max(tile.bottom, y + height);
    let group = tile.groups.get(layer);
    if (!group) {
      group = svgElement('g', { display: 'none' });
      tile.groups.set(layer, group);
      layer.append(group);
    }
    group.append(element);
  }

  /** Shows what is in view: at once what was begun with, and more of it in each frame. */
  show(view: Box): void {
    this.#wanted = view;
    for (const tile of this.#tiles.values()) if (!isIn(tile, view)) set(tile, false);
    this.#next();
  }

  /** Does something while all of it is rendered. */
  whole<R>(use: () => R): R {
    const hidden = [...this.#tiles.values()].filter(({ isShown }) => !isShown);
    for (const tile of hidden) set(tile, true);
    try {
      return use();
    } finally {
      for (const tile of hidden) set(tile, false);
    }
  }

  #next(): void {
    let left = MOST_AT_ONCE;
    for (const tile of this.#tiles.values()) {
      if (tile.isShown || !this.#wanted || !isIn(tile, this.#wanted)) continue;
      if (left-- === 0) return this.#ask();
      set(tile, true);
    }
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#next();
    });
  }
}

function set(tile: Tile, isShown: boolean): void {
  if (tile.isShown === isShown) return;
  tile.isShown = isShown;
  for (const group of tile.groups.values()) {
    if (isShown) group.removeAttribute('display');
    else group.setAttribute('display', 'none');
  }
}

function isIn({ left, top, right, bottom }: Tile, { x, y, width, height }: Box): boolean {
  return left < x + width && right > x && top < y + height && bottom > y;
}
