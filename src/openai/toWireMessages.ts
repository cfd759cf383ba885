import { identified } from '../engine/state/addMessages.ts';
import type { MessageLike } from '../engine/model/messages/coerceMessage.ts';
import type { AIMessage, BaseMessage, ToolCall, ToolMessage } from '../engine/model/messages.ts';
import { sentBack } from './thoughts.ts';
import type { WireMessage, WireToolCall } from './wire.ts';

/** A text, a message, or a conversation; also a prompt of LangChain's. */
export type ModelInput =
  MessageLike | readonly MessageLike[] | { toChatMessages(): readonly MessageLike[] };

/** A call whose arguments are not JSON, as it goes with the message it came in. */
export interface InvalidToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them. */
  readonly args: string;
  readonly error: string;
}

/**
 * The conversation in the provider's words. Each call has an id of its own, and each answer that of its
 * call, whatever ids the messages have.
 * @throws {TypeError} for what is no message.
 */
export function toWireMessages(input: ModelInput): WireMessage[] {
  const messages = identified(promptMessages(input));
  const ids = new CallIds();
  return turnsOf(messages).flatMap((turn) => {
    // Of turns without tools, servers do not want the thoughts, and may refuse them.
    const withThoughts = turn.some((message) => wireCallsOf(message).length > 0);
    return turn.map((message) => toWireMessage(message, ids, withThoughts));
  });
}

/** What lies between two messages of the user, the first of them included. */
function turnsOf(messages: readonly BaseMessage[]): BaseMessage[][] {
  const turns: BaseMessage[][] = [[]];
  for (const message of messages) {
    if (message.getType() === 'human') turns.push([]);
    turns.at(-1)!.push(message);
  }
  return turns;
}

/** What stands in a prompt; anything else as it is. */
export function promptMessages(input: ModelInput): MessageLike | readonly MessageLike[] {
  return isPrompt(input) ? input.toChatMessages() : input;
}

function isPrompt(input: ModelInput): input is { toChatMessages(): readonly MessageLike[] } {
  return (
    typeof input === 'object' &&
    typeof (input as { toChatMessages?: unknown }).toChatMessages === 'function'
  );
}

function toWireMessage(message: BaseMessage, ids: CallIds, withThoughts: boolean): WireMessage {
  const { content } = message;
  const name = message.name === undefined ? {} : { name: message.name };
  // Messages of LangChain's classes say their type by a method.
  const type = message.getType();
  switch (type) {
    case 'human':
      return { role: 'user', content, ...name };
    case 'system':
      return { role: 'system', content, ...name };
    case 'ai': {
      const calls = ids.ofCalls(wireCallsOf(message));
      const { additional_kwargs: kwargs } = message;
      // A refusal is told again as what the model said.
      const own = textOf(message);
      const said = own === '' && typeof kwargs['refusal'] === 'string' ? kwargs['refusal'] : own;
      const text = said === '' && calls.length > 0 ? null : said;
      return {
        role: 'assistant',
        ...(withThoughts ? sentBack(kwargs, text) : { content: text }),
        ...name,
        ...(calls.length > 0 && { tool_calls: calls }),
      };
    }
    case 'tool':
      return { role: 'tool', content, tool_call_id: ids.ofAnswer(message as ToolMessage) };
    case 'generic':
      return { role: (message as { role?: string }).role ?? 'user', content, ...name };
    default:
      throw new TypeError(`A model cannot be sent a message of type "${type}"`);
  }
}

/** Messages that others made may have no content at all. */
function textOf(message: BaseMessage): string {
  return (message.content as unknown) == null ? '' : message.text;
}

/** The calls of a message of ours or of LangChain's, or in the protocol's own form. */
function wireCallsOf(message: BaseMessage): WireToolCall[] {
  const { tool_calls: calls, additional_kwargs: kwargs } = message as Partial<AIMessage>;
  if (calls === undefined || message.getType() !== 'ai') return [];
  // Left out, their answers would be answers to nothing, which servers refuse.
  const invalid = (kwargs?.['invalid_tool_calls'] ?? []) as InvalidToolCall[];
  const extras = (kwargs?.['tool_call_extra_content'] ?? {}) as Record<string, unknown>;
  return [...calls, ...invalid].map((call) => {
    const { id = '', name, args, function: raw } = call as WireLike;
    const text = raw?.arguments ?? args ?? {};
    return {
      id,
      type: 'function',
      function: {
        name: raw?.name ?? name,
        arguments: typeof text === 'string' ? text : JSON.stringify(text),
      },
      ...(extras[id] !== undefined && { extra_content: extras[id] }),
    };
  });
}

type WireLike = (ToolCall | InvalidToolCall) & Partial<WireToolCall>;

interface OpenCall {
  /** The id in the message, and the one that it goes by. */
  readonly own: string;
  readonly id: string;
  readonly name: string;
}

/** Gives calls that have no id, or the id of an earlier call, one of their own; always the same. */
class CallIds {
  readonly #taken = new Set<string>();
  /** Calls that nothing has answered yet. */
  #open: OpenCall[] = [];
  #count = 0;

  ofCalls(calls: readonly WireToolCall[]): WireToolCall[] {
    if (calls.length > 0) this.#open = [];
    return calls.map((call) => {
      const id = this.#fresh(call.id);
      this.#open.push({ own: call.id, id, name: call.function.name });
      return { ...call, id };
    });
  }

  ofAnswer({ tool_call_id: own = '', name }: ToolMessage): string {
    const isOf = (call: OpenCall) =>
      own === '' ? name === undefined || call.name === name : call.own === own;
    const place = this.#open.findIndex(isOf);
    return place === -1 ? own : this.#open.splice(place, 1)[0]!.id;
  }

  #fresh(own: string): string {
    this.#count++;
    let id = own;
    // Nine letters and digits: the templates of some models take no other ids.
    for (let i = this.#count; id === '' || this.#taken.has(id); i++) {
      id = `call${String(i).padStart(5, '0')}`;
    }
    this.#taken.add(id);
    return id;
  }
}
