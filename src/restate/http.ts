import { SuperstepError } from '../engine/model/errors.ts';
import { toErrorInfo } from '../engine/model/errorInfo.ts';
import { GRAPH_SERVICE, THREAD_SERVICE, EVENT_SERVICE } from './names.ts';

/** A request with a JSON body. */
export function post(body: unknown, headers: object = {}): RequestInit {
  const type = { 'content-type': 'application/json' };
  return { method: 'POST', headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

/** @throws {SuperstepError} RESTATE_FAILED; the signal's reason */
export async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    const { origin } = new URL(url);
    const why = toErrorInfo(cause).cause?.message ?? toErrorInfo(cause).message;
    const message = `Cannot reach the Restate server at ${origin}: ${why}; start it, or give its addresses`;
    throw new SuperstepError('RESTATE_FAILED', message, {}, { cause });
  }
  if (response.ok) return response;
  const { status } = response;
  const { pathname, origin } = new URL(url);
  const said = messageIn(await response.text());
  const isOurs = [GRAPH_SERVICE, THREAD_SERVICE, EVENT_SERVICE].some((name) =>
    pathname.startsWith(`/${name}/`),
  );
  const message =
    status === 404 && isOurs && !said.startsWith('This worker')
      ? isNotFound(said)
        ? `No worker is registered at the Restate server at ${origin}: superstep serve FILE --restate --register`
        : `What answers at ${origin} is no Restate server that takes calls (404: ${said}); give its address of calls, by default port 8080`
      : `The Restate server refuses ${pathname} (${status}): ${said}`;
  throw new SuperstepError('RESTATE_FAILED', message, { value: status });
}

/** What the server says of a service that it has never heard of. */
function isNotFound(said: string): boolean {
  return /service '\w+' not found/i.test(said);
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: told as it is.
  }
  return text.slice(0, 500);
}

/** What breaks off a call that was on its way. */
export const BROKEN: ReadonlySet<string | undefined> = new Set([
  ...['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
]);

/** Why there was no answer, or not the whole of it. */
export function networkCode(error: unknown): string | undefined {
  const { cause } = toErrorInfo(error);
  return cause?.cause?.code ?? cause?.code;
}
