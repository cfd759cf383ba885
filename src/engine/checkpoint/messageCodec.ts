import {
  AIMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageFields,
  type BaseMessage,
  type MessageFields,
  type ToolMessageFields,
} from '../model/messages.ts';

/** All that any kind of message may have; a message of LangChain has fields besides. */
const FIELDS = [
  'id',
  'name',
  'additional_kwargs',
  'response_metadata',
  'tool_calls',
  'usage_metadata',
  'tool_call_id',
  'status',
] as const;

/** A message as plain data, `undefined` for a kind that this library has no class for. */
export function encodeMessage(message: BaseMessage): Record<string, unknown> | undefined {
  const type = message.getType();
  if (!Object.hasOwn(CLASSES, type)) return undefined;
  const fields: Record<string, unknown> = { type, content: message.content };
  for (const field of FIELDS) {
    const value = (message as unknown as Record<string, unknown>)[field];
    if (value === undefined || isEmpty(value)) continue;
    fields[field] = value;
  }
  return fields;
}

/** The message that {@link encodeMessage} made plain; those of LangChain become this library's. */
export function decodeMessage({ type, ...fields }: Record<string, unknown>): BaseMessage {
  return CLASSES[type as keyof typeof CLASSES](fields as never);
}

const CLASSES = {
  human: (fields: MessageFields) => new HumanMessage(fields),
  ai: (fields: AIMessageFields) => new AIMessage(fields),
  system: (fields: MessageFields) => new SystemMessage(fields),
  tool: (fields: ToolMessageFields) => new ToolMessage(fields),
  remove: (fields: { id: string }) => new RemoveMessage(fields),
};

/** Empty lists and objects are what the constructors put in anyway. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
