import { window, type Uri } from 'vscode';

/** What codes of the editor and of Node mean for people. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  NoPermissions: 'permission denied',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  ENOTDIR: 'there is a file where a folder is needed',
  EEXIST: 'there is a file where a folder is needed',
  FileNotADirectory: 'there is a file where a folder is needed',
  ENOENT: 'it does not exist',
  FileNotFound: 'it does not exist',
};

/**
 * Does what writes into a folder of the user. If that cannot be, tells which folder it is and why.
 * @param write May reject with errors of the editor's or of Node's file system.
 * @returns What `write` does; `undefined` if it could not be done.
 * @throws Whatever is not an error of a file system.
 */
export async function writeTo<T>(folder: Uri, write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (!(error instanceof Error) || typeof code !== 'string') throw error;
    const reason = REASONS[code] ?? reasonIn(error.message);
    void window.showErrorMessage(`Cannot write to folder ${folder.fsPath}: ${reason}`);
    return undefined;
  }
}

/** The editor wraps what it has no code of its own for: `Unknown (FileSystemError): Error: EROFS: …`. */
function reasonIn(message: string): string {
  const [, code = ''] = /\b(E[A-Z]{3,})\b/.exec(message) ?? [];
  return REASONS[code] ?? message;
}
