import { inspect } from 'node:util';
import type { RunEvent } from '../../engine/model/events.ts';
import { Serializer } from '../../engine/checkpoint/serialize.ts';
import { payloadKeys, withoutPayload } from '../eventPayloads.ts';

const serializer = new Serializer();

/** An event as one line of JSON that keeps types; never throws. */
export function eventLine(event: RunEvent): string {
  try {
    return serializer.serialize(event);
  } catch {
    return serializer.serialize(readable(event));
  }
}

/** The line of the same event without what user code brought, since that held a secret. */
export function withheldLine(line: string): string {
  const why = 'Not kept, since it held a secret that could not be taken out alone';
  return eventLine(withoutPayload(serializer.deserialize(line) as RunEvent, why));
}

/** The events of lines, without the line breaks between them. */
export function parseEvents(text: string): RunEvent[] {
  return serializer.deserialize(`[${text.replaceAll('\n', ',')}]`) as RunEvent[];
}

/** Any plain value as text that keeps types; `undefined` for what has no such text. */
export function valueText(value: unknown): string | undefined {
  try {
    return serializer.serialize(value);
  } catch {
    return undefined;
  }
}

/** What `valueText` was made of. */
export function parseValue(text: string): unknown {
  return serializer.deserialize(text);
}

/** Values that contain themselves, or are of no known kind, are kept as a person would read them. */
function readable(event: RunEvent): RunEvent {
  const copy: Record<string, unknown> = { ...event };
  for (const key of payloadKeys[event.type] ?? []) {
    if (!(key in copy) || valueText(copy[key]) !== undefined) continue;
    const text = inspect(copy[key], { depth: 6, maxStringLength: 10_000 });
    copy[key] = typeof copy[key] === 'object' ? { '[as text]': text } : text;
  }
  return copy as unknown as RunEvent;
}
