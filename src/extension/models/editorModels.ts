import {
  LanguageModelChatMessage,
  LanguageModelChatToolMode,
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  lm,
  type LanguageModelChat,
  type LanguageModelChatRequestOptions,
} from 'vscode';
import type { HostModelMessage, HostModelPart, HostModelRequest } from '../../runner/models.ts';
import { toToken } from '../cancellation.ts';

const CHOOSE_ANOTHER = 'Run "Superstep: Choose Model…" to have another answer';

/**
 * Answers a request with one of the editor's language models. Before the first one the editor asks
 * the user whether Superstep may use it.
 * @throws {Error} that says what to do, where no model is there or the editor does not let it answer.
 */
export async function* completeWithEditor(
  request: HostModelRequest,
  signal: AbortSignal,
): AsyncGenerator<HostModelPart> {
  const cancel = toToken(signal);
  try {
    const model = findModel(await lm.selectChatModels(), request.model);
    if (!model) {
      throw new Error(`The editor has no language model to answer "${request.model}". An extension \
such as GitHub Copilot brings some. ${CHOOSE_ANOTHER}`);
    }
    try {
      const messages = request.messages.map(toMessage);
      const response = await model.sendRequest(messages, toOptions(request), cancel.token);
      for await (const part of response.stream) {
        if (part instanceof LanguageModelTextPart) yield { type: 'text', text: part.value };
        else if (part instanceof LanguageModelToolCallPart) {
          const { callId: id, name, input } = part;
          yield { type: 'toolCall', id, name, args: input as Readonly<Record<string, unknown>> };
        }
      }
    } catch (error) {
      throw explained(error, model.name);
    }
  } finally {
    cancel.dispose();
  }
}

/** The model of this name, of this family, or with a name that begins so; else the first. */
export function findModel<M extends Pick<LanguageModelChat, 'id' | 'family' | 'name'>>(
  models: readonly M[],
  wanted: string,
): M | undefined {
  const name = wanted.toLowerCase();
  const fits = (test: (text: string) => boolean) =>
    models.find((model) => [model.id, model.family, model.name].map(lower).some(test));
  return fits((text) => text === name) ?? fits((text) => text.startsWith(name)) ?? models[0];
}

const lower = (text: string) => text.toLowerCase();

/** The editor knows two speakers: what the system or a tool says is told by the user. */
function toMessage(message: HostModelMessage): LanguageModelChatMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return LanguageModelChatMessage.User(message.text);
    case 'assistant': {
      const calls = (message.toolCalls ?? []).map(
        ({ id, name, args }) => new LanguageModelToolCallPart(id, name, args),
      );
      const text = message.text === '' ? [] : [new LanguageModelTextPart(message.text)];
      return LanguageModelChatMessage.Assistant([...text, ...calls]);
    }
    case 'tool':
      return LanguageModelChatMessage.User([
        new LanguageModelToolResultPart(message.callId, [new LanguageModelTextPart(message.text)]),
      ]);
  }
}

function toOptions({ tools = [], toolChoice }: HostModelRequest): LanguageModelChatRequestOptions {
  const justification = 'A graph that you run asks for a model.';
  // A tool can be asked for by its name only where it is the only one.
  const named = typeof toolChoice === 'object' ? toolChoice.name : undefined;
  const offered = tools.filter(({ name }) => named === undefined || name === named);
  if (offered.length === 0) return { justification };
  return {
    justification,
    tools: offered.map(({ name, description = '', parameters }) => ({
      name,
      description,
      ...(parameters && { inputSchema: parameters }),
    })),
    toolMode:
      toolChoice === undefined
        ? LanguageModelChatToolMode.Auto
        : LanguageModelChatToolMode.Required,
  };
}

/** What the editor refuses it tells by codes. */
function explained(error: unknown, model: string): unknown {
  if (!(error instanceof LanguageModelError)) return error;
  const { code, message } = error;
  const why = REASONS[code];
  if (why === undefined) return error;
  return new Error(`The editor's model "${model}" did not answer: ${why}. ${CHOOSE_ANOTHER}`, {
    cause: message,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  NoPermissions:
    'Superstep has no permission to use it. Run again and allow it, or see "Manage Language Model Access" in the accounts menu',
  Blocked: 'the request was blocked, since a quota is used up or a content filter objects',
  NotFound: 'it is not there any more',
};
