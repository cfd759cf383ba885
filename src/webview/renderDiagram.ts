import { declaredBy, readModel, type DiagramSource } from './diagramModel.ts';
import type { Drawing } from './drawing.ts';
import type { Direction } from './mermaidText.ts';
import { renderModel, renderText } from './renderMermaid.ts';

/**
 * Draws a graph.
 * @throws {Error} if the text cannot be read.
 */
export async function renderDiagram(source: DiagramSource, direction: Direction): Promise<Drawing> {
  const model = readModel(source);
  if (!model) return renderText(source, direction);
  return { ...(await renderModel(model, direction)), declared: declaredBy(model) };
}
