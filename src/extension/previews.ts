import {
  EventEmitter,
  FileType,
  Uri,
  window,
  workspace,
  type Disposable,
  type Event,
  type LogOutputChannel,
  type TextDocument,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { basename } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import { DisposableStore } from './disposableStore.ts';
import type { GraphLoader, Loaded } from './graphLoader.ts';
import type { GraphSources } from './graphSources.ts';
import {
  PREVIEW_TYPE,
  PreviewPanel,
  restoredTarget,
  type PanelOptions,
  type PanelRequest,
  type PanelTarget,
} from './previewPanel.ts';
import type { Runs } from './runs.ts';
import { RESTRICTED } from './trust.ts';

/** Several files saved at once are loaded with the first and, if more come so soon, once with all. */
const DEBOUNCE_MS = 20;

/** What is known of a graph file that has panels. */
interface Watched {
  /** Ends the loading that goes on when a newer one begins. */
  abort?: AbortController;
  timer?: NodeJS.Timeout;
  /** When its last loading began, in milliseconds since the epoch. */
  loadedAt: number;
  /** Version of the document that it was given to load while the editor was saving it. */
  savedVersion?: number | undefined;
  /** The files it is made of, as far as its last loading has found; absent before. */
  inputs?: ReadonlySet<string>;
}

/** All preview panels: opens and restores them, and keeps them up with their files. */
export class Previews implements WebviewPanelSerializer, Disposable {
  readonly #owned = new DisposableStore();
  readonly #requested = this.#owned.add(new EventEmitter<PanelRequest>());
  readonly #closed = this.#owned.add(new EventEmitter<string>());
  readonly #panels = new Set<PreviewPanel>();
  /** By absolute path of the graph file. */
  readonly #watched = new Map<string, Watched>();
  readonly #extensionUri: Uri;
  readonly #loader: GraphLoader;
  readonly #sources: GraphSources;
  readonly #runs: Runs;
  readonly #log: LogOutputChannel;

  /** Something was asked for in a panel. */
  readonly onDidRequest: Event<PanelRequest> = this.#requested.event;
  /** The last panel of a file (absolute path) was closed. */
  readonly onDidClose: Event<string> = this.#closed.event;

  constructor(parts: {
    extensionUri: Uri;
    loader: GraphLoader;
    sources: GraphSources;
    runs: Runs;
    log: LogOutputChannel;
  }) {
    this.#extensionUri = parts.extensionUri;
    this.#loader = parts.loader;
    this.#sources = parts.sources;
    this.#runs = parts.runs;
    this.#log = parts.log;
    const watcher = this.#owned.add(workspace.createFileSystemWatcher('**/*.*'));
    this.#owned.add(watcher.onDidCreate((uri) => void this.#changedOnDisk(uri)));
    this.#owned.add(watcher.onDidChange((uri) => void this.#changedOnDisk(uri)));
    this.#owned.add(watcher.onDidDelete((uri) => this.#deleted(uri)));
    this.#owned.add(workspace.onWillSaveTextDocument(({ document }) => this.#saving(document)));
    this.#owned.add(workspace.onDidSaveTextDocument((document) => this.#saved(document)));
    this.#owned.add(workspace.onDidGrantWorkspaceTrust(() => this.#refreshAll()));
    this.#owned.add(this.#loader.onDidLoad((loaded) => this.show(loaded)));
    this.#owned.add(this.#runs.onDidStart((run) => this.#find(run.target)?.follow(run)));
    this.#owned.add(window.registerWebviewPanelSerializer(PREVIEW_TYPE, this));
  }

  /** Opens the panel of a graph, or brings the one there is to the front. Loads nothing. */
  open(target: PanelTarget): void {
    const found = this.#find(target);
    if (found) return found.reveal();
    const column = [...this.#panels].find(({ column }) => column !== undefined)?.column;
    this.#adopt(PreviewPanel.open(this.#options(target), column));
  }

  /**
   * Loads a file for its panels, in place of any loading before; in restricted mode its text is
   * read instead. What is wrong with the file stands in the panels and in the Problems view.
   * @param document The file with text that is being saved, to take in place of what is on disk.
   */
  async refresh(file: string, document?: TextDocument): Promise<void> {
    const watched = this.#watched.get(file);
    if (!watched) return;
    watched.abort?.abort();
    const abort = (watched.abort = new AbortController());
    watched.loadedAt = Date.now();
    watched.savedVersion = document?.version;
    const contents = document?.getText();
    try {
      if (workspace.isTrusted) await this.#loader.load(file, { signal: abort.signal, contents });
      else await this.#showStatic(file);
    } catch (error) {
      if (!(error instanceof LoadError)) this.#log.error(error as Error);
    }
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const target = restoredTarget(state);
    if (!target) return panel.dispose();
    this.#adopt(new PreviewPanel(panel, this.#options(target)));
    await this.refresh(target.file);
  }

  #options(target: PanelTarget): PanelOptions {
    return {
      extensionUri: this.#extensionUri,
      target,
      onRequest: (request) => this.#requested.fire(request),
    };
  }

  #adopt(panel: PreviewPanel): void {
    const { file, exportName } = panel.target;
    this.#panels.add(panel);
    if (!this.#watched.has(file)) this.#watched.set(file, { loadedAt: 0 });
    panel.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
      if (this.shows(file)) return;
      this.#unwatch(file);
      this.#closed.fire(file);
    });
    const run = exportName === undefined ? undefined : this.#runs.activeRun({ file, exportName });
    if (run) panel.follow(run);
  }

  #unwatch(file: string): void {
    const watched = this.#watched.get(file);
    clearTimeout(watched?.timer);
    watched?.abort?.abort();
    this.#watched.delete(file);
  }

  /** The file (absolute path) whose panel is the active editor, if one is. */
  get activeFile(): string | undefined {
    return [...this.#panels].find(({ isActive }) => isActive)?.target.file;
  }

  /** Whether there is a panel of this file (absolute path). */
  shows(file: string): boolean {
    return this.#of(file).length > 0;
  }

  #of(file: string): PreviewPanel[] {
    return [...this.#panels].filter(({ target }) => target.file === file);
  }

  /** The panel of this graph; one that does not know its graph yet will do as well. */
  #find({ file, exportName }: PanelTarget): PreviewPanel | undefined {
    const panels = this.#of(file);
    return (
      panels.find(({ target }) => target.exportName === exportName) ??
      panels.find(({ target }) => target.exportName === undefined || exportName === undefined)
    );
  }

  /** Brings what a loading has found into the panels of the file. */
  show(loaded: Loaded): void {
    const { file } = loaded;
    const inputs = 'description' in loaded ? loaded.description.inputs : loaded.inputs;
    const watched = this.#watched.get(file);
    if (watched && inputs) watched.inputs = new Set(inputs);
    for (const panel of this.#of(file)) {
      if ('problems' in loaded) {
        panel.showProblem(loaded.problems.map(toText).join('\n'));
        continue;
      }
      const { exportName } = panel.target;
      const { graphs } = loaded.description;
      const graph = graphs.find((one) => one.exportName === (exportName ?? graphs[0]?.exportName));
      if (!graph) {
        panel.showProblem(`${basename(file)} exports no graph "${exportName}"`);
        continue;
      }
      const { name, mermaid, nodes } = graph;
      panel.show({ file, exportName: graph.exportName }, { title: name, mermaid, nodes });
    }
  }

  async #showStatic(file: string): Promise<void> {
    const { staticDiagram } = await import('./staticDiagram.ts');
    const graphs = await this.#sources.read(await workspace.openTextDocument(Uri.file(file)));
    for (const panel of this.#of(file)) {
      const { exportName } = panel.target;
      const graph = graphs.find((one) =>
        exportName === undefined ? one.exportName !== undefined : one.exportName === exportName,
      );
      if (!graph) {
        panel.showProblem(`${RESTRICTED}. No graph was found in the text of ${basename(file)}`);
        continue;
      }
      const target = { file, ...(graph.exportName && { exportName: graph.exportName }) };
      panel.show(target, { ...staticDiagram(graph, graphs), notice: RESTRICTED, canRun: false });
    }
  }

  #refreshAll(): void {
    for (const file of this.#watched.keys()) void this.refresh(file);
  }

  /** To save a file takes the editor longer than to load it: both go on at once. */
  #saving(document: TextDocument): void {
    if (document.isDirty) void this.refresh(document.uri.fsPath, document);
  }

  #saved({ uri, version }: TextDocument): void {
    const watched = this.#watched.get(uri.fsPath);
    const isLoaded = watched?.savedVersion === version;
    if (isLoaded) watched.loadedAt = Date.now();
    this.#changed(uri.fsPath, { except: isLoaded ? uri.fsPath : undefined });
  }

  /**
   * @param path Of any file that was saved.
   * @param options.except A graph file that is loaded already.
   */
  #changed(path: string, { except }: { except?: string | undefined } = {}): void {
    for (const [file, watched] of this.#watched) {
      if (file === except) continue;
      // A file that was never loaded well may be made of anything.
      if (path !== file && watched.inputs && !watched.inputs.has(path)) continue;
      clearTimeout(watched.timer);
      const isFirst = Date.now() - watched.loadedAt > DEBOUNCE_MS;
      if (isFirst) void this.refresh(file);
      else watched.timer = setTimeout(() => void this.refresh(file), DEBOUNCE_MS);
    }
  }

  /** Other programs write files as well; what the editor has saved comes here a second time. */
  async #changedOnDisk(uri: Uri): Promise<void> {
    const path = uri.fsPath;
    const concerned = [...this.#watched].filter(
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

  #deleted(uri: Uri): void {
    this.#watched.get(uri.fsPath)?.abort?.abort();
    for (const panel of this.#of(uri.fsPath)) {
      panel.showProblem(`${basename(uri.fsPath)} was deleted`);
    }
  }

  dispose(): void {
    for (const file of [...this.#watched.keys()]) this.#unwatch(file);
    // The panels stay open: a window that reloads restores those that are open at its end.
    this.#owned.dispose();
  }
}

/** A problem with its place, since the panel has no list in which that would stand. */
function toText({ file, range, message }: Problem): string {
  return file !== undefined && range ? `${basename(file)}:${range.line1} ${message}` : message;
}
