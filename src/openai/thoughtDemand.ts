import type { ModelError } from './modelError.ts';
import { REASONING_FIELDS, type WireMessage, type WireRequest } from './wire.ts';

/** What a server wants of thoughts in earlier messages: none at all, or this field in each of them. */
export type ThoughtDemand = 'none' | (typeof REASONING_FIELDS)[number];

/**
 * What a refusal says of thoughts. DeepSeek and Moonshot refuse messages with tool calls that lack
 * theirs, even empty ones; Groq, Cerebras and Mistral refuse messages that have any.
 * @returns `undefined` if it is about something else.
 */
export function demandOf(error: ModelError, sent: WireRequest): ThoughtDemand | undefined {
  const said = error.said ?? '';
  if (error.code !== 'MODEL_REQUEST_REFUSED' || !/reasoning/.test(said)) return undefined;
  if (/passed back|missing|required|must be (?:provided|included|set)/i.test(said)) {
    const field = REASONING_FIELDS.findLast((each) => new RegExp(`\\b${each}\\b`).test(said));
    const lacks = ({ role, ...rest }: WireMessage) =>
      role === 'assistant' && field !== undefined && rest[field] === undefined;
    return sent.messages.some(lacks) ? field : undefined;
  }
  return sent.messages.some(hasThoughts) ? 'none' : undefined;
}

/** The request with thoughts as the server wants them. */
export function adaptedThoughts(
  request: WireRequest,
  demand: ThoughtDemand | undefined,
): WireRequest {
  if (demand === undefined) return request;
  return { ...request, messages: request.messages.map((message) => adapted(message, demand)) };
}

function adapted(message: WireMessage, demand: ThoughtDemand): WireMessage {
  if (message.role !== 'assistant') return message;
  if (demand !== 'none')
    return message[demand] === undefined ? { ...message, [demand]: '' } : message;
  const { reasoning_content, reasoning, reasoning_details, ...rest } = message;
  return rest;
}

function hasThoughts(message: WireMessage): boolean {
  return REASONING_FIELDS.some((field) => message[field] !== undefined);
}
