import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Drawing } from './drawing.ts';
import { EdgeHighlight } from './edgeHighlight.ts';
import { FrameShare } from '../frameShare.ts';
import { RunHighlight } from './highlightRun.ts';
import type { NodeList } from './nodeList.ts';
import type { Box } from './obstacles.ts';

/** More turning signs than this cost more than they tell: then they stand. */
const MOST_TURNING = 24;

/** What the run is shown on. */
export interface RunStage {
  /** What the drawing and the list are in. */
  readonly content: HTMLElement;
  readonly list: NodeList;
  /** Something new is shown of a node. */
  readonly onShown: (name: string, progress: NodeProgress) => void;
}

/**
 * How a run stands, on the drawing of its graph and in the list of its nodes. What comes in is only taken
 * note of; frames show it, those nodes first that are in view, and each frame as much as it has time for.
 */
export class RunOnDiagram {
  readonly #stage: RunStage;
  /** Of their own, so that the ones leave the others something. */
  readonly #nodeShare = new FrameShare();
  readonly #edgeShare = new FrameShare();
  #drawing: Drawing | undefined;
  #nodes: RunHighlight | undefined;
  #edges: EdgeHighlight | undefined;
  #areEdgesOld = false;
  #isOverview = false;
  /** The latest progress of every node that has any, and those of them that are not shown yet. */
  readonly #progress = new Map<string, NodeProgress>();
  readonly #unshown = new Set<string>();
  /** What nodes had come to at the time of the run that is shown; absent: it is shown as it is. */
  #moment: ReadonlyMap<string, NodeProgress> | undefined;
  /** What was shown of each node last, as moments follow each other. */
  readonly #lastShown = new Map<string, string>();
  readonly #turning = new Set<string>();

  constructor(stage: RunStage) {
    this.#stage = stage;
  }

  /** What is shown of each node. */
  get progress(): readonly NodeProgress[] {
    return [...this.#progress.keys()].flatMap((id) => this.#progressOf(id) ?? []);
  }

  /** Shows the run on another drawing, with the next frames. */
  use(drawing: Drawing | undefined): void {
    this.#drawing = drawing;
    this.#nodes = drawing && new RunHighlight(drawing);
    this.#edges = drawing && new EdgeHighlight(drawing);
    this.#stage.list.setNodes(drawing?.nodes.values() ?? [], drawing?.model);
    this.#showAll();
  }

  /** Takes in how nodes stand. */
  add(nodes: readonly NodeProgress[]): void {
    for (const node of nodes) {
      this.#progress.set(node.id, node);
      this.#unshown.add(node.id);
    }
  }

  /** There are events that may tell of edges. */
  heard(): void {
    this.#areEdgesOld = true;
  }

  /** The drawing is seen from so far that no text can be read: nodes show signs only. */
  setOverview(isOverview: boolean): void {
    if (this.#isOverview === isOverview) return;
    this.#isOverview = isOverview;
    this.#stage.content.classList.toggle('overview', isOverview);
    this.#showAll();
  }

  /** Shows nodes as they were at a time of the run; `undefined`: as it is. */
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

  /**
   * Shows what has come in, or as much of it as goes into one frame.
   * @param view What of the drawing is in sight.
   * @returns Whether that is all.
   */
  refresh(trace: Trace, view: Box): boolean {
    if (this.#unshown.size > 0) this.#nodeShare.begin();
    const fits = () => this.#nodeShare.take();
    const areNodesShown =
      this.#showNodes((id) => this.#isIn(id, view), fits) && this.#showNodes(() => true, fits);
    if (this.#areEdgesOld) {
      this.#edgeShare.begin();
      this.#areEdgesOld = !this.#showEdges(trace, () => this.#edgeShare.take());
    }
    return areNodesShown && !this.#areEdgesOld;
  }

  /** Does something while all of the drawing is rendered, and all of the run is shown on it in words. */
  whole<R>(trace: Trace, use: () => R): R {
    const wasOverview = this.#isOverview;
    this.setOverview(false);
    const all = () => true;
    this.#showNodes(all, all);
    this.#showEdges(trace, all);
    try {
      return this.#drawing?.tiles ? this.#drawing.tiles.whole(use) : use();
    } finally {
      this.setOverview(wasOverview);
    }
  }

  /** Marks nodes that were looked for. */
  mark(ids: readonly string[]): void {
    this.#nodes?.mark(ids);
  }

  /** Rings a node. */
  focus(id: string | undefined): void {
    this.#nodes?.focus(id);
  }

  /** Back to how it was drawn. */
  reset(): void {
    this.#progress.clear();
    this.#unshown.clear();
    this.#lastShown.clear();
    this.#turning.clear();
    this.#moment = undefined;
    this.#nodes?.reset();
    this.#edges?.reset();
    this.#stage.list.reset();
  }

  #progressOf(id: string): NodeProgress | undefined {
    if (!this.#moment) return this.#progress.get(id);
    const idle = { status: 'idle', running: 0, done: 0, failed: 0, totalMs: 0 } as const;
    return this.#moment.get(id) ?? { id, ...idle };
  }

  #showAll(): void {
    for (const id of this.#progress.keys()) this.#unshown.add(id);
    this.#areEdgesOld = true;
  }

  #isIn(id: string, { x, y, width, height }: Box): boolean {
    const node = this.#drawing?.nodes.get(id);
    if (!node) return false;
    const { middle, box } = node;
    return (
      Math.abs(middle.x - x - width / 2) < (width + box.width) / 2 &&
      Math.abs(middle.y - y - height / 2) < (height + box.height) / 2
    );
  }

  /** @returns Whether all are shown that are `wanted`. */
  #showNodes(wanted: (id: string) => boolean, fits: () => boolean): boolean {
    for (const id of this.#unshown) {
      if (!wanted(id)) continue;
      if (!fits()) return false;
      this.#unshown.delete(id);
      const node = this.#progressOf(id);
      if (node) this.#showNode(node);
    }
    return true;
  }

  #showNode(node: NodeProgress): void {
    const { id, status } = node;
    if (status === 'running') this.#turning.add(id);
    else this.#turning.delete(id);
    this.#stage.content.classList.toggle('still', this.#turning.size > MOST_TURNING);
    this.#nodes?.show(node, this.#isOverview);
    this.#stage.list.show(node);
    const name = this.#drawing?.nodes.get(id)?.name;
    if (name !== undefined && !this.#moment) this.#stage.onShown(name, node);
  }

  /** @returns Whether all are shown. */
  #showEdges({ startedAt, edges, status }: Trace, fits: () => boolean): boolean {
    if (startedAt === undefined) return true;
    const isOver = status !== 'running';
    return this.#edges?.show(edges, { isOver, isOverview: this.#isOverview, fits }) ?? true;
  }
}
