import { EventEmitter, type Disposable, type Event } from 'vscode';
import type { Waiting } from '../protocol/waiting.ts';
import { DisposableStore } from './disposableStore.ts';
import { targetKey, type GraphTarget } from './graphFile.ts';
import { renamed, type PathOwner, type Rename } from './rename.ts';

/** A run that has ended at questions or breakpoints, until its graph is run again. */
export interface WaitingRun extends GraphTarget {
  /** As the run was called: the graph's name. */
  readonly title: string;
  readonly waiting: Waiting;
}

/** What waits for somebody, of each graph the newest run. */
export class WaitingRuns implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  /** By graph, the newest last. */
  readonly #runs = new Map<string, WaitingRun>();

  readonly onDidChange: Event<void> = this.#changed.event;

  /** The newest comes last. */
  get all(): readonly WaitingRun[] {
    return [...this.#runs.values()];
  }

  of(target: GraphTarget): WaitingRun | undefined {
    return this.#runs.get(targetKey(target));
  }

  /** Takes the place of an older run of the same graph. */
  add(run: WaitingRun): void {
    this.#runs.delete(targetKey(run));
    this.#runs.set(targetKey(run), run);
    this.#changed.fire();
  }

  /** The graph is run again: what an older run of it waited for counts no more. */
  forget(target: GraphTarget): void {
    if (this.#runs.delete(targetKey(target))) this.#changed.fire();
  }

  move(rename: Rename): void {
    const runs = this.all.map((run) => renamed(run, rename));
    this.#runs.clear();
    for (const run of runs) this.#runs.set(targetKey(run), run);
    if (runs.length > 0) this.#changed.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** How many answers, and permissions to go on, a run waits for. */
export function countWaits({ questions, breakpoints }: Waiting): number {
  return questions.length + breakpoints.length;
}
