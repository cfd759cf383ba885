/**
 * Finds the JSON in what a model says: alone, in a code fence, or with text around it.
 * @returns `undefined` if there is none.
 */
export function extractJson(text: string): { readonly value: unknown } | undefined {
  const whole = parse(text.trim());
  if (whole !== undefined) return whole;
  // Some models think aloud before they answer, and templates may begin the thoughts for them.
  const end = text.lastIndexOf(THOUGHT_END);
  const said = (end === -1 ? text : text.slice(end + THOUGHT_END.length)).trim();
  return parse(said) ?? parse(fenced(said)) ?? embedded(said);
}

const THOUGHT_END = '</think>';

function parse(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return /^[{[]/.test(text) ? parseLoose(text) : undefined;
  }
}

/** Texts in either kind of quotes, commas before an end, and the words of Python. */
const LOOSE = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|,(?=\s*[}\]])|\b(?:True|False|None)\b/gs;

const WORDS: Record<string, string> = { True: 'true', False: 'false', None: 'null', ',': '' };

/** JSON as models write it when they think of JavaScript or Python. */
function parseLoose(text: string): { readonly value: unknown } | undefined {
  const strict = text.replace(LOOSE, (found) => {
    if (found.startsWith("'")) return quoted(found.slice(1, -1).replaceAll("\\'", "'"));
    return found.startsWith('"') ? quoted(found.slice(1, -1)) : WORDS[found]!;
  });
  try {
    return { value: JSON.parse(strict) };
  } catch {
    return undefined;
  }
}

function quoted(inner: string): string {
  const escaped = inner.replace(/\\.|"|\n|\r|\t/gs, (found) =>
    found.length > 1 ? found : JSON.stringify(found).slice(1, -1),
  );
  return `"${escaped}"`;
}

function fenced(text: string): string | undefined {
  return /```(?:json[c5]?)?\s*\n?([^]*?)```/i.exec(text)?.[1]?.trim();
}

/** However strange a text is, reading it takes no longer than this many tries. */
const MAX_TRIES = 100;

/** The first object in the text that is complete, else the first list: prose has brackets too. */
function embedded(text: string): { readonly value: unknown } | undefined {
  let list: { readonly value: unknown } | undefined;
  const opening = /[{[]/g;
  for (
    let i = 0, match = opening.exec(text);
    i < MAX_TRIES && match;
    i++, match = opening.exec(text)
  ) {
    const end = closingOf(text, match.index);
    const found = end === -1 ? undefined : parse(text.slice(match.index, end + 1));
    if (found === undefined) continue;
    if (match[0] === '{') return found;
    list ??= found;
    opening.lastIndex = end + 1;
  }
  return list;
}

/** Where what opens at `start` is closed, brackets in texts aside. */
function closingOf(text: string, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (isInText) {
      if (char === '\\') i++;
      else if (char === '"') isInText = false;
    } else if (char === '"') isInText = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return i;
  }
  return -1;
}
