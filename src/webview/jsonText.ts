/** Texts that were parsed last; what was one object stays one, so that it can be told from others. */
const parsed = new Map<string, object | undefined>();
const MAX_KEPT = 500;
/** Characters of all of them. */
const MAX_LENGTH = 10_000_000;
let keptLength = 0;

/** The object or list that a text is the JSON of; `undefined` for any other text. */
export function parseJsonText(text: string): object | undefined {
  if (!/^\s{0,20}[[{]/.test(text)) return undefined;
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size >= MAX_KEPT || keptLength > MAX_LENGTH) {
    parsed.clear();
    keptLength = 0;
  }
  const value = parse(text);
  parsed.set(text, value);
  keptLength += text.length;
  return value;
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
