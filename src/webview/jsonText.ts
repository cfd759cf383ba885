/** Texts that were parsed last; what was one object stays one, so that it can be told from others. */
const parsed = new Map<string, object | undefined>();
const MAX_KEPT = 500;

/** The object or list that a text is the JSON of; `undefined` for any other text. */
export function parseJsonText(text: string): object | undefined {
  if (!/^\s{0,20}[[{]/.test(text)) return undefined;
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size >= MAX_KEPT) parsed.clear();
  const value = parse(text);
  parsed.set(text, value);
  return value;
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
