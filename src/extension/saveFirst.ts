import { TabInputText, window, workspace, type TextDocument, type Uri } from 'vscode';

/**
 * Makes sure that what is on the screen is what runs, as VS Code does before its own runs: the
 * editors of the active group are saved, unless `debug.saveBeforeStart` says otherwise. A file that
 * was never saved is asked a name for.
 * @returns The absolute path of the file to run, or `undefined` if it was not to be saved.
 */
export async function saveFirst(uri: Uri): Promise<string | undefined> {
  if (uri.scheme === 'untitled') return saveUntitled(uri);
  if (uri.scheme !== 'file') {
    void window.showWarningMessage(
      `Only files on disk can be run, not "${uri.scheme}:" documents.`,
    );
    return undefined;
  }
  const mode = workspace.getConfiguration('debug', uri).get('saveBeforeStart');
  if (mode === 'none') return uri.fsPath;
  for (const document of dirtyDocuments(uri)) {
    if (await document.save()) continue;
    void window.showErrorMessage(`Nothing was run: could not save ${document.uri.fsPath}`);
    return undefined;
  }
  return uri.fsPath;
}

async function saveUntitled(uri: Uri): Promise<string | undefined> {
  const saved = await workspace.save(uri);
  if (saved?.scheme === 'file') return saved.fsPath;
  void window.showWarningMessage('Nothing was run: save the file first.');
  return undefined;
}

function dirtyDocuments(uri: Uri): TextDocument[] {
  const shown = new Set(
    window.tabGroups.activeTabGroup.tabs.map(({ input }) =>
      input instanceof TabInputText ? input.uri.toString() : '',
    ),
  );
  return workspace.textDocuments.filter(
    (document) =>
      document.isDirty &&
      document.uri.scheme === 'file' &&
      (document.uri.toString() === uri.toString() || shown.has(document.uri.toString())),
  );
}
