import { withReadCalls, type RawToolCall, type ToolCall } from './messages/toolCalls.ts';

export type { RawToolCall, ToolCall };

/** Who our messages are from. */
type OwnType = 'human' | 'ai' | 'system' | 'tool' | 'remove' | 'generic';

/** Who a message is from. Those of LangChain know more than ours, and may have made up some. */
export type MessageType = OwnType | (string & {});

/** One part of a message that holds more than text. */
export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly [key: string]: any;
}

/** A text, or parts of several kinds. */
export type MessageContent = string | ContentBlock[];

/** What a message is made of. */
export interface MessageFields {
  content: MessageContent;
  /** Identifies the message in a list; a reducer of messages gives one to those without. */
  id?: string | undefined;
  /** Name of the speaker. */
  name?: string | undefined;
  additional_kwargs?: Record<string, unknown>;
  response_metadata?: Record<string, unknown>;
}

const BRAND = Symbol.for('superstep.message');

/** LangChain's own mark: its models, its type guards and its `instanceof` go by it. */
const LANGCHAIN = Symbol.for('langchain.message');

const TITLES: Record<OwnType, string> = {
  human: 'Human',
  ai: 'Ai',
  system: 'System',
  tool: 'Tool',
  remove: 'Remove',
  generic: 'Generic',
};

// The compiler alone looks for a package that need not be there; nothing else than to suppress its error
// makes it optional, here and in our declarations, and "expect-error" would fail where it is there.
/* eslint-disable @typescript-eslint/ban-ts-comment, @typescript-eslint/consistent-type-imports */
/** @ts-ignore LangChain need not be installed: then this is `any`, and {@link PeerMembers} is nothing. */
type PeerMessage = import('@langchain/core/messages').BaseMessage;
/* eslint-enable @typescript-eslint/ban-ts-comment, @typescript-eslint/consistent-type-imports */

type OwnMember =
  | ('type' | 'content' | 'id' | 'name' | 'additional_kwargs' | 'response_metadata' | 'text')
  | ('getType' | '_getType' | 'toFormattedString' | 'toDict' | 'toJSON');

/** What only LangChain's messages have: nothing where it is not installed. */
type PeerMembers = 0 extends 1 & PeerMessage ? object : Omit<PeerMessage, OwnMember>;

/**
 * To the compiler ours are LangChain's messages, too: its models, tools and helpers take no others,
 * although they can do with what ours have.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- adds no member at run time
export interface BaseMessage extends PeerMembers {
  readonly [Symbol.toStringTag]: string;
}

/**
 * What the message classes have in common. `instanceof` and `isInstance` go by what a message is, not
 * by the copy of the library that made it: messages of LangChain pass here, and ours pass there.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- adds no member at run time
export abstract class BaseMessage {
  abstract readonly type: MessageType;
  readonly content: MessageContent;
  id?: string;
  readonly name?: string;
  readonly additional_kwargs: Record<string, any>;
  readonly response_metadata: Record<string, any>;

  constructor(fields: MessageFields | MessageContent) {
    const given = fieldsOf<MessageFields>(fields);
    // What came as JSON may have nulls, as a provider's message has that only calls tools.
    this.content = given.content ?? '';
    if (given.id != null) this.id = given.id;
    if (given.name != null) this.name = given.name;
    this.additional_kwargs = given.additional_kwargs ?? {};
    this.response_metadata = given.response_metadata ?? {};
  }

  /** True for messages of any kind. */
  static isInstance(value: unknown): value is BaseMessage {
    return isMessage(value);
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return this.isInstance(value);
  }

  /** The same as `type`, under the name that LangChain gives it. */
  getType(): MessageType {
    return this.type;
  }

  /** @internal The same, for LangChain's models. */
  _getType(): MessageType {
    return this.type;
  }

  /** The text of the content; for content blocks, their texts joined. */
  get text(): string {
    if (typeof this.content === 'string') return this.content;
    return this.content.map((block) => block.text ?? '').join('');
  }

  /**
   * The message under a centred title, 80 columns wide.
   *
   * @example
   * ```ts
   * import { HumanMessage } from 'superstep';
   * console.log(new HumanMessage('Hello').toFormattedString());
   * ```
   */
  toFormattedString(): string {
    const title = ` ${TITLES[this.type as OwnType]} Message `;
    const left = Math.floor((80 - title.length) / 2);
    const banner = `${'='.repeat(left)}${title}${'='.repeat(80 - title.length - left)}`;
    const name = this.name === undefined ? '' : `\nName: ${this.name}`;
    return `${banner}${name}\n\n${this.text}`;
  }

  /** Type and fields apart, as LangChain stores messages (`mapChatMessagesToStoredMessages`). */
  toDict(): any {
    const { additional_kwargs, response_metadata } = this;
    const { type, ...fields } = this.toJSON() as { readonly type: string };
    return { type, data: { additional_kwargs, response_metadata, ...fields } };
  }

  /** Plain data: the type and the fields that are set. */
  toJSON(): any {
    const { type, content, id, name, additional_kwargs, response_metadata, ...rest } = this;
    return {
      type,
      content,
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(Object.keys(additional_kwargs).length > 0 && { additional_kwargs }),
      ...(Object.keys(response_metadata).length > 0 && { response_metadata }),
      ...rest,
    };
  }
}

function fieldsOf<Fields extends object>(given: Fields | MessageContent): Fields {
  return typeof given === 'string' || Array.isArray(given)
    ? ({ content: given } as unknown as Fields)
    : given;
}

// Set on the prototype, so that messages of another copy of the library are recognised too.
for (const mark of [BRAND, LANGCHAIN]) {
  Object.defineProperty(BaseMessage.prototype, mark, { value: true });
}

/**
 * Something a person said.
 *
 * @example
 * ```ts
 * import { HumanMessage } from 'superstep';
 * console.log(new HumanMessage('Hello').text); // Hello
 * ```
 */
export class HumanMessage extends BaseMessage {
  override readonly type = 'human';

  static override isInstance(value: unknown): value is HumanMessage {
    return isMessage(value) && value.type === 'human';
  }
}

/** What a model was told about its task. */
export class SystemMessage extends BaseMessage {
  override readonly type = 'system';

  static override isInstance(value: unknown): value is SystemMessage {
    return isMessage(value) && value.type === 'system';
  }
}

/** What a model counted for one answer, in tokens. */
export interface UsageMetadata {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
}

/** What an {@link AIMessage} is made of. */
export interface AIMessageFields extends Omit<MessageFields, 'content'> {
  /** Default: an empty text. */
  content?: MessageContent | null | undefined;
  /** Also in the form in which OpenAI's API has them, `{ id, function: { name, arguments } }`. */
  tool_calls?: readonly (ToolCall | RawToolCall)[] | null | undefined;
  usage_metadata?: UsageMetadata | undefined;
}

/** Something a model said. */
export class AIMessage extends BaseMessage {
  override readonly type = 'ai';
  /** The tools the model wants called; empty if none. */
  readonly tool_calls: ToolCall[];
  readonly usage_metadata: UsageMetadata | undefined;

  constructor(fields: AIMessageFields | MessageContent) {
    const given = withReadCalls(fieldsOf<AIMessageFields>(fields));
    super(given as MessageFields);
    this.tool_calls = (given.tool_calls as ToolCall[] | null | undefined) ?? [];
    this.usage_metadata = given.usage_metadata;
  }

  static override isInstance(value: unknown): value is AIMessage {
    return isMessage(value) && value.type === 'ai';
  }

  override toJSON(): any {
    const { tool_calls, usage_metadata, ...rest } = super.toJSON() as Record<string, unknown>;
    return {
      ...rest,
      ...(this.tool_calls.length > 0 && { tool_calls }),
      ...(usage_metadata !== undefined && { usage_metadata }),
    };
  }
}

/** A piece of a tool call, as it comes while a model's answer is being streamed. */
export interface ToolCallChunk {
  /** Which of the answer's calls it belongs to, counted from 0. */
  readonly index: number;
  /** In the first piece of a call only. */
  readonly id?: string;
  /** In the first piece of a call only. */
  readonly name?: string;
  /** A piece of the arguments' JSON. */
  readonly args?: string;
}

/** What an {@link AIMessageChunk} is made of. */
export interface AIMessageChunkFields extends AIMessageFields {
  tool_call_chunks?: readonly ToolCallChunk[];
}

/**
 * A piece of what a model says: all pieces of one answer have the same id.
 *
 * @example
 * ```ts
 * import { AIMessageChunk } from 'superstep';
 * const pieces = ['Hel', 'lo'].map((content) => new AIMessageChunk({ content, id: '1' }));
 * console.log(pieces[0]!.concat(pieces[1]!).text); // Hello
 * ```
 */
export class AIMessageChunk extends AIMessage {
  readonly tool_call_chunks: readonly ToolCallChunk[];

  constructor(fields: AIMessageChunkFields | MessageContent) {
    super(fields);
    this.tool_call_chunks = fieldsOf<AIMessageChunkFields>(fields).tool_call_chunks ?? [];
  }

  static override isInstance(value: unknown): value is AIMessageChunk {
    return AIMessage.isInstance(value) && 'tool_call_chunks' in value;
  }

  /**
   * Both pieces as one: texts and lists joined, those of `additional_kwargs` too; counts of tokens and
   * metadata taken from whichever has them.
   */
  concat(next: AIMessageChunk): AIMessageChunk {
    return new AIMessageChunk({
      content: this.text + next.text,
      id: this.id ?? next.id,
      name: this.name ?? next.name,
      additional_kwargs: joined(this.additional_kwargs, next.additional_kwargs),
      response_metadata: { ...this.response_metadata, ...next.response_metadata },
      tool_calls: [...this.tool_calls, ...next.tool_calls],
      tool_call_chunks: [...this.tool_call_chunks, ...next.tool_call_chunks],
      usage_metadata: next.usage_metadata ?? this.usage_metadata,
    });
  }

  override toJSON(): any {
    const { tool_call_chunks, ...rest } = super.toJSON() as { tool_call_chunks: unknown };
    return { ...rest, ...(this.tool_call_chunks.length > 0 && { tool_call_chunks }) };
  }
}

/** Thoughts come in pieces, under keys that are not ours. */
function joined(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const both = { ...a };
  for (const [key, next] of Object.entries(b)) {
    const known = both[key];
    if (typeof known === 'string' && typeof next === 'string') both[key] = known + next;
    else if (Array.isArray(known) && Array.isArray(next)) both[key] = [...known, ...next];
    else both[key] = next;
  }
  return both;
}

/** What a {@link ToolMessage} is made of. */
export interface ToolMessageFields extends MessageFields {
  /** Id of the call that this answers. */
  tool_call_id: string;
  status?: 'success' | 'error';
}

/** What a tool answered. */
export class ToolMessage extends BaseMessage {
  override readonly type = 'tool';
  readonly tool_call_id: string;
  readonly status: 'success' | 'error';

  constructor(fields: ToolMessageFields) {
    super(fields);
    this.tool_call_id = fields.tool_call_id;
    this.status = fields.status ?? 'success';
  }

  static override isInstance(value: unknown): value is ToolMessage {
    return isMessage(value) && value.type === 'tool';
  }
}
// LangChain hands on what a tool returns as it is if it says so, and makes text of all else.
Object.defineProperty(ToolMessage.prototype, 'lc_direct_tool_output', { value: true });

/** Written to a list of messages, deletes the message with this id. */
export class RemoveMessage extends BaseMessage {
  override readonly type = 'remove';
  declare id: string;

  constructor(fields: { id: string }) {
    super({ content: '', id: fields.id });
  }

  static override isInstance(value: unknown): value is RemoveMessage {
    return isMessage(value) && value.type === 'remove';
  }
}

/** True for messages, whichever copy of the library (or of LangChain) made them. */
export function isMessage(value: unknown): value is BaseMessage {
  if (typeof value !== 'object' || value === null) return false;
  return (
    BRAND in value || ('content' in value && typeof (value as BaseMessage).getType === 'function')
  );
}
