import { sleep, systemClock } from '../../engine/model/clock.ts';
import { fromJson } from './modelRequest.ts';
import type { RecordedAnswer, RecordedEvent } from './recordedCall.ts';

/** What the last event of an answer says with OpenAI, and with those that follow it. */
const LAST = '[DONE]';

/** Hears of a whole answer before whoever reads it does. */
type OnAnswer = (answer: RecordedAnswer) => Promise<void>;

/** The same answer, which is told when it has come to its end; one that breaks off is not told. */
export async function listenTo(
  response: Response,
  { startedAt, onAnswer }: { readonly startedAt: number; readonly onAnswer: OnAnswer },
): Promise<Response> {
  const { status, statusText, headers, body } = response;
  const type = headers.get('content-type') ?? '';
  if (body && /\bevent-stream\b/.test(type)) {
    const heard = hearEvents(body, startedAt, (events) => onAnswer({ status, type, events }));
    return new Response(heard, { status, statusText, headers });
  }
  const text = await response.text();
  const json = fromJson(text);
  await onAnswer({ status, type, ...(typeof json === 'string' ? { text } : { json }) });
  const isEmpty = [204, 205, 304].includes(status);
  return new Response(isEmpty ? null : text, { status, statusText, headers });
}

function hearEvents(
  body: ReadableStream<Uint8Array>,
  startedAt: number,
  onEnd: (events: RecordedEvent[]) => Promise<void>,
): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const events: RecordedEvent[] = [];
  let rest = '';
  let isTold = false;
  const hear = (text: string, isEnd = false) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = isEnd ? '' : blocks.pop()!;
    const ms = Math.round(performance.now() - startedAt);
    events.push(...blocks.flatMap((block) => eventOf(block, ms)));
  };
  const tell = async () => {
    if (!isTold) await onEnd(events);
    isTold = true;
  };
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        hear(decoder.decode(chunk, { stream: true }));
        // Clients may read no further: LangChain's are content with the last event.
        if (events.at(-1)?.data === LAST) await tell();
        controller.enqueue(chunk);
      },
      async flush() {
        hear(decoder.decode(), true);
        await tell();
      },
    }),
  );
}

function eventOf(block: string, ms: number): RecordedEvent[] {
  const fields = block.split(/\r?\n/).map((line) => /^(\w+): ?(.*)$/.exec(line) ?? []);
  const data = fields.filter(([, name]) => name === 'data').map(([, , value]) => value);
  if (data.length === 0) return [];
  const event = fields.find(([, name]) => name === 'event')?.[2];
  return [{ ms, ...(event !== undefined && { event }), data: fromJson(data.join('\n')) }];
}

/** An answer once more; `isPaced`: its events come when they came then. */
export function replay(
  answer: RecordedAnswer,
  { isPaced, signal }: { readonly isPaced: boolean; readonly signal: AbortSignal },
): Response {
  // What is tried again is tried at once.
  const headers = { 'content-type': answer.type, 'retry-after-ms': '0' };
  const init = { status: answer.status, headers };
  if ('events' in answer) return new Response(streamOf(answer.events, isPaced, signal), init);
  const isEmpty = [204, 205, 304].includes(answer.status);
  const text = 'json' in answer ? JSON.stringify(answer.json) : answer.text;
  return new Response(isEmpty ? null : text, init);
}

function streamOf(
  events: readonly RecordedEvent[],
  isPaced: boolean,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const startedAt = performance.now();
  // What comes at once comes in one piece: each piece takes its own way through the streams of its reader.
  const pieces = (isPaced ? events.map((event) => [event]) : [events]).values();
  return new ReadableStream({
    async pull(controller) {
      signal.throwIfAborted();
      const { done, value } = pieces.next();
      if (done) return controller.close();
      const waitMs = isPaced ? value[0]!.ms - (performance.now() - startedAt) : 0;
      if (waitMs > 0) await sleep(systemClock, waitMs, signal);
      controller.enqueue(encoder.encode(value.map(textOf).join('')));
    },
  });
}

function textOf({ event, data }: RecordedEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const lines = text.split('\n').map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
