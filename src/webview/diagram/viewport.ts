import type { Box } from './obstacles.ts';

/** Where the drawing lies: the offset of its left upper corner in pixels, and its size. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const MIN_SCALE = 0.05;
/** Below this a drawing is dust: it is shown from its start. */
const MIN_FIRST_SCALE = 0.2;
/** At this labels are read. */
const READING_SCALE = 0.75;
const MAX_SCALE = 4;
const MARGIN = 12;
/** Room for the tools, which lie over the lower edge of the stage. */
const TOOLS = 48;
const STEP = 1.25;
/** A press that moves less than this is a click. */
const CLICK_SLACK = 4;

/** What the viewport has to know of a drawing. */
export interface ViewportContent {
  readonly width: number;
  readonly height: number;
  /** Where it begins to be read. */
  readonly start?: { readonly x: number; readonly y: number };
}

/**
 * Moves and sizes the drawing inside the stage: drag, wheel, pinch, keys and calls. Until the user
 * moves it, it stays fitted to the panel.
 */
export class Viewport {
  readonly #stage: HTMLElement;
  readonly #content: HTMLElement;
  readonly #onChange: (view: View | undefined) => void;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #size = { width: 1, height: 1 };
  #view: View = { x: 0, y: 0, scale: 1 };
  /** Follows the size of the panel, until the user moves the drawing. */
  #resized: (() => void) | undefined = () => this.fit();
  #start: ViewportContent['start'];
  #dragged = 0;

  /** `onChange` gets `undefined` while the drawing is fitted. */
  constructor(
    stage: HTMLElement,
    content: HTMLElement,
    onChange: (view: View | undefined) => void,
  ) {
    this.#stage = stage;
    this.#content = content;
    this.#onChange = onChange;
    stage.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    stage.addEventListener('pointerdown', (event) => this.#onPointerDown(event));
    stage.addEventListener('pointermove', (event) => this.#onPointerMove(event));
    stage.addEventListener('pointerup', (event) => this.#onPointerEnd(event));
    stage.addEventListener('pointercancel', (event) => this.#onPointerEnd(event));
    stage.addEventListener('keydown', (event) => this.#onKeyDown(event));
    new ResizeObserver(() => {
      this.#resized?.();
    }).observe(stage);
  }

  get scale(): number {
    return this.#view.scale;
  }

  /** What of the drawing is in sight, in its own pixels. */
  get visible(): Box {
    const { x, y, scale } = this.#view;
    const { clientWidth, clientHeight } = this.#stage;
    return {
      ...{ x: -x / scale, y: -y / scale },
      ...{ width: clientWidth / scale, height: clientHeight / scale },
    };
  }

  /** The press that just ended moved the drawing and was no click. */
  get wasDragged(): boolean {
    return this.#dragged > CLICK_SLACK;
  }

  /**
   * Takes a new drawing. One that is too large to be seen at once is shown from its start.
   * @param view Where the user had moved the last one.
   */
  setContent(drawing: ViewportContent, view?: View): void {
    const { width, height, start } = drawing;
    this.#size = { width, height };
    this.#start = start;
    if (view) this.#move(view);
    else this.#showFirst();
  }

  #showFirst(): void {
    if (!this.#start || this.#fittingScale() >= MIN_FIRST_SCALE) return this.fit();
    const { x, y } = this.#start;
    const { clientWidth, clientHeight } = this.#stage;
    const scale = READING_SCALE;
    this.#apply({
      scale,
      x: Math.min(MARGIN, clientWidth / 2 - x * scale),
      y: Math.min(MARGIN, clientHeight / 2 - y * scale),
    });
    this.#resized = () => this.#showFirst();
    this.#onChange(undefined);
  }

  /** Brings a point of the drawing into the middle, large enough to be read, unless it is in sight as such. */
  reveal({ x, y }: { readonly x: number; readonly y: number }): void {
    const { scale: old, x: left, y: top } = this.#view;
    const { clientWidth, clientHeight } = this.#stage;
    const [atX, atY] = [left + x * old, top + y * old];
    const edge = TOOLS + MARGIN;
    const isInSight =
      atX > edge && atX < clientWidth - edge && atY > edge && atY < clientHeight - edge;
    if (isInSight && old >= READING_SCALE / 1.5) return;
    const scale = Math.max(old, READING_SCALE);
    this.#move({ scale, x: clientWidth / 2 - x * scale, y: clientHeight / 2 - y * scale });
  }

  /** The whole drawing, in the middle. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#stage;
    const { width, height } = this.#size;
    const scale = this.#fittingScale();
    const middle = (clientHeight - height * scale) / 2;
    const lowest = clientHeight - TOOLS - height * scale;
    this.#apply({ scale, x: (clientWidth - width * scale) / 2, y: Math.min(middle, lowest) });
    this.#resized = () => this.fit();
    this.#onChange(undefined);
  }

  /** At most a little larger than life. */
  #fittingScale(): number {
    const { clientWidth, clientHeight } = this.#stage;
    const { width, height } = this.#size;
    const freeHeight = clientHeight - MARGIN - TOOLS;
    const room = Math.min((clientWidth - 2 * MARGIN) / width, freeHeight / height);
    return Math.min(Math.max(room, 0.001), 1.25);
  }

  /** Drawn at its own size, keeping the middle of the panel. */
  reset(): void {
    this.zoomBy(1 / this.#view.scale);
  }

  /** Zooms around a point of the stage, or its middle. */
  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const { x, y, scale: old } = this.#view;
    const least = Math.min(MIN_SCALE, this.#fittingScale());
    const scale = Math.min(Math.max(old * factor, least), MAX_SCALE);
    const { clientWidth, clientHeight } = this.#stage;
    const point = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const grown = scale / old;
    this.#move({ scale, x: point.x - (point.x - x) * grown, y: point.y - (point.y - y) * grown });
  }

  zoomIn(): void {
    this.zoomBy(STEP);
  }

  zoomOut(): void {
    this.zoomBy(1 / STEP);
  }

  panBy(dx: number, dy: number): void {
    const { x, y, scale } = this.#view;
    this.#move({ scale, x: x + dx, y: y + dy });
  }

  /** Keeps some of the drawing in sight, whatever the user does. */
  #move({ x, y, scale }: View): void {
    const { clientWidth, clientHeight } = this.#stage;
    const { width, height } = this.#size;
    const keep = 48;
    this.#apply({
      scale,
      x: Math.min(Math.max(x, keep - width * scale), clientWidth - keep),
      y: Math.min(Math.max(y, keep - height * scale), clientHeight - keep),
    });
    this.#resized = undefined;
    this.#onChange(this.#view);
  }

  #apply(view: View): void {
    this.#view = view;
    this.#content.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.shiftKey) {
      const [dx, dy] = event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      this.panBy(-dx * lines, -dy * lines);
      return;
    }
    // A pinch on a touchpad arrives as a wheel with Ctrl and small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.zoomBy(Math.exp(-event.deltaY * lines * speed), this.#toStage(event));
  }

  #onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 && event.pointerType === 'mouse') return;
    if (this.#pointers.size === 0) this.#dragged = 0;
    this.#pointers.set(event.pointerId, this.#toStage(event));
  }

  #onPointerMove(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#toStage(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    const wasClick = !this.wasDragged;
    this.#dragged += Math.hypot(dx, dy);
    if (!this.wasDragged) return;
    if (wasClick) {
      this.#stage.setPointerCapture(event.pointerId);
      this.#stage.classList.add('dragging');
    }
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, now);
    if (!other) {
      this.panBy(dx, dy);
      return;
    }
    const [, fixed] = other;
    const spread = Math.hypot(before.x - fixed.x, before.y - fixed.y);
    const wider = Math.hypot(now.x - fixed.x, now.y - fixed.y);
    if (spread > 0) this.zoomBy(wider / spread, fixed);
  }

  #onPointerEnd(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size === 0) this.#stage.classList.remove('dragging');
  }

  #onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.#keys.get(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  }

  readonly #keys = new Map<string, () => void>([
    ['ArrowLeft', () => this.panBy(40, 0)],
    ['ArrowRight', () => this.panBy(-40, 0)],
    ['ArrowUp', () => this.panBy(0, 40)],
    ['ArrowDown', () => this.panBy(0, -40)],
    ['+', () => this.zoomIn()],
    ['=', () => this.zoomIn()],
    ['-', () => this.zoomOut()],
    ['0', () => this.fit()],
    ['1', () => this.reset()],
  ]);

  #toStage({ clientX, clientY }: MouseEvent): { x: number; y: number } {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}
