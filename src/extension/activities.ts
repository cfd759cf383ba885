import { EventEmitter, type Disposable, type Event } from 'vscode';
import { DisposableStore } from './disposableStore.ts';
import type { GraphTarget } from './graphFile.ts';

/** Something that goes on and that the user can stop: the run of a graph, or a file's loading. */
export interface Activity {
  /** What the status bar and the pick list say: the graph's name, or that of the file. */
  readonly title: string;
  readonly file: string;
  /** Absent while it is not known yet which graph will run, and for mere loading. */
  readonly exportName?: string;
  /** How far it is, such as `2/5`; empty for nothing to say. */
  readonly state: string;
  stop(): void;
}

/** Milliseconds after which an activity shows: what is over sooner would only flicker. */
const SHOW_AFTER_MS = 150;

/** Everything that goes on now, oldest first. */
export class Activities implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  /** Each with the timer after which it shows. */
  readonly #all = new Map<Activity, NodeJS.Timeout>();
  readonly #shown = new Set<Activity>();

  /** What is to be shown is another, or has moved on. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Whatever can be stopped. */
  get all(): readonly Activity[] {
    return [...this.#all.keys()];
  }

  /** What has gone on for more than a moment. */
  get shown(): readonly Activity[] {
    return [...this.#shown];
  }

  /** What is shown of one graph. */
  of(target: GraphTarget): readonly Activity[] {
    return this.shown.filter(
      ({ file, exportName }) => file === target.file && exportName === target.exportName,
    );
  }

  /** The activity goes on until the result is disposed. */
  begin(activity: Activity): Disposable {
    const timer = setTimeout(() => {
      this.#shown.add(activity);
      this.#changed.fire();
    }, SHOW_AFTER_MS);
    this.#all.set(activity, timer);
    return { dispose: () => this.#end(activity) };
  }

  #end(activity: Activity): void {
    clearTimeout(this.#all.get(activity));
    this.#all.delete(activity);
    if (this.#shown.delete(activity)) this.#changed.fire();
  }

  /** To be called when the `state` of an activity has changed. */
  touch(): void {
    if (this.#shown.size > 0) this.#changed.fire();
  }

  /** Stops whatever goes on. */
  dispose(): void {
    for (const [activity, timer] of this.#all) {
      clearTimeout(timer);
      activity.stop();
    }
    this.#owned.dispose();
  }
}
