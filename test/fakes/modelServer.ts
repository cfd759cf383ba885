import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as it came in. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, any>;
}

/** Answers one request, well or badly. */
export type Reply = (request: ModelRequest, response: ServerResponse) => unknown;

/** A server on this machine that speaks OpenAI's protocol as a test wants it to. */
export interface ModelServer extends AsyncDisposable {
  readonly baseURL: string;
  readonly host: string;
  /** All that came in, in order. */
  readonly requests: readonly ModelRequest[];
  /** How many answers are not complete, now and at most so far. */
  readonly open: number;
  readonly peak: number;
  /** How many connections were made. */
  readonly connections: number;
  /** How many answers the client closed before their end. */
  readonly closedEarly: number;
  /** Resolves as soon as the condition holds. */
  until(condition: (server: ModelServer) => boolean): Promise<void>;
}

/**
 * @param replies One for each request in order, the last for all that follow; or a function of the
 * request and its place, counted from 0.
 */
export async function startModelServer(
  replies:
    Reply | readonly Reply[] | { readonly choose: (request: ModelRequest, i: number) => Reply },
): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const waiting = new Set<() => void>();
  const counts = { open: 0, peak: 0, closedEarly: 0, connections: 0 };
  const changed = () => waiting.forEach((check) => check());
  const choose = (request: ModelRequest, i: number): Reply => {
    if (typeof replies === 'function') return replies;
    return 'choose' in replies ? replies.choose(request, i) : (replies[i] ?? replies.at(-1)!);
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.peak = Math.max(counts.peak, ++counts.open);
    response.on('close', () => {
      counts.open--;
      if (!response.writableFinished) counts.closedEarly++;
      changed();
    });
    const text = (await incoming.toArray()).join('');
    const { url: path = '', headers } = incoming;
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, any>;
    const request = { path, headers, body };
    requests.push(request);
    changed();
    await choose(request, requests.length - 1)(request, response);
  };
  const http = createServer((incoming, response) => void answer(incoming, response));
  http.on('connection', () => counts.connections++);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;

  const server: ModelServer = {
    baseURL: `http://${host}/v1`,
    host,
    requests,
    get open() {
      return counts.open;
    },
    get peak() {
      return counts.peak;
    },
    get connections() {
      return counts.connections;
    },
    get closedEarly() {
      return counts.closedEarly;
    },
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition(server)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

/** What an answer is made of. */
export interface Spoken {
  /** The text in pieces; they are joined where the request is not for a stream. */
  readonly pieces?: readonly string[];
  readonly toolCalls?: readonly {
    readonly id?: string;
    readonly name: string;
    readonly args: string;
  }[];
  readonly refusal?: string;
  /** `null`: it never comes. */
  readonly finishReason?: string | null;
  readonly usage?: readonly [input: number, output: number];
  /** Called before each piece; its promise holds the piece back. */
  readonly before?: (piece: number) => unknown;
  /** What the server calls the model. */
  readonly model?: string;
}

/** Answers with a text, or with all that an answer may hold: in pieces if the request says so. */
export function says(spoken: string | Spoken): Reply {
  const {
    pieces = [],
    before,
    ...rest
  } = typeof spoken === 'string' ? { pieces: [spoken] } : spoken;
  return async ({ body }, response) => {
    if (!body.stream) {
      for (let i = 0; i < pieces.length; i++) await before?.(i);
      return sendJson(response, 200, whole({ pieces, ...rest }, body));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // Together what need not be apart: a packet for each of very many pieces takes long.
    response.cork();
    for (const [i, content] of pieces.entries()) {
      if (before) {
        response.uncork();
        await before(i);
        response.cork();
      }
      sendEvent(response, choiceOf({ content }, body));
    }
    response.uncork();
    if (rest.refusal !== undefined) sendEvent(response, choiceOf({ refusal: rest.refusal }, body));
    for (const [index, call] of (rest.toolCalls ?? []).entries()) {
      const { id = `call_${index}`, name, args } = call;
      const middle = Math.ceil(args.length / 2);
      const first = { index, id, function: { name, arguments: args.slice(0, middle) } };
      sendEvent(response, choiceOf({ tool_calls: [first] }, body));
      const second = { index, function: { arguments: args.slice(middle) } };
      sendEvent(response, choiceOf({ tool_calls: [second] }, body));
    }
    if (rest.finishReason === null) return response.end();
    sendEvent(response, {
      ...choiceOf({}, body),
      choices: [{ delta: {}, finish_reason: reasonOf(rest) }],
    });
    const asked = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage;
    if (asked) sendEvent(response, { choices: [], usage: usageOf(rest) });
    response.end('data: [DONE]\n\n');
  };
}

/** Answers after a time, as a model that thinks. */
export function saysAfter(ms: number, spoken: string | Spoken): Reply {
  return async (request, response) => {
    await delay(ms);
    return says(spoken)(request, response);
  };
}

/** Begins to stream, sends some pieces and then nothing, for as long as the client waits. */
export function streamsForEver(pieces: readonly string[]): Reply {
  return ({ body }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const content of pieces) sendEvent(response, choiceOf({ content }, body));
  };
}

/** Takes the request, and that is all. */
export function hangs(): Reply {
  return () => {};
}

/** Cuts the connection in the middle of a stream; without pieces, before it answers. */
export function drops(pieces: readonly string[] = []): Reply {
  return ({ body }, response) => {
    if (pieces.length > 0) response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of pieces) sendEvent(response, choiceOf({ content }, body));
    // Only when all of it is on its way.
    setImmediate(() => response.socket?.destroy());
  };
}

/** Answers with an error as the provider tells it; `error` may be any body. */
export function fails(
  status: number,
  error: { readonly [field in 'message' | 'code' | 'type' | 'param']?: string } | string,
  headers: Record<string, string> = {},
): Reply {
  return (_, response) => {
    sendJson(response, status, { error }, headers);
  };
}

/** Answers with this, whatever it is. */
export function sends(status: number, body: unknown, type = 'application/json'): Reply {
  return (_, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function whole(spoken: Spoken, body: ModelRequest['body']): object {
  const { pieces = [], toolCalls, refusal, model = body.model as string } = spoken;
  const message = {
    role: 'assistant',
    content: refusal === undefined && toolCalls === undefined ? pieces.join('') : null,
    ...(refusal !== undefined && { refusal }),
    ...(toolCalls !== undefined && {
      tool_calls: toolCalls.map(({ id, name, args }, i) => ({
        id: id ?? `call_${i}`,
        type: 'function',
        function: { name, arguments: args },
      })),
    }),
  };
  const choice = { index: 0, message, finish_reason: reasonOf(spoken) };
  return { id: 'chatcmpl-1', model, choices: [choice], usage: usageOf(spoken) };
}

function choiceOf(delta: object, { model }: ModelRequest['body']): object {
  return {
    id: 'chatcmpl-1',
    model: model as string,
    choices: [{ index: 0, delta, finish_reason: null }],
  };
}

function reasonOf({ finishReason, toolCalls }: Spoken): string | null {
  return finishReason === undefined ? (toolCalls ? 'tool_calls' : 'stop') : finishReason;
}

function usageOf({ usage: [input, output] = [10, 5] }: Spoken): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function sendEvent(response: ServerResponse, data: object): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}
