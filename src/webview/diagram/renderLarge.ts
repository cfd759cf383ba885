import type { DiagramModel, ModelBlock, ModelEdge, ModelNode } from './diagramModel.ts';
import {
  parentsFirst,
  setTooltip,
  type DrawnEdge,
  type DrawnNode,
  type Drawing,
} from './drawing.ts';
import { nextFrame, overFrames } from '../frames.ts';
import { layOutAside } from './layout/layOutAside.ts';
import { LOOP_ROOM, type Layout, type LayoutInput } from './layout/layOut.ts';
import type { LevelItem, Point } from './layout/level.ts';
import { cutName, shortName, type Direction } from './mermaidText.ts';
import { Obstacles, type Box } from './obstacles.ts';
import { svgElement } from '../statusSign.ts';
import { Tiles } from './tiles.ts';
import { readLabelFont } from '../theme.ts';

/** Room around a name, and the least width of a card; as the stylesheet has it for Mermaid's. */
const PADDING = 10;
const SIDE = 4;
const LEAST_EMS = 8;
const STATE_EMS = 1.9;
const LINE_EMS = 1.5;
const SMALL = 0.85;
const TITLE_LEFT = 14;
const TITLE_TOP = 6;
const HEAD_EMS = 3.2;
/** Room for the sign by which a subgraph is folded. */
const FOLD_SIGN = 20;
const BAR = { width: 70, height: 8 };
const ARROW = 'M0 0L10 5L0 10z';

let drawings = 0;

/** Where a large drawing is made, and whether somebody still needs it. */
export interface Bench {
  /** What the page shows drawings in: it is made there unseen, piece by piece. */
  readonly host: HTMLElement;
  readonly isOver: () => boolean;
}

/**
 * Draws a graph of any size without holding the page: laid out in a worker, drawn over many frames.
 * @returns `undefined` if nobody needs it any more.
 */
export async function renderLarge(
  model: DiagramModel,
  direction: Direction,
  bench: Bench,
): Promise<Drawing | undefined> {
  const started = performance.now();
  await nextFrame();
  const plan = new Plan(model, direction);
  await nextFrame();
  const layout = await layOutAside(plan.input);
  if (bench.isOver()) return undefined;
  const sheet = new Sheet(plan, layout, direction);
  bench.host.append(sheet.svg);
  if (!(await overFrames(sheet.pieces(), (draw) => draw(), bench.isOver))) {
    sheet.svg.remove();
    return undefined;
  }
  return sheet.drawing(performance.now() - started);
}

/** A node of the layout: of the graph, or a bar in which edges meet. */
interface PlannedNode {
  readonly node?: ModelNode;
  readonly size: LevelItem;
}

interface PlannedEdge {
  readonly edge: ModelEdge;
  readonly joined?: readonly string[];
  readonly label?: LevelItem;
}

/** What is to be laid out, with the sizes that its texts need. */
class Plan {
  readonly input: LayoutInput;
  readonly nodes: PlannedNode[] = [];
  readonly edges: PlannedEdge[] = [];
  readonly blocks: readonly ModelBlock[];
  readonly em: number;
  readonly #measure: (text: string, isBold?: boolean) => number;

  constructor({ nodes, blocks, edges }: DiagramModel, direction: Direction) {
    const { fontFamily, fontSize } = readLabelFont();
    this.em = parseFloat(fontSize);
    const context = document.createElement('canvas').getContext('2d');
    this.#measure = (text, isBold = false) => {
      if (!context) return text.length * this.em * 0.6;
      context.font = `${isBold ? '600 ' : ''}${this.em}px ${fontFamily}`;
      return context.measureText(text).width;
    };
    this.blocks = blocks;
    const blockAt = new Map(blocks.map(({ id }, i) => [id, i]));
    const indexOf = (block: string | undefined) =>
      (block === undefined ? undefined : blockAt.get(block)) ?? -1;
    const laidOut: LayoutInput['nodes'][number][] = [];
    const add = (size: LevelItem, block: string | undefined, node?: ModelNode): number => {
      this.nodes.push({ size, ...(node && { node }) });
      return laidOut.push({ ...size, block: indexOf(block) }) - 1;
    };
    const nodeAt = new Map(
      nodes.map((node) => [node.id, add(this.#sizeOf(node), node.block, node)]),
    );
    const ends: { from: number; to: number }[] = [];
    const connect = (from: number | undefined, to: number | undefined, planned: PlannedEdge) => {
      if (from === undefined || to === undefined) return;
      ends.push({ from, to });
      this.edges.push(planned);
    };
    const bar = direction === 'LR' ? { width: BAR.height, height: BAR.width } : BAR;
    const bars = new Map<string, { readonly at: number; readonly sources: readonly string[] }[]>();
    for (const { id, block, joins } of nodes) {
      for (const sources of joins.filter((each) => each.length > 1)) {
        const at = add(bar, block);
        const edge: ModelEdge = { source: sources[0]!, target: id, kind: 'always' };
        connect(at, nodeAt.get(id), { edge, joined: sources });
        bars.set(id, [...(bars.get(id) ?? []), { at, sources }]);
      }
    }
    for (const edge of edges) {
      const { source, target, kind, label } = edge;
      const met = bars.get(target)?.filter(({ sources }) => sources.includes(source)) ?? [];
      const isJoined = kind === 'always' && met.length > 0;
      const room = label === undefined ? {} : { label: this.#roomFor(label) };
      for (const to of isJoined ? met.map(({ at }) => at) : [nodeAt.get(target)]) {
        connect(nodeAt.get(source), to, { edge, ...room });
      }
    }
    this.input = {
      nodes: laidOut,
      blocks: blocks.map(({ name, block }) => ({
        block: indexOf(block),
        title: {
          width: this.#measure(shortName(name), true) + FOLD_SIGN,
          height: HEAD_EMS * this.em,
        },
      })),
      edges: ends.map((pair, i) => ({ ...pair, label: this.edges[i]!.label })),
      isAcross: direction === 'LR',
    };
  }

  #sizeOf({ name, kind, facts }: ModelNode): LevelItem {
    const { em } = this;
    if (kind === 'start' || kind === 'end') return { width: 5.2 * em, height: 2.1 * em };
    const widths = facts.map((fact) => this.#measure(shortName(fact)) * SMALL);
    const width = Math.max(this.#measure(shortName(name)), LEAST_EMS * em, ...widths);
    const height = (LINE_EMS * (1 + facts.length) + STATE_EMS) * em;
    return { width: width + 2 * (PADDING + SIDE), height: height + 2 * PADDING };
  }

  #roomFor(label: string): LevelItem {
    return { width: this.#measure(shortName(label)) + 2 * SIDE, height: LINE_EMS * this.em };
  }
}

/** The drawing while it comes into being. */
class Sheet {
  readonly svg: SVGSVGElement;
  readonly #plan: Plan;
  readonly #layout: Layout;
  readonly #isAcross: boolean;
  readonly #arrow = `arrow${++drawings}`;
  readonly #edgePaths = svgElement('g', { class: 'edgePaths' });
  readonly #clusters = svgElement('g', { class: 'clusters' });
  readonly #titles = svgElement('g', { class: 'edgeLabels' });
  readonly #nodeGroup = svgElement('g', { class: 'nodes' });
  readonly #nodes: DrawnNode[] = [];
  readonly #edges: DrawnEdge[] = [];
  readonly #obstacles = new Obstacles();
  readonly #tiles = new Tiles();
  #start: Drawing['start'];

  constructor(plan: Plan, layout: Layout, direction: Direction) {
    this.#plan = plan;
    this.#layout = layout;
    this.#isAcross = direction === 'LR';
    const { width, height } = layout;
    const size = { width, height, viewBox: `0 0 ${width} ${height}` };
    this.svg = svgElement('svg', { ...size, role: 'img' });
    const marker = svgElement('marker', {
      ...{ id: this.#arrow, class: 'marker', viewBox: '0 0 10 10', refX: 9, refY: 5 },
      ...{ markerUnits: 'userSpaceOnUse', markerWidth: 9, markerHeight: 9, orient: 'auto' },
    });
    marker.append(svgElement('path', { d: ARROW }));
    const root = svgElement('g', { class: 'root' });
    // Boxes below edges, and their titles above.
    root.append(this.#clusters, this.#edgePaths, this.#titles, this.#nodeGroup);
    this.svg.append(marker, root);
  }

  /** What is to be done, one piece after another; nodes first. */
  *pieces(): Generator<() => void> {
    for (const i of this.#plan.blocks.keys()) yield () => this.#drawBlock(i);
    for (const i of this.#plan.nodes.keys()) yield () => this.#drawNode(i);
    for (const i of this.#plan.edges.keys()) yield () => this.#drawEdge(i);
  }

  drawing(renderMs: number): Drawing {
    this.svg.removeAttribute('class');
    const { width, height } = this.#layout;
    return {
      svg: this.svg,
      nodes: new Map(parentsFirst(this.#nodes).map((node) => [node.id, node])),
      edges: this.#edges,
      obstacles: this.#obstacles,
      tiles: this.#tiles,
      ...{ width, height, renderMs },
      ...(this.#start && { start: this.#start }),
    };
  }

  #drawBlock(i: number): void {
    const { id, name } = this.#plan.blocks[i]!;
    const box = this.#layout.blocks[i]!;
    const element = svgElement('g', { class: 'cluster' });
    const shape = svgElement('rect', { ...box });
    const { em } = this.#plan;
    const left = box.x + TITLE_LEFT;
    const middle = box.y + TITLE_TOP + (LINE_EMS / 2) * em;
    const title = svgElement('g', { class: 'cluster-label' });
    title.append(text('nodeLabel', shortName(name), [left, middle]));
    element.append(shape, title);
    this.#tiles.add(this.#clusters, element, box);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    this.#add({ id, name, element, shape, box, middle: at, isCluster: true, isFolded: false });
    const { width, height } = this.#plan.input.blocks[i]!.title;
    this.#obstacles.add({ x: left, y: box.y, width, height });
  }

  #drawNode(i: number): void {
    const { node, size } = this.#plan.nodes[i]!;
    const [x, y] = this.#layout.nodes[i]!;
    const { width, height } = size;
    const box: Box = { x: -width / 2, y: -height / 2, width, height };
    const kind = node?.kind ?? 'join';
    const isEnd = kind === 'start' || kind === 'end';
    const look = isEnd ? 'terminal' : node?.isDeferred ? 'deferred' : kind;
    const element = svgElement('g', {
      class: `node ${look}`,
      transform: `translate(${x}, ${y})`,
    });
    const shape = svgElement('rect', { class: 'basic', ...box });
    element.append(shape);
    const room = { x: x + box.x, y: y + box.y, width, height };
    this.#tiles.add(this.#nodeGroup, element, room);
    this.#obstacles.add(room);
    if (!node) return;
    const label = svgElement('g', { class: 'label' });
    element.append(label);
    if (isEnd) {
      label.append(text('nodeLabel', kind.toUpperCase(), [0, 0]));
      if (kind === 'start') this.#start ??= { x, y };
      return;
    }
    const line = LINE_EMS * this.#plan.em;
    const top = box.y + PADDING + line / 2;
    label.append(text('nodeLabel', shortName(node.name), [0, top]));
    node.facts.forEach((fact, n) => {
      label.append(text('fact', shortName(fact), [0, top + (n + 1) * line]));
    });
    const { id, name } = node;
    const isFolded = kind === 'folded';
    this.#add({ id, name, element, shape, box, middle: { x, y }, isCluster: false, isFolded });
  }

  #add(node: DrawnNode): void {
    setTooltip(node, node.name);
    this.#nodes.push(node);
  }

  #drawEdge(i: number): void {
    const { edge, joined, label } = this.#plan.edges[i]!;
    const { source, target, kind } = edge;
    const isDotted = kind === 'conditional' || kind === 'called' || kind === 'found';
    const path = svgElement('path', {
      class: `flowchart-link edge-pattern-${isDotted ? 'dotted' : 'solid'}${kind === 'found' ? ' found' : ''}`,
      d: this.#pathOf(i),
      ...(kind !== 'called' && { 'marker-end': `url(#${this.#arrow})` }),
    });
    const points = this.#cornersOf(i);
    this.#tiles.add(this.#edgePaths, path, boxAround(points));
    const pointAt = (share: number) => alongLine(points, share);
    this.#edges.push({ source, target, kind, joined, path, pointAt });
    const at = this.#layout.labels[i];
    if (!at || !label || edge.label === undefined) return;
    const { width, height } = label;
    const box = { x: at[0] - width / 2, y: at[1] - height / 2, width, height };
    const group = svgElement('g', { class: 'edgeLabel' });
    group.append(
      svgElement('rect', { class: 'labelBkg', ...box }),
      text('edgeLabel', shortName(edge.label), at),
    );
    const whole = cutName(edge.label);
    if (whole !== undefined) setTooltip({ element: group }, whole);
    this.#tiles.add(this.#titles, group, box);
    this.#obstacles.add(box);
  }

  #cornersOf(i: number): readonly Point[] {
    const points = this.#layout.edges[i]!;
    if (points.length > 0) return points;
    // From a node to itself.
    const { from } = this.#plan.input.edges[i]!;
    const [x, y] = this.#layout.nodes[from]!;
    const { width, height } = this.#plan.nodes[from]!.size;
    const [along, out] = this.#isAcross ? [x, y + height / 2] : [y, x + width / 2];
    const corners: Point[] = [
      [out, along - 9],
      [out + LOOP_ROOM * 0.75, along],
      [out, along + 9],
    ];
    return this.#isAcross ? corners.map(([a, b]): Point => [b, a]) : corners;
  }

  #pathOf(i: number): string {
    const points = this.#cornersOf(i);
    if (this.#layout.edges[i]!.length > 0) return curve(points, this.#isAcross);
    const [begin, middle, end] = points as [Point, Point, Point];
    // Through the middle, since a curve comes three quarters near to its control points.
    const [cx, cy] = this.#isAcross
      ? [begin[0], begin[1] + (middle[1] - begin[1]) / 0.75]
      : [begin[0] + (middle[0] - begin[0]) / 0.75, begin[1]];
    const [dx, dy] = this.#isAcross ? [end[0], cy] : [cx, end[1]];
    return `M${begin.join(' ')}C${cx} ${cy} ${dx} ${dy} ${end.join(' ')}`;
  }
}

function boxAround(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The point of a line of corners that lies at this share of its length. */
function alongLine(points: readonly Point[], share: number): { x: number; y: number } {
  const lengths = points.map(([x, y], i) => {
    const [px, py] = points[i - 1] ?? [x, y];
    return Math.hypot(x - px, y - py);
  });
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (let i = 1; i < points.length; i++) {
    const part = lengths[i]!;
    const [[px, py], [x, y]] = [points[i - 1]!, points[i]!];
    if (left <= part && part > 0) {
      return { x: px + ((x - px) * left) / part, y: py + ((y - py) * left) / part };
    }
    left -= part;
  }
  const [x, y] = points.at(-1)!;
  return { x, y };
}

/** Straight along the rows' direction, and bent between rows, where nothing is in the way. */
function curve(points: readonly Point[], isAcross: boolean): string {
  return points
    .map(([x, y], i) => {
      const before = points[i - 1];
      if (!before) return `M${round(x)} ${round(y)}`;
      const [px, py] = before;
      const isStraight = isAcross ? py === y : px === x;
      if (isStraight) return `L${round(x)} ${round(y)}`;
      const [mx, my] = [round((px + x) / 2), round((py + y) / 2)];
      return isAcross
        ? `C${mx} ${round(py)} ${mx} ${round(y)} ${round(x)} ${round(y)}`
        : `C${round(px)} ${my} ${round(x)} ${my} ${round(x)} ${round(y)}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function text(className: string, words: string, [x, y]: Point): SVGTextElement {
  const element = svgElement('text', { class: className, x, y });
  element.textContent = words;
  return element;
}
