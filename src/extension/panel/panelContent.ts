import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../loader/problem.ts';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { GraphReach } from '../../protocol/graphReach.ts';
import type { DiagramNode, ToWebview } from '../../protocol/webviewMessages.ts';
import { DisposableStore } from '../disposableStore.ts';
import { placeText } from '../../runner/report/failureText.ts';
import { eventMessages } from '../../runner/report/eventMessages.ts';
import { endMessages, failurePlaces, runMessages } from './panelMessages.ts';
import { nameOf, type PanelTarget } from './panelTarget.ts';
import { renamed, type Rename } from '../graphs/rename.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';

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

/** The page that shows it. */
export interface ContentPage {
  /** Tells the page, if it is there. */
  readonly post: (...messages: readonly ToWebview[]) => void;
  /** What brings the panel back after a reload. */
  readonly restoreMessage: () => ToWebview;
  /** Where runs of a graph pause. */
  readonly breakpointsOf: (target: PanelTarget) => readonly GraphBreakpoint[];
  /** What tests have reached of a graph. */
  readonly reachOf: (target: PanelTarget) => GraphReach | undefined;
  /** The graph has become known, or has another name now. */
  readonly named: () => void;
}

/** What a panel shows: a graph, what is wrong with its file, and a run of it, the present one or a past one. */
export class PanelContent {
  readonly #page: ContentPage;
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
  #revision = 0;

  constructor(target: PanelTarget, page: ContentPage) {
    this.#target = target;
    this.#page = page;
  }

  get target(): PanelTarget {
    return this.#target;
  }

  get run(): RunViewModel | undefined {
    return this.#run;
  }

  /** Mermaid text; absent while nothing is drawn. */
  get mermaid(): string | undefined {
    return this.#diagram?.mermaid;
  }

  /** Counts the drawings: messages name the one that they are about. */
  get revision(): number {
    return this.#revision;
  }

  get pastNotice(): string | undefined {
    return this.#pastNotice;
  }

  /** The place that a link of the banner leads to. */
  linked(at: number): Problem | undefined {
    return this.#links[at];
  }

  /** Nothing is known yet of what it is to show. */
  get isEmpty(): boolean {
    return this.#diagram === undefined && this.#problem === undefined;
  }

  /** The name of its graph, as far as it is known. */
  get graphName(): string {
    return nameOf(this.#target, this.#diagram?.title);
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
    this.#page.named();
    if (isSame && isWell && !wasHeld) return;
    // What an earlier run did to other nodes would only confuse.
    if (!isSame && !isRunning) this.#run = undefined;
    this.#page.post(this.#page.restoreMessage(), ...this.#graphMessages());
  }

  /** Has the page draw ahead what will most likely be shown next. */
  expect({ mermaid, nodes }: Diagram): void {
    if (this.isPast || mermaid === this.mermaid) return;
    this.#page.post({ type: 'expected', revision: this.#revision, mermaid, nodes });
  }

  /** Stays with its graph, whatever the file is called. What is wrong with it is to be told anew. */
  move(rename: Rename): void {
    // A run that goes on, or waits, is moved by those who keep it.
    if (this.#run?.result && !this.#run.waiting) this.#run.move(rename);
    if (rename(this.#target.file) === this.#target.file) return;
    this.#target = renamed(this.#target, rename);
    this.#problem = undefined;
    this.#page.named();
    this.#page.post(this.#page.restoreMessage(), ...this.#graphMessages());
  }

  /**
   * Tells what is wrong with the file; the last good diagram stays.
   * @param places Those whose places the message names, in its order.
   */
  showProblem(message: string, places: readonly Problem[] = []): void {
    if (this.isPast) return;
    this.#problem = { message, places };
    this.#page.post(...this.#problemMessages());
  }

  #problemMessages(): ToWebview[] {
    if (!this.#problem) return [];
    const { message, places } = this.#problem;
    return [{ type: 'problem', revision: this.#revision, message, places: this.#linkTo(places) }];
  }

  #linkTo(places: readonly Problem[]): string[] {
    this.#links = places;
    return places.map(placeText);
  }

  /** Shows a run as it was, with its own graph, until another begins or the present is asked for. */
  followPast(run: RunViewModel, notice: string): void {
    this.#diagram = undefined;
    this.#problem = undefined;
    this.follow(run, notice);
  }

  /** Shows another graph next: nothing of this one stays. */
  turnTo(target: PanelTarget): void {
    this.#following?.dispose();
    this.leavePast();
    this.#target = target;
    this.#problem = undefined;
    this.#isSourceChanged = false;
    this.#page.named();
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
    if (isDeepStrictEqual(diagram, this.#diagram)) this.#page.post(...this.#runMessages());
    else {
      this.#diagram = diagram;
      this.#page.post(this.#page.restoreMessage(), ...this.#graphMessages());
    }
    following.add(
      run.onDidHappen((events) => this.#page.post(...eventMessages(this.#revision, events))),
    );
    following.add(
      run.onDidProgress((nodes) =>
        this.#page.post({ type: 'progress', revision: this.#revision, nodes }),
      ),
    );
    following.add(
      run.onDidStop(() => this.#page.post({ type: 'runStopping', revision: this.#revision })),
    );
    following.add(run.onDidEnd(() => this.#page.post(...this.#endMessages())));
  }

  /** Tells again how the run of this panel has ended: nothing has come of what was asked for. */
  restate(): void {
    this.#page.post(...this.#endMessages());
  }

  /** All that a page has to be told which knows nothing yet. */
  messages(): ToWebview[] {
    return [this.#page.restoreMessage(), ...this.#graphMessages(), ...this.#problemMessages()];
  }

  #graphMessages(): ToWebview[] {
    if (!this.#diagram) return [];
    const revision = ++this.#revision;
    const file = basename(this.#target.file);
    const notice = this.#pastNotice;
    const graph = { ...this.#diagram, ...(notice !== undefined && { notice }) };
    return [
      { type: 'graph', revision, file, ...graph },
      this.#breakpointMessage(),
      ...(this.#reach ? [this.#reachMessage()] : []),
      ...this.#runMessages(),
    ];
  }

  /** Tells anew which nodes have breakpoints. */
  showBreakpoints(): void {
    this.#page.post(this.#breakpointMessage());
  }

  /** Tells anew what tests have reached. */
  showReach(): void {
    this.#page.post(this.#reachMessage());
  }

  #reachMessage(): ToWebview {
    const reach = this.#reach;
    return { type: 'reach', revision: this.#revision, ...(reach && { reach }) };
  }

  get #reach(): GraphReach | undefined {
    // A past run may be one of another graph of this name.
    return this.isPast ? undefined : this.#page.reachOf(this.#target);
  }

  #breakpointMessage(): ToWebview {
    const breakpoints = this.#page.breakpointsOf(this.#target);
    return { type: 'breakpoints', revision: this.#revision, breakpoints };
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

  dispose(): void {
    this.#following?.dispose();
  }
}
