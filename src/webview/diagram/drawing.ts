import type { Declared, DiagramModel, ModelEdge } from './diagramModel.ts';
import type { Box, Obstacles } from './obstacles.ts';
import { svgElement } from '../statusSign.ts';
import type { Tiles } from './tiles.ts';
import { idsAroundNode } from '../../trace/nodeId.ts';

/** A node, or the box around an expanded subgraph, as it stands in the drawing. */
export interface DrawnNode {
  /** Names it in events. */
  readonly id: string;
  readonly name: string;
  readonly element: SVGGElement;
  /** Its outline, in the element's own coordinates. */
  readonly shape: SVGGraphicsElement;
  readonly box: Box;
  /** Its middle, from the left upper corner of the drawing. */
  readonly middle: { readonly x: number; readonly y: number };
  readonly isCluster: boolean;
  /** A subgraph that is drawn as one node. */
  readonly isFolded: boolean;
}

/** An edge as it stands in the drawing, with the ids of its nodes. */
export interface DrawnEdge {
  readonly source: string;
  readonly target: string;
  readonly kind: ModelEdge['kind'];
  /** Of the edge from the bar of a join: the nodes it waits for. */
  readonly joined?: readonly string[] | undefined;
  readonly path: SVGPathElement;
  /** A point of it by the share of its length up to there. */
  readonly pointAt: (share: number) => { readonly x: number; readonly y: number };
}

/** A diagram as it is drawn. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  /** By their ids, subgraphs before what is in them, START and END left out. */
  readonly nodes: ReadonlyMap<string, DrawnNode>;
  /** Those of which a run tells. */
  readonly edges: readonly DrawnEdge[];
  /** What the text tells of edges; absent where it is in no form that can be read. */
  readonly declared?: Declared | undefined;
  /** All that could be drawn, folded or not; absent there, too. */
  readonly model?: DiagramModel | undefined;
  /** The subgraphs that are drawn as one node. */
  readonly folded?: ReadonlySet<string> | undefined;
  /** Nodes, titles and labels of edges: nothing that comes later may lie over them. */
  readonly obstacles: Obstacles;
  /** Of a large drawing: its parts, which are rendered while they are in view. */
  readonly tiles?: Tiles;
  readonly width: number;
  readonly height: number;
  /** The middle of START; absent if there is none. */
  readonly start?: { readonly x: number; readonly y: number };
  /** Milliseconds that drawing took, with loading what draws the first time. */
  readonly renderMs: number;
}

/** Clusters go before the first node inside them; all else stays in its order. */
export function parentsFirst(nodes: readonly DrawnNode[]): DrawnNode[] {
  const clusters = new Map(nodes.filter((node) => node.isCluster).map((node) => [node.id, node]));
  const ordered = new Set<DrawnNode>();
  for (const node of nodes) {
    if (node.isCluster) continue;
    for (const id of idsAroundNode(node.id)) {
      const cluster = clusters.get(id);
      if (cluster) ordered.add(cluster);
    }
    ordered.add(node);
  }
  for (const cluster of clusters.values()) ordered.add(cluster);
  return [...ordered];
}

/** Gives a node, or the label of an edge, the text that a pointer resting on it shows. */
export function setTooltip({ element }: Pick<DrawnNode, 'element'>, text: string): void {
  let title = element.querySelector(':scope > title');
  if (!title) {
    title = svgElement('title');
    element.prepend(title);
  }
  if (title.textContent !== text) title.textContent = text;
}
