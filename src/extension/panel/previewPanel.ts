import {
  ViewColumn,
  window,
  type Disposable,
  type Event,
  type Uri,
  type WebviewPanel,
} from 'vscode';
import type { Problem } from '../../loader/problem.ts';
import type {
  AnsweredQuestion,
  ImageFormat,
  RunViewName,
  ToWebview,
} from '../../protocol/webviewMessages.ts';
import { DisposableStore } from '../disposableStore.ts';
import { isFromWebview } from './fromWebview.ts';
import { PanelContent, type ContentPage, type Diagram } from './panelContent.ts';
import { openPage } from './panelPage.ts';
import { nameOf, restoreText, showsSource, titleOf, type PanelTarget } from './panelTarget.ts';
import type { PathOwner, Rename } from '../graphs/rename.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';

/** View type of the panels; package.json names it in an activation event. */
export const PREVIEW_TYPE = 'superstep.preview';

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
  /** It stays with its graph, whichever editor is active. */
  readonly isLocked: boolean;
  readonly onRequest: (request: PanelRequest) => void;
  readonly breakpointsOf: ContentPage['breakpointsOf'];
  readonly reachOf: ContentPage['reachOf'];
  /** Its graph has become known, or has another name now. */
  readonly onNamed: () => void;
  /** It has become the active editor, or is so no more. */
  readonly onActive: () => void;
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
  readonly #content: PanelContent;
  readonly #onRequest: PanelOptions['onRequest'];
  /** What is to be chosen in a page that is not there yet. */
  #awaited: { readonly nodeId: string; readonly view: RunViewName } | undefined;
  /** The picture that the page is making. */
  #image: PromiseWithResolvers<string | undefined> | undefined;
  #qualifier = '';
  #isLocked: boolean;
  #isReady = false;

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
    this.#isLocked = options.isLocked;
    this.#onRequest = options.onRequest;
    this.#content = this.#owned.add(
      new PanelContent(options.target, {
        post: (...messages) => this.#post(...messages),
        restoreMessage: () => this.#restoreMessage(),
        breakpointsOf: options.breakpointsOf,
        reachOf: options.reachOf,
        named: () => {
          this.#retitle();
          options.onNamed();
        },
      }),
    );
    this.onDidDispose = panel.onDidDispose;
    this.#owned.add(panel.webview.onDidReceiveMessage((message) => this.#receive(message)));
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        options.onActive();
        if (panel.visible) return;
        this.#isReady = false;
        this.#image?.resolve(undefined);
      }),
    );
    openPage(panel, options);
  }

  get target(): PanelTarget {
    return this.#content.target;
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

  /** It stays with its graph, whichever editor is active. */
  get isLocked(): boolean {
    return this.#isLocked;
  }

  set isLocked(isLocked: boolean) {
    if (this.#isLocked === isLocked) return;
    this.#isLocked = isLocked;
    this.#retitle();
    this.#post(this.#restoreMessage());
  }

  /** What it shows, to be kept in files. */
  get shown(): Shown {
    const { target, graphName: title, mermaid, run, pastNotice: notice } = this.#content;
    return { target, title, mermaid, run, notice, image: (format) => this.#drawImage(format) };
  }

  #drawImage(format: ImageFormat): Promise<string | undefined> {
    this.#image?.resolve(undefined);
    this.#image = Promise.withResolvers();
    const { revision } = this.#content;
    if (this.#isReady) this.#post({ type: 'drawImage', revision, format });
    else this.#image.resolve(undefined);
    return this.#image.promise;
  }

  /** Nothing is known yet of what it is to show. */
  get isEmpty(): boolean {
    return this.#content.isEmpty;
  }

  /** The name of its graph, as far as it is known. */
  get graphName(): string {
    return this.#content.graphName;
  }

  /** Tells this panel's tab from others of graphs with the same name; empty if there are none. */
  set qualifier(qualifier: string) {
    if (this.#qualifier === qualifier) return;
    this.#qualifier = qualifier;
    this.#retitle();
  }

  #retitle(): void {
    const { graphName } = this.#content;
    this.#panel.title = titleOf(graphName, this.#qualifier, this.#isLocked);
  }

  /**
   * Brings the panel to the front of its column; the focus stays where it is. Where that would cover the
   * file's own editor the panel moves beside it.
   */
  reveal(): void {
    if (this.#panel.visible) return;
    const isOverSource = showsSource(this.#panel.viewColumn, this.target.file);
    this.#panel.reveal(isOverSource ? ViewColumn.Beside : undefined, true);
  }

  /** Brings the panel into the column beside the active editor. */
  moveBeside(): void {
    this.#panel.reveal(ViewColumn.Beside, true);
  }

  /** Chooses what a node did last, in a view of its run. */
  select(nodeId: string, view: RunViewName): void {
    this.#awaited = { nodeId, view };
    if (this.#isReady) this.#postAwaited();
  }

  #postAwaited(): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    if (awaited) this.#post({ type: 'select', revision: this.#content.revision, ...awaited });
  }

  /** It shows a run that is over, and not the graph as it is now. */
  get isPast(): boolean {
    return this.#content.isPast;
  }

  /** Shows another graph next: nothing of this one stays. */
  turnTo(target: PanelTarget): void {
    this.#awaited = undefined;
    this.#image?.resolve(undefined);
    this.#content.turnTo(target);
  }

  /** Draws a graph, as `PanelContent.show` tells. */
  show(target: PanelTarget, diagram: Diagram): void {
    this.#content.show(target, diagram);
  }

  /** Has the page draw ahead what will most likely be shown next. */
  expect(diagram: Diagram): void {
    this.#content.expect(diagram);
  }

  /** Stays with its graph, whatever the file is called. */
  move(rename: Rename): void {
    this.#content.move(rename);
  }

  /** Tells what is wrong with the file, with the places that the message names, in its order. */
  showProblem(message: string, places: readonly Problem[] = []): void {
    this.#content.showProblem(message, places);
  }

  /** Shows a run as it was, with its own graph, until another begins or the present is asked for. */
  followPast(run: RunViewModel, notice: string): void {
    this.#content.followPast(run, notice);
  }

  /** What is shown next is the present. */
  leavePast(): void {
    this.#content.leavePast();
  }

  /** Lights the nodes up as a run goes on, in place of any other run. */
  follow(run: RunViewModel): void {
    this.#content.follow(run);
  }

  /** Tells anew which nodes have breakpoints. */
  showBreakpoints(): void {
    this.#content.showBreakpoints();
  }

  /** Tells anew what tests have reached. */
  showReach(): void {
    this.#content.showReach();
  }

  /** Tells again how the run of this panel has ended: nothing has come of what was asked for. */
  restate(): void {
    this.#content.restate();
  }

  #restoreMessage(): ToWebview {
    const restore = restoreText(this.target, this.#isLocked);
    return { type: 'restore', revision: this.#content.revision, restore };
  }

  /** A page that is not there yet, or no longer, gets all of it when it says `ready`. */
  #post(...messages: readonly ToWebview[]): void {
    if (!this.#isReady) return;
    for (const message of messages) void this.#panel.webview.postMessage(message);
  }

  #receive(message: unknown): void {
    if (!isFromWebview(message)) return;
    const { target, run } = this.#content;
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#post(...this.#content.messages());
        this.#postAwaited();
        return;
      case 'stop':
        // What stands here, and no other run of the same graph.
        if (run && !run.result) return run.stop();
        return this.#onRequest({ ...message, target });
      case 'openPlace': {
        const problem = this.#content.linked(message.place);
        if (problem) this.#onRequest({ type: 'open', problem, target });
        return;
      }
      case 'run':
      case 'reveal':
      case 'drawFailed':
      case 'saveTrace':
      case 'answer':
      case 'goOn':
        return this.#onRequest({ ...message, target });
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
    this.#owned.dispose();
  }
}
