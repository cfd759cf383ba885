import { SuperstepError } from '../errors.ts';
import { addsNothing, withBulk } from '../channels/reducers.ts';
import { randomId } from '../runtime/ids.ts';
import { coerceMessage, type BaseMessage, type MessageLike } from './messages.ts';

/** An update of a list of messages: one, or several in order. */
export type MessagesUpdate = MessageLike | readonly MessageLike[];

/**
 * Reducer for lists of messages: appends; a message whose id is known replaces that message in
 * place; `RemoveMessage` deletes one. Messages without id get one.
 *
 * @throws {SuperstepError} VALIDATION_FAILED when a removed id is not in the list.
 * @example
 * ```ts
 * import { addMessages, AIMessage } from 'superstep';
 * const list = addMessages([], [{ role: 'user', content: 'Hi' }]);
 * console.log(addMessages(list, new AIMessage('Hello')).length); // 2
 * ```
 */
export const addMessages: (
  current: readonly BaseMessage[],
  update: MessagesUpdate,
) => BaseMessage[] = withBulk(
  (current: readonly BaseMessage[], update: MessagesUpdate) => addAll(current, [update]),
  addsNothing(addAll),
) as never;

/** The same as {@link addMessages}, under LangGraph's other name for it. */
export const messagesStateReducer = addMessages;

/** Where each id stands in a list, kept with the list that the last update made. */
const positions = new WeakMap<readonly BaseMessage[], Map<string, number>>();

function addAll(
  current: readonly BaseMessage[] | undefined,
  updates: readonly MessagesUpdate[],
): BaseMessage[] {
  const base = current ?? [];
  const result: (BaseMessage | undefined)[] = [...base];
  // The index moves on to the new list, so that a long conversation is not indexed again each time.
  const index = positions.get(base) ?? indexOf(base);
  positions.delete(base);
  let removed = false;
  for (const update of updates) {
    for (const item of toList(update)) {
      const message = withId(coerceMessage(item));
      const at = index.get(message.id!);
      if (message.type === 'remove') {
        if (at === undefined) {
          throw new SuperstepError(
            'VALIDATION_FAILED',
            `Cannot remove message "${message.id}": the list has no message with this id`,
            { value: message.id },
          );
        }
        result[at] = undefined;
        index.delete(message.id!);
        removed = true;
      } else if (at !== undefined) {
        result[at] = message;
      } else {
        index.set(message.id!, result.length);
        result.push(message);
      }
    }
  }
  if (removed) return result.filter((message) => message !== undefined);
  positions.set(result as BaseMessage[], index);
  return result as BaseMessage[];
}

/** The same update as messages that all have ids, so that everyone sees them under the same ids. */
export function identified(update: MessagesUpdate): BaseMessage[] {
  return toList(update).map((item) => withId(coerceMessage(item)));
}

/** A copy if the message has no id yet: whoever made it may want to use it again. */
function withId(message: BaseMessage): BaseMessage {
  if (message.id !== undefined && message.id !== null) return message;
  const copy = Object.create(Object.getPrototypeOf(message) as object) as BaseMessage;
  return Object.assign(copy, message, { id: randomId() });
}

function toList(update: MessagesUpdate): readonly MessageLike[] {
  const isPair =
    Array.isArray(update) &&
    update.length === 2 &&
    typeof update[0] === 'string' &&
    typeof update[1] === 'string' &&
    ROLES.has(update[0]);
  return Array.isArray(update) && !isPair
    ? (update as readonly MessageLike[])
    : [update as MessageLike];
}

/** `["user", "Hi"]` is one message; any other list of two strings is two messages. */
const ROLES = new Set(['user', 'human', 'assistant', 'ai', 'system', 'developer', 'tool']);

function indexOf(list: readonly BaseMessage[]): Map<string, number> {
  const index = new Map<string, number>();
  list.forEach((message, position) => {
    if (message.id !== undefined) index.set(message.id, position);
  });
  return index;
}
