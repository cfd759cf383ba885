import type { ModelStreamed, RunEvent } from '../../engine/model/events.ts';
import { isSent } from '../../trace/spans.ts';
import type { TracedEvent } from '../../trace/trace.ts';
import { capValue } from './cappedValue.ts';

/** Bounds of what is kept of one run for panels: events, those of output among them, values, and what is only whole in them. */
const MAX_EVENTS = 200_000;
const MAX_OUTPUT = 100_000;
const MAX_SIZE = 10_000_000;
const MAX_WHOLE = 20_000_000;
/** Characters of one answer, or of one line. */
const MAX_TEXT = 50_000;
const NOT_KEPT = '… (not kept: the values of this run are too many or too large)';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a panel shows of a run: its events, with values in a capped form. Of a state only what a
 * superstep has written, so that a long run is not kept as many times as it has supersteps.
 */
export class PanelEvents {
  readonly #all: TracedEvent[];
  /** The one event that is kept of each answer that comes in, by the ids of the calls. */
  readonly #answers = new Map<number, { event: ModelStreamed }>();
  /** Of each graph, by its path, the keys of its state. */
  readonly #keys = new Map<string, ReadonlySet<string>>();
  #outputs = 0;
  #size = 0;
  #wholeLength = 0;

  /** @param before Those of the run that this one goes on with. */
  constructor(before: readonly TracedEvent[] = []) {
    this.#all = [...before];
  }

  get all(): readonly TracedEvent[] {
    return this.#all;
  }

  /** @returns Those of them that a panel shows. */
  add(events: readonly RunEvent[]): TracedEvent[] {
    const shown: TracedEvent[] = [];
    for (const event of events) {
      if (this.#all.length >= MAX_EVENTS) break;
      const slim = this.#slim(event);
      if (!slim) continue;
      if (slim.type !== 'modelStreamed') {
        this.#all.push(slim);
        shown.push(slim);
      } else if (this.#stream(slim)) shown.push(slim);
    }
    return shown;
  }

  /** Keeps one event of an answer, whose text grows. */
  #stream(piece: ModelStreamed): boolean {
    const id = piece.call.id;
    const known = this.#answers.get(id);
    if (known === undefined) {
      const event = { ...piece };
      this.#answers.set(id, { event });
      this.#all.push(event);
      return true;
    }
    const { event } = known;
    if (piece.text === '' || event.text.length >= MAX_TEXT) return false;
    Object.assign(event, { text: event.text + piece.text });
    return true;
  }

  #slim(event: RunEvent): TracedEvent | undefined {
    switch (event.type) {
      case 'runStarted':
        return { ...event, input: undefined };
      case 'taskStarted':
        return { ...event, input: hasOwnInput(event) ? this.#cap(event.input) : undefined };
      case 'superstepFinished':
        return { ...event, ...this.#change(event) };
      case 'continued':
        this.#keys.delete(keyOf(event.path));
        return { ...event, ...this.#change({ ...event, written: [] }) };
      case 'taskWrote':
        return { ...event, update: this.#capFields(event.update) };
      case 'taskRecalled':
        return { ...event, updates: event.updates.map((update) => this.#capFields(update)) };
      case 'taskInterrupted':
        return { ...event, interrupts: [] };
      case 'interrupted': {
        // What was done beside the questions is in updates.
        const { state: _, ...rest } = event;
        return rest;
      }
      case 'runFinished':
        return { ...event, output: undefined };
      case 'runFailed':
        return { ...event, state: {} };
      case 'modelStreamed': {
        const { type, time, task, call, text } = event;
        return { type, time, task, call, text: this.#cap(text.slice(0, MAX_TEXT)) as string };
      }
      case 'console':
        return this.#output({ ...event, text: this.#cap(event.text.slice(0, MAX_TEXT)) as string });
      case 'custom':
        return this.#output({ ...event, value: this.#cap(event.value) });
      case 'warning':
        return this.#output(event);
      case 'checkpointMade':
        return undefined;
      default:
        return event;
    }
  }

  /** The last that is kept says so. */
  #output(event: TracedEvent): TracedEvent | undefined {
    this.#outputs++;
    if (this.#outputs < MAX_OUTPUT) return event;
    if (this.#outputs > MAX_OUTPUT) return undefined;
    const text = `Only the first ${MAX_OUTPUT.toLocaleString('en-US')} lines are kept here`;
    return { type: 'console', level: 'warn', time: event.time, text };
  }

  /** The keys of a state that are new or were written, and the names of the others. */
  #change(event: { readonly path: readonly string[]; written: readonly string[]; state: Fields }) {
    const key = keyOf(event.path);
    const before = this.#keys.get(key);
    const written = new Set(event.written);
    const names = Object.keys(event.state);
    this.#keys.set(key, new Set(names));
    const unchanged = names.filter((name) => before?.has(name) && !written.has(name));
    const left = new Set(unchanged);
    const changed = Object.entries(event.state).filter(([name]) => !left.has(name));
    return { state: this.#capFields(Object.fromEntries(changed)), unchanged };
  }

  #capFields(fields: Fields): Fields {
    return Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, this.#cap(value)]),
    );
  }

  #cap(given: unknown): unknown {
    if (this.#size > MAX_SIZE) return NOT_KEPT;
    const { value, size, wholeLength } = capValue(given, MAX_WHOLE - this.#wholeLength);
    this.#size += size;
    this.#wholeLength += wholeLength;
    return value;
  }
}

/** Whether a task got something of its own, by a Send or a call, and not the state, which is kept anyhow. */
function hasOwnInput({ task }: Extract<RunEvent, { type: 'taskStarted' }>): boolean {
  return task.kind !== undefined || isSent(task);
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
