import type { Mermaid } from 'mermaid';
import type { DiagramNode } from '../protocol/webviewMessages.ts';
import { Obstacles, type Box } from './obstacles.ts';
import { prepareText, type DiagramSource, type Direction } from './mermaidText.ts';
import { svgElement } from './statusSign.ts';
import { readLabelFont } from './theme.ts';

/** A node, or the box around an expanded subgraph, as it stands in the drawing. */
export interface DrawnNode extends DiagramNode {
  readonly element: SVGGElement;
  /** Its outline, in the element's own coordinates. */
  readonly shape: SVGGraphicsElement;
  readonly box: Box;
  readonly isCluster: boolean;
}

/** An edge as it stands in the drawing, with the ids of its nodes. */
export interface DrawnEdge {
  readonly source: string;
  readonly target: string;
  readonly isConditional: boolean;
  readonly path: SVGPathElement;
}

/** What Mermaid made of a text, not yet on the screen. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  /** By `DiagramNode.id`, subgraphs before what is in them, START and END left out. */
  readonly nodes: ReadonlyMap<string, DrawnNode>;
  /** Those of the graph itself; of names with a colon in them none are told. */
  readonly edges: readonly DrawnEdge[];
  /** Nodes, titles and labels of edges: nothing that comes later may lie over them. */
  readonly obstacles: Obstacles;
  readonly width: number;
  readonly height: number;
  /** The middle of START; absent if there is none. */
  readonly start?: { readonly x: number; readonly y: number };
  /** Milliseconds that Mermaid took, with loading it the first time. */
  readonly renderMs: number;
}

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

/**
 * Draws a graph.
 * @throws {Error} of Mermaid, when it cannot read the text.
 */
export async function renderDiagram(source: DiagramSource, direction: Direction): Promise<Drawing> {
  const started = performance.now();
  const mermaid = await loadMermaid();
  const prepared = prepareText(source, direction);
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
    const nodes = findNodes(svg, id, prepared.nodes);
    const edges = findEdges(svg, prepared.nodes);
    raiseTitles(svg);
    dress(svg, width, height);
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
  const start = svg.querySelector('g.node.terminal')?.getBoundingClientRect();
  if (!start) return undefined;
  const { left, top } = svg.getBoundingClientRect();
  return { x: start.left + start.width / 2 - left, y: start.top + start.height / 2 - top };
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
  candidates: readonly DiagramNode[],
): Map<string, DrawnNode> {
  const elements = new Map<string, SVGGElement>();
  for (const element of svg.querySelectorAll<SVGGElement>('g.cluster')) {
    elements.set(element.id.slice(drawingId.length + 1), element);
  }
  for (const element of svg.querySelectorAll<SVGGElement>('g.node')) {
    elements.set(element.id.replace(`${drawingId}-flowchart-`, '').replace(/-\d+$/, ''), element);
  }
  const found: DrawnNode[] = [];
  for (const { id, name, mermaidId } of candidates) {
    const element = elements.get(mermaidId);
    const shape = element?.querySelector<SVGGraphicsElement>(':scope > rect, :scope > .basic');
    if (!element || !shape || element.classList.contains('terminal')) continue;
    const isCluster = element.classList.contains('cluster');
    const box = shape.getBBox();
    if (isCluster) moveTitle(element, box);
    found.push({ id, name, mermaidId, element, shape, box, isCluster });
  }
  return new Map(parentsFirst(found).map((node) => [node.id, node]));
}

/** Mermaid names a path by the ids of its nodes, which are our own: `L_n0_n1_0`. */
const EDGE_NAME = /^L_(n\d+)_(n\d+)_\d+$/;

function findEdges(svg: SVGSVGElement, nodes: readonly DiagramNode[]): DrawnEdge[] {
  const ids = new Map(
    nodes.filter(({ name }) => !name.includes(':')).map(({ mermaidId, id }) => [mermaidId, id]),
  );
  return [...svg.querySelectorAll<SVGPathElement>('path.flowchart-link')].flatMap((path) => {
    const [, from = '', to = ''] = EDGE_NAME.exec(path.dataset.id ?? '') ?? [];
    const [source, target] = [ids.get(from), ids.get(to)];
    if (source === undefined || target === undefined) return [];
    // Of the two patterns that Mermaid gives, the dotted one is meant where there is one.
    const isConditional = path.classList.contains('edge-pattern-dotted');
    return [{ source, target, isConditional, path }];
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
  title?.querySelector('foreignObject')?.setAttribute('width', String(width - 28));
}

/** Clusters go before the first node inside them; all else stays in its order. */
function parentsFirst(nodes: readonly DrawnNode[]): DrawnNode[] {
  const clusters = new Map(nodes.filter((node) => node.isCluster).map((node) => [node.id, node]));
  const ordered = new Set<DrawnNode>();
  for (const node of nodes) {
    if (node.isCluster) continue;
    for (let at = node.id.indexOf(':'); at !== -1; at = node.id.indexOf(':', at + 1)) {
      const cluster = clusters.get(node.id.slice(0, at));
      if (cluster) ordered.add(cluster);
    }
    ordered.add(node);
  }
  for (const cluster of clusters.values()) ordered.add(cluster);
  return [...ordered];
}

/** Gives a node the text that a pointer resting on it shows. */
export function setTooltip({ element }: DrawnNode, text: string): void {
  let title = element.querySelector(':scope > title');
  if (!title) {
    title = svgElement('title');
    element.prepend(title);
  }
  title.textContent = text;
}
