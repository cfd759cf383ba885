import { AbortError } from '../engine/model/errors.ts';
import { sleep, systemClock } from '../engine/model/clock.ts';
import { randomId } from '../engine/model/ids.ts';
import { reportModelCall } from '../engine/run/modelCall.ts';
import { currentFrame } from '../engine/run/runContext.ts';
import type { Account } from './account.ts';
import { Answer, type Piece } from './answer.ts';
import type { Connection } from './connection.ts';
import type { Gate } from './gate.ts';
import { readEvents } from './eventStream.ts';
import { errorIn, isOutright, type ToldError } from './impliedStatus.ts';
import { ModelError } from './modelError.ts';
import { retryDelayMs } from './retryDelay.ts';
import { hearing, isJson } from './serverFetch.ts';
import { Silence } from './silence.ts';
import { short, toAddress, toModelError } from './toModelError.ts';
import { adaptedThoughts, demandOf } from './thoughtDemand.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

/** A request, and how to make it. */
export interface Exchange {
  readonly connection: Connection;
  readonly request: WireRequest;
  /** `always` also where nobody watches. */
  readonly streaming: 'always' | 'observed' | 'never';
  /** Asks for the count of tokens of answers that come in pieces. */
  readonly streamUsage: boolean;
  readonly signal: AbortSignal | undefined;
  /** For how many milliseconds the server may be silent. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** How many requests the client may have under way. */
  readonly gate: Gate | undefined;
}

/** What the model said. */
export interface Said {
  /** Id of the message that it becomes. */
  readonly id: string;
  readonly answer: Answer;
  /** Set if something else than the provider answered. */
  readonly source: Account['source'];
}

/**
 * Sends a request, again and again if need be, and tells the observers of the run.
 * @returns The answer, when all of its pieces have been yielded.
 * @throws {ModelError} for all that is not an answer; the signal's reason if it is aborted.
 */
export async function* exchange(what: Exchange): AsyncGenerator<Piece & { id: string }, Said> {
  const { connection, request, signal } = what;
  const id = randomId();
  const { source } = connection.account;
  const call = reportModelCall({ model: request.model, messageId: id, ...(source && { source }) });
  const isStreamed =
    what.streaming === 'always' || (what.streaming === 'observed' && call !== undefined);
  let failure: unknown = new AbortError(
    'ABORTED',
    'The answer of the model was not read to its end',
  );
  let isDone = false;
  let adaptations = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      const answer = new Answer(callIdsOf(request));
      const sent = toSent(what, isStreamed);
      let hasBegun = false;
      try {
        for await (const piece of attemptOnce(what, sent, answer)) {
          hasBegun = true;
          call?.streamed(piece.text, piece.toolCallChunks, piece.reasoning);
          yield { ...piece, id };
        }
        const { usage, finishReason } = answer;
        isDone = true;
        call?.finished({ ...(usage && { usage }), ...(finishReason && { finishReason }) });
        return { id, answer, source };
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = toModelError(thrown, {
          model: request.model,
          connection,
          isPartial: answer.hasChoice,
        });
        if (sent.stream_options && /stream_options|include_usage/.test(error.said ?? '')) {
          connection.refusesStreamOptions = true;
          attempt--;
          continue;
        }
        const demand = demandOf(error, sent);
        if (demand !== undefined && ++adaptations <= MOST_ADAPTATIONS) {
          connection.thoughts = demand;
          attempt--;
          continue;
        }
        // What was told cannot be taken back, and the next answer would be another one.
        const delayMs = hasBegun
          ? undefined
          : retryDelayMs(error, { attempt, maxRetries: what.maxRetries });
        if (delayMs === undefined) throw error;
        call?.retrying(error, { attempt, delayMs });
        await sleep(systemClock, delayMs, signal ?? NEVER);
      }
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (!isDone) call?.failed(failure);
  }
}

/** A server that wants thoughts and refuses them is not asked for ever. */
const MOST_ADAPTATIONS = 2;

const NEVER = new AbortController().signal;

/** The request as this server takes it. */
function toSent({ request, streamUsage, connection }: Exchange, isStreamed: boolean): WireRequest {
  const sent = adaptedThoughts(request, connection.thoughts);
  if (!isStreamed) return sent;
  const asksForUsage = streamUsage && !connection.refusesStreamOptions;
  return {
    ...sent,
    stream: true,
    ...(asksForUsage && { stream_options: { include_usage: true } }),
  };
}

function callIdsOf({ messages }: WireRequest): string[] {
  return messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id));
}

async function* attemptOnce(
  { connection, signal, timeoutMs, gate }: Exchange,
  request: WireRequest,
  answer: Answer,
): AsyncGenerator<Piece> {
  const leaveOwn = await gate?.enter(signal);
  try {
    const leave = await connection.gate.enter(signal);
    using silence = new Silence(signal, timeoutMs);
    try {
      silence.begin();
      for await (const { received, isWhole } of send(connection, request, silence)) {
        silence.pause();
        // Whatever it is, it is a sign of life.
        currentFrame()?.onProgress?.(false);
        const piece = received === 'end' ? answer.end() : answer.add(received, isWhole);
        if (piece !== undefined) yield piece;
        // More may have come already, which nobody wants any more.
        signal?.throwIfAborted();
        silence.begin();
      }
      signal?.throwIfAborted();
      if (silence.isTooLong) throw tooSilent();
      silence.complete();
      checkEnd(answer, { model: request.model, host: connection.host });
      const rest = answer.rest();
      if (rest !== undefined) yield rest;
    } catch (error) {
      if (silence.isTooLong) throw tooSilent();
      throw error;
    } finally {
      leave();
    }
  } finally {
    leaveOwn?.();
  }

  function tooSilent(): ModelError {
    const { host } = connection;
    const where = answer.hasChoice ? 'stopped in the middle of an answer' : 'sent nothing';
    return new ModelError(
      'MODEL_TIMEOUT',
      `Model "${request.model}" at ${host} ${where} for ${timeoutMs} ms: try again, or allow more with the option timeout`,
      { model: request.model, host },
    );
  }
}

/** What a server sends: an answer or a piece of one, or that this was all. */
interface Received {
  readonly received: WireAnswer | 'end';
  readonly isWhole: boolean;
}

/** The answer as the server sends it: in pieces, or whole. Some do not heed which is asked for. */
async function* send(
  { completions, host, account, secrets }: Connection,
  request: WireRequest,
  silence: Silence,
): AsyncGenerator<Received> {
  const { signal } = silence;
  const fetchOptions = hearing(() => silence.interrupt());
  const response = await completions.create(request, { signal, fetchOptions }).asResponse();
  const type = response.headers.get('content-type') ?? '';
  if (isJson(response)) return yield whole(await response.json());
  if (/\bhtml\b/.test(type)) throw notTheProtocol(await response.text());
  if (response.body === null) throw notTheProtocol('');
  const stray: string[] = [];
  let isStream = false;
  for await (const received of streamed(response.body, (line) => stray.push(line))) {
    isStream = true;
    yield received;
  }
  if (isStream || stray.length === 0) return;
  const text = stray.join('\n');
  try {
    yield whole(JSON.parse(text));
  } catch (error) {
    throw error instanceof SyntaxError ? notTheProtocol(text) : error;
  }

  function notTheProtocol(seen: unknown): ModelError {
    const { model } = request;
    const what = /\bhtml\b/.test(type)
      ? 'a web page'
      : `something else than JSON (${type || 'of no type'})`;
    return new ModelError(
      'MODEL_INVALID_ANSWER',
      `${host} answers the request to model "${model}" with ${what}: "${short(seen, secrets)}". Check that ` +
        `${toAddress(account.baseURL)} is where the API begins; it mostly ends in /v1`,
      { model, host, status: response.status },
    );
  }
}

/** The events of a stream. What may be an error is one if no end of the answer comes after it. */
async function* streamed(
  body: ReadableStream<Uint8Array>,
  onStray: (line: string) => void,
): AsyncGenerator<Received> {
  let doubtful: ToldError | undefined;
  let isDone = false;
  for await (const { name, data } of readEvents(body, onStray)) {
    // Read to the end all the same, so that the connection can be used again.
    if (isDone || data.trim() === '') continue;
    if (data.trim() === '[DONE]') {
      isDone = true;
      if (doubtful !== undefined) throw told(doubtful);
      yield { received: 'end', isWhole: false };
      continue;
    }
    const received = parseEvent(data, name);
    if (typeof received !== 'object' || received === null) continue;
    const error = errorIn(received) ?? (name === 'error' ? received : undefined);
    if (error === undefined) {
      if ((received as WireAnswer).choices?.[0] != null) doubtful = undefined;
      yield { received, isWhole: false };
    } else if (name === 'error' || isOutright(received)) throw told(error);
    else doubtful = error;
  }
  if (doubtful !== undefined) throw told(doubtful);
}

function parseEvent(data: string, name: string | undefined): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    if (name === 'error') return { message: data };
    throw new Error(`malformed JSON in an event: ${(error as Error).message}`, { cause: error });
  }
}

/** Some servers tell of errors with a status that says that all is well. */
function whole(received: unknown): Received {
  const error = errorIn(received);
  if (error !== undefined) throw told(error);
  return { received: received ?? {}, isWhole: true };
}

function told(error: ToldError): Error {
  const { message = JSON.stringify(error), code, type } = error;
  return Object.assign(new Error(String(message)), { error, code, type });
}

/** @throws {ModelError} if the answer breaks off, or is none. */
function checkEnd(answer: Answer, at: { readonly model: string; readonly host: string }): void {
  if (!answer.hasChoice) {
    throw new ModelError(
      'MODEL_INVALID_ANSWER',
      `The answer of model "${at.model}" at ${at.host} is empty: it has no choices. Try again, or ` +
        `check that baseURL names a server that speaks OpenAI's protocol`,
      at,
    );
  }
  if (!answer.isComplete) {
    throw new ModelError(
      'MODEL_UNREACHABLE',
      `The answer of model "${at.model}" at ${at.host} broke off: the connection ended before the answer did. Try again`,
      at,
    );
  }
}
