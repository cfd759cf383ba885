import { findNamedFields, findSecrets, type Range } from './secretShapes.ts';

/** Stands where a secret was. */
const MARK = '[redacted]';

/** An escape in JSON, or in JSON that is a text in it. */
const escape = /\\+(?:u[0-9a-fA-F]{4}|[nrtbf"/]|(?=[^\\]|$))/g;
/** Bytes as the serializer writes them. */
const bytesTag = /\{"\$":\["bytes","\w+","([A-Za-z0-9+/=]+)"\]\}/g;

/** Makes another of a line, without all that may have been a secret. */
export type Withhold = (line: string) => string;

/**
 * Takes secrets out of lines of JSON, for good: what is written to disk outlives the keys that a run
 * knows. Lines stay valid JSON.
 * @param withhold Called for the rare line from which a secret cannot be taken out alone.
 */
export async function cleanLines(lines: readonly string[], withhold: Withhold): Promise<string[]> {
  const json = lines.join('\n');
  const found = await secretsIn(json);
  if (found.length === 0) return [...lines];
  const cleaned = replaceIn(json, found).split('\n');
  return cleaned.map((line, i) => validLine({ original: lines[i]!, line }, withhold));
}

/** The places of secrets in a JSON text, in order, none across the end of a text in it. */
async function secretsIn(json: string): Promise<Range[]> {
  const bytes = [...json.matchAll(bytesTag)];
  const decoded = bytes.map(({ 1: base64 = '' }) =>
    Buffer.from(base64, 'base64').toString('latin1'),
  );
  const found = await findSecrets([readable(json), ...decoded].join('\n'));
  const ranges = findNamedFields(json);
  const starts: number[] = [];
  let at = json.length + 1;
  for (const text of decoded) {
    starts.push(at);
    at += text.length + 1;
  }
  for (const [from, to] of found) {
    if (from < json.length) {
      ranges.push(...textsOf(json, [from, Math.min(to, json.length)]));
      continue;
    }
    const which = starts.findLastIndex((start) => start <= from);
    const { 0: tag = '', index } = bytes[which]!;
    ranges.push([index, index + tag.length]);
  }
  return merged(ranges);
}

/** Escapes would hide where a word begins: `\nghp_…` has none. Every place stays what it is. */
function readable(json: string): string {
  return json.replace(escape, (found) =>
    found.endsWith('"') ? `${' '.repeat(found.length - 1)}"` : ' '.repeat(found.length),
  );
}

/**
 * The parts of a secret that are text in the JSON, if it begins in one: what stands between two texts
 * stays, and every line remains one.
 */
function* textsOf(json: string, [from, to]: Range): Generator<Range> {
  let start = json[from] === '"' ? from + 1 : from;
  let isText = true;
  for (let i = start; i < to; i++) {
    const isQuote = json[i] === '"';
    if (json[i] === '\\') i++;
    else if (isQuote || json[i] === '\n') {
      if (isText) yield [start, i];
      start = i + 1;
      // The next line begins outside of a text.
      isText = isQuote && !isText;
    }
  }
  if (isText) yield [start, Math.max(start, to)];
}

function merged(ranges: Range[]): Range[] {
  const sorted = ranges.filter(([from, to]) => to > from).sort(([a], [b]) => a - b);
  const result: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function replaceIn(json: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    const isTag = json[from] === '{';
    parts.push(json.slice(at, from), isTag ? `"${MARK}"` : MARK);
    at = to;
  }
  return parts.join('') + json.slice(at);
}

/** A shape may reach into what is not a text; then less is told. */
function validLine(
  { original, line }: { original: string; line: string },
  withhold: Withhold,
): string {
  if (line === original) return line;
  try {
    JSON.parse(line);
    return line;
  } catch {
    return withhold(original);
  }
}
