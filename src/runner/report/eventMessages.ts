import type { ToWebview } from '../../protocol/webviewMessages.ts';
import type { TracedEvent } from '../../trace/trace.ts';

/** Events in one message to the page. */
const EVENTS_AT_ONCE = 5000;

/** Events in pieces that do not hold up the page for long. */
export function eventMessages(revision: number, events: readonly TracedEvent[]): ToWebview[] {
  const messages: ToWebview[] = [];
  for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
    const piece = events.slice(at, at + EVENTS_AT_ONCE);
    messages.push({ type: 'runEvents', revision, events: piece });
  }
  return messages;
}
