import { badRequest } from './chatError.ts';

/** A JSON Schema, as it comes: nothing about it is certain. */
export type UncheckedSchema = boolean | { readonly [keyword: string]: unknown };

/** One message of the conversation; texts of several parts are joined. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly toolCalls: readonly ChatToolCall[];
  /** The call that a `tool` message answers. */
  readonly toolCallId?: string;
}

/** A tool that was, or is to be, called. `args` is JSON text. */
export interface ChatToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: string;
}

/** A tool that may be called. */
export interface ChatTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: UncheckedSchema;
}

/** A request for a chat completion: the part of OpenAI's that the servers here understand. */
export interface ChatRequest {
  readonly model: string;
  /** At least one. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  readonly toolChoice: 'none' | 'auto' | 'required' | { readonly name: string };
  readonly format:
    | { readonly type: 'text' }
    | { readonly type: 'json_object' }
    | { readonly type: 'json_schema'; readonly schema: UncheckedSchema };
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  /** Asks for the same answer each time, and another with another number. */
  readonly seed?: number;
  readonly stream: boolean;
  /** A streamed answer ends with a chunk that tells the usage. */
  readonly includeUsage: boolean;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads the body of `POST /chat/completions`.
 * @throws {ChatError} 400 if it is not such a body.
 */
export function readChatRequest(body: unknown): ChatRequest {
  if (!isRecord(body)) throw badRequest('The body of the request is not a JSON object', 'body');
  const { model, messages, max_completion_tokens, max_tokens, seed, stream, n } = body;
  if (typeof model !== 'string' || model === '') {
    throw badRequest('You must provide a model parameter', 'model', 'missing_required_parameter');
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badRequest("'messages' must be a list with at least one message", 'messages');
  }
  if (n != null && n !== 1) {
    throw badRequest("'n' must be 1: there is one answer to a request here", 'n');
  }
  const maxTokens = max_completion_tokens ?? max_tokens ?? undefined;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && (maxTokens as number) >= 1)) {
    throw badRequest('The limit of tokens must be a whole number of at least 1', 'max_tokens');
  }
  const options = body['stream_options'];
  return {
    model,
    messages: messages.map(readMessage),
    ...readTools(body),
    format: readFormat(body['response_format']),
    ...(maxTokens !== undefined && { maxTokens: maxTokens as number }),
    stop: [body['stop']]
      .flat()
      .filter((text) => typeof text === 'string' && text !== '') as string[],
    ...(typeof seed === 'number' && { seed }),
    stream: stream === true,
    includeUsage: isRecord(options) && options['include_usage'] === true,
  };
}

const roles: { readonly [role: string]: ChatMessage['role'] } = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};

function readMessage(message: unknown, index: number): ChatMessage {
  const param = `messages[${index}]`;
  if (!isRecord(message)) throw badRequest(`'${param}' is not an object`, param);
  const role = typeof message['role'] === 'string' ? roles[message['role']] : undefined;
  if (!role) throw badRequest(`'${param}.role' is not a role: ${show(message['role'])}`, param);
  const { tool_call_id: toolCallId, tool_calls: toolCalls = [] } = message;
  return {
    role,
    text: readText(message['content'], `${param}.content`),
    toolCalls: Array.isArray(toolCalls) ? toolCalls.filter(isRecord).map(readToolCall) : [],
    ...(typeof toolCallId === 'string' && { toolCallId }),
  };
}

/** Parts that are not text (images, audio) are left out: nobody here sees or hears. */
function readText(content: unknown, param: string): string {
  if (content == null) return '';
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw badRequest(`'${param}' is neither text nor a list`, param);
  const texts = content.map((part: unknown) => (isRecord(part) ? (part['text'] ?? '') : part));
  return texts.filter((text) => typeof text === 'string' && text !== '').join('\n');
}

function readToolCall(call: Body): ChatToolCall {
  const { name, arguments: args } = isRecord(call['function']) ? call['function'] : {};
  return { id: String(call['id']), name: String(name), args: typeof args === 'string' ? args : '' };
}

function readTools({
  tools,
  tool_choice: choice,
}: Body): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const read = (Array.isArray(tools) ? tools : []).map((tool: unknown, i): ChatTool => {
    const spec = isRecord(tool) && tool['function'];
    if (!isRecord(spec) || typeof spec['name'] !== 'string') {
      throw badRequest(`'tools[${i}]' is not a function with a name`, `tools[${i}]`);
    }
    const { name, description, parameters } = spec;
    return {
      name,
      description: typeof description === 'string' ? description : '',
      parameters: isRecord(parameters) ? parameters : { type: 'object' },
    };
  });
  if (choice === 'required' && read.length > 0) return { tools: read, toolChoice: 'required' };
  if (isRecord(choice) && isRecord(choice['function'])) {
    const { name } = choice['function'];
    if (typeof name === 'string' && read.some((tool) => tool.name === name)) {
      return { tools: read, toolChoice: { name } };
    }
    throw badRequest(`'tool_choice' names no tool of the request: ${show(name)}`, 'tool_choice');
  }
  return { tools: read, toolChoice: choice === 'none' ? 'none' : 'auto' };
}

function readFormat(format: unknown): ChatRequest['format'] {
  if (!isRecord(format) || format['type'] === 'text') return { type: 'text' };
  if (format['type'] === 'json_object') return { type: 'json_object' };
  const given = format['json_schema'];
  if (format['type'] === 'json_schema' && isRecord(given)) {
    const { schema = {} } = given;
    if (isRecord(schema) || typeof schema === 'boolean') return { type: 'json_schema', schema };
  }
  throw badRequest(`'response_format' is not known: ${show(format)}`, 'response_format');
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}

/** A JSON object, as opposed to lists and everything else. */
export function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
