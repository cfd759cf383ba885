import { workspace, type Disposable, type Uri } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';

/** What programs write for themselves, such as git with each look at its state. */
const PRIVATE = /[\\/]\.git[\\/]/;

/**
 * Tells of each file (absolute path) that was saved in the editor, or changed in the workspace by
 * whomever.
 */
export function trackFileChanges(changed: (path: string) => void): Disposable {
  const owned = new DisposableStore();
  const tell = ({ scheme, fsPath }: Uri): void => {
    if (scheme === 'file' && !PRIVATE.test(fsPath)) changed(fsPath);
  };
  const watcher = owned.add(workspace.createFileSystemWatcher('**/*'));
  owned.add(watcher.onDidCreate(tell));
  owned.add(watcher.onDidChange(tell));
  owned.add(watcher.onDidDelete(tell));
  owned.add(workspace.onDidSaveTextDocument(({ uri }) => tell(uri)));
  return owned;
}
