import { EventEmitter, type Disposable, type Event } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';

/** Something that goes on and that the user can stop: the run of a graph, or a file's loading. */
export interface Activity {
  /** What the status bar and the pick list say: the graph's name, or that of the file. */
  readonly title: string;
  readonly file: string;
  /** Absent while it is not known yet which graph will run, and for mere loading. */
  readonly exportName?: string;
  /** How far it is, such as `2/5`; empty for nothing to say. */
  readonly state: string;
  /** It was told to stop, and has not ended yet. */
  readonly isStopping: boolean;
  stop(): void;
}

/** What `state` says of an activity that is stopping. */
export const STOPPING = 'stopping…';

/** Milliseconds after which an activity shows: what is over sooner would only flicker. */
const SHOW_AFTER_MS = 150;

/** Everything that goes on now, oldest first. */
export class Activities implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  /** Each with the timer after which it shows, if it does not at once. */
  readonly #all = new Map<Activity, NodeJS.Timeout | undefined>();
  readonly #shown = new Set<Activity>();

  /** What is to be shown is another, or has moved on. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Whatever can be stopped. */
  get all(): readonly Activity[] {
    return [...this.#all.keys()];
  }

  /** What has gone on for more than a moment, or is the answer to a click. */
  get shown(): readonly Activity[] {
    return [...this.#shown];
  }

  /** What is shown of one graph. */
  of(target: GraphTarget): readonly Activity[] {
    return this.shown.filter(
      ({ file, exportName }) => file === target.file && exportName === target.exportName,
    );
  }

  /**
   * The activity goes on until the result is disposed.
   * @param options.atOnce Shows it without delay: the user has asked for it and waits for an answer.
   */
  begin(activity: Activity, { atOnce = false } = {}): Disposable {
    const show = () => {
      this.#shown.add(activity);
      this.#changed.fire();
    };
    this.#all.set(activity, atOnce ? undefined : setTimeout(show, SHOW_AFTER_MS));
    if (atOnce) show();
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

/** An activity that is over as soon as its signal is aborted, or a moment later. */
export function preparing(
  abort: AbortController,
  { state, ...what }: Pick<Activity, 'title' | 'file' | 'exportName' | 'state'>,
): Activity {
  return {
    ...what,
    get state() {
      return abort.signal.aborted ? STOPPING : state;
    },
    get isStopping() {
      return abort.signal.aborted;
    },
    stop: () => abort.abort(),
  };
}
