import { SuperstepError } from '../model/errors.ts';
import type { Check } from './channel.ts';
import { deepFreeze } from './isolate.ts';
import { addsNothing, withBulk } from './reducers.ts';
import { randomId } from '../model/ids.ts';
import {
  coerceMessage,
  type ForeignMessage,
  type MessageLike,
} from '../model/messages/coerceMessage.ts';
import { isMessage, type BaseMessage } from '../model/messages.ts';

/** The id with which a {@link RemoveMessage} deletes all messages that stand before it. */
export const REMOVE_ALL_MESSAGES = '__remove_all__';

/** An update of a list of messages: one, or several in order. */
export type MessagesUpdate = MessageLike | readonly MessageLike[];

/**
 * Reducer for lists of messages: appends; a message whose id is known replaces that message in
 * place; `RemoveMessage` deletes one, or all with the id {@link REMOVE_ALL_MESSAGES}; a message that
 * follows the removal of its own id in the same update takes the place of the one removed. Messages
 * without id get one. Takes all that {@link coerceMessage} reads.
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
  current: readonly (BaseMessage | ForeignMessage)[],
  update: MessagesUpdate,
) => BaseMessage[] = withBulk(
  (current: readonly BaseMessage[], update: MessagesUpdate) => addAll(current, [update]),
  // Those that are made of plain data here are not read-only yet.
  addsNothing((current: readonly BaseMessage[] | undefined, updates) =>
    addAll(
      current,
      updates.filter((update) => update !== undefined),
      deepFreeze,
    ),
  ),
) as never;

/** The same as {@link addMessages}, under LangGraph's other name for it. */
export const messagesStateReducer = addMessages;

/**
 * Where each id stands in a list. It moves on from list to list, so that a long conversation is not
 * indexed again for each message.
 */
interface Index {
  readonly positions: Map<string, number>;
  /** The list that it is of; `undefined` while it is worked on. */
  of: readonly BaseMessage[] | undefined;
  /** The list that `of` was made from, to which it can go back. */
  before: readonly BaseMessage[] | undefined;
}

const indexes = new WeakMap<readonly BaseMessage[], Index>();

/** The index of a list, taken from whichever list has it now. */
function takeIndex(list: readonly BaseMessage[]): Index {
  // Lists of a state are frozen; of any other nobody knows what has become of it.
  const index = Object.isFrozen(list) ? indexes.get(list) : undefined;
  if (index?.of === undefined || (index.of !== list && index.before !== list)) {
    return { positions: indexOf(list), of: undefined, before: undefined };
  }
  // A router has seen this list with its node's messages; now it gets those of all nodes.
  for (const message of index.of.slice(list.length)) index.positions.delete(message.id!);
  index.of = undefined;
  return index;
}

function addAll(
  current: readonly BaseMessage[] | undefined,
  updates: readonly MessagesUpdate[],
  finish = (message: BaseMessage) => message,
): BaseMessage[] {
  const base = toBase(current ?? []);
  const result: (BaseMessage | undefined)[] = [...base];
  const index = takeIndex(base);
  const { positions } = index;
  const removals = new Removals();
  for (const update of updates) {
    for (const item of toList(update)) {
      const message = finish(withId(coerceMessage(item)));
      const id = message.id!;
      const at = positions.get(id);
      if (message.getType() === 'remove') {
        if (id === REMOVE_ALL_MESSAGES) {
          result.length = 0;
          positions.clear();
          removals.all();
        } else if (at !== undefined) {
          result[at] = undefined;
          positions.delete(id);
          removals.add(id, at);
        } else if (!removals.has(id)) throw unknownId(id);
        continue;
      }
      const place = at ?? removals.placeOf(id) ?? result.length;
      result[place] = message;
      if (at === undefined) positions.set(id, place);
    }
    removals.endUpdate();
  }
  if (removals.any) {
    const left = result.filter((message) => message !== undefined);
    shortened.add(left);
    return left;
  }
  const list = result as BaseMessage[];
  Object.assign(index, { of: list, before: base });
  indexes.set(base, index).set(list, index);
  return list;
}

/** The list that is added to: whoever calls the reducer by hand may have one without ids, or no list. */
function toBase(list: readonly BaseMessage[]): readonly BaseMessage[] {
  if (Object.isFrozen(list) && indexes.has(list)) return list;
  return Array.isArray(list) && list.every(isIdentified) ? list : identified(list);
}

function isIdentified(message: unknown): boolean {
  return isMessage(message) && message.id != null;
}

const shortened = new WeakSet<object>();

/** Whether messages were removed when this list was made of the one before it. */
export function isShortened(list: unknown): boolean {
  return shortened.has(list as object);
}

/**
 * The ids of messages that are gone from a list, or that stand elsewhere: without these, the list has
 * the rest at its beginning, in the old order.
 */
export function movesBetween(
  before: readonly BaseMessage[],
  after: readonly BaseMessage[],
): string[] {
  const places = indexOf(before);
  const staying = new Set<string>();
  let last = -1;
  for (const { id } of after) {
    const place = id === undefined ? undefined : places.get(id);
    if (place === undefined || place <= last) break;
    staying.add(id!);
    last = place;
  }
  return [...places.keys()].filter((id) => !staying.has(id));
}

function unknownId(id: string): SuperstepError {
  return new SuperstepError(
    'VALIDATION_FAILED',
    `Cannot remove message "${id}": the list has no message with this id; take ids from the list`,
    { value: id },
  );
}

/** What has been removed in a superstep: whoever else wants it removed has what they want. */
class Removals {
  #places: Map<string, number> | undefined;
  #earlier: Set<string> | undefined;
  #isAll = false;
  /** Something was removed. */
  any = false;

  add(id: string, place: number): void {
    this.any = true;
    (this.#places ??= new Map()).set(id, place);
  }

  all(): void {
    this.any = this.#isAll = true;
    this.#places = undefined;
  }

  has(id: string): boolean {
    return this.#isAll || this.#places?.has(id) === true || this.#earlier?.has(id) === true;
  }

  /** Where a message stood that this update has removed. */
  placeOf(id: string): number | undefined {
    return this.#places?.get(id);
  }

  /** What one task removes and another adds stands at the end, as in two supersteps. */
  endUpdate(): void {
    if (this.#places === undefined) return;
    this.#earlier = new Set([...(this.#earlier ?? []), ...this.#places.keys()]);
    this.#places = undefined;
  }
}

/** The same update as messages that all have ids, so that everyone sees them under the same ids. */
export function identified(update: MessagesUpdate): BaseMessage[] {
  return toList(update).map((item) => withId(coerceMessage(item)));
}

/** Gives messages their ids where they are written: the reducer may run more than once on a write. */
export function checkMessages(update: unknown): ReturnType<Check> {
  try {
    return {
      value: update === undefined ? [] : identified(update as MessagesUpdate),
    };
  } catch (error) {
    return { issues: [(error as Error).message] };
  }
}

/** What LangChain's messages are stored by. */
interface Stored {
  id?: string | undefined;
  lc_kwargs?: Record<string, unknown>;
}

/** A copy if the message has no id yet: whoever made it may want to use it again. */
function withId(message: BaseMessage): BaseMessage {
  if (message.id !== undefined && message.id !== null) return message;
  const id = randomId();
  const given = message as Stored;
  const copy = Object.create(Object.getPrototypeOf(message) as object) as BaseMessage;
  const { lc_kwargs: stored } = given;
  if (stored === undefined) return Object.assign(copy, message, { id });
  // One that is returned again is the same message: as with LangGraph, it takes its own place.
  if (Object.isExtensible(message)) given.id = id;
  if (Object.isExtensible(stored)) stored['id'] = id;
  return Object.assign(copy, message, { id, lc_kwargs: { ...stored, id } });
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
