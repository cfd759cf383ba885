import { show } from '../errors.ts';
import {
  AIMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  isMessage,
  type BaseMessage,
  type MessageContent,
  type MessageFields,
  type ToolMessageFields,
} from '../messages.ts';

/** A message of another library, as LangChain's classes are. */
export interface ForeignMessage {
  readonly type: string;
  readonly content: string | readonly object[];
  readonly additional_kwargs: Record<string, unknown>;
  getType(): string;
}

/**
 * A message as a provider's own library has it, or as the JSON of a message. An assistant that only
 * calls tools need not say anything.
 */
interface MessageData {
  readonly content?: string | readonly object[] | null | undefined;
  readonly id?: string | null | undefined;
}

/** Everything that is understood as a message. */
export type MessageLike =
  | BaseMessage
  | ForeignMessage
  | string
  | readonly [role: string, content: string]
  | ({ readonly role: string } & MessageData)
  | ({ readonly type: string } & MessageData)
  | {
      role: string;
      content?: MessageContent | null;
      id?: string;
      name?: string;
      [key: string]: unknown;
    }
  | {
      type: string;
      content?: MessageContent | null;
      id?: string;
      name?: string;
      [key: string]: unknown;
    };

/**
 * Turns what stands for a message into one; messages pass unchanged. It may be:
 * - a text, or `["role", "text"]`;
 * - `{ role, content, … }` in the words of OpenAI's API, also an assistant's with `tool_calls` and
 *   without content. Fields that a message does not have go to its `additional_kwargs`;
 * - the JSON of a message, of this library or of LangChain: `{ type: 'human', content }`, also
 *   `{ type: 'remove', id }`.
 *
 * @throws {TypeError} for anything else, for an unknown role, and if an id is missing that must be there.
 * @example
 * ```ts
 * import { coerceMessage } from 'superstep';
 * console.log(coerceMessage({ role: 'user', content: 'Hi' }).type); // human
 * ```
 */
export function coerceMessage(value: MessageLike): BaseMessage {
  if (isMessage(value)) return value;
  if (typeof value === 'string') return new HumanMessage(value);
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string') {
    return fromRole(value[0], { content: value[1] as string }, value);
  }
  if (isData(value) && !Array.isArray(value)) {
    const { speaker, ...fields } = unwrapped(value);
    if (typeof speaker === 'string') return fromRole(speaker, fields, value);
  }
  throw unreadable(value);
}

type Data = Readonly<Record<string, unknown>>;

/** LangChain's names of the classes that have a role of their own, without `Chunk` at the end. */
const LANGCHAIN_CLASSES: Readonly<Record<string, string>> = {
  HumanMessage: 'human',
  AIMessage: 'ai',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  RemoveMessage: 'remove',
};

/** The fields of a message, without what is wrapped around them where LangChain stored it. */
function unwrapped(value: Data): Data & { readonly speaker: unknown } {
  const { lc, id, kwargs } = value;
  if (lc === 1 && Array.isArray(id) && isData(kwargs)) {
    const name = String(id.at(-1)).replace(/Chunk$/, '');
    return { ...kwargs, speaker: LANGCHAIN_CLASSES[name] ?? kwargs['role'] };
  }
  if (isData(value['data']) && !('content' in value)) {
    return { ...value['data'], speaker: value['type'] };
  }
  const { role, type, ...fields } = value;
  return { ...fields, speaker: role ?? type };
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null;
}

function fromRole(role: string, data: Data, value: unknown): BaseMessage {
  switch (role) {
    case 'user':
    case 'human':
      return new HumanMessage(fieldsOf(data, value));
    case 'assistant':
    case 'ai':
      return new AIMessage(fieldsOf({ content: '', ...data }, value));
    case 'system':
    case 'developer':
      return new SystemMessage(fieldsOf(data, value));
    case 'tool':
      if (typeof data['tool_call_id'] !== 'string') {
        throw unreadable(value, 'a message of a tool needs the tool_call_id that it answers');
      }
      return new ToolMessage(fieldsOf(data, value) as ToolMessageFields);
    case 'remove':
      if (typeof data['id'] !== 'string') {
        throw unreadable(value, 'a removal needs the id of the message to remove');
      }
      return new RemoveMessage({ id: data['id'] });
    default:
      throw new TypeError(
        `Unknown message role ${show(role)}: use user, assistant, system, developer, tool or remove`,
      );
  }
}

/** What messages have fields for; `type` and such are of their classes. */
const FIELDS = new Set([
  'content',
  'id',
  'name',
  'additional_kwargs',
  'response_metadata',
  'tool_calls',
  'usage_metadata',
  'tool_call_id',
  'status',
]);

/** What only belongs to the message while it is being streamed, or to the class that stored it. */
const DROPPED = new Set(['speaker', 'type', 'role', 'tool_call_chunks']);

/** All other fields that hold something are kept as additional ones. */
function fieldsOf(data: Data, value: unknown): MessageFields {
  if (!('content' in data)) throw unreadable(value, 'it has no content');
  const fields: Record<string, unknown> = {};
  let more = data['additional_kwargs'] as Data | undefined;
  for (const [key, item] of Object.entries(data)) {
    if (key === 'additional_kwargs' || DROPPED.has(key)) continue;
    if (FIELDS.has(key)) fields[key] = item ?? undefined;
    else if (holdsSomething(item)) more = { ...more, [key]: item };
  }
  return { ...fields, ...(more && { additional_kwargs: more }) } as unknown as MessageFields;
}

function holdsSomething(item: unknown): boolean {
  return item !== undefined && item !== null && !(Array.isArray(item) && item.length === 0);
}

function unreadable(value: unknown, why?: string): TypeError {
  return new TypeError(
    `Cannot read ${show(value)} as a message: ` +
      (why ?? 'pass a message, a string, [role, text] or { role, content }'),
  );
}
