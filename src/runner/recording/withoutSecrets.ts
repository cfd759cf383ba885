import { REDACTED, type Redactor } from '../redact.ts';
import type { RecordedAnswer, RecordedEvent } from './recordedCall.ts';

type Clean = (value: unknown) => Promise<unknown>;

/** Takes out of JSON what the run knows for a key, and what is shaped or called like a secret. */
export function cleanerOf(redactor: Redactor): Clean {
  return async (value) => {
    const known = mapTexts(value, (text) => redactor.redact(text));
    const line = JSON.stringify(known);
    // Loaded when it is needed: it knows many shapes.
    const { cleanLines } = await import('../history/cleanLines.ts');
    const [clean] = await cleanLines([line], () => JSON.stringify(REDACTED));
    return JSON.parse(clean!) as unknown;
  };
}

/** An answer without secrets, not even those that come in pieces. */
export async function cleanAnswer(answer: RecordedAnswer, clean: Clean): Promise<RecordedAnswer> {
  if (!('events' in answer)) return (await clean(answer)) as RecordedAnswer;
  const events = (await clean(await joinSecrets(answer.events, clean))) as RecordedEvent[];
  return { ...answer, events };
}

/**
 * Of texts that come in pieces, one at each event, the whole is looked at: if it tells a secret, it is
 * all told with the first piece, clean.
 */
async function joinSecrets(
  events: readonly RecordedEvent[],
  clean: Clean,
): Promise<readonly RecordedEvent[]> {
  const pieces = new Map<string, string[]>();
  for (const { data } of events) {
    mapTexts(data, (text, path) => {
      const known = pieces.get(path);
      if (known) known.push(text);
      else pieces.set(path, [text]);
      return text;
    });
  }
  const changed = new Map<string, string | undefined>();
  for (const [path, texts] of pieces) {
    // What is the same everywhere, such as an id, is no text in pieces.
    if (new Set(texts).size < 2) continue;
    const whole = texts.join('');
    const cleaned = await clean(whole);
    if (cleaned !== whole) changed.set(path, String(cleaned));
  }
  if (changed.size === 0) return events;
  return events.map((event) => ({
    ...event,
    data: mapTexts(event.data, (text, path) => {
      if (!changed.has(path)) return text;
      const whole = changed.get(path) ?? '';
      changed.set(path, undefined);
      return whole;
    }),
  }));
}

/** Another value with each of its texts replaced; `path` names the text's place. */
function mapTexts(
  value: unknown,
  replace: (text: string, path: string) => string,
  path = '',
): unknown {
  if (typeof value === 'string') return replace(value, path);
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, replace, `${path}/${i}`));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, each]) => {
    return [name, mapTexts(each, replace, `${path}/${name}`)];
  });
  return Object.fromEntries(fields) as unknown;
}
