/** A part of a text, in UTF-16 units from its beginning. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the keys of the outermost object stand in a valid JSON text, quotes included. */
export function keyPlaces(json: string): Map<string, Span> {
  const places = new Map<string, Span>();
  let depth = 0;
  for (const match of json.matchAll(/("(?:\\.|[^"\\])*")(\s*:)?|[{}[\]]/g)) {
    const [token, text, colon] = match;
    if (text === undefined) depth += token === '{' || token === '[' ? 1 : -1;
    else if (depth === 1 && colon !== undefined) {
      const start = match.index;
      places.set(JSON.parse(text) as string, { start, end: start + text.length });
    }
  }
  return places;
}
