import { window, workspace, type Uri } from 'vscode';

/**
 * The folder of the workspace that is meant: the only one, that of the active editor, or the user's
 * choice.
 * @returns `undefined` if there is none, or if the user gave up.
 */
export async function chooseFolder(): Promise<Uri | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  const active = window.activeTextEditor?.document.uri;
  const ofEditor = active && workspace.getWorkspaceFolder(active);
  return (ofEditor ?? (await window.showWorkspaceFolderPick()))?.uri;
}
