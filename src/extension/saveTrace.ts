import { Uri, window, workspace } from 'vscode';
import { dirname, join } from 'node:path';
import type { PanelTarget } from './previewPanel.ts';
import { writeTo } from './writeTo.ts';

/** Asks for a place beside the graph file, and writes a run there as Trace Event JSON. */
export async function saveTrace({ file, exportName }: PanelTarget, text: string): Promise<void> {
  const uri = await window.showSaveDialog({
    defaultUri: Uri.file(join(dirname(file), `${exportName ?? 'graph'}.trace.json`)),
    filters: { 'Trace Event JSON': ['json'] },
    title: 'Save Run as Trace Event JSON',
  });
  if (!uri) return;
  const write = async () => workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await writeTo(Uri.joinPath(uri, '..'), write);
}
