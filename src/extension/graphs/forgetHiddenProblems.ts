import { TabInputText, Uri, window, workspace, type Disposable } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';
import { SCRIPT_GLOB } from './graphFile.ts';
import type { Previews } from '../panel/previews.ts';
import type { Problems } from './problems.ts';

/** Tells what is wrong with a file as long as it is there, and is shown, itself or as a graph. */
export function forgetHiddenProblems(problems: Problems, previews: Previews): Disposable {
  const owned = new DisposableStore();
  const forgetUnlessShown = (uri: Uri): void => {
    if (!isOpen(uri) && !previews.shows(uri.fsPath)) problems.forget(uri);
  };
  owned.add(
    window.tabGroups.onDidChangeTabs(({ closed }) => {
      // Not the end of the document: the editor may keep that for minutes.
      for (const { input } of closed) {
        if (input instanceof TabInputText) forgetUnlessShown(input.uri);
      }
    }),
  );
  owned.add(previews.onDidClose((file) => forgetUnlessShown(Uri.file(file))));
  const deletions = owned.add(workspace.createFileSystemWatcher(SCRIPT_GLOB, true, true));
  owned.add(deletions.onDidDelete((uri) => problems.forget(uri)));
  return owned;
}

function isOpen(uri: Uri): boolean {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
}
