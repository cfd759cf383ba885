import type { RunEvent } from '../engine/model/events.ts';
import type { EventSource, WatchedCall } from './eventService.ts';
import { EVENT_SERVICE } from './names.ts';

/** Makes of the events of one source what watchers are told, and sends that. */
export type Telling = (send: (event: RunEvent) => void) => (event: RunEvent) => void;

/** Where the events of one source go. */
export interface EventWay {
  readonly onEvent: (event: RunEvent) => void;
  /** Waits until what was told before has arrived, or was given up. Never rejects. */
  flush(): Promise<void>;
}

/** How long events are gathered, milliseconds. */
const GATHER_MS = 40;

/** How long a lot may take to arrive, milliseconds: nothing that runs waits longer for its watchers. */
const LIMIT_MS = 2000;

/** Of more than so many that wait, the oldest are given up. */
const MOST = 20_000;

/** Characters of one lot. */
const LOT_LENGTH = 1024 * 1024;

/** Sends the events of this process to the server, for those who watch. Best effort: what does not arrive is lost. */
export class EventPublisher {
  readonly #ingress: string;
  readonly #telling: Telling;
  /** By watched call. */
  readonly #queues = new Map<string, Queue>();

  constructor(ingress: string, telling: Telling = (send) => send) {
    this.#ingress = ingress.replace(/\/$/, '');
    this.#telling = telling;
  }

  /** A way for the events of one source. */
  open(call: WatchedCall, from: Omit<EventSource, 'id'> = {}): EventWay {
    const source: EventSource = { ...from, id: crypto.randomUUID() };
    const queue = this.#queueOf(call);
    const send = (event: RunEvent) => queue.add(source, event);
    return { onEvent: this.#telling(send), flush: () => queue.flush() };
  }

  #queueOf(call: WatchedCall): Queue {
    let queue = this.#queues.get(call.watch);
    if (queue === undefined) {
      const url = `${this.#ingress}/${EVENT_SERVICE}/${encodeURIComponent(call.thread)}/add`;
      queue = new Queue(url, call, () => this.#queues.delete(call.watch));
      this.#queues.set(call.watch, queue);
    }
    return queue;
  }
}

class Queue {
  readonly #url: string;
  readonly #call: WatchedCall;
  readonly #onIdle: () => void;
  /** Each as JSON. */
  #waiting: { readonly from: EventSource; readonly json: string }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(url: string, call: WatchedCall, onIdle: () => void) {
    this.#url = url;
    this.#call = call;
    this.#onIdle = onIdle;
  }

  add(from: EventSource, event: RunEvent): void {
    // Only those who look into checkpoints need them, and they find them in the thread.
    if (event.type === 'checkpointMade') return;
    const at = performance.timeOrigin + performance.now();
    let json: string;
    try {
      json = JSON.stringify({ at, event });
    } catch {
      return; // What cannot be carried is not told.
    }
    if (this.#waiting.length >= MOST) this.#waiting.shift();
    this.#waiting.push({ from, json });
    if (this.#sending === undefined) this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  async flush(): Promise<void> {
    // What is under way may have begun before the newest came.
    await this.#sending;
    await (this.#sending ??= this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      while (this.#waiting.length > 0) await this.#send(this.#take());
    } finally {
      this.#sending = undefined;
      this.#onIdle();
    }
  }

  /** The text of a lot. */
  #take(): string {
    const lots: { readonly from: EventSource; readonly events: string[] }[] = [];
    let length = 0;
    let count = 0;
    for (const { from, json } of this.#waiting) {
      if (count > 0 && length + json.length > LOT_LENGTH) break;
      count++;
      length += json.length;
      const last = lots.at(-1);
      if (last?.from === from) last.events.push(json);
      else lots.push({ from, events: [json] });
    }
    this.#waiting = this.#waiting.slice(count);
    const parts = lots.map(
      ({ from, events }) => `{"from":${JSON.stringify(from)},"events":[${events.join(',')}]}`,
    );
    const { watch, number } = this.#call;
    return `{"watch":${JSON.stringify(watch)},"number":${number},"parts":[${parts.join(',')}]}`;
  }

  async #send(body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(LIMIT_MS);
    try {
      const response = await fetch(this.#url, { method: 'POST', headers, body, signal });
      await response.arrayBuffer();
    } catch {
      // Best effort: the end of the run comes another way.
    }
  }
}
