import type { Mermaid } from 'mermaid';
import type { DiagramNode } from '../../protocol/webviewMessages.ts';
import type { DiagramModel, ModelEdge } from './diagramModel.ts';
import {
  parentsFirst,
  setTooltip,
  type DrawnEdge,
  type DrawnNode,
  type Drawing,
} from './drawing.ts';
import { cutName, writeMermaid, type Direction } from './mermaidText.ts';
import { Obstacles } from './obstacles.ts';
import { readLabelFont } from '../theme.ts';

/** Evaluates Mermaid, once; it lies in the panel's script and costs nothing before. */
async function loadMermaid(): Promise<Mermaid> {
  await import('@mermaid-js/tiny');
  return (globalThis as unknown as { mermaid: Mermaid }).mermaid;
}

/**
 * Where the title of a subgraph and the line below it stand. Mermaid adds the margin after it has laid
 * out everything: of two subgraphs one above the other, each would grow over the other. There they stand in
 * the spacing instead.
 */
const IN_MARGIN = { nodeSpacing: 44, subGraphTitleMargin: { top: 4, bottom: 30 } };
const IN_SPACING = { nodeSpacing: 84, subGraphTitleMargin: { top: 0, bottom: 0 } };

let drawings = 0;
let configured: string | undefined;

/** Tells Mermaid how to draw; only where that changes, since it takes as long as drawing some nodes. */
function configure(
  mermaid: Mermaid,
  font: ReturnType<typeof readLabelFont>,
  room: typeof IN_MARGIN,
): void {
  const key = JSON.stringify([font, room]);
  if (configured === key) return;
  configured = key;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    maxTextSize: 10_000_000,
    maxEdges: 100_000,
    look: 'classic',
    theme: 'base',
    themeVariables: { ...font, useGradient: false, dropShadow: 'none' },
    htmlLabels: true,
    flowchart: {
      htmlLabels: true,
      curve: 'basis',
      padding: 10,
      rankSpacing: 48,
      diagramPadding: 12,
      wrappingWidth: 280,
      minNodeWidth: 56,
      ...room,
    },
  });
}

/** A node that may stand in a drawing, and what it is called in the text of that. */
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly mermaidId: string;
  readonly isFolded: boolean;
}

/** A text to draw, and what may be found in the drawing. */
interface Prepared {
  readonly text: string;
  readonly nodes: readonly Candidate[];
  /** By the ids of their ends in the text, in the order of the text. */
  readonly edges: ReadonlyMap<string, readonly KnownEdge[]>;
}

interface KnownEdge {
  readonly edge: ModelEdge;
  readonly joined?: readonly string[];
}

/**
 * Draws a graph with Mermaid, which holds the page.
 * @throws {Error} of Mermaid, when it cannot draw that.
 */
export function renderModel(model: DiagramModel, direction: Direction): Promise<Drawing> {
  const { text, ids, edges } = writeMermaid(model, direction);
  const nodes = [...model.blocks.map((block) => ({ ...block, kind: 'node' })), ...model.nodes]
    .filter(({ kind }) => kind !== 'start' && kind !== 'end')
    .map(({ id, name, kind }) => ({
      id,
      name,
      mermaidId: ids.get(id)!,
      isFolded: kind === 'folded',
    }));
  // Ids of events are split at colons: of names that have one it cannot be told what an edge leads to.
  const isTold = (id: string) => !names.get(id)?.includes(':');
  const names = new Map(model.nodes.map(({ id, name }) => [id, name]));
  const told = edges.filter(({ edge }) => isTold(edge.source) && isTold(edge.target));
  return render(
    { text, nodes, edges: Map.groupBy(told, ({ from, to }) => `${from}_${to}`) },
    direction,
  );
}

/**
 * Draws a text that the engine has not written, as it stands.
 * @throws {Error} of Mermaid, when it cannot read the text.
 */
export function renderText(
  { mermaid, nodes }: { readonly mermaid: string; readonly nodes: readonly DiagramNode[] },
  direction: Direction,
): Promise<Drawing> {
  const lines = mermaid
    .split('\n')
    .filter((line) => !/^\s*(%%|classDef |graph |flowchart |$)/.test(line));
  return render(
    {
      text: `graph ${direction};\n${lines.join('\n')}\n`,
      nodes: nodes.map((node) => ({ ...node, isFolded: false })),
      edges: new Map(),
    },
    direction,
  );
}

async function render(prepared: Prepared, direction: Direction): Promise<Drawing> {
  const started = performance.now();
  const mermaid = await loadMermaid();
  const hasSubgraphs = /^subgraph /m.test(prepared.text);
  configure(mermaid, readLabelFont(), hasSubgraphs && direction === 'LR' ? IN_SPACING : IN_MARGIN);
  const id = `drawing${++drawings}`;
  const bench = document.createElement('div');
  bench.className = 'diagram measuring';
  document.body.append(bench);
  try {
    const result = await mermaid.render(id, prepared.text, bench);
    const renderMs = performance.now() - started;
    bench.innerHTML = result.svg;
    const svg = bench.querySelector('svg');
    if (!svg) throw new Error('Mermaid made no drawing');
    const { width, height } = svg.viewBox.baseVal;
    dress(svg, width, height);
    const nodes = findNodes(svg, id, prepared.nodes);
    const edges = findEdges(svg, prepared.edges);
    raiseTitles(svg);
    const start = findStart(svg);
    const obstacles = findObstacles(svg);
    return { svg, nodes, edges, obstacles, width, height, ...(start && { start }), renderMs };
  } finally {
    bench.remove();
  }
}

/** Leaves the look to the panel's stylesheet and the reading to the list of nodes. */
function dress(svg: SVGSVGElement, width: number, height: number): void {
  svg.querySelector('style')?.remove();
  svg.removeAttribute('style');
  svg.removeAttribute('aria-roledescription');
  svg.setAttribute('role', 'img');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
}

function findStart(svg: SVGSVGElement): Drawing['start'] {
  const start = svg.querySelector('g.node.terminal');
  return start ? middleOf(start, svg) : undefined;
}

function middleOf(element: Element, svg: SVGSVGElement): { x: number; y: number } {
  const { left, top } = svg.getBoundingClientRect();
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x: x + width / 2 - left, y: y + height / 2 - top };
}

function findObstacles(svg: SVGSVGElement): Obstacles {
  const { left, top } = svg.getBoundingClientRect();
  const { x: originX, y: originY } = svg.viewBox.baseVal;
  const obstacles = new Obstacles();
  for (const element of svg.querySelectorAll('g.node, .cluster-label, .edgeLabel .label')) {
    const { x, y, width, height } = element.getBoundingClientRect();
    // What has no label has a place all the same, without any size.
    if (width > 0) obstacles.add({ x: x - left + originX, y: y - top + originY, width, height });
  }
  return obstacles;
}

function findNodes(
  svg: SVGSVGElement,
  drawingId: string,
  candidates: readonly Candidate[],
): Map<string, DrawnNode> {
  const elements = new Map<string, SVGGElement>();
  for (const element of svg.querySelectorAll<SVGGElement>('g.cluster')) {
    elements.set(element.id.slice(drawingId.length + 1), element);
  }
  for (const element of svg.querySelectorAll<SVGGElement>('g.node')) {
    elements.set(element.id.replace(`${drawingId}-flowchart-`, '').replace(/-\d+$/, ''), element);
  }
  const found: DrawnNode[] = [];
  for (const { id, name, mermaidId, isFolded } of candidates) {
    const element = elements.get(mermaidId);
    const shape = element?.querySelector<SVGGraphicsElement>(':scope > rect, :scope > .basic');
    if (!element || !shape || element.classList.contains('terminal')) continue;
    const isCluster = element.classList.contains('cluster');
    const box = shape.getBBox();
    if (isCluster) moveTitle(element, box);
    const middle = middleOf(element, svg);
    const node = { id, name, element, shape, box, middle, isCluster, isFolded };
    setTooltip(node, name);
    found.push(node);
  }
  return new Map(parentsFirst(found).map((node) => [node.id, node]));
}

/** Mermaid names a path by the ids of its nodes, which are our own, and counts: `L_n0_n1_0`. */
const EDGE_NAME = /^L_([nj]\d+_[nj]\d+)_\d+$/;

function findEdges(svg: SVGSVGElement, known: Prepared['edges']): DrawnEdge[] {
  const seen = new Map<string, number>();
  return [...svg.querySelectorAll<SVGPathElement>('path.flowchart-link')].flatMap((path) => {
    const [, ends = ''] = EDGE_NAME.exec(path.dataset.id ?? '') ?? [];
    const at = seen.get(ends) ?? 0;
    seen.set(ends, at + 1);
    const { edge, joined } = known.get(ends)?.[at] ?? {};
    if (!edge) return [];
    const { source, target, kind } = edge;
    if (kind === 'found') path.classList.add('found');
    const whole = edge.label === undefined ? undefined : cutName(edge.label);
    const named = `.edgeLabel .label[data-id="${path.dataset.id}"]`;
    const label = whole === undefined ? undefined : svg.querySelector<SVGGElement>(named);
    if (whole !== undefined && label) setTooltip({ element: label }, whole);
    const pointAt = (share: number) => path.getPointAtLength(path.getTotalLength() * share);
    return [{ source, target, kind, joined, path, pointAt }];
  });
}

/** Where an edge runs through the title of a subgraph, the title is on top. */
function raiseTitles(svg: SVGSVGElement): void {
  for (const clusters of svg.querySelectorAll('g.clusters')) {
    clusters.parentElement?.querySelector(':scope > .edgePaths')?.after(clusters);
  }
}

/** To the left, where few edges run through it, and as wide as the box allows. */
function moveTitle(cluster: Element, { x, y, width }: DrawnNode['box']): void {
  const title = cluster.querySelector(':scope > .cluster-label');
  title?.setAttribute('transform', `translate(${x + 14}, ${y + 6})`);
  title?.querySelector('foreignObject')?.setAttribute('width', String(width - 44));
}
