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

/** Everything that goes on now, oldest first. */
export class Activities implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #all = new Set<Activity>();

  /** Something began, moved on or ended. */
  readonly onDidChange: Event<void> = this.#changed.event;

  get all(): readonly Activity[] {
    return [...this.#all];
  }

  /** What goes on for one graph. */
  of(target: GraphTarget): readonly Activity[] {
    return this.all.filter(
      ({ file, exportName }) => file === target.file && exportName === target.exportName,
    );
  }

  /** Shows the activity until the result is disposed. */
  begin(activity: Activity): Disposable {
    this.#all.add(activity);
    this.#changed.fire();
    return {
      dispose: () => {
        if (this.#all.delete(activity)) this.#changed.fire();
      },
    };
  }

  /** To be called when the `state` of an activity has changed. */
  touch(): void {
    this.#changed.fire();
  }

  /** Stops whatever goes on. */
  dispose(): void {
    for (const activity of this.#all) activity.stop();
    this.#owned.dispose();
  }
}
