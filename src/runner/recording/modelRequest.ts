import type { AskedModel } from './recordedCall.ts';

/** How the APIs of models end: of OpenAI, Anthropic, Google, Mistral, Cohere, Ollama and those alike. */
const ENDS =
  /\/(?:chat\/completions|completions|responses|embeddings|messages|api\/(?:chat|generate|embed)|v\d\/chat)$|:(?:streamGenerateContent|generateContent|embedContent|batchEmbedContents)$/;

/** Parts of requests that say who asks or how the answer is counted, and not what is asked. */
const ASIDE = new Set(['stream_options', 'user']);

/** Whether a request is one to a model, by its address. */
export function asksModel(input: string | URL | Request): boolean {
  const url = input instanceof Request ? input.url : String(input);
  return URL.canParse(url) && apiOf(url) !== undefined;
}

/** What is asked; the address without its parameters, which may hold keys. */
export function toAsked(address: string, body: string): AskedModel {
  const { origin, pathname } = new URL(address);
  return { url: `${origin}${pathname}`, body: fromJson(body) };
}

/** The same text for the same question, whichever server is asked. */
export function questionOf({ url, body }: AskedModel): string {
  return JSON.stringify([apiOf(url), sorted(body)]);
}

/** JSON as a value, any other text as it is. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The end of the address; Google's has the model in it. */
function apiOf(url: string): string | undefined {
  const { pathname } = new URL(url);
  const [end] = ENDS.exec(pathname) ?? [];
  return end?.startsWith(':') ? pathname.slice(pathname.lastIndexOf('/')) : end;
}

function sorted(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([name]) => depth > 0 || !ASIDE.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, each]) => [name, sorted(each, depth + 1)]));
}
