import type {
  ConsoleEvent,
  CustomEvent,
  ModelStreamed,
  TaskWrote,
  WarningEvent,
} from '../engine/model/events.ts';
import type { OutputEntry, TaskSpan } from './spans.ts';

/** Entries that are kept, and characters of one of them. */
const MAX_ENTRIES = 100_000;
const MAX_TEXT = 50_000;

/** What nodes wrote: to the state, to the console, by `config.writer`, and what models answered. */
export class OutputLog {
  #entries: OutputEntry[] = [];
  #dropped = 0;
  /** Answers that come in, by the ids of their calls. */
  readonly #streams = new Map<number, OutputEntry>();

  /** In the order in which they began; of very many the last. */
  get entries(): readonly OutputEntry[] {
    return this.#entries;
  }

  /** How many were left out at the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  /** An update, before the reducers. */
  update({ update }: TaskWrote, timeMs: number, task?: TaskSpan): void {
    this.#add({ timeMs, kind: 'update', task, text: '', value: update });
  }

  add(event: ConsoleEvent | CustomEvent | WarningEvent, timeMs: number, task?: TaskSpan): void {
    const entry = { timeMs, kind: event.type, task };
    if (event.type === 'custom') return this.#add({ ...entry, text: '', value: event.value });
    if (event.type === 'warning') return this.#add({ ...entry, text: event.message });
    this.#add({ ...entry, text: event.text.slice(0, MAX_TEXT), level: event.level });
  }

  /** A piece of an answer: it goes to what came of the answer before. */
  stream({ call, text }: ModelStreamed, timeMs: number, task: TaskSpan): void {
    if (text === '') return;
    const known = this.#streams.get(call.id);
    if (known) {
      if (known.text.length < MAX_TEXT) known.text += text.slice(0, MAX_TEXT - known.text.length);
      return;
    }
    const model = call.model;
    const entry: OutputEntry = { timeMs, kind: 'text', task, model, text: text.slice(0, MAX_TEXT) };
    this.#streams.set(call.id, entry);
    this.#add(entry);
  }

  /** The answer of a call is complete. */
  streamed(callId: number): void {
    this.#streams.delete(callId);
  }

  /** No more comes of any answer: what follows has other calls, whose ids begin anew. */
  endStreams(): void {
    this.#streams.clear();
  }

  #add(entry: OutputEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= 1.5 * MAX_ENTRIES) return;
    this.#dropped += this.#entries.length - MAX_ENTRIES;
    this.#entries = this.#entries.slice(-MAX_ENTRIES);
  }
}
