import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A `fetch` that goes through the proxy which the environment names for an address (`HTTPS_PROXY`,
 * `HTTP_PROXY`, `NO_PROXY`, also in small letters). `undefined` if no proxy is to be used, as for
 * servers on this machine.
 *
 * What holds of proxies: those that speak HTTP are used (`http://` or `https://`, with name and password
 * if need be), for HTTPS through a tunnel. SOCKS proxies are refused with an error, and so are addresses
 * that are none; `ALL_PROXY` is not read, as Node does not either. Node's own `fetch` uses proxies only
 * with `NODE_USE_ENV_PROXY=1` or `--use-env-proxy`: set or not, it makes no difference here, except that
 * servers on this machine need an entry in `NO_PROXY` then. A `fetch` in `configuration` does as it likes.
 *
 * Written here since undici, with its `EnvHttpProxyAgent`, is 535 KB minified, more than the whole openai
 * package, and sends servers on this machine through the proxy.
 * @param options.ca Certificates to trust in place of those that Node trusts.
 */
export function proxyFetch(
  address: string,
  { environment = process.env, ca }: { environment?: Environment; ca?: string } = {},
): typeof globalThis.fetch | undefined {
  const proxy = URL.canParse(address) ? proxyFor(new URL(address), environment) : undefined;
  if (proxy === undefined) return undefined;
  return async (input, init = {}) => {
    if (proxy === NO_ADDRESS) throw new Error('The proxy that the environment names is no address');
    if (!/^https?:$/.test(proxy.protocol)) {
      const why = `only proxies at http:// and https:// can be used, and not ${proxy.protocol}//`;
      throw refused(proxy, why);
    }
    const target = new URL(input instanceof Request ? input.url : input);
    const through = target.protocol === 'https:' ? throughTunnel : throughForwarding;
    return toResponse(await through({ proxy, target, init, ca }));
  };
}

/** Stands for a proxy that is named wrongly, which must not lead past it. */
const NO_ADDRESS = new URL('none://');

/** The proxy for an address, as curl and others choose it. */
export function proxyFor(target: URL, environment: Environment): URL | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  const named = read(target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (!named || isExempt(target, read('NO_PROXY') ?? '')) return undefined;
  const url = named.includes('://') ? named : `http://${named}`;
  return URL.canParse(url) ? new URL(url) : NO_ADDRESS;
}

function isExempt({ hostname, port, protocol }: URL, exempt: string): boolean {
  if (/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return true;
  const usualPort = protocol === 'https:' ? '443' : '80';
  return exempt.split(/[\s,]+/).some((entry) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (only !== undefined && only !== (port || usualPort)) return false;
    // `example.com`, `.example.com` and `*.example.com` all mean the name and what is below it.
    const domain = name.toLowerCase().replace(/^\*?\./, '');
    return name === '*' || (domain !== '' && `.${hostname}`.endsWith(`.${domain}`));
  });
}

interface Passage {
  readonly proxy: URL;
  readonly target: URL;
  readonly init: RequestInit;
  readonly ca: string | undefined;
}

/** Asks the proxy for a connection to the server, and speaks with the server itself. */
async function throughTunnel({ proxy, target, init, ca }: Passage): Promise<IncomingMessage> {
  const { connect } = await import('node:tls');
  const server = `${target.hostname}:${target.port || 443}`;
  const socket = await new Promise<Duplex>((resolve, reject) => {
    const headers = { host: server, ...authorization(proxy) };
    const options = { method: 'CONNECT', path: server, headers, ...signalOf(init) };
    requestOf(proxy, options).then((request) => {
      request.on('error', (error) => reject(refused(proxy, error)));
      request.on('connect', ({ statusCode = 0 }: IncomingMessage, tunnel: Duplex) => {
        if (statusCode === 200) return resolve(tunnel);
        tunnel.destroy();
        reject(refused(proxy, `it answers with status ${statusCode}`));
      });
      request.end();
    }, reject);
  });
  const servername = target.hostname;
  const createConnection = () => connect({ socket, servername, ...(ca !== undefined && { ca }) });
  // The TLS is that of the connection, so this is plain HTTP within it.
  return send(new URL(`http://${target.host}`), `${target.pathname}${target.search}`, init, {
    createConnection: createConnection,
    headers: { host: target.host },
  });
}

/** Has the proxy ask the server. */
function throughForwarding({ proxy, target, init }: Passage): Promise<IncomingMessage> {
  const headers = { host: target.host, ...authorization(proxy) };
  return send(proxy, target.href, init, { headers }).catch((error: Error) => {
    throw init.signal?.aborted ? error : refused(proxy, error);
  });
}

async function send(
  to: URL,
  path: string,
  init: RequestInit,
  { headers, ...options }: RequestOptions,
): Promise<IncomingMessage> {
  const request = await requestOf(to, {
    ...options,
    path,
    method: init.method ?? 'GET',
    headers: { ...Object.fromEntries(new Headers(init.headers)), ...headers },
    ...signalOf(init),
  });
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
    request.end(init.body as string | undefined);
  });
}

async function requestOf(to: URL, options: RequestOptions): Promise<ClientRequest> {
  const { request } = await (to.protocol === 'https:' ? import('node:https') : import('node:http'));
  const host = to.hostname.replace(/^\[|\]$/g, '');
  const port = to.port || (to.protocol === 'https:' ? 443 : 80);
  // The global agent may have been told to use the proxy by itself, which would be once too often.
  const agent = options.createConnection ? {} : { agent: false };
  return request({ host, port, ...agent, ...options });
}

async function toResponse(message: IncomingMessage): Promise<Response> {
  const { Readable } = await import('node:stream');
  const { statusCode = 500, headersDistinct } = message;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const isEmpty = [204, 205, 304].includes(statusCode);
  const body = isEmpty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Response(body, { status: statusCode, headers });
}

function signalOf({ signal }: RequestInit): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Names the proxy by its host only: its address may hold a password. */
function refused({ host }: URL, why: Error | string): Error {
  if (typeof why === 'string') return new Error(`The proxy ${host} is of no use: ${why}`);
  if (why.name === 'AbortError') return why;
  const code = (why as { code?: string }).code ?? why.message;
  return new Error(`The proxy ${host} cannot be reached: ${code}`);
}
