import {
  EventEmitter,
  Uri,
  window,
  workspace,
  type Disposable,
  type Event,
  type LogOutputChannel,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { basename } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import { DisposableStore } from './disposableStore.ts';
import { placeText } from './failureText.ts';
import { FollowedFiles, type LoadingOptions } from './followedFiles.ts';
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
import type { PathOwner, Rename } from './rename.ts';
import type { Runs } from './runs.ts';
import { RESTRICTED } from './trust.ts';

/** All preview panels: opens and restores them, and keeps them up with their files. */
export class Previews implements WebviewPanelSerializer, PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #requested = this.#owned.add(new EventEmitter<PanelRequest>());
  readonly #closed = this.#owned.add(new EventEmitter<string>());
  readonly #panels = new Set<PreviewPanel>();
  readonly #files: FollowedFiles;
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
    this.#files = this.#owned.add(new FollowedFiles((file, options) => this.#load(file, options)));
    this.#owned.add(this.#files.onDidDelete((file) => this.#deleted(file)));
    this.#owned.add(workspace.onDidGrantWorkspaceTrust(() => this.#files.refreshAll()));
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
   */
  async refresh(file: string): Promise<void> {
    await this.#files.refresh(file);
  }

  /** The panels of files that were renamed stay with them. */
  move(rename: Rename): void {
    for (const panel of this.#panels) panel.move(rename);
    this.#files.move(rename);
  }

  async #load(file: string, options: LoadingOptions): Promise<void> {
    try {
      if (workspace.isTrusted) await this.#loader.load(file, options);
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
    this.#files.add(file);
    panel.onDidDispose(() => {
      const { file } = panel.target;
      this.#panels.delete(panel);
      panel.dispose();
      if (this.shows(file)) return;
      this.#files.delete(file);
      this.#closed.fire(file);
    });
    const run = exportName === undefined ? undefined : this.#runs.shown({ file, exportName });
    if (run) panel.follow(run);
  }

  /** Shows once more how the run of a graph stands: nothing has come of what was asked for in its panel. */
  restate(target: PanelTarget): void {
    this.#find(target)?.restate();
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
    if (inputs) this.#files.madeOf(file, inputs);
    for (const panel of this.#of(file)) {
      if ('problems' in loaded) {
        const placed = loaded.problems.filter(hasPlace);
        panel.showProblem(loaded.problems.map(toText).join('\n'), placed);
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

  #deleted(file: string): void {
    for (const panel of this.#of(file)) panel.showProblem(`${basename(file)} was deleted`);
  }

  dispose(): void {
    // The panels stay open: a window that reloads restores those that are open at its end.
    this.#owned.dispose();
  }
}

/** A problem with its place, since the panel has no list in which that would stand. */
function toText(problem: Problem): string {
  return hasPlace(problem) ? `${placeText(problem)} ${problem.message}` : problem.message;
}

function hasPlace({ file, range }: Problem): boolean {
  return file !== undefined && range !== undefined;
}
