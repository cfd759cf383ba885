import type { ChatRequest, UncheckedSchema } from '../../src/chatServer/chatRequest.ts';
import { readChatRequest } from '../../src/chatServer/chatRequest.ts';
import { composeAnswer, type Answer } from '../../src/offline/composeAnswer.ts';

/** A request with one message, and whatever else its body is to hold. */
export function requestOf(prompt: string, more: object = {}): ChatRequest {
  return readChatRequest({ model: 'm', messages: [{ role: 'user', content: prompt }], ...more });
}

/** What the offline model answers. */
export function ask(prompt: string, more: object = {}, seed = 1): Answer {
  return composeAnswer(requestOf(prompt, more), seed);
}

/** The value that it fills a schema with. */
export function fill(schema: UncheckedSchema, prompt = 'Tell me about tea', seed = 1): any {
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  return JSON.parse(ask(prompt, { response_format }, seed).text);
}

/** An object of required fields. */
export function objectOf(properties: Record<string, UncheckedSchema>): UncheckedSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}
