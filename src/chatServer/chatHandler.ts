import { randomUUID } from 'node:crypto';
import { badRequest, ChatError } from './chatError.ts';
import { readChatRequest, type ChatRequest, type ChatToolCall } from './chatRequest.ts';

/** A piece of an answer. `finish` comes last, once. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  /** The beginning of a call, perhaps with all of its arguments. */
  | ({ readonly type: 'toolCall' } & ChatToolCall)
  /** More of the arguments of the last call. */
  | { readonly type: 'toolArgs'; readonly args: string }
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'length' | 'tool_calls';
      readonly usage?: { readonly input: number; readonly output: number };
    };

export interface ChatHandlerOptions {
  /** Names for `GET /models`. Requests may name any other. */
  readonly models: readonly string[];
  /**
   * Answers one request. A {@link ChatError} that is thrown becomes an HTTP error, or ends the stream
   * that has begun. Must stop, by throwing its reason, when the signal is aborted.
   */
  answer(request: ChatRequest, signal: AbortSignal): AsyncIterable<AnswerPart>;
}

/**
 * A server for OpenAI's chat completions as a `fetch` function: no port, no network. Knows `POST
 * …/chat/completions`, whole and streamed, `GET …/models` and `GET …/models/{id}`; the rest is 404.
 * Rejects, as `fetch` does, with the reason of a signal that is aborted.
 */
export function createChatHandler(options: ChatHandlerOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const { url, method, signal, body } = readCall(input, init);
    signal?.throwIfAborted();
    try {
      const path = new URL(url).pathname;
      if (method === 'POST' && path.endsWith('/chat/completions')) {
        return await complete(await readJson(body), { options, signal });
      }
      const [, id] = /\/models(?:\/(.+))?$/.exec(path) ?? [];
      if (method === 'GET' && /\/models(?:\/|$)/.test(path)) return listModels(options.models, id);
      throw new ChatError(`There is nothing at ${method} ${path}`, {
        status: 404,
        code: 'unknown_url',
      });
    } catch (error) {
      if (error instanceof ChatError) return toResponse(error);
      throw error;
    }
  };
}

interface Call {
  readonly url: string;
  readonly method: string;
  /** The caller's own: that of a `Request` made here could be lost with it. */
  readonly signal: AbortSignal | undefined;
  readonly body: RequestInit['body'];
}

function readCall(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Call {
  const given = input instanceof Request ? input : undefined;
  const method = init.method ?? given?.method ?? 'GET';
  return {
    url: given?.url ?? (input as string | URL).toString(),
    method: method.toUpperCase(),
    signal: init.signal ?? given?.signal,
    body: init.body ?? given?.body,
  };
}

async function readJson(body: Call['body']): Promise<unknown> {
  const text = typeof body === 'string' ? body : await new Response(body).text();
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('The body of the request is not JSON', 'body');
  }
}

function toResponse(error: ChatError): Response {
  return Response.json(error.toBody(), { status: error.status, headers: error.headers });
}

function listModels(models: readonly string[], id: string | undefined): Response {
  const data = models.map((name) => ({
    id: name,
    object: 'model',
    created: 0,
    owned_by: 'superstep',
  }));
  if (id === undefined) return Response.json({ object: 'list', data });
  const found = data.find((model) => model.id === decodeURIComponent(id));
  if (found) return Response.json(found);
  throw new ChatError(`The model '${id}' does not exist`, { status: 404, code: 'model_not_found' });
}

async function complete(
  body: unknown,
  { options, signal }: { options: ChatHandlerOptions; signal: AbortSignal | undefined },
): Promise<Response> {
  const request = readChatRequest(body);
  const closed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, closed.signal]) : closed.signal;
  // Perhaps while the request was being read.
  stop.throwIfAborted();
  const parts = options.answer(request, stop)[Symbol.asyncIterator]();
  // Before anything is sent: until then an error can still be an answer of its own.
  const first = await parts.next();
  const rest: AsyncIterable<AnswerPart> = (async function* () {
    try {
      for (let next = first; !next.done; next = await parts.next()) yield next.value;
    } finally {
      await parts.return?.();
    }
  })();
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  };
  if (!request.stream) return Response.json(await wholeAnswer(rest, head));
  const lines = eventLines(rest, { head, includeUsage: request.includeUsage });
  const stream = toStream(lines, async (reason) => {
    closed.abort(reason);
    // Not by way of the lines: they may not have come to the first part yet.
    await parts.return?.();
  });
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  });
}

type Head = Readonly<Record<'id' | 'model', string>> & { readonly created: number };
type Finish = Extract<AnswerPart, { type: 'finish' }>;

async function wholeAnswer(parts: AsyncIterable<AnswerPart>, head: Head): Promise<unknown> {
  let content = '';
  let finish: Finish | undefined;
  const calls: { id: string; name: string; args: string }[] = [];
  for await (const part of parts) {
    if (part.type === 'text') content += part.text;
    else if (part.type === 'toolCall') calls.push({ ...part });
    else if (part.type === 'toolArgs') calls.at(-1)!.args += part.args;
    else finish = part;
  }
  const toolCalls = calls.map(({ id, name, args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }));
  const message = {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    refusal: null,
    ...(calls.length > 0 && { tool_calls: toolCalls }),
  };
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish?.reason ?? 'stop' }],
    ...(finish?.usage && { usage: toUsage(finish.usage) }),
  };
}

/** Server-sent events, one chunk of the answer each. */
async function* eventLines(
  parts: AsyncIterable<AnswerPart>,
  { head, includeUsage }: { head: Head; includeUsage: boolean },
): AsyncGenerator<string> {
  const chunk = (choices: unknown[], more: object = {}) =>
    line({ ...head, object: 'chat.completion.chunk', choices, ...more });
  const delta = (fields: object, finishReason: string | null = null) =>
    chunk([{ index: 0, delta: fields, logprobs: null, finish_reason: finishReason }]);
  yield delta({ role: 'assistant', content: '' });
  let calls = 0;
  try {
    for await (const part of parts) {
      switch (part.type) {
        case 'text':
          yield delta({ content: part.text });
          break;
        case 'toolCall': {
          const call = { name: part.name, arguments: part.args };
          yield delta({
            tool_calls: [{ index: calls++, id: part.id, type: 'function', function: call }],
          });
          break;
        }
        case 'toolArgs':
          yield delta({ tool_calls: [{ index: calls - 1, function: { arguments: part.args } }] });
          break;
        case 'finish':
          yield delta({}, part.reason);
          if (includeUsage && part.usage) yield chunk([], { usage: toUsage(part.usage) });
          break;
        default:
          part satisfies never;
      }
    }
  } catch (error) {
    // The status was sent long ago: the error goes the way of the answer.
    if (!(error instanceof ChatError)) throw error;
    yield line(error.toBody());
    return;
  }
  yield 'data: [DONE]\n\n';
}

function line(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function toUsage({ input, output }: NonNullable<Finish['usage']>): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

/** @param onCancel The reader has lost interest. */
function toStream(
  lines: AsyncGenerator<string>,
  onCancel: (reason: unknown) => Promise<void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: onCancel,
  });
}
