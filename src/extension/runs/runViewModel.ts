import { EventEmitter, type Disposable, type Event } from 'vscode';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { RunEvent, TaskInfo } from '../../engine/model/events.ts';
import type { Waiting } from '../../protocol/waiting.ts';
import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import { LastValues, type LastValue } from '../../runner/report/lastValues.ts';
import { RunMetrics } from '../../trace/runMetrics.ts';
import type { GraphDescription, RunResult } from '../../runner/runner.ts';
import { STOPPING, type Activity } from './activities.ts';
import { addProgress } from '../../runner/report/addProgress.ts';
import { DisposableStore } from '../disposableStore.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import { renamed, type PathOwner, type Rename } from '../graphs/rename.ts';
import type { TracedEvent } from '../../trace/trace.ts';
import { PanelEvents } from '../../runner/report/panelEvents.ts';

/** A node whose failure ended a run; `nodeId` where its own thread could not tell of it. */
interface FailedNode {
  readonly node: string;
  readonly nodeId?: string;
}

/** What came before a run that goes on with another one, which waited. */
export interface RunBefore {
  readonly progress: readonly NodeProgress[];
  /** What panels show of it; absent after a reload of the window. */
  readonly events?: readonly TracedEvent[] | undefined;
  /** Milliseconds that it took, without the waiting. */
  readonly durationMs: number;
  readonly threadId: string | undefined;
  /** Where the file was when its thread began. */
  readonly beganAs: string;
  /** The checkpoint that it waits at, where its thread has gone on elsewhere since. */
  readonly waitsAt?: string | undefined;
}

/** One run of one graph, from its start to its result, as everything that shows it sees it. */
export class RunViewModel implements Activity, PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #progressed = this.#owned.add(new EventEmitter<readonly NodeProgress[]>());
  readonly #happened = this.#owned.add(new EventEmitter<readonly TracedEvent[]>());
  readonly #stopping = this.#owned.add(new EventEmitter<void>());
  readonly #ended = this.#owned.add(new EventEmitter<RunResult>());
  readonly #abort = new AbortController();
  readonly #metrics = new RunMetrics();
  readonly #last = new LastValues();
  readonly #panelEvents: PanelEvents;
  /** Ids of the nodes that can run: neither START nor END, nor the frames of subgraphs. */
  readonly #nodeIds: ReadonlySet<string>;
  readonly #startedAt = performance.now();
  readonly #over = Promise.withResolvers<void>();
  #target: GraphTarget;
  /** Where that lies now which the run knows by its path at the start. */
  #sinceStart: Rename = (path) => path;
  readonly #before: ReadonlyMap<string, NodeProgress>;
  readonly #durationBefore: number;
  readonly #threadBefore: string | undefined;
  readonly #waitsAt: string | undefined;
  /** Something has happened in this run itself: what had waited before does not any more. */
  #hasGoneOn = false;
  #result: RunResult | undefined;
  #waiting: Waiting | undefined;
  #failed: FailedNode | undefined;
  #suspect: { readonly task: TaskInfo; readonly message: string } | undefined;

  /** As it is run; its file may tell another by now. */
  readonly graph: GraphDescription;
  readonly number: number;
  readonly title: string;
  /** Absolute path that the file had when the thread of the run began. */
  readonly beganAs: string;
  /** Where it was told to pause when it began. */
  breakpoints: readonly GraphBreakpoint[] = [];
  /** The nodes whose state changed. */
  readonly onDidProgress: Event<readonly NodeProgress[]> = this.#progressed.event;
  /** More of what panels show. */
  readonly onDidHappen: Event<readonly TracedEvent[]> = this.#happened.event;
  /** It was told to stop. The end may take a while, since a node need not listen. */
  readonly onDidStop: Event<void> = this.#stopping.event;
  readonly onDidEnd: Event<RunResult> = this.#ended.event;

  /**
   * @param number Tells apart the runs of one graph that go on at the same time; 1 for the first.
   * @param before What this one goes on with: shown as the same run.
   */
  constructor(target: GraphTarget, graph: GraphDescription, number = 1, before?: RunBefore) {
    this.#target = target;
    this.#before = new Map(before?.progress.map((node) => [node.id, node]));
    this.#durationBefore = before?.durationMs ?? 0;
    this.#panelEvents = new PanelEvents(before?.events);
    this.#threadBefore = before?.threadId;
    this.#waitsAt = before?.waitsAt;
    this.beganAs = before?.beganAs ?? target.file;
    this.graph = graph;
    this.number = number;
    this.title = number === 1 ? graph.name : `${graph.name} #${number}`;
    this.#nodeIds = new Set(runnableNodes(graph).map(({ id }) => id));
  }

  /** The graph that runs, in the file where it is now. */
  get target(): GraphTarget {
    return this.#target;
  }

  get file(): string {
    return this.#target.file;
  }

  get exportName(): string {
    return this.#target.exportName;
  }

  /** Aborted by `stop()`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isStopping(): boolean {
    return this.#abort.signal.aborted;
  }

  /** How many of the graph's nodes have ended at least once, such as `2/5`. */
  get state(): string {
    if (this.isStopping) return STOPPING;
    const ended = this.progress().filter(
      ({ id, status }) => status !== 'running' && status !== 'waiting' && this.#nodeIds.has(id),
    );
    return `${ended.length}/${this.#nodeIds.size}`;
  }

  get elapsedMs(): number {
    return this.#durationBefore + performance.now() - this.#startedAt;
  }

  /** The thread that it goes on with, or that can be gone on with after it. */
  get threadId(): string | undefined {
    return this.#result?.threadId ?? this.#threadBefore;
  }

  /** What it waits for, once it has ended. */
  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  /** Present once the run has ended. */
  get result(): RunResult | undefined {
    return this.#result;
  }

  /** The node whose failure ended the run. */
  get failed(): FailedNode | undefined {
    return this.#failed;
  }

  /** Its name. */
  get failedNode(): string | undefined {
    return this.#failed?.node;
  }

  /** Every node that has started so far, in the run before this one too. */
  progress(): readonly NodeProgress[] {
    if (!this.#hasGoneOn) return [...this.#before.values()];
    const now = new Map(this.#metrics.progress().map((node) => [node.id, node]));
    const before = [...this.#before].filter(([id]) => !now.has(id));
    return [
      ...before.map(([, node]) => addProgress(node)),
      ...[...now.values()].map((node) => this.#whole(node)),
    ];
  }

  /** What a node was given last, and what came of it. */
  last(nodeId: string): LastValue | undefined {
    return this.#last.get(nodeId);
  }

  /** What has happened so far, in the run before this one too, as far as panels show it. */
  get events(): readonly TracedEvent[] {
    return this.#panelEvents.all;
  }

  /** What a run that goes on with this one has to know. */
  before(): RunBefore {
    const { threadId, beganAs } = this;
    const durationMs = this.#result?.durationMs ?? 0;
    const before = { progress: this.progress(), events: this.events, threadId, beganAs };
    return { ...before, durationMs, ...(this.waitsAt !== undefined && { waitsAt: this.waitsAt }) };
  }

  /** The checkpoint to go on from; `undefined`: the newest of its thread. */
  get waitsAt(): string | undefined {
    return this.#hasGoneOn ? undefined : this.#waitsAt;
  }

  /** The same, still waiting where it does, though its thread goes on from another checkpoint. */
  heldAt(waitsAt: string): RunViewModel {
    const before = { ...this.before(), durationMs: 0, waitsAt };
    const held = new RunViewModel(this.#target, this.graph, this.number, before);
    if (this.#result) held.end(this.#result, this.#waiting);
    return held;
  }

  #whole(node: NodeProgress): NodeProgress {
    const before = this.#before.get(node.id);
    return before ? addProgress(before, node) : node;
  }

  add(events: readonly RunEvent[]): void {
    const isFirst = !this.#hasGoneOn;
    this.#hasGoneOn = true;
    for (const event of events) {
      this.#metrics.add(event);
      this.#last.add(event);
      if (
        event.type === 'taskFailed' &&
        !event.cancelled &&
        event.error.name === 'SuperstepError'
      ) {
        this.#suspect ??= { task: event.task, message: event.error.message };
      }
      if (event.type === 'runFailed') {
        // A thread that died has told nothing of its task; innermost tasks are ended first.
        const { error, failure } = event;
        const isSuspect = this.#suspect?.message === error.message;
        this.#failed = failure ?? (isSuspect ? this.#suspect?.task : undefined);
      }
    }
    const shown = this.#panelEvents.add(events);
    if (shown.length > 0) this.#happened.fire(shown);
    const changed = this.#metrics.takeChanges().map((node) => this.#whole(node));
    const changes = isFirst ? this.progress() : changed;
    if (changes.length > 0) this.#progressed.fire(changes);
  }

  /** Stays with its file; so does a result that it has already. */
  move(rename: Rename): void {
    const sinceStart = this.#sinceStart;
    this.#sinceStart = (path) => rename(sinceStart(path));
    this.#target = renamed(this.#target, rename);
    if (this.#result) this.#result = withProblemMoved(this.#result, rename);
  }

  /** A result as the run's thread tells it, with its problem where that file is now. */
  locate(result: RunResult): RunResult {
    return withProblemMoved(result, this.#sinceStart);
  }

  /** @param waiting What it waits for, which it may do even if it has failed. */
  end(ended: RunResult, waiting = ended.waiting): void {
    const durationMs = this.#durationBefore + ended.durationMs;
    const result = this.#durationBefore > 0 ? { ...ended, durationMs } : ended;
    this.#result = result;
    this.#waiting = waiting;
    this.#ended.fire(result);
  }

  stop(): void {
    if (this.isStopping || this.#result) return;
    this.#abort.abort();
    this.#stopping.fire();
  }

  /** Stops the run and waits until it is over. */
  stopped(): Promise<void> {
    this.stop();
    return this.#over.promise;
  }

  dispose(): void {
    this.#over.resolve();
    this.#owned.dispose();
  }
}

function withProblemMoved(result: RunResult, rename: Rename): RunResult {
  const { problem } = result;
  return problem ? { ...result, problem: renamed(problem, rename) } : result;
}

/** The nodes of a diagram that stand for work. */
export function runnableNodes({ nodes }: GraphDescription): GraphDescription['nodes'] {
  return nodes.filter(({ name }) => name !== '__start__' && name !== '__end__');
}
