import type { ChatRequest } from '../chatServer/chatRequest.ts';

/** Characters of a token, about, in the languages that models are used in most. */
const tokenLength = 4;

/** What every message costs besides its text. */
const messageTokens = 4;

/**
 * Cuts a text into pieces the size of tokens: words with the space before them, long ones in parts.
 * Joined, they are the text.
 */
export function toTokens(text: string): string[] {
  return text.match(/\s*[^\s\p{L}\p{N}]|\s*[\p{L}\p{N}]{1,8}|\s+/gu) ?? [];
}

/** About how many tokens a model would count. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / tokenLength);
}

/** About how many tokens the whole request has, tools and schema included. */
export function countInput({ messages, tools, format }: ChatRequest): number {
  let count = 0;
  for (const { text, toolCalls } of messages) {
    count += messageTokens + countTokens(text);
    for (const { name, args } of toolCalls) count += countTokens(name + args);
  }
  if (tools.length > 0) count += countTokens(JSON.stringify(tools));
  if (format.type === 'json_schema') count += countTokens(JSON.stringify(format.schema));
  return count;
}
