import { workspace, type Disposable, type Uri } from 'vscode';
import { sep } from 'node:path';

/**
 * Files or folders were renamed or moved: says where an absolute path lies now. One that has stayed
 * is given back as it is.
 */
export type Rename = (path: string) => string;

/** Whoever keeps the paths of files. */
export interface PathOwner {
  /** Puts the new paths in place of the old ones. */
  move(rename: Rename): unknown;
}

/** Listens to renames and moves that the user makes in the editor, of whole folders too. */
export function onDidRename(listener: (rename: Rename) => void): Disposable {
  return workspace.onDidRenameFiles(({ files }) => listener(toRename(files)));
}

/** One rename of several files and folders; of a folder and a file in it, that of the file counts. */
export function toRename(files: readonly { readonly oldUri: Uri; readonly newUri: Uri }[]): Rename {
  const pairs = files
    .filter(({ oldUri, newUri }) => oldUri.scheme === 'file' && newUri.scheme === 'file')
    .map(({ oldUri, newUri }) => ({ from: oldUri.fsPath, to: newUri.fsPath }))
    .sort((a, b) => b.from.length - a.from.length);
  return (path) => {
    const pair = pairs.find(({ from }) => path === from || path.startsWith(from + sep));
    return pair ? pair.to + path.slice(pair.from.length) : path;
  };
}

/** What names a file, with the file's new path. */
export function renamed<T extends { readonly file?: string }>(what: T, rename: Rename): T {
  return what.file === undefined ? what : { ...what, file: rename(what.file) };
}
