/** Both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

interface Listed {
  readonly ids: Range | undefined;
  /** What there is to choose from, if it is listed or named. */
  readonly options: readonly string[];
}

/** The things that a text lists: line by line, as JSON, or as "red, green or blue". */
export function listIn(text: string): Listed {
  const named = optionsIn(text);
  const numbered = numberedLines(text);
  if (numbered) return { ...numbered, options: named.length > 1 ? named : numbered.options };
  const items = jsonItems(text) ?? bullets(text);
  const count = items.length || blocksAfterColon(text);
  const min = startsAtOne.test(text) ? 1 : 0;
  return {
    ids: count > 0 ? { min, max: min + count - 1 } : undefined,
    options: named.length > 1 ? named : items,
  };
}

const startsAtOne = /\b(?:first|from|at|with)\b[^.\n0]{0,30}\b(?:1|one)\b/i;

/** Lines that begin with a number: "0: …", "1. …", "[2] …", "Answer 3: …". */
function numberedLines(text: string): { ids: Range; options: string[] } | undefined {
  const lines = text.matchAll(
    /^[ \t]*(?:[-*#]+[ \t]*)?(?:[A-Za-z]+[ \t]+)?(?:#(\d{1,4})\b|[[(](\d{1,4})[\])]|(\d{1,4})[.):\]])[ \t]*(\S.*)/gm,
  );
  let ids: Range | undefined;
  const options: string[] = [];
  for (const [, hash, bracketed, plain, item = ''] of lines) {
    const number = Number(hash ?? bracketed ?? plain);
    if (ids && number !== ids.max + 1) continue;
    ids = { min: ids?.min ?? number, max: number };
    options.push(item.trim());
  }
  return ids && options.length > 1 ? { ids, options } : undefined;
}

function jsonItems(text: string): string[] | undefined {
  try {
    const items: unknown = JSON.parse(
      text.slice(text.search(/\[\s?["{]/), text.lastIndexOf(']') + 1),
    );
    if (!Array.isArray(items)) return undefined;
    return items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  } catch {
    return undefined;
  }
}

function bullets(text: string): string[] {
  return [...text.matchAll(/^[ \t]*[-*•][ \t]+(\S.*)/gm)].map(([, item]) => item!.trim());
}

/** How many paragraphs, or else lines, stand behind a colon. */
function blocksAfterColon(text: string): number {
  const after = /:[ \t]*\n+([^]+)$/.exec(text)?.[1] ?? '';
  const count = (separator: RegExp) => after.split(separator).filter((one) => one.trim()).length;
  const blocks = count(/\n\s*\n/);
  return blocks > 1 ? blocks : count(/\n/);
}

const option = String.raw`["'\x60]?[\w][\w-]*(?: [\w-]+)?["'\x60]?`;
const choice = new RegExp(
  String.raw`(?:\b(?:one of|either|as|into|between|from|categories|options|labels|choices)(?: the following| these)?:?|\b(?:better|best|prefer)\b[^\n:?]{0,60}[,:?]|[?:])\s+(${option}(?:\s*,\s*${option})*,?\s*(?:,|\bor\b|\band\b|\/)\s*${option})`,
  'i',
);

/** "as positive, negative or neutral"; "one of: red, green, blue"; "which is best: tea or cocoa?" */
function optionsIn(text: string): string[] {
  const items = (choice.exec(text)?.[1] ?? '').split(
    /\s*,\s*(?:or |and )?|\s+(?:or|and)\s+|\s*\/\s*/,
  );
  return items.map((one) => one.replace(/["'\x60]/g, '').trim()).filter(Boolean);
}
