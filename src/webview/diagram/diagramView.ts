import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { GraphReach } from '../../protocol/graphReach.ts';
import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import type { Trace } from '../../trace/trace.ts';
import { AddedParts } from './addedParts.ts';
import { DiagramDrawer, type Graph } from './diagramDrawer.ts';
import { drawBreakpoints } from './breakpointSigns.ts';
import type { Drawing, DrawnNode } from './drawing.ts';
import { foldsAround } from './foldModel.ts';
import { addFoldSigns, foldSignAt } from './foldSigns.ts';
import type { Direction } from './mermaidText.ts';
import { serveMenus } from './menus.ts';
import { NodeList, rowId } from './nodeList.ts';
import { showReach } from './reachOnDiagram.ts';
import { RunOnDiagram } from './runOnDiagram.ts';
import { watchLabelFont } from '../theme.ts';
import { Viewport, type View } from './viewport.ts';

/** Below this the words of a state would be four pixels high. */
const OVERVIEW_SCALE = 0.35;

/** What the view consists of. */
export interface DiagramParts {
  /** All of it. */
  readonly content: HTMLElement;
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
  /** The user has folded or unfolded subgraphs: these are drawn as one node. */
  readonly onFolded: (folded: readonly string[]) => void;
  /** Those that the user has folded in this graph before; `undefined` if none were touched. */
  readonly foldedOf: (graph: Graph) => readonly string[] | undefined;
}

/** The diagram: what is drawn, which part of it is seen, and what is folded. */
export class DiagramView {
  readonly #parts: DiagramParts;
  readonly #events: DiagramEvents;
  readonly #drawer: DiagramDrawer;
  readonly #list: NodeList;
  readonly #run: RunOnDiagram;
  readonly #added = new AddedParts();
  #breakpoints: readonly GraphBreakpoint[] = [];
  #reach: GraphReach | undefined;
  readonly viewport: Viewport;
  #direction: Direction;
  #graph: Graph | undefined;
  #drawing: Drawing | undefined;
  /** The subgraphs that are drawn as one node; absent until the user has folded or unfolded any. */
  #folded: ReadonlySet<string> | undefined;
  #isHeard = false;
  /** What was to be brought into sight, and is not drawn yet. */
  #revealed: string | undefined;

  constructor(parts: DiagramParts, direction: Direction, events: DiagramEvents) {
    this.#parts = parts;
    this.#direction = direction;
    this.#events = events;
    const { content, stage, diagram, list } = parts;
    this.#drawer = new DiagramDrawer(diagram, {
      order: () => this.#graph && { ...this.#ordered, graph: this.#graph },
      onDrawing: (drawing) => this.#showDrawing(drawing),
      onDrawn: (graph, renderMs) => {
        this.#drawing?.svg.setAttribute('aria-label', `Diagram of ${graph.title}`);
        events.onDrawn(graph.revision, renderMs);
      },
      onFailed: ({ revision, mermaid }, message) => {
        this.showPlaceholder(`The graph cannot be drawn: ${message}`, mermaid);
        events.onFailed(revision, message);
      },
    });
    this.#list = new NodeList(list, {
      onChoose: (id) => events.onChoose(id, false),
      onFocus: (id) => this.#run.focus(id),
      onFold: (id, isFolded) => this.#fold([id], isFolded),
    });
    this.#run = new RunOnDiagram({ content, list: this.#list, onShown: events.onShown });
    this.viewport = new Viewport(stage, diagram, (view) => {
      this.#drawing?.tiles?.show(this.viewport.visible);
      this.#run.setOverview(this.viewport.scale < OVERVIEW_SCALE);
      events.onView(view);
    });
    diagram.addEventListener('click', ({ target }) => this.#onClick(target));
    serveMenus(diagram, (target) => this.#nodeAt(target)?.id);
    serveMenus(list, rowId);
    watchLabelFont(() => {
      this.#drawer.forget();
      void this.#drawer.draw();
    });
  }

  get #ordered() {
    const { called, found } = this.#added;
    return { direction: this.#direction, folded: this.#folded, called, found };
  }

  get drawing(): Drawing | undefined {
    return this.#drawing;
  }

  /** What is shown of each node. */
  get progress(): readonly NodeProgress[] {
    return this.#run.progress;
  }

  /** Draws a graph, in place of any other. */
  show(graph: Graph): void {
    const { title, file } = graph;
    if (title !== this.#graph?.title || file !== this.#graph.file) {
      const folded = this.#events.foldedOf(graph);
      this.#folded = folded && new Set(folded);
    }
    this.#graph = graph;
    this.#added.clear();
    this.#parts.diagram.classList.remove('outdated');
    if (!this.#drawing) this.#parts.placeholder.replaceChildren();
    void this.#drawer.draw();
  }

  /** Draws a graph ahead that will most likely be shown next. */
  expect(graph: Graph): void {
    this.#drawer.expect({ ...this.#ordered, called: [], found: [], graph });
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
    void this.#drawer.draw();
  }

  /** Takes in how nodes stand; `refresh` shows it. */
  add(nodes: readonly NodeProgress[]): void {
    this.#run.add(nodes);
    if (this.#added.addCalled(nodes)) void this.#drawer.draw();
  }

  /** Shows where runs pause, in place of what was shown before. */
  showBreakpoints(breakpoints: readonly GraphBreakpoint[]): void {
    this.#breakpoints = breakpoints;
    this.#list.showBreakpoints(breakpoints);
    if (this.#drawing) drawBreakpoints(this.#drawing, breakpoints);
  }

  /** Marks what tests have reached, in place of what was marked before; `undefined`: nothing. */
  showReach(reach: GraphReach | undefined): void {
    this.#reach = reach;
    if (this.#drawing) showReach(this.#drawing, reach);
  }

  /** There are events that may tell of edges. */
  heard(): void {
    this.#isHeard = true;
    this.#run.heard();
  }

  /**
   * Shows nodes as they were at a time of the run, with the next `refresh`.
   * @param nodes Those that had started; `undefined`: the run is shown as it is.
   */
  showMoment(nodes: readonly NodeProgress[] | undefined): void {
    this.#run.showMoment(nodes);
  }

  /**
   * Shows what has come in, or as much of it as goes into one frame.
   * @returns Whether that is all.
   */
  refresh(trace: Trace): boolean {
    if (this.#isHeard) this.#findEdges(trace);
    return this.#run.refresh(trace, this.viewport.visible);
  }

  #findEdges({ edges }: Trace): void {
    this.#isHeard = false;
    const declared = this.#drawing?.declared;
    if (declared && this.#added.addFound(edges, declared)) void this.#drawer.draw();
  }

  /** Does something while all of the drawing is rendered, with the run on it as large as life. */
  whole<R>(trace: Trace, use: (svg: SVGSVGElement | undefined) => R): R {
    return this.#run.whole(trace, () => use(this.#drawing?.svg));
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
    this.#run.mark(ids);
  }

  /** Rings a node. */
  focus(id: string | undefined): void {
    this.#run.focus(id);
  }

  /** Brings a node into sight, and rings it; unfolds what it is in. */
  reveal(id: string): void {
    this.#revealed = id;
    const { nodes, model, folded } = this.#drawing ?? {};
    const node = nodes?.get(id);
    if (!node) return this.#fold(model && folded ? foldsAround(model, folded, id) : [], false);
    this.#revealed = undefined;
    this.#run.focus(id);
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
    this.#events.onFolded([...folded]);
    void this.#drawer.draw();
  }

  /** Back to how it was drawn. */
  forgetRun(): void {
    this.#run.reset();
  }

  /** In place of a drawing: what is missing, or what went wrong and with which text. */
  showPlaceholder(text: string, code?: string): void {
    this.#drawing = undefined;
    this.#drawer.forget();
    this.#run.use(undefined);
    document.body.classList.remove('hasDrawing');
    this.#parts.diagram.replaceChildren();
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    this.#parts.placeholder.replaceChildren(paragraph);
    if (code === undefined) return;
    const pre = document.createElement('pre');
    pre.tabIndex = 0;
    pre.textContent = code;
    this.#parts.placeholder.append(pre);
  }

  #showDrawing(drawing: Drawing): void {
    this.#drawing = drawing;
    for (const other of [...this.#parts.diagram.children]) {
      if (other !== drawing.svg) other.remove();
    }
    // A large one is there already: to take it in anew would hold the page.
    if (!drawing.svg.isConnected) this.#parts.diagram.append(drawing.svg);
    this.#parts.placeholder.replaceChildren();
    document.body.classList.add('hasDrawing');
    addFoldSigns(drawing);
    drawBreakpoints(drawing, this.#breakpoints);
    showReach(drawing, this.#reach);
    this.#run.use(drawing);
    this.#isHeard = true;
    this.viewport.setContent(drawing, this.#events.viewOf());
    this.#events.onNew();
    if (this.#revealed !== undefined && drawing.nodes.has(this.#revealed)) {
      this.reveal(this.#revealed);
    }
    this.#revealed = undefined;
  }

  #onClick(target: EventTarget | null): void {
    if (!this.#drawing || this.viewport.wasDragged || !(target instanceof Element)) return;
    const node = this.#nodeAt(target);
    if (!node) return;
    if (foldSignAt(target)) this.#fold([node.id], !node.isFolded);
    else this.#events.onChoose(node.id, true);
  }

  #nodeAt(target: Element): DrawnNode | undefined {
    const element = foldSignAt(target) ?? target.closest('g.node, g.cluster');
    const nodes = this.#drawing?.nodes.values() ?? [];
    return [...nodes].find((node) => node.element === element);
  }
}
