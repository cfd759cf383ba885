import { describeStatic } from '../loader/describeStatic.ts';
import type { StaticGraph } from '../loader/staticGraph.ts';
import type { Diagram } from './previewPanel.ts';

/**
 * Draws a graph from what its text tells, for windows in which it may not be loaded.
 * @param graphs All graphs of the text: those that are nodes of this one are expanded.
 */
export function staticDiagram(graph: StaticGraph, graphs: readonly StaticGraph[]): Diagram {
  const drawing = describeStatic(graph, { graphs });
  const mermaidIds = drawing.mermaidIds();
  return {
    title: graph.name ?? graph.localName,
    mermaid: drawing.drawMermaid(),
    nodes: Object.values(drawing.nodes).map(({ id, name }) => ({
      id,
      name,
      mermaidId: mermaidIds[id] ?? id,
    })),
  };
}
