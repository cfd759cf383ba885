import { AsyncQueue } from '../engine/model/asyncQueue.ts';
import type { ErrorInfo } from '../engine/model/events.ts';
import type { AnsweringMessage, AskingMessage } from '../protocol/requests.ts';
import { describeError } from './describeError.ts';

/** What may be asked, by name: what the request holds, and what the answer comes in. */
export type Questions = Readonly<
  Record<string, { readonly request: unknown; readonly part: unknown }>
>;

/** A request by its name. */
export type RequestOf<Q extends Questions> = {
  [Name in keyof Q]: { readonly name: Name; readonly request: Q[Name]['request'] };
}[keyof Q];

/** Any part of an answer. */
export type PartOf<Q extends Questions> = Q[keyof Q]['part'];

/** Asks the other side of a port. */
export class Asker<Q extends Questions> {
  readonly #post: (message: AskingMessage<RequestOf<Q>>) => void;
  /** Answers on their way, by the id of the request. */
  readonly #answers = new Map<number, AsyncQueue<PartOf<Q>>>();
  #lastId = 0;

  constructor(post: (message: AskingMessage<RequestOf<Q>>) => void) {
    this.#post = post;
  }

  /** The one part of an answer. Rejects with the error of the other side. */
  async ask<Name extends keyof Q>(
    name: Name,
    request: Q[Name]['request'],
  ): Promise<Q[Name]['part']> {
    for await (const part of this.stream(name, request)) return part;
    throw new Error(`No answer to "${String(name)}"`);
  }

  /** The parts of an answer. Throws the error of the other side, or the signal's reason. */
  async *stream<Name extends keyof Q>(
    name: Name,
    request: Q[Name]['request'],
    signal?: AbortSignal,
  ): AsyncGenerator<Q[Name]['part'], void, undefined> {
    const id = ++this.#lastId;
    const answer = new AsyncQueue<Q[Name]['part']>();
    const cancel = () => answer.fail(signal?.reason);
    this.#answers.set(id, answer);
    let isWhole = false;
    try {
      signal?.addEventListener('abort', cancel, { once: true });
      signal?.throwIfAborted();
      this.#post({ type: 'ask', id, request: { name, request } });
      yield* answer;
      isWhole = true;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#answers.delete(id);
      if (!isWhole) this.#post({ type: 'giveUp', id });
    }
  }

  onMessage(message: AnsweringMessage<PartOf<Q>, ErrorInfo>): void {
    const answer = this.#answers.get(message.id);
    if (message.type === 'part') answer?.push(message.part);
    else if (message.error) answer?.fail(toError(message.error));
    else answer?.end();
  }
}

/** How one side answers, by the name of the question. The signal is aborted when nobody waits any more. */
export type Answers<Q extends Questions> = {
  readonly [Name in keyof Q]: (
    request: Q[Name]['request'],
    signal: AbortSignal,
  ) => AsyncIterable<Q[Name]['part']>;
};

/** Answers the other side of a port. */
export class Answerer<Q extends Questions> {
  readonly #answers: Answers<Q>;
  readonly #post: (message: AnsweringMessage<PartOf<Q>, ErrorInfo>) => void;
  /** The requests that are being answered, by id. */
  readonly #requests = new Map<number, AbortController>();
  #isClosed = false;

  constructor(
    answers: Answers<Q>,
    post: (message: AnsweringMessage<PartOf<Q>, ErrorInfo>) => void,
  ) {
    this.#answers = answers;
    this.#post = post;
  }

  onMessage(message: AskingMessage<RequestOf<Q>>): void {
    if (this.#isClosed) return;
    if (message.type === 'ask') void this.#answer(message.id, message.request);
    else this.#requests.get(message.id)?.abort(new Error('Nobody waits for the answer any more'));
  }

  /** Gives up whatever is still being answered; nothing is told any more. */
  close(reason: Error): void {
    this.#isClosed = true;
    for (const request of this.#requests.values()) request.abort(reason);
  }

  async #answer(id: number, { name, request }: RequestOf<Q>): Promise<void> {
    const abort = new AbortController();
    this.#requests.set(id, abort);
    try {
      for await (const part of this.#answers[name](request, abort.signal)) {
        if (abort.signal.aborted) break;
        this.#tell({ type: 'part', id, part });
      }
      this.#tell({ type: 'answered', id });
    } catch (error) {
      this.#tell({ type: 'answered', id, error: describeError(error) });
    } finally {
      this.#requests.delete(id);
    }
  }

  #tell(message: AnsweringMessage<PartOf<Q>, ErrorInfo>): void {
    if (!this.#isClosed) this.#post(message);
  }
}

/** An error that came as data. Its stack leads to the calling code. */
export function toError({ name, message, code, cause }: ErrorInfo): Error {
  const error = new Error(message, cause && { cause: toError(cause) });
  return Object.assign(error, { name, ...(code !== undefined && { code }) });
}
