import {
  EventEmitter,
  window,
  workspace,
  type Disposable,
  type Event,
  type Uri,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { basename } from 'node:path';
import type { Problem } from '../loader/problem.ts';
import type { StaticGraph } from '../loader/staticGraph.ts';
import type { RunViewName } from '../protocol/webviewMessages.ts';
import type { FileDescription } from '../runner/runner.ts';
import { DisposableStore } from './disposableStore.ts';
import { placeText } from './failureText.ts';
import type { GraphFile, GraphFiles } from './graphFiles.ts';
import {
  PREVIEW_TYPE,
  PreviewPanel,
  type PanelOptions,
  type PanelRequest,
  type Shown,
} from './previewPanel.ts';
import { restoredTarget, showsSource, type PanelTarget } from './panelTarget.ts';
import { qualifyNames } from './qualifyNames.ts';
import type { PathOwner, Rename } from './rename.ts';
import type { RunViewModel } from './runViewModel.ts';
import type { Runs } from './runs.ts';
import { RESTRICTED } from './trust.ts';

/** All preview panels: opens and restores them, and shows in them what is known of their files. */
export class Previews implements WebviewPanelSerializer, PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #requested = this.#owned.add(new EventEmitter<PanelRequest>());
  readonly #closed = this.#owned.add(new EventEmitter<string>());
  readonly #panels = new Set<PreviewPanel>();
  readonly #extensionUri: Uri;
  readonly #files: GraphFiles;
  readonly #runs: Runs;

  /** Something was asked for in a panel. */
  readonly onDidRequest: Event<PanelRequest> = this.#requested.event;
  /** The last panel of a file (absolute path) was closed. */
  readonly onDidClose: Event<string> = this.#closed.event;

  constructor(parts: { extensionUri: Uri; files: GraphFiles; runs: Runs }) {
    this.#extensionUri = parts.extensionUri;
    this.#files = parts.files;
    this.#runs = parts.runs;
    this.#owned.add(this.#files.onDidChange((found) => this.#show(this.#of(found.file), found)));
    this.#owned.add(this.#runs.onDidStart((run) => this.#find(run.target)?.follow(run)));
    this.#owned.add(window.registerWebviewPanelSerializer(PREVIEW_TYPE, this));
  }

  /**
   * Opens the panel of a graph, or brings the one there is to the front. It shows what is known of the
   * file; nothing is loaded.
   */
  open(target: PanelTarget): void {
    const found = this.#find(target);
    if (found) {
      found.reveal();
      if (found.isPast) this.#showPresent(found);
      return;
    }
    this.#openNew(target);
  }

  /**
   * Shows a run that is over as it was, in the panel of its graph.
   * @param notice Says which run it is.
   */
  openPast(run: RunViewModel, notice: string): void {
    const panel = this.#find(run.target) ?? this.#openNew(run.target);
    panel.reveal();
    panel.followPast(run, notice);
  }

  /** Opens the panel of a graph, at what a node of its run did last. */
  select(target: PanelTarget, nodeId: string, view: RunViewName): void {
    this.open(target);
    this.#find(target)?.select(nodeId, view);
  }

  #openNew(target: PanelTarget): PreviewPanel {
    const column = [...this.#panels].find(
      ({ column }) => column !== undefined && !showsSource(column, target.file),
    )?.column;
    const panel = PreviewPanel.open(this.#options(target), column);
    this.#adopt(panel);
    const known = this.#files.latest(target.file);
    if (known) this.#show([panel], known);
    else void this.#sketch(panel);
    return panel;
  }

  /** Until the file is loaded a panel shows what its text tells, which is the same graph nearly always. */
  async #sketch(panel: PreviewPanel): Promise<void> {
    try {
      const graphs = await this.#files.readText(panel.target.file);
      const { staticDiagram } = await import('./staticDiagram.ts');
      const graph = findGraph(panel.target, graphs);
      // What is known by now is more.
      if (graph && panel.isEmpty)
        panel.show(panel.target, staticDiagram(graph, { graphs, file: panel.target.file }));
    } catch {
      // A file that cannot be read is told of when it is loaded.
    }
  }

  /** In place of a past run: the graph as it is now, and a run of it that goes on or waits. */
  #showPresent(panel: PreviewPanel): void {
    panel.leavePast();
    const { file, exportName } = panel.target;
    const known = this.#files.latest(file);
    if (known) this.#show([panel], known);
    else void this.#sketch(panel);
    const run = exportName === undefined ? undefined : this.#runs.shown({ file, exportName });
    if (run) panel.follow(run);
  }

  /** The panels of files that were renamed stay with them. */
  move(rename: Rename): void {
    for (const panel of this.#panels) panel.move(rename);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const target = restoredTarget(state);
    if (!target) return panel.dispose();
    const restored = new PreviewPanel(panel, this.#options(target));
    this.#adopt(restored);
    if (workspace.isTrusted) void this.#sketch(restored);
    await this.#files.refresh(target.file);
  }

  #options(target: PanelTarget): PanelOptions {
    return {
      extensionUri: this.#extensionUri,
      target,
      onRequest: (request) => this.#requested.fire(request),
      onNamed: () => this.#qualify(),
    };
  }

  #adopt(panel: PreviewPanel): void {
    const { file, exportName } = panel.target;
    this.#panels.add(panel);
    this.#qualify();
    this.#files.follow(file);
    panel.onDidDispose(() => {
      const { file } = panel.target;
      this.#panels.delete(panel);
      panel.dispose();
      this.#qualify();
      if (this.shows(file)) return;
      this.#files.unfollow(file);
      this.#closed.fire(file);
    });
    const run = exportName === undefined ? undefined : this.#runs.shown({ file, exportName });
    if (run) panel.follow(run);
  }

  /** Tabs of graphs with the same name say which is which. */
  #qualify(): void {
    const panels = [...this.#panels];
    const names = qualifyNames(panels.map((panel) => ({ ...panel.target, name: panel.graphName })));
    panels.forEach((panel, i) => (panel.qualifier = names[i] ?? ''));
  }

  /** Shows once more how the run of a graph stands: nothing has come of what was asked for in its panel. */
  restate(target: PanelTarget): void {
    this.#find(target)?.restate();
  }

  /** The file (absolute path) whose panel is the active editor, if one is. */
  get activeFile(): string | undefined {
    return [...this.#panels].find(({ isActive }) => isActive)?.target.file;
  }

  /** What the panel shows that has the focus, or else the first that is to be seen. */
  get shown(): Shown | undefined {
    const panels = [...this.#panels];
    return (panels.find(({ isActive }) => isActive) ?? panels.find(({ isVisible }) => isVisible))
      ?.shown;
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

  /** Brings what is known of a file into panels of it. */
  #show(panels: readonly PreviewPanel[], found: GraphFile): void {
    for (const panel of panels) {
      switch (found.state) {
        case 'loaded':
          showGraph(panel, found.description);
          break;
        case 'read':
          void showText(panel, found.graphs);
          break;
        case 'broken': {
          const placed = found.problems.filter(hasPlace);
          panel.showProblem(found.problems.map(toText).join('\n'), placed);
          break;
        }
        case 'deleted':
          panel.showProblem(`${basename(found.file)} was deleted`);
          break;
        default:
          found satisfies never;
      }
    }
  }

  dispose(): void {
    // The panels stay open: a window that reloads restores those that are open at its end.
    this.#owned.dispose();
  }
}

function showGraph(panel: PreviewPanel, { graphs }: FileDescription): void {
  const { file, exportName } = panel.target;
  const graph = graphs.find((one) => one.exportName === (exportName ?? graphs[0]?.exportName));
  if (!graph) return panel.showProblem(`${basename(file)} exports no graph "${exportName}"`);
  const { name, mermaid, nodes } = graph;
  panel.show({ file, exportName: graph.exportName }, { title: name, mermaid, nodes });
}

/** Shows what the text of a file tells in restricted mode. */
async function showText(panel: PreviewPanel, graphs: readonly StaticGraph[]): Promise<void> {
  const { staticDiagram } = await import('./staticDiagram.ts');
  const { file } = panel.target;
  const graph = findGraph(panel.target, graphs);
  if (!graph) {
    return panel.showProblem(`${RESTRICTED}. No graph was found in the text of ${basename(file)}`);
  }
  const target = { file, ...(graph.exportName && { exportName: graph.exportName }) };
  panel.show(target, {
    ...staticDiagram(graph, { graphs, file }),
    notice: RESTRICTED,
    canRun: false,
  });
}

/** The graph that is meant, or the first that is exported. */
function findGraph(
  { exportName }: PanelTarget,
  graphs: readonly StaticGraph[],
): StaticGraph | undefined {
  return graphs.find((graph) =>
    exportName === undefined ? graph.exportName !== undefined : graph.exportName === exportName,
  );
}

/** A problem with its place, since the panel has no list in which that would stand. */
function toText(problem: Problem): string {
  return hasPlace(problem) ? `${placeText(problem)} ${problem.message}` : problem.message;
}

function hasPlace({ file, range }: Problem): boolean {
  return file !== undefined && range !== undefined;
}
