/** Where a server of this machine takes calls, unless it is told otherwise. */
export const DEFAULT_INGRESS = 'http://127.0.0.1:8080';

const NAMED = 'restate=';

/**
 * Where the server takes calls that is meant by `restate`, `restate=URL` or a URL.
 * @returns What stands there for an address, which need not be one; `undefined` if nothing does.
 */
export function ingressOf(text: string): string | undefined {
  if (text === 'restate') return DEFAULT_INGRESS;
  if (text.startsWith(NAMED)) return text.slice(NAMED.length);
  return /^https?:\/\//.test(text) ? text : undefined;
}
