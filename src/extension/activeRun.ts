import { EventEmitter, type Disposable, type Event } from 'vscode';
import type { RunEvent } from '../engine/events.ts';
import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { ProgressTracker } from '../runner/report/progress.ts';
import type { GraphDescription, RunResult } from '../runner/runner.ts';
import type { Activity } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';
import type { GraphTarget } from './graphFile.ts';

/** One run of one graph, from its start to its result, as everything that shows it sees it. */
export class ActiveRun implements Activity, Disposable {
  readonly #owned = new DisposableStore();
  readonly #progressed = this.#owned.add(new EventEmitter<readonly NodeProgress[]>());
  readonly #ended = this.#owned.add(new EventEmitter<RunResult>());
  readonly #abort = new AbortController();
  readonly #tracker = new ProgressTracker();
  readonly #nodes: number;
  readonly #startedAt = performance.now();
  #result: RunResult | undefined;

  readonly target: GraphTarget;
  readonly title: string;
  readonly file: string;
  readonly exportName: string;
  /** The nodes whose state changed. */
  readonly onDidProgress: Event<readonly NodeProgress[]> = this.#progressed.event;
  readonly onDidEnd: Event<RunResult> = this.#ended.event;

  constructor(target: GraphTarget, graph: GraphDescription) {
    this.target = target;
    this.title = graph.name;
    this.file = target.file;
    this.exportName = target.exportName;
    this.#nodes = graph.nodes.length;
  }

  /** Aborted by `stop()`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** How many of the graph's nodes have ended at least once, such as `2/5`. */
  get state(): string {
    if (this.#abort.signal.aborted) return 'stopping';
    const ended = this.progress().filter(({ status }) => status !== 'running').length;
    return `${ended}/${this.#nodes}`;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Present once the run has ended. */
  get result(): RunResult | undefined {
    return this.#result;
  }

  /** Every node that has started so far. */
  progress(): readonly NodeProgress[] {
    return this.#tracker.all();
  }

  add(events: readonly RunEvent[]): void {
    for (const event of events) this.#tracker.add(event);
    const changes = this.#tracker.takeChanges();
    if (changes.length > 0) this.#progressed.fire(changes);
  }

  end(result: RunResult): void {
    this.#result = result;
    this.#ended.fire(result);
  }

  stop(): void {
    this.#abort.abort();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
