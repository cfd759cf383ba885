import { Uri, env, window, workspace } from 'vscode';
import { basename, dirname, join } from 'node:path';
import type { PanelTarget } from './panelTarget.ts';
import { writeTo } from '../newFiles/writeTo.ts';

/** What is written, and as what. */
export interface FileToSave {
  /** Ends the name that is offered, `run.html`; the first part is that of the graph's export. */
  readonly ending: string;
  /** What files of this kind are called. */
  readonly kind: string;
  readonly content: string | Uint8Array;
}

/** Asks for a place beside the graph file, and writes there. */
export async function saveFile(
  { file, exportName }: PanelTarget,
  { ending, kind, content }: FileToSave,
): Promise<void> {
  const uri = await window.showSaveDialog({
    defaultUri: Uri.file(join(dirname(file), `${exportName ?? 'graph'}.${ending}`)),
    filters: { [kind]: [ending.slice(ending.lastIndexOf('.') + 1)] },
    title: `Save as ${kind}`,
  });
  if (!uri) return;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const written = await writeTo(Uri.joinPath(uri, '..'), async () => {
    await workspace.fs.writeFile(uri, bytes);
    return true;
  });
  if (!written) return;
  const open = 'Open';
  void window.showInformationMessage(`Saved ${basename(uri.path)}`, open).then((chosen) => {
    if (chosen === open) void env.openExternal(uri);
  });
}
