import { Uri, ViewColumn, window, workspace } from 'vscode';
import type { SourceRange, StaticGraph } from '../loader/staticGraph.ts';
import type { GraphSources } from './graphSources.ts';
import type { PanelTarget } from './previewPanel.ts';
import { toRange } from './problems.ts';

/** Moves the cursor to the `addNode` of a node, in the editor that shows the file if there is one. */
export async function revealNode(
  sources: GraphSources,
  target: PanelTarget,
  nodeId: string,
): Promise<void> {
  const uri = Uri.file(target.file);
  const document = await workspace.openTextDocument(uri);
  const place = findNode(await sources.read(document), target.exportName, nodeId);
  const shown = window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  await window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? ViewColumn.One,
    ...(place && { selection: toRange(place) }),
  });
}

/**
 * Where a node stands in the text: that of the innermost level the text tells about, since a
 * subgraph may come from another file.
 * @param nodeId Names of the enclosing subgraph nodes and of the node, joined by `:`.
 */
export function findNode(
  graphs: readonly StaticGraph[],
  exportName: string | undefined,
  nodeId: string,
): SourceRange | undefined {
  let graph = graphs.find((one) => one.exportName === exportName) ?? graphs[0];
  let place = graph?.range;
  let rest = nodeId;
  while (graph) {
    // Names may hold colons themselves: the longest that fits is meant.
    const node = graph.nodes
      .filter(({ name }) => rest === name || rest.startsWith(`${name}:`))
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (!node) return place;
    place = node.range;
    rest = rest.slice(node.name.length + 1);
    graph = rest === '' ? undefined : graphs.find(({ localName }) => localName === node.subgraph);
  }
  return place;
}
