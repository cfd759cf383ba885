import { Uri, window, workspace } from 'vscode';
import { chooseFolder } from './chooseFolder.ts';
import { writeTo } from './writeTo.ts';
import { ignoreInGit, isSeenByGit } from './gitIgnore.ts';
import { writeTypes } from './writeTypes.ts';

/**
 * Writes the types of `superstep` and `zod` into a folder of the workspace, where every TypeScript
 * finds them.
 * @param types Folder of the types that ship with us.
 * @param folder Which one, if that is known.
 */
export async function addTypes(types: Uri, folder?: unknown): Promise<void> {
  const place = folder instanceof Uri ? folder : await chooseFolder();
  if (!place) {
    if ((workspace.workspaceFolders ?? []).length > 0) return;
    void window.showInformationMessage('Open a folder first: the types are written into it.');
    return;
  }
  const written = await writeTo(place, () => writeTypes(types.fsPath, place.fsPath));
  if (!written) return;
  const where = `node_modules of ${workspace.asRelativePath(place)}`;
  if (written.length === 0) {
    return void window.showInformationMessage(
      `superstep and zod are installed in ${where} already, and bring their types themselves.`,
    );
  }
  const message = `The types of ${written.join(' and ')} are in ${where} now.`;
  if (!(await isSeenByGit(place.fsPath))) return void window.showInformationMessage(message);
  void offerToIgnore(place, message);
}

/** Without waiting for an answer. */
async function offerToIgnore(place: Uri, message: string): Promise<void> {
  const ignore = 'Add to .gitignore';
  const chosen = await window.showInformationMessage(`${message} Git sees that folder.`, ignore);
  if (chosen === ignore) await writeTo(place, () => ignoreInGit(place.fsPath));
}
