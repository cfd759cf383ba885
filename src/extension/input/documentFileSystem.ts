import {
  Disposable,
  EventEmitter,
  FileSystemError,
  type FileType,
  languages,
  workspace,
  type CodeLens,
  type CodeLensProvider,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type TextDocument,
  type Uri,
} from 'vscode';
import { DisposableStore } from '../disposableStore.ts';

/** Documents of a scheme that are no files of the user's: they are read and written, and no more. */
export abstract class DocumentFileSystem
  implements FileSystemProvider, CodeLensProvider, Disposable
{
  readonly #owned = new DisposableStore();
  protected readonly changed = this.#owned.add(new EventEmitter<FileChangeEvent[]>());

  readonly onDidChangeFile = this.changed.event;

  constructor(scheme: string) {
    this.#owned.add(workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }));
    this.#owned.add(languages.registerCodeLensProvider({ scheme }, this));
  }

  abstract provideCodeLenses(document: TextDocument): CodeLens[];
  abstract stat(uri: Uri): FileStat;
  abstract readFile(uri: Uri): Uint8Array;
  abstract writeFile(uri: Uri, content: Uint8Array): void | Promise<void>;

  watch(): Disposable {
    return new Disposable(() => {});
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
