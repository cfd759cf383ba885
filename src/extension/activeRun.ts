import { EventEmitter, type Disposable, type Event } from 'vscode';
import type { RunEvent, TaskInfo } from '../engine/model/events.ts';
import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { ProgressTracker } from '../runner/report/progress.ts';
import type { GraphDescription, RunResult } from '../runner/runner.ts';
import { STOPPING, type Activity } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';
import type { GraphTarget } from './graphFile.ts';
import { renamed, type PathOwner, type Rename } from './rename.ts';

/** A node whose failure ended a run; `nodeId` where its own thread could not tell of it. */
interface FailedNode {
  readonly node: string;
  readonly nodeId?: string;
}

/** One run of one graph, from its start to its result, as everything that shows it sees it. */
export class ActiveRun implements Activity, PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #progressed = this.#owned.add(new EventEmitter<readonly NodeProgress[]>());
  readonly #stopping = this.#owned.add(new EventEmitter<void>());
  readonly #ended = this.#owned.add(new EventEmitter<RunResult>());
  readonly #abort = new AbortController();
  readonly #tracker = new ProgressTracker();
  /** Ids of the nodes that can run: neither START nor END, nor the frames of subgraphs. */
  readonly #nodeIds: ReadonlySet<string>;
  readonly #startedAt = performance.now();
  readonly #over = Promise.withResolvers<void>();
  #target: GraphTarget;
  /** Where that lies now which the run knows by its path at the start. */
  #sinceStart: Rename = (path) => path;
  #result: RunResult | undefined;
  #failed: FailedNode | undefined;
  #suspect: { readonly task: TaskInfo; readonly message: string } | undefined;

  /** As it is run; its file may tell another by now. */
  readonly graph: GraphDescription;
  readonly number: number;
  readonly title: string;
  /** The nodes whose state changed. */
  readonly onDidProgress: Event<readonly NodeProgress[]> = this.#progressed.event;
  /** It was told to stop. The end may take a while, since a node need not listen. */
  readonly onDidStop: Event<void> = this.#stopping.event;
  readonly onDidEnd: Event<RunResult> = this.#ended.event;

  /** @param number Tells apart the runs of one graph that go on at the same time; 1 for the first. */
  constructor(target: GraphTarget, graph: GraphDescription, number = 1) {
    this.#target = target;
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
    return performance.now() - this.#startedAt;
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

  /** Every node that has started so far. */
  progress(): readonly NodeProgress[] {
    return this.#tracker.all();
  }

  add(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.#tracker.add(event);
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
    const changes = this.#tracker.takeChanges();
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

  end(result: RunResult): void {
    this.#result = result;
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
