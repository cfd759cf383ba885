import type { ToWebview } from '../../protocol/webviewMessages.ts';
import type { CalledNode, DiagramSource, FoundEdge } from './diagramModel.ts';
import type { Drawing } from './drawing.ts';
import type { Direction } from './mermaidText.ts';
import { renderDiagram } from './renderDiagram.ts';

/** The message that brings a graph. */
export type Graph = Extract<ToWebview, { readonly type: 'graph' }>;

/** What is to be drawn. */
export interface DrawOrder {
  readonly graph: Graph;
  readonly direction: Direction;
  readonly folded: ReadonlySet<string> | undefined;
  readonly called: readonly CalledNode[];
  readonly found: readonly FoundEdge[];
}

/** What the drawer asks and tells. */
export interface DrawerEvents {
  /** What is to be drawn now; `undefined`: nothing. */
  readonly order: () => DrawOrder | undefined;
  /** There is another drawing, made in `host` or still to be put there. */
  readonly onDrawing: (drawing: Drawing) => void;
  /** The drawing is what was ordered, after that many milliseconds; 0 if it was so already. */
  readonly onDrawn: (graph: Graph, renderMs: number) => void;
  readonly onFailed: (graph: Graph, message: string) => void;
}

/** Draws one thing at a time, and only the newest of what was ordered meanwhile. */
export class DiagramDrawer {
  readonly #host: HTMLElement;
  readonly #events: DrawerEvents;
  /** What the drawing was made from: most changes of a file leave its graph as it is. */
  #drawnFrom: string | undefined;
  /** What will most likely be ordered next, and is to be drawn ahead. */
  #expected: DrawOrder | undefined;
  /** What was drawn ahead. */
  #ahead: { readonly from: string; readonly drawing: Drawing } | undefined;
  #isDrawing = false;
  #isStale = false;

  constructor(host: HTMLElement, events: DrawerEvents) {
    this.#host = host;
    this.#events = events;
  }

  /** The drawing is gone, or does not look as it should: the next is made, whatever it is of. */
  forget(): void {
    this.#drawnFrom = undefined;
    this.#ahead = undefined;
  }

  /** Draws what is ordered; of several calls during one drawing only the last has an effect. */
  draw(): Promise<void> {
    this.#isStale = true;
    return this.#work();
  }

  /** Draws ahead what will most likely be ordered next, so that it is there at once then. */
  expect(order: DrawOrder): void {
    this.#expected = order;
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    while (this.#isStale || this.#expected) {
      // Mermaid blocks the page: first take in the messages that have already come.
      await new Promise((resolve) => setTimeout(resolve));
      if (this.#isStale) {
        this.#isStale = false;
        const order = this.#events.order();
        if (order) await this.#try(order);
      } else if (this.#expected) {
        const order = this.#expected;
        this.#expected = undefined;
        await this.#drawAhead(order);
      }
    }
    this.#isDrawing = false;
  }

  async #drawAhead(order: DrawOrder): Promise<void> {
    const from = keyOf(order);
    if (from === this.#drawnFrom || from === this.#ahead?.from) return;
    try {
      const drawing = await renderDiagram(sourceOf(order), order);
      if (drawing) this.#ahead = { from, drawing };
    } catch {
      // It is told of if it is ordered.
    }
  }

  async #try(order: DrawOrder): Promise<void> {
    try {
      const renderMs = await this.#drawAnew(order);
      if (renderMs !== undefined) this.#events.onDrawn(order.graph, renderMs);
    } catch (error) {
      if (this.#isStale) return;
      this.forget();
      this.#events.onFailed(order.graph, error instanceof Error ? error.message : String(error));
    }
  }

  /** @returns Milliseconds that drawing took; `undefined` if the result came too late to be of use. */
  async #drawAnew(order: DrawOrder): Promise<number | undefined> {
    const from = keyOf(order);
    if (this.#drawnFrom === from) return 0;
    const bench = { host: this.#host, isOver: () => this.#isStale };
    const drawing =
      this.#ahead?.from === from
        ? this.#ahead.drawing
        : await renderDiagram(sourceOf(order), { ...order, bench });
    if (!drawing) return undefined;
    if (this.#isStale) {
      drawing.svg.remove();
      return undefined;
    }
    this.#drawnFrom = from;
    // It is changed from now on by what is shown on it.
    this.#ahead = undefined;
    this.#events.onDrawing(drawing);
    return drawing.renderMs;
  }
}

function sourceOf({ graph: { mermaid, nodes }, called, found }: DrawOrder): DiagramSource {
  return { mermaid, nodes, called, found };
}

/** The same for all that looks the same. */
function keyOf(order: DrawOrder): string {
  const { nodes, ...source } = sourceOf(order);
  const known = nodes.map(({ id, name, mermaidId, joins }) => [id, name, mermaidId, joins]);
  return JSON.stringify([source, known, order.direction, order.folded && [...order.folded]]);
}
