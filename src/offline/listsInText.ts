/** Both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const startsAtZero =
  /\b(?:first|top)\b[^.\n]{0,40}?\b(?:is|has|corresponds to|gets|=)\b[^.\n]{0,20}?\b(?:0|zero)\b|\b(?:from|at|starts? (?:at|with|from)) (?:0|zero)\b|\bzero[- ]based\b|\b0[- ](?:based|indexed)\b/i;

/** The ids of what a text lists, whether or not it numbers them. */
export function idsIn(text: string): Range | undefined {
  const numbered = numberedLines(text);
  if (numbered) return numbered;
  const items = listedItems(text);
  if (items < 1) return undefined;
  const startsAtOne = /\b(?:first|from|at|with)\b[^.\n]{0,30}\b(?:1|one)\b/i.test(text);
  const min = startsAtOne && !startsAtZero.test(text) ? 1 : 0;
  return { min, max: min + items - 1 };
}

/** Lines that begin with a number: "0: …", "1. …", "[2] …", "Answer 3: …". */
function numberedLines(text: string): Range | undefined {
  const lines = text.matchAll(
    /^[ \t]*(?:[-*#]+[ \t]*)?(?:[A-Za-z]+[ \t]+)?(?:#(\d{1,4})\b|[[(](\d{1,4})[\])]|(\d{1,4})[.):\]])[ \t]*\S/gm,
  );
  let range: Range | undefined;
  for (const [, ...forms] of lines) {
    const number = Number(forms.find((form) => form !== undefined));
    if (range === undefined) range = { min: number, max: number };
    else if (number === range.max + 1) range = { ...range, max: number };
  }
  return range && range.max > range.min ? range : undefined;
}

/** How many things are listed without numbers: as JSON, as bullets, or as blocks after a colon. */
function listedItems(text: string): number {
  const json = text.slice(text.search(/\[\s?["{]/), text.lastIndexOf(']') + 1);
  const parsed = parseJson(json);
  if (Array.isArray(parsed)) return parsed.length;
  const bullets = text.match(/^[ \t]*[-*•][ \t]+\S/gm)?.length ?? 0;
  if (bullets > 0) return bullets;
  const after = /:[ \t]*\n+([^]+)$/.exec(text)?.[1];
  if (after === undefined) return 0;
  const blocks = after.split(/\n\s*\n/).filter((block) => block.trim() !== '');
  if (blocks.length > 1) return blocks.length;
  return after.split('\n').filter((line) => line.trim() !== '').length;
}

/** "as positive, negative or neutral"; "one of: red, green, blue". */
export function optionsIn(text: string): string[] {
  const item = String.raw`["'\x60]?[\w][\w-]*(?: [\w-]+)?["'\x60]?`;
  const list = new RegExp(
    String.raw`\b(?:one of|either|as|into|between|from|categories|options|labels|choices)(?: the following| these)?:?\s+(${item}(?:\s*,\s*${item})*,?\s*(?:,|\bor\b|\band\b|\/)\s*${item})`,
    'i',
  ).exec(text)?.[1];
  const items = (list ?? '').split(/\s*,\s*(?:or |and )?|\s+(?:or|and)\s+|\s*\/\s*/);
  return items.map((one) => one.replace(/["'\x60]/g, '').trim()).filter(Boolean);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
