import type { ErrorInfo, RunEvent, RunStarted, TaskStarted } from '../engine/model/events.ts';
import { OpenTasks } from '../engine/model/openTasks.ts';

/** How a run ended that did not tell it by an event. */
export interface AbruptEnd {
  readonly error: ErrorInfo;
  readonly cancelled: boolean;
  /** The task that is to blame, where that is known. */
  readonly taskId?: number | undefined;
}

/**
 * Completes the events of one run for its observers where its thread cannot end it: every task that has
 * started ends, then the run, and then nothing more comes.
 */
export class EventCompleter {
  readonly #open = new OpenTasks<TaskStarted>((started) => started);
  #started: RunStarted | undefined;
  #overAt: number | undefined;
  #state: unknown = {};

  get started(): RunStarted | undefined {
    return this.#started;
  }

  /** The root graph's state after its last superstep, cut for display. */
  get state(): unknown {
    return this.#state;
  }

  /** Milliseconds from the start to `runFinished` or `runFailed`; 0 before. */
  get durationMs(): number {
    return this.#overAt ?? 0;
  }

  /** The events to pass on: those given, completed where an end is missing. */
  complete(events: readonly RunEvent[]): RunEvent[] {
    return events.flatMap((event) => this.#complete(event));
  }

  /** The events that end the run now; none if it is over, or never started. */
  end({ error, cancelled, taskId }: AbruptEnd): RunEvent[] {
    if (!this.#started) return [];
    const time = performance.timeOrigin + performance.now() - this.#started.startedAt;
    const blamed = cancelled ? new Set<number>() : this.#blame(taskId);
    const failed = this.#endTasks({ time, error, isCancelled: (id) => !blamed.has(id) });
    return this.complete([
      ...failed,
      { type: 'runFailed', time, error, cancelled, state: this.#state },
    ]);
  }

  #complete(event: RunEvent): readonly RunEvent[] {
    if (this.#overAt !== undefined) return [];
    this.#open.see(event);
    switch (event.type) {
      case 'runStarted':
        this.#started = event;
        break;
      case 'superstepFinished':
        if (event.path.length === 0) this.#state = event.state;
        break;
      case 'runFinished':
      case 'runFailed': {
        this.#overAt = event.time;
        const { time } = event;
        const error =
          'error' in event ? event.error : { name: 'Error', message: 'The run is over' };
        return [...this.#endTasks({ time, error, isCancelled: () => true }), event];
      }
      default:
    }
    return [event];
  }

  #endTasks(end: {
    readonly time: number;
    readonly error: ErrorInfo;
    readonly isCancelled: (id: number) => boolean;
  }): RunEvent[] {
    const { time, error, isCancelled } = end;
    return this.#open.endAll().map(({ task, time: startedAt }) => ({
      type: 'taskFailed',
      time,
      task,
      durationMs: time - startedAt,
      error,
      cancelled: isCancelled(task.id),
    }));
  }

  /** The task to blame with the subgraphs around it: the only one that ran, if none is known. */
  #blame(taskId: number | undefined): Set<number> {
    const open = [...this.#open.values()].map(({ task }) => task);
    const parents = new Set(open.map(({ parent }) => parent));
    const leaves = open.filter(({ id }) => !parents.has(id));
    const blamed = new Set<number>();
    let id = taskId ?? (leaves.length === 1 ? leaves[0]!.id : undefined);
    while (id !== undefined) {
      blamed.add(id);
      id = this.#open.get(id)?.task.parent;
    }
    return blamed;
  }
}
