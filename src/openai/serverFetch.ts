import { until } from '../engine/model/until.ts';
import { errorIn } from './impliedStatus.ts';

/** Under this key a request is told of each sign of life of the server; it goes with the request's options. */
const HEARD = Symbol('superstep.heard');

/** Options of a request that hears of the bytes of its answer, whatever they say. */
export function hearing(onBytes: () => void): object {
  return { [HEARD]: onBytes };
}

/**
 * A `fetch` that leaves nothing to chance: the request ends with its signal even if the given `fetch`
 * does not heed it, comments of a stream count as signs of life, and errors are where the `openai`
 * package looks for them.
 * @param options.isForeign The given `fetch` is somebody else's, and may heed nothing.
 */
export function serverFetch(
  fetch: typeof globalThis.fetch,
  { isForeign }: { readonly isForeign: boolean },
): typeof globalThis.fetch {
  return async (url, init = {}) => {
    const signal = (isForeign && init.signal) || undefined;
    const response = await respond(fetch(url, init), signal);
    if (!response.ok && isJson(response)) return withUsualError(response, signal);
    const { status, statusText, headers, body } = response;
    if (body === null || (!isForeign && isJson(response))) return response;
    const watchedBody = watched(body, { signal, onBytes: heardBy(init) });
    return new Response(watchedBody, { status, statusText, headers });
  };
}

async function respond(answer: Promise<Response>, signal: AbortSignal | undefined) {
  if (signal === undefined) return answer;
  try {
    return await until(answer, signal);
  } catch (error) {
    // Perhaps it comes all the same, to nobody.
    answer.then(({ body }) => body?.cancel()).catch(() => {});
    throw error;
  }
}

export function isJson(response: Response): boolean {
  return /\bjson\b/.test(response.headers.get('content-type') ?? '');
}

function heardBy(init: RequestInit): (() => void) | undefined {
  return (init as { [HEARD]?: () => void })[HEARD];
}

/** The package looks for errors under `error`; not every server puts them there. */
async function withUsualError(response: Response, signal: AbortSignal | undefined) {
  const read = response.text();
  const text = await (signal ? until(read, signal) : read);
  const { status, headers } = response;
  return new Response(underError(text), { status, headers });
}

function underError(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const isUsual = typeof body === 'object' && body !== null && 'error' in body;
    return isUsual ? text : JSON.stringify({ error: errorIn(body) ?? body });
  } catch {
    return text;
  }
}

function watched(
  body: ReadableStream<Uint8Array>,
  { signal, onBytes }: { signal: AbortSignal | undefined; onBytes: (() => void) | undefined },
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await (signal ? until(reader.read(), signal) : reader.read());
          if (done) return controller.close();
          onBytes?.();
          controller.enqueue(value);
        } catch (error) {
          // Whoever sends is told, too.
          reader.cancel(error).catch(() => {});
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead: the time that the reader takes is not the server's.
    { highWaterMark: 0 },
  );
}
