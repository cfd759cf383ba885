import type { ToWebview } from '../../protocol/webviewMessages.ts';
import type { CalledNode, FoundEdge } from './diagramModel.ts';
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
  #isDrawing = false;
  #isStale = false;

  constructor(host: HTMLElement, events: DrawerEvents) {
    this.#host = host;
    this.#events = events;
  }

  /** The drawing is gone, or does not look as it should: the next is made, whatever it is of. */
  forget(): void {
    this.#drawnFrom = undefined;
  }

  /** Draws what is ordered; of several calls during one drawing only the last has an effect. */
  async draw(): Promise<void> {
    this.#isStale = true;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    while (this.#isStale) {
      // Mermaid blocks the page: first take in the messages that have already come.
      await new Promise((resolve) => setTimeout(resolve));
      this.#isStale = false;
      const order = this.#events.order();
      if (order) await this.#try(order);
    }
    this.#isDrawing = false;
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
  async #drawAnew({ graph, direction, folded, ...added }: DrawOrder): Promise<number | undefined> {
    const source = { mermaid: graph.mermaid, nodes: graph.nodes, ...added };
    const from = JSON.stringify([source, direction, folded && [...folded]]);
    if (this.#drawnFrom === from) return 0;
    const bench = { host: this.#host, isOver: () => this.#isStale };
    const drawing = await renderDiagram(source, { direction, folded, bench });
    if (!drawing) return undefined;
    if (this.#isStale) {
      drawing.svg.remove();
      return undefined;
    }
    this.#drawnFrom = from;
    this.#events.onDrawing(drawing);
    return drawing.renderMs;
  }
}
