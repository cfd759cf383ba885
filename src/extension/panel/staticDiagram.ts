import { describeStatic } from '../../loader/source/describeStatic.ts';
import { nameOfExport } from '../../loader/graphName.ts';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { Diagram } from './panelContent.ts';

/**
 * Draws a graph from what its text tells, for windows in which it may not be loaded.
 * @param of All graphs of the text, of which those that are nodes of this one are expanded, and the
 * file (absolute path), by which a graph without a name is called.
 */
export function staticDiagram(
  graph: StaticGraph,
  { graphs, file }: { readonly graphs: readonly StaticGraph[]; readonly file: string },
): Diagram {
  const drawing = describeStatic(graph, { graphs });
  const mermaidIds = drawing.mermaidIds();
  return {
    title: titleOf(graph, file),
    mermaid: drawing.drawMermaid(),
    nodes: Object.values(drawing.nodes).map(({ id, name, joins }) => ({
      id,
      name,
      mermaidId: mermaidIds[id] ?? id,
      ...(joins && { joins }),
    })),
  };
}

/** As the graph is called once it is loaded. */
function titleOf({ name, exportName, localName }: StaticGraph, file: string): string {
  return name ?? (exportName === undefined ? localName : nameOfExport(exportName, file));
}
