/**
 * The wait that a service asks for with the headers of its answer, in milliseconds: `Retry-After` in
 * seconds or as a date, or `Retry-After-Ms`. `undefined` if it asks for none.
 * @param headers `Headers`, or a record whatever the case of its keys; anything else has none.
 * @param epochMs The time now, for dates.
 */
export function retryAfterMs(headers: unknown, epochMs: number): number | undefined {
  const ms = Number.parseFloat(header(headers, 'retry-after-ms') ?? '');
  if (ms >= 0) return ms;
  const text = header(headers, 'retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - epochMs);
}

function header(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  if (typeof get === 'function') {
    const value: unknown = get.call(headers, name);
    return typeof value === 'string' ? value : undefined;
  }
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name) return String(value);
  }
  return undefined;
}
