import { Uri, ViewColumn, window, workspace } from 'vscode';
import { findNode } from './findNode.ts';
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
