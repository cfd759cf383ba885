import {
  commands,
  EventEmitter,
  window,
  workspace,
  type Disposable,
  type Event,
  type TextEditor,
  type Uri,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { GraphReach } from '../../protocol/graphReach.ts';
import type { RunViewName } from '../../protocol/webviewMessages.ts';
import type { GraphBreakpoints } from '../debug/breakpoints.ts';
import { DisposableStore } from '../disposableStore.ts';
import { targetKey, type GraphTarget } from '../graphs/graphFile.ts';
import type { GraphFiles } from '../graphs/graphFiles.ts';
import {
  PREVIEW_TYPE,
  PreviewPanel,
  type PanelOptions,
  type PanelRequest,
  type Shown,
} from './previewPanel.ts';
import type { CursorGraph } from './cursorGraph.ts';
import type { DrawAhead } from './drawAhead.ts';
import { restored, showsSource, type PanelTarget } from './panelTarget.ts';
import { qualifyNames } from './qualifyNames.ts';
import type { PathOwner, Rename } from '../graphs/rename.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import type { Runs } from '../runs/runs.ts';
import { showFile, showSketch } from './showFile.ts';

/** Of so many graphs the last run is shown again when a panel comes back to them. */
const MOST_RUNS = 8;
const NOT_LOADED = 'Drawn from the text. The file is loaded when you preview, save or run it.';

/** Where a panel is to be seen. */
export interface PreviewPlace {
  /** In the column beside the active editor, wherever it was. Default false: it stays where it is. */
  readonly isBeside?: boolean;
}

/**
 * All preview panels: opens and restores them, and shows in them what is known of their files. One of them
 * follows the active editor; those that are locked stay with their graphs.
 */
export class Previews implements WebviewPanelSerializer, PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #requested = this.#owned.add(new EventEmitter<PanelRequest>());
  readonly #closed = this.#owned.add(new EventEmitter<string>());
  readonly #panels = new Set<PreviewPanel>();
  readonly #extensionUri: Uri;
  readonly #files: GraphFiles;
  readonly #runs: Runs;
  readonly #breakpoints: GraphBreakpoints;
  /** By file: which of its graphs was shown when the panel left it. */
  readonly #lastShown = new Map<string, PanelTarget>();
  /** The last of each graph, the newest at the end. */
  #lastRuns: readonly RunViewModel[] = [];
  /** What tests have reached, by graph. */
  readonly #reached = new Map<string, GraphReach>();
  #toldLock: boolean | undefined;
  /** A panel has just led into a source: it does not turn away from what led there. */
  #isLeading = false;
  /** Loaded when the cursor is moved in a file that is shown. */
  #cursor: Promise<CursorGraph> | undefined;
  /** Loaded when a file is edited that is shown. */
  #ahead: Promise<DrawAhead> | undefined;

  /** Something was asked for in a panel. */
  readonly onDidRequest: Event<PanelRequest> = this.#requested.event;
  /** No panel shows this file (absolute path) any more. */
  readonly onDidClose: Event<string> = this.#closed.event;

  constructor(parts: {
    extensionUri: Uri;
    files: GraphFiles;
    runs: Runs;
    breakpoints: GraphBreakpoints;
  }) {
    this.#breakpoints = parts.breakpoints;
    this.#extensionUri = parts.extensionUri;
    this.#files = parts.files;
    this.#runs = parts.runs;
    this.#owned.add(
      this.#files.onDidChange((found) => {
        for (const panel of this.#of(found.file)) showFile(panel, found);
      }),
    );
    this.#owned.add(this.#runs.onDidStart((run) => this.#began(run)));
    this.#owned.add(
      this.#breakpoints.onDidChange(() => {
        for (const panel of this.#panels) panel.showBreakpoints();
      }),
    );
    this.#owned.add(
      window.onDidChangeActiveTextEditor((editor) => void this.#turnToEditor(editor)),
    );
    this.#owned.add(
      window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor.document.uri.fsPath !== this.#following?.target.file) return;
        this.#cursor ??= this.#makeCursor();
        void this.#cursor.then((cursor) => cursor.moved(event));
      }),
    );
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document: { uri, isDirty } }) => {
        if (!isDirty || !this.shows(uri.fsPath)) return;
        this.#ahead ??= this.#makeAhead();
        void this.#ahead.then((ahead) => ahead.edited(uri.fsPath));
      }),
    );
    this.#owned.add(window.registerWebviewPanelSerializer(PREVIEW_TYPE, this));
  }

  /**
   * Shows a graph: in the panel that has it, else in the one that follows the active editor, else in a
   * new one, which does so from then on. It shows what is known of the file; nothing is loaded.
   */
  open(target: PanelTarget, { isBeside = false }: PreviewPlace = {}): void {
    const panel = this.#panelFor(target);
    if (panel.isPast) {
      panel.leavePast();
      this.#fill(panel);
    }
    if (isBeside) panel.moveBeside();
    else panel.reveal();
  }

  /** Shows what tests have reached of a graph; `undefined`: none has run. */
  showReach(target: GraphTarget, reach: GraphReach | undefined): void {
    const key = targetKey(target);
    if (reach) this.#reached.set(key, reach);
    else this.#reached.delete(key);
    for (const panel of this.#of(target.file)) panel.showReach();
  }

  /**
   * Shows a run that is over as it was, in the panel of its graph.
   * @param notice Says which run it is.
   */
  openPast(run: RunViewModel, notice: string): void {
    const panel = this.#panelFor(run.target);
    panel.reveal();
    panel.followPast(run, notice);
  }

  /** Opens the panel of a graph, at what a node of its run did last. */
  select(target: PanelTarget, nodeId: string, view: RunViewName): void {
    this.open(target);
    this.#find(target)?.select(nodeId, view);
  }

  /** Has a panel stay with its graph, or follow the active editor again: the one that has the focus. */
  lock(isLocked: boolean): void {
    const panel = [...this.#panels].find(({ isActive }) => isActive) ?? this.#following;
    if (!panel) return;
    // Only one follows: two would show the same.
    if (!isLocked && this.#following) this.#following.isLocked = true;
    panel.isLocked = isLocked;
    this.#tellLock();
  }

  /** The panel that follows the active editor. */
  get #following(): PreviewPanel | undefined {
    return [...this.#panels].find(({ isLocked }) => !isLocked);
  }

  #panelFor(target: PanelTarget): PreviewPanel {
    const found = this.#find(target);
    if (found) return found;
    const following = this.#following;
    if (!following) return this.#openNew(target);
    this.#turn(following, target);
    this.#fill(following);
    return following;
  }

  #openNew(target: PanelTarget): PreviewPanel {
    const column = [...this.#panels].find(
      ({ column }) => column !== undefined && !showsSource(column, target.file),
    )?.column;
    const panel = PreviewPanel.open(this.#options(target, false), column);
    this.#adopt(panel);
    this.#fill(panel);
    return panel;
  }

  /** Shows the graph of an editor, if there is one in it. Looking at a file runs nothing of it. */
  async #turnToEditor(editor: TextEditor | undefined): Promise<void> {
    const { uri } = editor?.document ?? {};
    if (!uri) return;
    const isLedTo = this.#isLeading;
    this.#isLeading = false;
    const file = uri.fsPath;
    if (isLedTo || uri.scheme !== 'file' || !this.#mayFollow(file)) return;
    const graphs = await this.#files.readText(file).catch(() => []);
    const following = this.#mayFollow(file);
    const target = this.#targetIn(file, graphs);
    if (!following || !target || window.activeTextEditor !== editor) return;
    this.#turnAndFill(following, target);
    // In restricted mode that reads the text, and says so.
    if (!workspace.isTrusted) await this.#files.refresh(file);
  }

  /** Of several graphs in one file the panel shows that into which the cursor has come. */
  async #makeCursor(): Promise<CursorGraph> {
    const { CursorGraph } = await import('./cursorGraph.ts');
    const cursor = new CursorGraph(this.#files.readText.bind(this.#files), (file, exportName) => {
      const following = this.#following;
      if (following?.target.file !== file || following.isPast) return;
      const isShown = this.#of(file).some(({ target }) => target.exportName === exportName);
      if (!isShown) this.#turnAndFill(following, { file, exportName });
    });
    return this.#owned.add(cursor);
  }

  /** To draw takes longer than all the rest of what a save leads to: it is done while one types. */
  async #makeAhead(): Promise<DrawAhead> {
    const { DrawAhead } = await import('./drawAhead.ts');
    return this.#owned.add(new DrawAhead(this.#files, (file) => this.#of(file)));
  }

  #turnAndFill(following: PreviewPanel, target: PanelTarget): void {
    this.#turn(following, target);
    const last = this.#lastRuns.findLast((run) => isOf(run, target));
    if (last) following.follow(last);
    this.#fill(following, NOT_LOADED);
  }

  /** Of the graphs of a file: the one that was seen last, else one that has something to show. */
  #targetIn(file: string, graphs: readonly StaticGraph[]): PanelTarget | undefined {
    const exported = graphs.flatMap(({ exportName }) =>
      exportName === undefined ? [] : [{ file, exportName }],
    );
    if (exported.length === 0) return undefined;
    return (
      this.#lastShown.get(file) ?? exported.find((target) => this.#runs.shown(target)) ?? { file }
    );
  }

  /** A past run is looked at beside any file, and so is what another panel shows. */
  #mayFollow(file: string): PreviewPanel | undefined {
    const following = this.#following;
    return following && !following.isPast && !this.shows(file) ? following : undefined;
  }

  #turn(panel: PreviewPanel, target: PanelTarget): void {
    const before = panel.target;
    this.#lastShown.set(before.file, before);
    panel.turnTo(target);
    this.#files.follow(target.file);
    this.#left(before.file);
  }

  /** Shows what is known: of the file, and of a run of the graph that goes on or waits. */
  #fill(panel: PreviewPanel, notice?: string): void {
    this.#followPresent(panel);
    const known = this.#files.latest(panel.target.file);
    if (known) showFile(panel, known);
    else void this.#sketch(panel, notice);
  }

  #followPresent(panel: PreviewPanel): void {
    const { file, exportName } = panel.target;
    const run = exportName === undefined ? undefined : this.#runs.shown({ file, exportName });
    if (run) panel.follow(run);
  }

  #began(run: RunViewModel): void {
    const others = this.#lastRuns.filter((other) => !isOf(other, run.target));
    this.#lastRuns = [...others, run].slice(-MOST_RUNS);
    this.#find(run.target)?.follow(run);
  }

  /** Until the file is loaded a panel shows what its text tells, which is the same graph nearly always. */
  async #sketch(panel: PreviewPanel, notice?: string): Promise<void> {
    try {
      await showSketch(panel, await this.#files.readText(panel.target.file), notice);
    } catch {
      // A file that cannot be read is told of when it is loaded.
    }
  }

  /** The panels of files that were renamed stay with them. */
  move(rename: Rename): void {
    this.#lastShown.clear();
    this.#lastRuns = [];
    for (const panel of this.#panels) panel.move(rename);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const { target, isLocked } = restored(state) ?? {};
    if (!target) return panel.dispose();
    const hasOther = this.#following !== undefined;
    const back = new PreviewPanel(panel, this.#options(target, isLocked || hasOther));
    this.#adopt(back);
    this.#followPresent(back);
    if (workspace.isTrusted) void this.#sketch(back);
    await this.#files.refresh(target.file);
  }

  #options(target: PanelTarget, isLocked: boolean): PanelOptions {
    return {
      extensionUri: this.#extensionUri,
      ...{ target, isLocked },
      onRequest: (request) => {
        this.#isLeading = request.type === 'reveal' || request.type === 'open';
        this.#requested.fire(request);
      },
      breakpointsOf: ({ file, exportName = '' }) => this.#breakpoints.of({ file, exportName }),
      reachOf: ({ file, exportName = '' }) => this.#reached.get(targetKey({ file, exportName })),
      onNamed: () => this.#qualify(),
      onActive: () => this.#tellLock(),
    };
  }

  #adopt(panel: PreviewPanel): void {
    this.#panels.add(panel);
    this.#qualify();
    this.#tellLock();
    this.#files.follow(panel.target.file);
    panel.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
      this.#qualify();
      this.#left(panel.target.file);
    });
  }

  /** A panel shows a file no more. */
  #left(file: string): void {
    if (this.shows(file)) return;
    this.#files.unfollow(file);
    this.#closed.fire(file);
  }

  /** For the button in the title of the panel that has the focus. */
  #tellLock(): void {
    const isLocked = [...this.#panels].some((panel) => panel.isActive && panel.isLocked);
    if (isLocked === this.#toldLock) return;
    this.#toldLock = isLocked;
    void commands.executeCommand('setContext', 'superstep.isPreviewLocked', isLocked);
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
    return this.activeTarget?.file;
  }

  /** What the panel shows that is the active editor, if one is. */
  get activeTarget(): PanelTarget | undefined {
    return [...this.#panels].find(({ isActive }) => isActive)?.target;
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

  dispose(): void {
    // The panels stay open: a window that reloads restores those that are open at its end.
    this.#owned.dispose();
  }
}

function isOf(run: RunViewModel, { file, exportName }: PanelTarget): boolean {
  return run.file === file && run.exportName === exportName;
}
