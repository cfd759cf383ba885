import type { MessagePort } from 'node:worker_threads';
import type { RunEvent } from '../../engine/model/events.ts';
import { maxWholeLength } from '../../protocol/wholeTexts.ts';
import {
  eventIntervalMs,
  maxWeightInFlight,
  type SentEvent,
  type WorkerStart,
} from '../../protocol/workerMessages.ts';
import { payloadKeys } from '../eventPayloads.ts';
import type { Redactor } from '../redact.ts';
import { displayLimits, toPlainSized } from '../wire.ts';
import { AnswerRedactor } from './answerRedactor.ts';

/**
 * Puts each event on its port at once, cut for display: whatever a thread told before it got stuck,
 * or died, reaches its observers. Waits, and with it the user's code, while the host does not keep
 * up: in a flood events are neither lost nor piled up.
 */
export class EventSender {
  readonly #port: Pick<MessagePort, 'postMessage'>;
  readonly #flow: WorkerStart<unknown, unknown>['flow'] | undefined;
  readonly #ring: () => void;
  readonly #redactor: Redactor | undefined;
  readonly #answers: AnswerRedactor | undefined;
  #sentWeight = 0;
  #rungAt = -Infinity;
  #closed = false;

  /**
   * @param start Without `flow`, nobody tells whether the host keeps up, and nothing waits for it.
   * @param options.ring Tells the host that events wait.
   */
  constructor(
    start: {
      readonly events: Pick<MessagePort, 'postMessage'>;
      readonly flow?: WorkerStart<unknown, unknown>['flow'];
    },
    { ring, redactor }: { readonly ring: () => void; readonly redactor?: Redactor },
  ) {
    this.#port = start.events;
    this.#flow = start.flow;
    this.#ring = ring;
    this.#redactor = redactor;
    this.#answers = redactor && new AnswerRedactor(redactor);
  }

  send(event: RunEvent): void {
    if (this.#closed) return;
    for (const told of this.#answers?.follow(event) ?? [event]) this.#put(told);
    this.#waitForRoom();
  }

  #put(event: RunEvent): void {
    const { shown, weight } = forDisplay(event, this.#redactor);
    const sent: SentEvent<RunEvent> = { event: shown, weight };
    this.#port.postMessage(sent);
    this.#sentWeight = (this.#sentWeight + weight) | 0;
    const now = performance.now();
    if (now - this.#rungAt >= eventIntervalMs) {
      this.#rungAt = now;
      this.#ring();
    }
  }

  /** Later events are dropped: the host has been told how the run ended. */
  close(): void {
    this.#closed = true;
  }

  #waitForRoom(): void {
    while (this.#flow) {
      const fetched = Atomics.load(this.#flow, 0);
      if (((this.#sentWeight - fetched) | 0) <= maxWeightInFlight) return;
      this.#ring();
      Atomics.wait(this.#flow, 0, fetched, 1000);
    }
  }
}

/** An event as it is shown, cut and without keys, and about how many kilobytes it holds. */
export function forDisplay(
  event: RunEvent,
  redactor: Redactor | undefined,
): { shown: RunEvent; weight: number } {
  const shown: Record<string, unknown> = { ...event };
  let total = 0;
  for (const key of payloadKeys[event.type] ?? []) {
    if (!(key in shown)) continue;
    const { value, size } = toPlainSized(shown[key], {
      ...displayLimits,
      // Where the panel shows values from; inputs repeat them for each task.
      wholeLength: key === 'input' || key === 'output' ? 0 : maxWholeLength,
      redactor,
    });
    shown[key] = value;
    total += size;
  }
  return { shown: shown as unknown as RunEvent, weight: 1 + (total >> 10) };
}
