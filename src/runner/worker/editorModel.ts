import { badRequest, ChatError } from '../../chatServer/chatError.ts';
import { createChatHandler, type AnswerPart } from '../../chatServer/chatHandler.ts';
import { isRecord, type ChatMessage, type ChatRequest } from '../../chatServer/chatRequest.ts';
import { describeError } from '../describeError.ts';
import type { HostModelMessage, HostModelPart, HostModelRequest } from '../models.ts';

/** Answers a request by a language model of the host; throws the signal's reason when aborted. */
export type CompleteInHost = (
  request: HostModelRequest,
  signal: AbortSignal,
) => AsyncIterable<HostModelPart>;

/**
 * The language models of the host behind OpenAI's protocol. They know texts and tools, but no
 * response formats: JSON mode is asked for in words, and a JSON Schema is refused with the code
 * `unsupported_response_format`, upon which clients ask in another way. Limits of tokens, stop words
 * and seeds are left to the model.
 */
export function createEditorModel(complete: CompleteInHost): typeof globalThis.fetch {
  return createChatHandler({
    models: [],
    async *answer(request, signal): AsyncGenerator<AnswerPart> {
      if (request.format.type === 'json_schema') {
        throw badRequest(
          "The models of the editor take no 'response_format' of type 'json_schema'",
          'response_format',
          'unsupported_response_format',
        );
      }
      let reason: 'stop' | 'tool_calls' = 'stop';
      try {
        for await (const part of complete(toHostRequest(request), signal)) {
          if (part.type === 'text') {
            yield part;
          } else {
            reason = 'tool_calls';
            yield { ...part, args: JSON.stringify(part.args) };
          }
        }
      } catch (error) {
        throw signal.aborted ? error : toChatError(error);
      }
      yield { type: 'finish', reason };
    },
  });
}

/** Status by the code of the error, where the editor's own API gives it one. */
const statuses: { readonly [code: string]: number } = {
  NoPermissions: 403,
  Blocked: 403,
  NotFound: 404,
};

/** Refused for good: what a person was asked, for example, need not be asked again at once. */
function toChatError(error: unknown): ChatError {
  const { message, code = 'editor_model_failed' } = describeError(error);
  return new ChatError(message, { status: statuses[code] ?? 400, code });
}

const jsonMode: HostModelMessage = {
  role: 'system',
  text: 'Answer with one JSON object and nothing else: no code fence around it, no explanation.',
};

function toHostRequest(request: ChatRequest): HostModelRequest {
  const { model, messages, tools, toolChoice, format } = request;
  const mayCall = tools.length > 0 && toolChoice !== 'none';
  return {
    model,
    messages: [
      ...(format.type === 'json_object' ? [jsonMode] : []),
      ...messages.map(toHostMessage),
    ],
    ...(mayCall && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        ...(description !== '' && { description }),
        ...(isRecord(parameters) && { parameters }),
      })),
    }),
    ...(mayCall && toolChoice !== 'auto' && { toolChoice }),
  };
}

function toHostMessage({ role, text, toolCalls, toolCallId = '' }: ChatMessage): HostModelMessage {
  switch (role) {
    case 'tool':
      return { role, callId: toolCallId, text };
    case 'assistant': {
      const calls = toolCalls.map(({ id, name, args }) => ({ id, name, args: parseArgs(args) }));
      return { role, text, ...(calls.length > 0 && { toolCalls: calls }) };
    }
    case 'system':
    case 'user':
      return { role, text };
  }
}

/** Arguments that a model got wrong are not worth failing for: they were answered long ago. */
function parseArgs(args: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(args);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
