import { currentModelHost } from './modelHost.ts';
import { ModelError } from './modelError.ts';
import type { ChatOpenAIOptions } from './options.ts';
import { parseHeaders } from './secrets.ts';

/** Who answers the requests of a client. */
export interface Account {
  readonly apiKey: string;
  /** Without a slash at its end. */
  readonly baseURL: string;
  /** In place of the network. */
  readonly fetch?: typeof globalThis.fetch;
  /** Set if something else answers in place of the provider. */
  readonly source?: 'offline' | 'editor' | 'recording';
}

const OPENAI_URL = 'https://api.openai.com/v1';

/** Providers by the prefix of their variables in the environment, first come first served. */
const PROVIDERS = [
  { prefix: 'OPENAI', url: OPENAI_URL, model: 'gpt-5-mini' },
  {
    prefix: 'DASHSCOPE',
    url: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen3-max',
  },
] as const;

/** Sent where a key is needed in form only. */
const NO_KEY = 'none';

/**
 * Finds out who answers: what the options say, else the environment, else the host.
 * @throws {ModelError} MISSING_API_KEY, MODEL_UNREACHABLE for a base URL that is no address; also what
 * the host throws.
 */
export async function openAccount(
  options: ChatOpenAIOptions,
  { model, signal }: { readonly model: string; readonly signal: AbortSignal | undefined },
): Promise<Account> {
  const host = currentModelHost();
  const own = host?.override === true ? undefined : ownAccount(options);
  if (own !== undefined) return checked(own, model);
  if (host === undefined) throw missingKey(options, model);
  const access = await host.access({ model, ...(signal && { signal }) });
  if (access.kind === 'handler') {
    const { fetch, source, baseURL = `https://${source}.invalid/v1` } = access;
    return { apiKey: NO_KEY, baseURL, fetch, source };
  }
  const url = optionsURL(options);
  if (url !== undefined && access.baseURL !== undefined && hostOf(url) !== hostOf(access.baseURL)) {
    throw keyOfOther(model, { host: hostOf(url), owner: hostOf(access.baseURL) });
  }
  // Not what the environment names: it does not belong to this key.
  const baseURL = url ?? access.baseURL ?? OPENAI_URL;
  return checked(
    withFetch(options, { apiKey: access.apiKey.trim(), baseURL: trimmed(baseURL) }),
    model,
  );
}

/** The model of clients that name none, as far as options and environment tell whom they will ask. */
export function usualModel(options: ChatOpenAIOptions): string {
  return modelAt(ownAccount(options)?.baseURL ?? OPENAI_URL);
}

/** The model of clients that name none: what the environment says for the provider, else its own. */
export function modelAt(baseURL: string): string {
  const host = hostOf(baseURL);
  const isAt = ({ prefix, url }: (typeof PROVIDERS)[number]) =>
    [read(`${prefix}_BASE_URL`), url].some((each) => each !== undefined && hostOf(each) === host);
  // DashScope has other hosts for other regions.
  const provider =
    PROVIDERS.find(isAt) ?? (host.startsWith('dashscope') ? PROVIDERS[1] : PROVIDERS[0]);
  return read(`${provider.prefix}_MODEL`) ?? provider.model;
}

/** Headers that the environment has for the OpenAI account: they are for its own server only. */
export function environmentHeaders({ baseURL, source }: Account): {
  readonly fields: Readonly<Record<string, string>>;
  readonly areForServer: boolean;
} {
  const fields = parseHeaders(read('OPENAI_CUSTOM_HEADERS') ?? '');
  const own = read('OPENAI_BASE_URL') ?? OPENAI_URL;
  return { fields, areForServer: source === undefined && hostOf(baseURL) === hostOf(own) };
}

/** As far as options and environment tell. */
function ownAccount(options: ChatOpenAIOptions): Account | undefined {
  const { apiKey, openAIApiKey, configuration } = options;
  const url = optionsURL(options);
  const key = [apiKey, openAIApiKey, configuration?.apiKey]
    .map((given) => given?.trim())
    .find(Boolean);
  const found = key === undefined ? fromEnvironment(url) : { apiKey: key, ...ownerOf(key) };
  if (found !== undefined) {
    return withFetch(options, { apiKey: found.apiKey, baseURL: trimmed(url ?? found.url) });
  }
  // Servers on this machine mostly ask for no key, and whoever brings a fetch brings the rest.
  const address = url ?? read('OPENAI_BASE_URL');
  const isOwn = address !== undefined && isLoopback(address);
  if (configuration?.fetch === undefined && !isOwn) return undefined;
  return withFetch(options, { apiKey: NO_KEY, baseURL: trimmed(address ?? OPENAI_URL) });
}

interface Found {
  readonly apiKey: string;
  readonly url: string;
}

/** The first provider with a key; but a key is not sent to another provider that has its own. */
function fromEnvironment(url: string | undefined): Found | undefined {
  const found = PROVIDERS.flatMap(({ prefix, url: usual }) => {
    const apiKey = read(`${prefix}_API_KEY`);
    const own = read(`${prefix}_BASE_URL`) ?? usual;
    return apiKey === undefined ? [] : [{ apiKey, url: own, urls: [own, usual] }];
  });
  const host = url === undefined ? undefined : hostOf(url);
  return found.find(({ urls }) => urls.some((each) => hostOf(each) === host)) ?? found[0];
}

/** Where a key that was given alone belongs. */
function ownerOf(key: string): { readonly url: string } {
  const owner = PROVIDERS.find(({ prefix }) => read(`${prefix}_API_KEY`) === key) ?? PROVIDERS[0];
  return { url: read(`${owner.prefix}_BASE_URL`) ?? owner.url };
}

function withFetch({ configuration }: ChatOpenAIOptions, account: Account): Account {
  return configuration?.fetch === undefined ? account : { ...account, fetch: configuration.fetch };
}

/** @throws {ModelError} MODEL_UNREACHABLE for an address that no request could be sent to. */
function checked(account: Account, model: string): Account {
  const { baseURL, fetch } = account;
  const protocol = URL.canParse(baseURL) ? new URL(baseURL).protocol : '';
  const isFine = fetch === undefined ? /^https?:$/.test(protocol) : protocol !== '';
  if (isFine) return account;
  const shown = baseURL.replace(/[^/]*@/, '***@');
  throw new ModelError(
    'MODEL_UNREACHABLE',
    `Cannot ask model "${model}": baseURL must be an address that begins with http:// or https://, got ` +
      `"${shown}". Change the option, or the variable it is from, such as OPENAI_BASE_URL`,
    { model, host: shown },
  );
}

function optionsURL({ baseURL, configuration }: ChatOpenAIOptions): string | undefined {
  return [baseURL, configuration?.baseURL].map((given) => given?.trim()).find(Boolean);
}

/** A variable of the environment; `undefined` also if it is empty. */
function read(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name]?.trim() || undefined;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Host and port of an address; the address itself if it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** A key that was given for one server must not be seen by another. */
function keyOfOther(model: string, at: { readonly host: string; readonly owner: string }) {
  return new ModelError(
    'MISSING_API_KEY',
    `Cannot ask model "${model}" at ${at.host}: the key that is kept is for ${at.owner}, and is not ` +
      `sent elsewhere. Pass the option apiKey, or set a key in the environment or in a .env file`,
    { model, host: at.host },
  );
}

function missingKey(options: ChatOpenAIOptions, model: string): ModelError {
  const host = hostOf(optionsURL(options) ?? OPENAI_URL);
  return new ModelError(
    'MISSING_API_KEY',
    `Cannot ask model "${model}" at ${host}: there is no API key. Pass the option apiKey, or set ` +
      `OPENAI_API_KEY (or DASHSCOPE_API_KEY) in the environment`,
    { model, host },
  );
}
