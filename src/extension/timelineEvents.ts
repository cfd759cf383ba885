import type { RunEvent } from '../engine/model/events.ts';

/** More events than this of one run are not kept for panels. */
const MAX_EVENTS = 200_000;

/** What a timeline shows of a run: its events, without values of the state, which may be large. */
export class TimelineEvents {
  readonly #all: RunEvent[];
  /** Calls of models of which the first piece of the answer was told. */
  readonly #answered = new Set<number>();

  /** @param before Those of the run that this one goes on with. */
  constructor(before: readonly RunEvent[] = []) {
    this.#all = [...before];
  }

  get all(): readonly RunEvent[] {
    return this.#all;
  }

  /** @returns Those of them that a timeline shows. */
  add(events: readonly RunEvent[]): RunEvent[] {
    const room = MAX_EVENTS - this.#all.length;
    const kept = events.flatMap((event) => this.#slim(event) ?? []).slice(0, Math.max(0, room));
    for (const event of kept) this.#all.push(event);
    return kept;
  }

  #slim(event: RunEvent): RunEvent | undefined {
    switch (event.type) {
      case 'runStarted':
        return { ...event, input: undefined };
      case 'taskStarted':
        return { ...event, input: undefined };
      case 'superstepFinished':
      case 'continued':
        return { ...event, state: {} };
      case 'taskRecalled':
        return { ...event, updates: [] };
      case 'taskInterrupted':
        return { ...event, interrupts: [] };
      case 'runFinished':
        return { ...event, output: undefined };
      case 'runFailed':
        return { ...event, state: {} };
      case 'modelStreamed':
        if (this.#answered.has(event.call.id)) return undefined;
        this.#answered.add(event.call.id);
        return { ...event, text: '' };
      case 'taskWrote':
      case 'checkpointMade':
      case 'console':
      case 'custom':
      case 'warning':
        return undefined;
      default:
        return event;
    }
  }
}
