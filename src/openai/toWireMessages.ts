import { identified } from '../engine/messages/addMessages.ts';
import type { MessageLike } from '../engine/messages/coerceMessage.ts';
import type { AIMessage, BaseMessage, ToolMessage } from '../engine/messages/messages.ts';
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
 * The conversation in the provider's words.
 * @throws {TypeError} for what is no message.
 */
export function toWireMessages(input: ModelInput): WireMessage[] {
  return identified(promptMessages(input)).map(toWireMessage);
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

function toWireMessage(message: BaseMessage): WireMessage {
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
      const calls = callsOf(message as AIMessage);
      // A refusal is told again as what the model said.
      const { refusal } = message.additional_kwargs;
      const said = message.text === '' && typeof refusal === 'string' ? refusal : message.text;
      const text = said === '' && calls.length > 0 ? null : said;
      return {
        role: 'assistant',
        content: text,
        ...name,
        ...(calls.length > 0 && { tool_calls: calls }),
      };
    }
    case 'tool':
      return { role: 'tool', content, tool_call_id: (message as ToolMessage).tool_call_id };
    case 'generic':
      return { role: (message as { role?: string }).role ?? 'user', content, ...name };
    default:
      throw new TypeError(`A model cannot be sent a message of type "${type}"`);
  }
}

function callsOf(message: AIMessage): WireToolCall[] {
  const valid = message.tool_calls.map(({ id = '', name, args }) => ({
    id,
    name,
    args: JSON.stringify(args),
  }));
  // Left out, their answers would be answers to nothing, which servers refuse.
  const invalid = (message.additional_kwargs['invalid_tool_calls'] ?? []) as InvalidToolCall[];
  return [...valid, ...invalid].map(({ id, name, args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }));
}
