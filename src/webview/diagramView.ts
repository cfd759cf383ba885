import type { NodeProgress, ToWebview } from '../protocol/webviewMessages.ts';
import type { Trace } from '../trace/trace.ts';
import type { CalledNode, FoundEdge } from './diagramModel.ts';
import type { Drawing } from './drawing.ts';
import { EdgeHighlight } from './edgeHighlight.ts';
import { addFoldSigns, foldSignAt } from './foldSigns.ts';
import { RunHighlight } from './highlightRun.ts';
import type { Direction } from './mermaidText.ts';
import { NodeList } from './nodeList.ts';
import { renderDiagram } from './renderDiagram.ts';
import { watchLabelFont } from './theme.ts';
import { Viewport, type View } from './viewport.ts';

type Graph = Extract<ToWebview, { readonly type: 'graph' }>;

/** Most nodes, and most edges, that are added to a drawing; of further ones nothing is shown. */
const MAX_ADDED = 100;
/** Nodes that are shown anew in one frame. */
const MOST_AT_ONCE = 300;

/** What the view consists of. */
export interface DiagramParts {
  readonly stage: HTMLElement;
  readonly diagram: HTMLElement;
  readonly placeholder: HTMLElement;
  readonly list: HTMLElement;
}

/** What the view asks and tells. */
export interface DiagramEvents {
  /** A node was chosen. `isPointed`: in the drawing, and not in the list. */
  readonly onChoose: (nodeId: string, isPointed: boolean) => void;
  /** There is another drawing. */
  readonly onNew: () => void;
  /** The graph of `revision` is on the screen, or cannot be. */
  readonly onDrawn: (revision: number, renderMs: number) => void;
  readonly onFailed: (revision: number, message: string) => void;
  /** Something new is shown of a node. */
  readonly onShown: (name: string, progress: NodeProgress) => void;
  /** The user has moved the drawing; `undefined` while it is fitted. */
  readonly onView: (view: View | undefined) => void;
  /** Where the user has moved this graph before. */
  readonly viewOf: () => View | undefined;
}

/** The diagram: what is drawn, and how the run stands in it. */
export class DiagramView {
  readonly #parts: DiagramParts;
  readonly #events: DiagramEvents;
  readonly #list: NodeList;
  readonly viewport: Viewport;
  #direction: Direction;
  #graph: Graph | undefined;
  #drawing: Drawing | undefined;
  /** What the drawing was made from: most changes of a file leave its graph as it is. */
  #drawnFrom: string | undefined;
  #highlight: RunHighlight | undefined;
  #edges: EdgeHighlight | undefined;
  /** The latest progress of every node that has any, and those of them that are not shown yet. */
  readonly #progress = new Map<string, NodeProgress>();
  readonly #unshown = new Set<string>();
  /** What nodes had come to at the time of the run that is shown; absent: it is shown as it is. */
  #moment: ReadonlyMap<string, NodeProgress> | undefined;
  /** What was shown of each node last, as moments follow each other. */
  readonly #lastShown = new Map<string, string>();
  /** Functional tasks that have run: they are in no text, and are drawn once they are known of. */
  readonly #called = new Map<string, CalledNode>();
  /** Edges that were taken and are in no text. */
  readonly #found = new Map<string, FoundEdge>();
  /** The subgraphs that are drawn as one node; absent until the user has folded or unfolded any. */
  #folded: ReadonlySet<string> | undefined;
  /** What was to be brought into sight, and is not drawn yet. */
  #revealed: string | undefined;
  #areEdgesOld = false;
  #isDrawing = false;
  #isDrawingStale = false;

  constructor(parts: DiagramParts, direction: Direction, events: DiagramEvents) {
    this.#parts = parts;
    this.#direction = direction;
    this.#events = events;
    const { stage, diagram, list } = parts;
    this.#list = new NodeList(list, {
      onChoose: (id) => events.onChoose(id, false),
      onFocus: (id) => this.focus(id),
      onFold: (id, isFolded) => this.#fold([id], isFolded),
    });
    this.viewport = new Viewport(stage, diagram, (view) => {
      this.#drawing?.tiles?.show(this.viewport.visible);
      events.onView(view);
    });
    diagram.addEventListener('click', ({ target }) => this.#onClick(target));
    watchLabelFont(() => {
      this.#drawnFrom = undefined;
      void this.#draw();
    });
  }

  get drawing(): Drawing | undefined {
    return this.#drawing;
  }

  /** What is shown of each node. */
  get progress(): readonly NodeProgress[] {
    return [...this.#progress.keys()].flatMap((id) => this.#progressOf(id) ?? []);
  }

  /** Draws a graph, in place of any other. */
  show(graph: Graph): void {
    const { title, file } = graph;
    if (title !== this.#graph?.title || file !== this.#graph.file) this.#folded = undefined;
    this.#graph = graph;
    this.#called.clear();
    this.#found.clear();
    this.#parts.diagram.classList.remove('outdated');
    if (!this.#drawing) this.#parts.placeholder.replaceChildren();
    void this.#draw();
  }

  /** What is drawn is not what the file says. */
  showOutdated(): void {
    this.#parts.diagram.classList.add('outdated');
  }

  get isOutdated(): boolean {
    return this.#parts.diagram.classList.contains('outdated');
  }

  turn(direction: Direction): void {
    this.#direction = direction;
    void this.#draw();
  }

  /** Takes in how nodes stand; `refresh` shows it. */
  add(nodes: readonly NodeProgress[]): void {
    for (const node of nodes) {
      this.#progress.set(node.id, node);
      this.#unshown.add(node.id);
    }
    if (nodes.filter((node) => this.#isNewlyCalled(node)).length > 0) void this.#draw();
  }

  /** There are events that may tell of edges. */
  heard(): void {
    this.#areEdgesOld = true;
  }

  /**
   * Shows nodes as they were at a time of the run, with the next `refresh`.
   * @param nodes Those that had started; `undefined`: the run is shown as it is.
   */
  showMoment(nodes: readonly NodeProgress[] | undefined): void {
    this.#moment = nodes && new Map(nodes.map((node) => [node.id, node]));
    for (const id of this.#progress.keys()) {
      const key = JSON.stringify(this.#progressOf(id));
      if (this.#lastShown.get(id) === key) continue;
      this.#lastShown.set(id, key);
      this.#unshown.add(id);
    }
    this.#areEdgesOld = true;
  }

  #progressOf(id: string): NodeProgress | undefined {
    if (!this.#moment) return this.#progress.get(id);
    const idle = { status: 'idle', running: 0, done: 0, failed: 0, totalMs: 0 } as const;
    return this.#moment.get(id) ?? { id, ...idle };
  }

  /**
   * Shows what has come in, or as much of it as goes into one frame.
   * @returns Whether that is all.
   */
  refresh(trace: Trace): boolean {
    let left = MOST_AT_ONCE;
    for (const id of this.#unshown) {
      if (left-- === 0) return false;
      this.#unshown.delete(id);
      const node = this.#progressOf(id);
      if (!node) continue;
      this.#highlight?.show(node);
      this.#list.show(node);
      const name = this.#drawing?.nodes.get(id)?.name;
      if (name !== undefined && !this.#moment) this.#events.onShown(name, node);
    }
    if (this.#areEdgesOld) this.#showEdges(trace);
    return !this.#areEdgesOld;
  }

  /** The nodes and subgraphs that can be looked for, folded or not. */
  get findable(): readonly { readonly id: string; readonly name: string }[] {
    const { model, nodes } = this.#drawing ?? {};
    if (!model) return [...(nodes?.values() ?? [])];
    return [
      ...model.blocks,
      ...model.nodes.filter(({ kind }) => kind !== 'start' && kind !== 'end'),
    ];
  }

  /** Marks nodes that were looked for. */
  mark(ids: readonly string[]): void {
    this.#highlight?.mark(ids);
  }

  /** Brings a node into sight, and rings it; unfolds what it is in. */
  reveal(id: string): void {
    this.#revealed = id;
    const node = this.#drawing?.nodes.get(id);
    if (!node) return this.#fold(this.#foldsAround(id), false);
    this.#revealed = undefined;
    this.focus(id);
    this.viewport.reveal(node.middle);
  }

  get hasSubgraphs(): boolean {
    return (this.#drawing?.model?.blocks.length ?? 0) > 0;
  }

  get areAllFolded(): boolean {
    const { model, folded } = this.#drawing ?? {};
    return this.hasSubgraphs && model!.blocks.every(({ id }) => folded?.has(id));
  }

  /** Folds all subgraphs, or unfolds them. */
  foldAll(isFolded: boolean): void {
    this.#fold(
      (this.#drawing?.model?.blocks ?? []).map(({ id }) => id),
      isFolded,
    );
  }

  #fold(ids: readonly string[], isFolded: boolean): void {
    if (ids.length === 0) return;
    const folded = new Set(this.#drawing?.folded);
    for (const id of ids) {
      if (isFolded) folded.add(id);
      else folded.delete(id);
    }
    this.#folded = folded;
    void this.#draw();
  }

  /** The folded subgraphs around a node. */
  #foldsAround(id: string): string[] {
    const { model, folded } = this.#drawing ?? {};
    const around = new Map(model?.blocks.map((block) => [block.id, block.block]));
    const folds: string[] = [];
    let at = model?.nodes.find((node) => node.id === id)?.block ?? around.get(id);
    for (; at !== undefined; at = around.get(at)) if (folded?.has(at)) folds.push(at);
    return folds;
  }

  /** Rings a node. */
  focus(id: string | undefined): void {
    this.#highlight?.focus(id);
  }

  /** Back to how it was drawn. */
  forgetRun(): void {
    this.#progress.clear();
    this.#unshown.clear();
    this.#lastShown.clear();
    this.#moment = undefined;
    this.#highlight?.reset();
    this.#edges?.reset();
    this.#list.reset();
  }

  /** In place of a drawing: what is missing, or what went wrong and with which text. */
  showPlaceholder(text: string, code?: string): void {
    this.#drawing = undefined;
    this.#highlight = this.#edges = undefined;
    document.body.classList.remove('hasDrawing');
    this.#parts.diagram.replaceChildren();
    this.#list.setNodes([]);
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    this.#parts.placeholder.replaceChildren(paragraph);
    if (code === undefined) return;
    const pre = document.createElement('pre');
    pre.tabIndex = 0;
    pre.textContent = code;
    this.#parts.placeholder.append(pre);
  }

  /** Takes note of a node that must be added to the drawing. */
  #isNewlyCalled({ id, calledBy }: NodeProgress): boolean {
    if (!calledBy || this.#called.has(id) || this.#called.size >= MAX_ADDED) return false;
    this.#called.set(id, { id, ...calledBy });
    return true;
  }

  #showEdges(trace: Trace): void {
    this.#areEdgesOld = false;
    const { startedAt, status, edges } = trace;
    if (startedAt === undefined) return;
    if (this.#edges?.show(edges, { isOver: status !== 'running' }) === false) {
      this.#areEdgesOld = true;
    }
    if (this.#findEdges(trace)) void this.#draw();
  }

  /** Takes note of edges that were taken, and that no declaration tells of. */
  #findEdges({ edges }: Trace): boolean {
    const known = this.#drawing?.declared;
    if (!known) return false;
    const before = this.#found.size;
    for (const { source, target } of edges.all()) {
      if (this.#found.size >= MAX_ADDED) break;
      if (!known.lacks(source, target)) continue;
      this.#found.set(JSON.stringify([source, target]), { source, target });
    }
    return this.#found.size > before;
  }

  /** Draws the present graph; of several calls during one drawing only the last has an effect. */
  async #draw(): Promise<void> {
    if (this.#isDrawing) {
      this.#isDrawingStale = true;
      return;
    }
    this.#isDrawing = true;
    do {
      // Mermaid blocks the page: first take in the messages that have already come.
      await new Promise((resolve) => setTimeout(resolve));
      this.#isDrawingStale = false;
      const graph = this.#graph;
      if (!graph) break;
      try {
        const renderMs = await this.#drawAnew(graph);
        if (renderMs === undefined) continue;
        this.#events.onDrawn(graph.revision, renderMs);
      } catch (error) {
        if (this.#isDrawingStale) continue;
        const message = error instanceof Error ? error.message : String(error);
        this.showPlaceholder(`The graph cannot be drawn: ${message}`, graph.mermaid);
        this.#events.onFailed(graph.revision, message);
      }
    } while (this.#isDrawingStale);
    this.#isDrawing = false;
  }

  /** @returns Milliseconds that drawing took; `undefined` if the result came too late to be of use. */
  async #drawAnew(graph: Graph): Promise<number | undefined> {
    const { mermaid, nodes } = graph;
    const [called, found] = [[...this.#called.values()], [...this.#found.values()]];
    const source = { mermaid, nodes, called, found };
    const from = JSON.stringify([source, this.#direction, this.#folded && [...this.#folded]]);
    if (this.#drawing !== undefined && this.#drawnFrom === from) {
      describe(this.#drawing, graph);
      return 0;
    }
    const result = await renderDiagram(source, {
      direction: this.#direction,
      folded: this.#folded,
      bench: { host: this.#parts.diagram, isOver: () => this.#isDrawingStale },
    });
    if (!result) return undefined;
    if (this.#isDrawingStale) {
      result.svg.remove();
      return undefined;
    }
    this.#drawnFrom = from;
    this.#showDrawing(result, graph);
    return result.renderMs;
  }

  #showDrawing(drawing: Drawing, graph: Graph): void {
    this.#drawing = drawing;
    describe(drawing, graph);
    for (const other of [...this.#parts.diagram.children]) {
      if (other !== drawing.svg) other.remove();
    }
    // A large one is there already: to take it in anew would hold the page.
    if (!drawing.svg.isConnected) this.#parts.diagram.append(drawing.svg);
    this.#parts.placeholder.replaceChildren();
    document.body.classList.add('hasDrawing');
    addFoldSigns(drawing);
    this.#highlight = new RunHighlight(drawing);
    this.#edges = new EdgeHighlight(drawing);
    this.#areEdgesOld = true;
    this.#list.setNodes(drawing.nodes.values());
    this.viewport.setContent(drawing, this.#events.viewOf());
    for (const id of this.#progress.keys()) this.#unshown.add(id);
    this.#events.onNew();
    if (this.#revealed !== undefined && drawing.nodes.has(this.#revealed)) {
      this.reveal(this.#revealed);
    }
    this.#revealed = undefined;
  }

  #onClick(target: EventTarget | null): void {
    if (!this.#drawing || this.viewport.wasDragged || !(target instanceof Element)) return;
    const folding = foldSignAt(target);
    const element = folding ?? target.closest('g.node, g.cluster');
    for (const node of this.#drawing.nodes.values()) {
      if (node.element !== element) continue;
      if (folding) this.#fold([node.id], !node.isFolded);
      else this.#events.onChoose(node.id, true);
      return;
    }
  }
}

function describe({ svg }: Drawing, { title }: Graph): void {
  svg.setAttribute('aria-label', `Diagram of ${title}`);
}
