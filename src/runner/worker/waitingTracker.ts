import type { RunEvent, TaskInterrupted } from '../../engine/model/events.ts';
import type { OpenQuestion, ReachedBreakpoint, Waiting } from '../../protocol/waiting.ts';

/** Finds out from the events of a run what it waits for when it has paused. */
export class WaitingTracker {
  readonly #questions = new Map<string, OpenQuestion>();
  #breakpoints: ReachedBreakpoint[] = [];
  #startedAt = 0;
  #waiting: Waiting | undefined;

  /** What the run waits for; `undefined` if it does not wait. */
  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'runStarted':
        this.#startedAt = event.startedAt;
        this.#questions.clear();
        this.#breakpoints = [];
        this.#waiting = undefined;
        return;
      case 'taskInterrupted':
        return this.#ask(event);
      case 'interrupted': {
        const { breakpoint, path, interrupts } = event;
        const since = this.#startedAt + event.time;
        if (breakpoint) this.#breakpoints.push({ ...breakpoint, path, since });
        if (path.length > 0) return;
        const questions = interrupts.map(({ id, value }): OpenQuestion => {
          return this.#questions.get(id) ?? { id, value, node: '', nodeId: '', path, since };
        });
        this.#waiting = { questions, breakpoints: this.#breakpoints };
        return;
      }
      default:
    }
  }

  /** A subgraph's node is interrupted after the node in it: the innermost is the one that asks. */
  #ask({ task, interrupts, time, askedAt }: TaskInterrupted): void {
    const { node, nodeId, path } = task;
    const since = askedAt ?? this.#startedAt + time;
    for (const { id, value } of interrupts) {
      if (!this.#questions.has(id)) {
        this.#questions.set(id, { id, value, node, nodeId, path, since });
      }
    }
  }
}
