import type { ClientConfiguration } from './options.ts';

/** Stands where a key is needed in form only. */
const STAND_IN = /^(?:none|null|undefined|true|false|test|dummy|empty|local|fake|ollama|any|x+)$/i;

/** Longer values are no words: they are secrets wherever they stand, also within other words. */
const LONGEST_WORD = 7;

/** Shorter values are no keys, and would be met everywhere. */
const SHORTEST = 4;

/** Whether a value that was given as a key is one to keep to oneself. */
export function isSecret(value: string): boolean {
  if (value.length < SHORTEST || STAND_IN.test(value)) return false;
  return value.length > LONGEST_WORD || !/^\d+$/.test(value);
}

/** True for a secret that counts only as a word of its own. */
export function isShortSecret(secret: string): boolean {
  return secret.length <= LONGEST_WORD;
}

/** The text with `mark` in place of a secret. */
export function replaceSecret(text: string, secret: string, mark: string): string {
  if (!text.includes(secret)) return text;
  if (!isShortSecret(secret)) return text.replaceAll(secret, mark);
  const literal = secret.replace(/[^\w\s]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g'), () => mark);
}

/** What headers and parameters are called that hold a secret. */
const SECRET_NAME = /key|token|secret|auth|password|credential|cookie|signature/i;

/** What is secret among headers, or among the parameters of an address: by their names or looks. */
export function secretFields(fields: Iterable<readonly [name: string, value: unknown]>): string[] {
  return [...fields].flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    const looksRandom = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{16,}$/.test(value);
    if (!SECRET_NAME.test(name) && !looksRandom) return [];
    // `Bearer`, `Basic` and others name a way, not a secret.
    return [value.replace(/^\w+\s+/, '').trim()];
  });
}

/** Headers as they stand in a variable: `Name: value` in each line. */
export function parseHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => /^([^:]+):(.*)$/.exec(line.trim()));
  return Object.fromEntries(
    lines.flatMap((line) => (line ? [[line[1]!.trim(), line[2]!.trim()]] : [])),
  );
}

/** What may be secret in an address. */
export function secretsOfAddress(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, searchParams } = new URL(address);
  const pair = password === '' ? [] : [password, decoded(password), username];
  return [...pair, ...searchParams.values()];
}

/** Keys in what a client is made with. */
export function secretsOfOptions(options: {
  readonly apiKey?: string | undefined;
  readonly openAIApiKey?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly configuration?: ClientConfiguration;
}): string[] {
  const { apiKey, openAIApiKey, baseURL, configuration = {} } = options;
  const { defaultHeaders = {}, defaultQuery = {} } = configuration;
  const given = [apiKey, openAIApiKey, configuration.apiKey].map((key) => key?.trim() ?? '');
  const addresses = [baseURL, configuration.baseURL].flatMap((url) => secretsOfAddress(url ?? ''));
  const fields = [...Object.entries(defaultHeaders), ...Object.entries(defaultQuery)];
  return distinct([...given, ...addresses, ...secretFields(fields)]);
}

/** Those that are secrets, the longest first, since one may hold another. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter(isSecret).sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
