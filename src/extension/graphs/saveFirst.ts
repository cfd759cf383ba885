import { TabInputText, window, workspace, type TextDocument, type Uri } from 'vscode';

/** Milliseconds that a save which the editor has begun by itself may take. */
const SAVE_MS = 1000;

/** Milliseconds that the status bar tells of a failure. */
const TOLD_MS = 15_000;

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
    if (await save(document)) continue;
    // Why, and what to do about it, the editor itself has told in a notification.
    const name = workspace.asRelativePath(document.uri);
    window.setStatusBarMessage(`$(error) Nothing was run: could not save ${name}`, TOLD_MS);
    return undefined;
  }
  return uri.fsPath;
}

/**
 * The editor says no as well when it is just saving the document by itself (`files.autoSave`): then
 * the end of that is waited for.
 */
async function save(document: TextDocument): Promise<boolean> {
  if (await document.save()) return true;
  if (document.isDirty) await nextSave(document);
  return !document.isDirty || document.save();
}

/** Waits until a document is saved, but not for long: it may be that it cannot be. */
async function nextSave(document: TextDocument): Promise<void> {
  const saved = Promise.withResolvers<void>();
  const timer = setTimeout(saved.resolve, SAVE_MS);
  const listener = workspace.onDidSaveTextDocument((other) => {
    if (other === document) saved.resolve();
  });
  await saved.promise;
  clearTimeout(timer);
  listener.dispose();
}

async function saveUntitled(uri: Uri): Promise<string | undefined> {
  void window.showInformationMessage(
    'A graph runs from a file on disk: save this one first, as NAME.graph.ts.',
  );
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
