import { declaredBy, readModel, type DiagramSource } from './diagramModel.ts';
import type { Drawing } from './drawing.ts';
import { foldModel } from './foldModel.ts';
import type { Direction } from './mermaidText.ts';
import { renderLarge, type Bench } from './renderLarge.ts';
import { renderModel, renderText } from './renderMermaid.ts';

/** More nodes and boxes than these would keep Mermaid, and with it the page, busy for long. */
const MOST_FOR_MERMAID = 150;
/** From this many nodes on subgraphs are folded at first. */
const FOLDED_FROM = 500;

/** How to draw. */
export interface RenderOptions {
  readonly direction: Direction;
  /** Ids of subgraphs to draw as one node; absent: all of a large graph, else none. */
  readonly folded?: ReadonlySet<string> | undefined;
  /** Where a large graph is drawn; absent: it is not. */
  readonly bench?: Bench;
}

/**
 * Draws a graph: one of ordinary size with Mermaid, a large one without holding the page.
 * @returns `undefined` if nobody needs the drawing any more.
 * @throws {Error} if the text cannot be read.
 */
export async function renderDiagram(
  source: DiagramSource,
  { direction, folded, bench }: RenderOptions,
): Promise<Drawing | undefined> {
  const model = readModel(source);
  if (!model) return renderText(source, direction);
  const isLarge = model.nodes.length >= FOLDED_FROM;
  const folds = folded ?? new Set(isLarge ? model.blocks.map(({ id }) => id) : []);
  const shown = foldModel(model, folds);
  const size = shown.nodes.length + shown.blocks.length;
  const isForMermaid = size <= MOST_FOR_MERMAID;
  if (!isForMermaid && !bench) return undefined;
  const drawing = isForMermaid
    ? await renderModel(shown, direction)
    : await renderLarge(shown, direction, bench!);
  return drawing && { ...drawing, model, folded: folds, declared: declaredBy(model) };
}
