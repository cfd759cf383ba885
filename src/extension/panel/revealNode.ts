import { Range, Uri, ViewColumn, window, workspace } from 'vscode';
import { findNode } from '../graphs/findNode.ts';
import { findTask } from '../graphs/findTask.ts';
import type { GraphSources } from '../graphs/graphSources.ts';
import type { PanelTarget } from './panelTarget.ts';
import { toRange } from '../graphs/problems.ts';

/** Moves the cursor to the `addNode` of a node, or to the definition of a task, in the editor that shows the file if there is one. */
export async function revealNode(
  sources: GraphSources,
  target: PanelTarget,
  nodeId: string,
): Promise<void> {
  const uri = Uri.file(target.file);
  const document = await workspace.openTextDocument(uri);
  const graphs = await sources.read(document);
  const place = findNode(graphs, target.exportName, nodeId);
  const isNode = graphs
    .flatMap(({ nodes }) => nodes)
    .some(({ name }) => `:${nodeId}`.endsWith(`:${name}`));
  const task = isNode ? undefined : findTask(document.getText(), nodeId);
  const at = task === undefined ? undefined : document.positionAt(task);
  const selection = at ? new Range(at, at) : place && toRange(place);
  const shown = window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  await window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? ViewColumn.One,
    ...(selection && { selection }),
  });
}
