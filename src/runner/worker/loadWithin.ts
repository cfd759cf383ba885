import { basename } from 'node:path';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem, type UserCode } from '../../loader/locate.ts';
import type { RunnerErrorCode } from '../errors.ts';

/** A request that the code of a file has made and that is not answered yet. */
interface OpenRequest {
  readonly origin: string;
  /** Made where the request was. */
  readonly trace: Error;
}

/**
 * Loads a file, and gives up after a time: a look at a file must not hang for what its top level does.
 * @throws {LoadError} LOAD_TIMEOUT, saying what the code waits for.
 */
export async function loadWithin<T>(
  limitMs: number | undefined,
  load: () => Promise<T>,
  code: UserCode,
): Promise<T> {
  if (limitMs === undefined) return load();
  const requests = watchRequests();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLong(limitMs, requests.open, code)), limitMs);
  try {
    return await Promise.race([load(), late.promise]);
  } finally {
    clearTimeout(timer);
    requests.release();
  }
}

function tooLong(limitMs: number, [request]: Iterable<OpenRequest>, code: UserCode): LoadError {
  const waits = request
    ? `it waits for an answer of ${request.origin}`
    : 'it waits for a promise, at an `await` outside of functions or in a function that is called there';
  const message =
    `${basename(code.file)} was not loaded within ${limitMs / 1000} s: ${waits}. ` +
    'What a file does when it is loaded is done for each look at its graphs: move it into a node, or into a function.';
  const { file, range } = toProblem(request?.trace, code);
  const problem = { severity: 'error', code: 'LOAD_TIMEOUT' satisfies RunnerErrorCode } as const;
  return new LoadError([{ ...problem, message, file: file ?? code.file, ...(range && { range }) }]);
}

/** Notes what is fetched, until it is released. */
function watchRequests(): { readonly open: Iterable<OpenRequest>; release(): void } {
  const open = new Set<OpenRequest>();
  const { fetch } = globalThis;
  const watched: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const origin = URL.canParse(url) ? new URL(url).origin : url;
    const request = { origin, trace: new Error('fetch') };
    open.add(request);
    return fetch(input, init).finally(() => open.delete(request));
  };
  globalThis.fetch = watched;
  return {
    open,
    release() {
      // Somebody else may have put another one in its place.
      if (globalThis.fetch === watched) globalThis.fetch = fetch;
    },
  };
}
