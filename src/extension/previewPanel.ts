import {
  ViewColumn,
  window,
  type Disposable,
  type Event,
  type Uri,
  type WebviewPanel,
} from 'vscode';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../loader/problem.ts';
import type {
  AnsweredQuestion,
  DiagramNode,
  ImageFormat,
  RunViewName,
  ToWebview,
} from '../protocol/webviewMessages.ts';
import type { RunViewModel } from './runViewModel.ts';
import { DisposableStore } from './disposableStore.ts';
import { placeText } from './failureText.ts';
import { isFromWebview } from './fromWebview.ts';
import { openPage } from './panelPage.ts';
import { endMessages, eventMessages, failurePlaces, runMessages } from './panelMessages.ts';
import { nameOf, showsSource, titleOf, type PanelTarget } from './panelTarget.ts';
import { renamed, type PathOwner, type Rename } from './rename.ts';

/** View type of the panels; package.json names it in an activation event. */
export const PREVIEW_TYPE = 'superstep.preview';

/** A diagram to draw. */
export interface Diagram {
  readonly title: string;
  readonly mermaid: string;
  readonly nodes: readonly DiagramNode[];
  /** Why this is less than it could be. */
  readonly notice?: string;
  /** Default true. */
  readonly canRun?: boolean;
}

/** What a panel asks for, mostly because the user clicked. */
export type PanelRequest = { readonly target: PanelTarget } & (
  | { readonly type: 'run' | 'stop' }
  | { readonly type: 'reveal'; readonly nodeId: string }
  | { readonly type: 'open'; readonly problem: Problem }
  | { readonly type: 'drawFailed'; readonly message: string }
  | { readonly type: 'saveTrace'; readonly text: string }
  | { readonly type: 'answer'; readonly answers: readonly AnsweredQuestion[] }
  | { readonly type: 'goOn'; readonly state?: unknown }
);

/** What a panel is given. */
export interface PanelOptions {
  readonly extensionUri: Uri;
  readonly target: PanelTarget;
  readonly onRequest: (request: PanelRequest) => void;
  /** Its graph has become known, or has another name now. */
  readonly onNamed: () => void;
}

/** A graph, and a run of it, as they stand in a panel. */
export interface Shown {
  readonly target: PanelTarget;
  /** The graph's name. */
  readonly title: string;
  /** Absent while nothing is drawn. */
  readonly mermaid: string | undefined;
  readonly run: RunViewModel | undefined;
  /** Says which past run it is. */
  readonly notice: string | undefined;
  /** Makes a picture of the diagram: SVG as text, PNG in base64; `undefined` if none is drawn. */
  readonly image?: (format: ImageFormat) => Promise<string | undefined>;
}

/**
 * One panel with the diagram of one graph. Its page is thrown away while it is hidden (a page with
 * Mermaid takes some 50 MB) and gets everything anew when it says `ready`.
 */
export class PreviewPanel implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #panel: WebviewPanel;
  readonly #onRequest: PanelOptions['onRequest'];
  readonly #onNamed: PanelOptions['onNamed'];
  #target: PanelTarget;
  #diagram: Diagram | undefined;
  #problem: { readonly message: string; readonly places: readonly Problem[] } | undefined;
  /** Where the links of the banner lead. */
  #links: readonly Problem[] = [];
  #run: RunViewModel | undefined;
  #following: DisposableStore | undefined;
  /** The file has another graph than the one that is drawn, which is that of the run. */
  #isSourceChanged = false;
  /** Says which past run is shown; absent while it is the present one, or none. */
  #pastNotice: string | undefined;
  /** What is to be chosen in a page that is not there yet. */
  #awaited: { readonly nodeId: string; readonly view: RunViewName } | undefined;
  /** The picture that the page is making. */
  #image: PromiseWithResolvers<string | undefined> | undefined;
  #qualifier = '';
  #isReady = false;
  #revision = 0;

  readonly onDidDispose: Event<void>;

  /** Opens a panel beside the editor, or in the column where others are. Never takes the focus. */
  static open(options: PanelOptions, viewColumn: ViewColumn = ViewColumn.Beside): PreviewPanel {
    const panel = window.createWebviewPanel(PREVIEW_TYPE, titleOf(nameOf(options.target)), {
      viewColumn,
      preserveFocus: true,
    });
    return new PreviewPanel(panel, options);
  }

  /** @param panel A new panel, or one that a window reload has left. */
  constructor(panel: WebviewPanel, options: PanelOptions) {
    this.#panel = this.#owned.add(panel);
    this.#target = options.target;
    this.#onRequest = options.onRequest;
    this.#onNamed = options.onNamed;
    this.onDidDispose = panel.onDidDispose;
    this.#owned.add(panel.webview.onDidReceiveMessage((message) => this.#receive(message)));
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        this.#isReady = false;
        this.#image?.resolve(undefined);
      }),
    );
    openPage(panel, options);
  }

  get target(): PanelTarget {
    return this.#target;
  }

  get column(): ViewColumn | undefined {
    return this.#panel.viewColumn;
  }

  get isActive(): boolean {
    return this.#panel.active;
  }

  get isVisible(): boolean {
    return this.#panel.visible;
  }

  /** What it shows, to be kept in files. */
  get shown(): Shown {
    return {
      ...{ target: this.#target, title: this.graphName },
      ...{ mermaid: this.#diagram?.mermaid, run: this.#run, notice: this.#pastNotice },
      image: (format) => this.#drawImage(format),
    };
  }

  #drawImage(format: ImageFormat): Promise<string | undefined> {
    this.#image?.resolve(undefined);
    this.#image = Promise.withResolvers();
    if (this.#isReady) this.#post({ type: 'drawImage', revision: this.#revision, format });
    else this.#image.resolve(undefined);
    return this.#image.promise;
  }

  /** Nothing is known yet of what it is to show. */
  get isEmpty(): boolean {
    return this.#diagram === undefined && this.#problem === undefined;
  }

  /** The name of its graph, as far as it is known. */
  get graphName(): string {
    return nameOf(this.#target, this.#diagram?.title);
  }

  /** Tells this panel's tab from others of graphs with the same name; empty if there are none. */
  set qualifier(qualifier: string) {
    if (this.#qualifier === qualifier) return;
    this.#qualifier = qualifier;
    this.#retitle();
  }

  #retitle(): void {
    this.#panel.title = titleOf(this.graphName, this.#qualifier);
  }

  /**
   * Brings the panel to the front of its column; the focus stays where it is. Where that would cover the
   * file's own editor the panel moves beside it.
   */
  reveal(): void {
    if (this.#panel.visible) return;
    const isOverSource = showsSource(this.#panel.viewColumn, this.#target.file);
    this.#panel.reveal(isOverSource ? ViewColumn.Beside : undefined, true);
  }

  /** Chooses what a node did last, in a view of its run. */
  select(nodeId: string, view: RunViewName): void {
    this.#awaited = { nodeId, view };
    if (this.#isReady) this.#postAwaited();
  }

  #postAwaited(): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    if (awaited) this.#post({ type: 'select', revision: this.#revision, ...awaited });
  }

  /** It shows a run that is over, and not the graph as it is now. */
  get isPast(): boolean {
    return this.#pastNotice !== undefined;
  }

  /**
   * Draws a graph; nothing is drawn again if it is the one on the screen. While a run goes on, or
   * waits, its own graph stays, with a hint, since what it does would light up nodes that are not its own.
   */
  show(target: PanelTarget, diagram: Diagram): void {
    // A past run stays until somebody asks for the present.
    if (this.isPast) return;
    const isSame = isDeepStrictEqual(diagram, this.#diagram);
    const isRunning = this.#run !== undefined && (!this.#run.result || !!this.#run.waiting);
    const wasHeld = this.#isSourceChanged;
    const isWell = this.#problem === undefined;
    this.#target = target;
    this.#problem = undefined;
    this.#isSourceChanged = !isSame && isRunning;
    if (!this.#isSourceChanged) this.#diagram = diagram;
    this.#retitle();
    this.#onNamed();
    if (isSame && isWell && !wasHeld) return;
    // What an earlier run did to other nodes would only confuse.
    if (!isSame && !isRunning) this.#run = undefined;
    this.#post(this.#restoreMessage(), ...this.#graphMessages());
  }

  /** Stays with its graph, whatever the file is called. What is wrong with it is to be told anew. */
  move(rename: Rename): void {
    // A run that goes on, or waits, is moved by those who keep it.
    if (this.#run?.result && !this.#run.waiting) this.#run.move(rename);
    if (rename(this.#target.file) === this.#target.file) return;
    this.#target = renamed(this.#target, rename);
    this.#problem = undefined;
    this.#retitle();
    this.#onNamed();
    this.#post(this.#restoreMessage(), ...this.#graphMessages());
  }

  /**
   * Tells what is wrong with the file; the last good diagram stays.
   * @param places Those whose places the message names, in its order.
   */
  showProblem(message: string, places: readonly Problem[] = []): void {
    if (this.isPast) return;
    this.#problem = { message, places };
    this.#post(...this.#problemMessages());
  }

  #problemMessages(): ToWebview[] {
    if (!this.#problem) return [];
    const { message, places } = this.#problem;
    return [{ type: 'problem', revision: this.#revision, message, places: this.#linked(places) }];
  }

  #linked(places: readonly Problem[]): string[] {
    this.#links = places;
    return places.map(placeText);
  }

  /** Shows a run as it was, with its own graph, until another begins or the present is asked for. */
  followPast(run: RunViewModel, notice: string): void {
    this.#diagram = undefined;
    this.#problem = undefined;
    this.follow(run, notice);
  }

  /** What is shown next is the present. */
  leavePast(): void {
    this.#pastNotice = undefined;
    this.#diagram = undefined;
    this.#run = undefined;
  }

  /** Lights the nodes up as a run goes on, in place of any other run. */
  follow(run: RunViewModel, pastNotice?: string): void {
    if (pastNotice === undefined && this.isPast) this.leavePast();
    this.#pastNotice = pastNotice;
    this.#following?.dispose();
    const following = (this.#following = new DisposableStore());
    this.#run = run;
    this.#isSourceChanged = false;
    const { name: title, mermaid, nodes } = run.graph;
    const diagram = { title, mermaid, nodes };
    if (isDeepStrictEqual(diagram, this.#diagram)) this.#post(...this.#runMessages());
    else {
      this.#diagram = diagram;
      this.#post(this.#restoreMessage(), ...this.#graphMessages());
    }
    following.add(
      run.onDidHappen((events) => this.#post(...eventMessages(this.#revision, events))),
    );
    following.add(
      run.onDidProgress((nodes) =>
        this.#post({ type: 'progress', revision: this.#revision, nodes }),
      ),
    );
    following.add(
      run.onDidStop(() => this.#post({ type: 'runStopping', revision: this.#revision })),
    );
    following.add(run.onDidEnd(() => this.#post(...this.#endMessages())));
  }

  /** Tells again how the run of this panel has ended: nothing has come of what was asked for. */
  restate(): void {
    this.#post(...this.#endMessages());
  }

  #graphMessages(): ToWebview[] {
    if (!this.#diagram) return [];
    const revision = ++this.#revision;
    const file = basename(this.#target.file);
    const notice = this.#pastNotice;
    const graph = { ...this.#diagram, ...(notice !== undefined && { notice }) };
    return [{ type: 'graph', revision, file, ...graph }, ...this.#runMessages()];
  }

  #restoreMessage(): ToWebview {
    const restore = JSON.stringify(this.#target);
    return { type: 'restore', revision: this.#revision, restore };
  }

  #runMessages(): ToWebview[] {
    if (!this.#run) return [];
    const revision = this.#revision;
    return [
      ...runMessages(this.#run, revision),
      ...this.#endMessages(),
      ...(this.#isSourceChanged ? [{ type: 'sourceChanged', revision } as const] : []),
    ];
  }

  #endMessages(): ToWebview[] {
    const run = this.#run;
    if (!run?.result) return [];
    this.#links = failurePlaces(run);
    return endMessages(run, { revision: this.#revision, canRun: this.#diagram?.canRun ?? true });
  }

  /** A page that is not there yet, or no longer, gets all of it when it says `ready`. */
  #post(...messages: readonly ToWebview[]): void {
    if (!this.#isReady) return;
    for (const message of messages) void this.#panel.webview.postMessage(message);
  }

  #receive(message: unknown): void {
    if (!isFromWebview(message)) return;
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#post(this.#restoreMessage(), ...this.#graphMessages());
        this.#post(...this.#problemMessages());
        this.#postAwaited();
        return;
      case 'stop':
        // What stands here, and no other run of the same graph.
        if (this.#run && !this.#run.result) return this.#run.stop();
        return this.#onRequest({ ...message, target: this.#target });
      case 'openPlace': {
        const problem = this.#links[message.place];
        if (problem) this.#onRequest({ type: 'open', problem, target: this.#target });
        return;
      }
      case 'run':
      case 'reveal':
      case 'drawFailed':
      case 'saveTrace':
      case 'answer':
      case 'goOn':
        return this.#onRequest({ ...message, target: this.#target });
      case 'image':
        return this.#image?.resolve(message.data);
      case 'drawn':
        return;
      default:
        message satisfies never;
    }
  }

  dispose(): void {
    this.#image?.resolve(undefined);
    this.#following?.dispose();
    this.#owned.dispose();
  }
}
