import { EMPTY, type Channel } from '../state/channel.ts';
import { addMessages, isShortened, movesBetween } from '../state/addMessages.ts';
import { deepFreeze } from '../state/isolate.ts';
import { isOverwrite } from '../model/overwrite.ts';
import type { BaseMessage } from '../model/messages.ts';

/**
 * What the nodes of a subgraph took out of its keys with reducers, by key: of a list of messages the
 * ids; `true` for any other value that was overwritten. It is a channel of its own, and so it is stored
 * with the state that it is about.
 */
export type TakenOut = Readonly<Record<string, true | readonly string[]>>;

/** The record after one superstep's writes to a channel. */
export function takenOutBy(
  channel: Channel,
  record: unknown,
  change: {
    readonly updates: readonly unknown[];
    readonly before: unknown;
    readonly after: unknown;
  },
): unknown {
  const { key, spec } = channel;
  const { updates, before, after } = change;
  if (spec.reducer === undefined || before === EMPTY) return record;
  const known = record === EMPTY ? {} : (record as TakenOut);
  if (isMessageList(channel)) {
    if (!isShortened(after) && !updates.some(isOverwrite)) return record;
    const moved = movesBetween(before as BaseMessage[], after as BaseMessage[]);
    const ids = new Set([...((known[key] ?? []) as readonly string[]), ...moved]);
    return ids.size > 0 ? deepFreeze({ ...known, [key]: [...ids] }) : record;
  }
  return updates.some(isOverwrite) ? deepFreeze({ ...known, [key]: true as const }) : record;
}

/** The built-in list of messages: what is taken out of one can be taken out of another by its id. */
export function isMessageList({ spec }: Channel): boolean {
  return spec.reducer === addMessages;
}
