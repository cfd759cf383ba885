import type { Uri } from 'vscode';
import {
  EventEmitter,
  FileType,
  workspace,
  type Disposable,
  type Event,
  type TextDocument,
} from 'vscode';
import { existsSync } from 'node:fs';
import { DisposableStore } from '../disposableStore.ts';
import type { PathOwner, Rename } from './rename.ts';

/** Several files saved at once are loaded with the first and, if more come so soon, once with all. */
const DEBOUNCE_MS = 20;

/** How a file is to be loaded. */
export interface LoadingOptions {
  /** Aborted when a newer loading begins, or the file is followed no more. */
  readonly signal: AbortSignal;
  /** Text to take in place of what is on disk, which the editor is just writing. */
  readonly contents: string | undefined;
}

interface Followed {
  /** Ends the loading that goes on when a newer one begins. */
  abort?: AbortController;
  timer?: NodeJS.Timeout;
  /** When its last loading began, in milliseconds since the epoch. */
  loadedAt: number;
  /** The text that the editor has begun to write and not finished yet. */
  saving?: { readonly version: number; readonly text: string } | undefined;
  /** Runs once the editor seems to have given that up. */
  gaveUp?: NodeJS.Timeout;
  /** The files it is made of, as far as its last loading has found; absent before. */
  inputs?: ReadonlySet<string>;
}

/** Has graph files loaded again whenever one of the files that they are made of changes. */
export class FollowedFiles implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #deleted = this.#owned.add(new EventEmitter<string>());
  readonly #load: (file: string, options: LoadingOptions) => Promise<void>;
  /** By absolute path. */
  readonly #files = new Map<string, Followed>();

  /** A followed file (absolute path) was deleted. */
  readonly onDidDelete: Event<string> = this.#deleted.event;

  /** @param load Loads a file (absolute path) and tells whoever shows it; must not reject. */
  constructor(load: (file: string, options: LoadingOptions) => Promise<void>) {
    this.#load = load;
    const watcher = this.#owned.add(workspace.createFileSystemWatcher('**/*.*'));
    this.#owned.add(watcher.onDidCreate((uri) => void this.#changedOnDisk(uri)));
    this.#owned.add(watcher.onDidChange((uri) => void this.#changedOnDisk(uri)));
    this.#owned.add(watcher.onDidDelete((uri) => this.#deletedOnDisk(uri)));
    this.#owned.add(workspace.onWillSaveTextDocument(({ document }) => this.#saving(document)));
    this.#owned.add(workspace.onDidSaveTextDocument((document) => this.#saved(document)));
    this.#owned.add(workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)));
  }

  /** Begins to follow a file, without loading it. */
  add(file: string): void {
    if (!this.#files.has(file)) this.#files.set(file, { loadedAt: 0 });
  }

  /** Follows a file no more, and ends its loading. */
  delete(file: string): void {
    const followed = this.#files.get(file);
    if (followed) stop(followed);
    this.#files.delete(file);
  }

  /** Follows renamed files to where they are now, and loads them there: imports may be missing. */
  move(rename: Rename): void {
    const moved = [...this.#files.keys()].filter((file) => rename(file) !== file);
    for (const file of moved) this.delete(file);
    for (const file of moved) {
      this.add(rename(file));
      void this.refresh(rename(file));
    }
  }

  /** Takes note of the files (absolute paths) that a file was found to be made of. */
  madeOf(file: string, inputs: readonly string[]): void {
    const followed = this.#files.get(file);
    if (followed) followed.inputs = new Set(inputs);
  }

  /** Loads a file that is followed, in place of any loading of it before. */
  async refresh(file: string): Promise<void> {
    const followed = this.#files.get(file);
    if (!followed) return;
    clearTimeout(followed.timer);
    followed.abort?.abort();
    const { signal } = (followed.abort = new AbortController());
    followed.loadedAt = Date.now();
    await this.#load(file, { signal, contents: followed.saving?.text });
  }

  /** Loads all files anew. */
  refreshAll(): void {
    for (const file of this.#files.keys()) void this.refresh(file);
  }

  /**
   * To save a file takes the editor longer than to load it: both go on at once. What is not on disk
   * at all has to be there first, as the bundler looks for it.
   */
  #saving(document: TextDocument): void {
    const { uri, isDirty, version } = document;
    const followed = this.#at(uri);
    if (!followed || !isDirty || !existsSync(uri.fsPath)) return;
    followed.saving = { version, text: document.getText() };
    void this.refresh(uri.fsPath);
  }

  #saved({ uri, version }: TextDocument): void {
    if (uri.scheme !== 'file') return;
    const followed = this.#at(uri);
    const isLoaded = followed?.saving?.version === version;
    clearTimeout(followed?.gaveUp);
    if (followed) followed.saving = undefined;
    // The file on disk is younger than the loading, and yet nothing new.
    if (isLoaded) followed.loadedAt = Date.now();
    this.#changed(uri.fsPath, { except: isLoaded ? uri.fsPath : undefined });
  }

  /** The edits whose saving has failed were given up: what is on disk counts again. */
  #edited({ uri, isDirty }: TextDocument): void {
    const followed = this.#at(uri);
    if (!followed?.saving || isDirty) return;
    clearTimeout(followed.gaveUp);
    // A save that goes well looks the same at first, and is known for one in a moment.
    followed.gaveUp = setTimeout(() => {
      followed.saving = undefined;
      void this.refresh(uri.fsPath);
    }, DEBOUNCE_MS);
  }

  /**
   * @param path Of any file that was saved.
   * @param options.except A graph file that is loaded already.
   */
  #changed(path: string, { except }: { except?: string | undefined } = {}): void {
    for (const [file, followed] of this.#files) {
      if (file === except) continue;
      // A file that was never loaded well may be made of anything.
      if (path !== file && followed.inputs && !followed.inputs.has(path)) continue;
      clearTimeout(followed.timer);
      const isFirst = Date.now() - followed.loadedAt > DEBOUNCE_MS;
      if (isFirst) void this.refresh(file);
      else followed.timer = setTimeout(() => void this.refresh(file), DEBOUNCE_MS);
    }
  }

  /** Other programs write files as well; what the editor has saved comes here a second time. */
  async #changedOnDisk(uri: Uri): Promise<void> {
    const path = uri.fsPath;
    const concerned = [...this.#files].filter(
      ([file, { inputs }]) => path === file || inputs?.has(path),
    );
    if (concerned.length === 0) return;
    const stat = await workspace.fs.stat(uri).then(
      (found) => found,
      () => undefined,
    );
    if (stat?.type !== FileType.File) return;
    if (concerned.some(([, { loadedAt }]) => stat.mtime > loadedAt)) this.#changed(path);
  }

  #deletedOnDisk(uri: Uri): void {
    const followed = this.#at(uri);
    if (!followed) return;
    stop(followed);
    followed.saving = undefined;
    this.#deleted.fire(uri.fsPath);
  }

  #at({ scheme, fsPath }: Uri): Followed | undefined {
    return scheme === 'file' ? this.#files.get(fsPath) : undefined;
  }

  dispose(): void {
    for (const file of [...this.#files.keys()]) this.delete(file);
    this.#owned.dispose();
  }
}

/** Ends the loading of a file, and those to come. */
function stop({ abort, timer, gaveUp }: Followed): void {
  clearTimeout(timer);
  clearTimeout(gaveUp);
  abort?.abort();
}
