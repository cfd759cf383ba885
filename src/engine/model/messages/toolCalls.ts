import { randomId } from '../ids.ts';

/** A call of a tool that a model asks for. */
export interface ToolCall {
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly id?: string;
  readonly type?: 'tool_call';
}

/** A call of a tool in the form in which OpenAI's API has it. */
export interface RawToolCall {
  readonly id?: string | undefined;
  readonly type?: string;
  readonly function: {
    readonly name: string;
    /** As JSON. */
    readonly arguments: string;
  };
}

/** A call whose arguments cannot be read; messages keep it in their `additional_kwargs`. */
interface UnreadToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: string;
  readonly error: string;
}

interface Given {
  readonly tool_calls?: readonly (ToolCall | RawToolCall)[] | null | undefined;
  readonly additional_kwargs?: Record<string, unknown> | undefined;
}

/**
 * The fields of a message with its calls read, where they have a provider's form: those whose
 * arguments are no object go to `additional_kwargs.invalid_tool_calls`. Older programs have the calls
 * in `additional_kwargs.tool_calls` alone.
 */
export function withReadCalls<Fields extends Given>(fields: Fields): Fields {
  const more = fields.additional_kwargs;
  const given = fields.tool_calls ?? more?.['tool_calls'] ?? [];
  if (!Array.isArray(given) || !given.some(isRaw)) return fields;
  const calls: ToolCall[] = [];
  const unread: UnreadToolCall[] = [];
  for (const call of given as readonly (ToolCall | RawToolCall)[]) {
    const read = isRaw(call) ? readToolCall(call) : call;
    if ('error' in read) unread.push(read);
    else calls.push(read);
  }
  if (unread.length === 0) return { ...fields, tool_calls: calls };
  const known = (more?.['invalid_tool_calls'] ?? []) as readonly UnreadToolCall[];
  return {
    ...fields,
    tool_calls: calls,
    additional_kwargs: { ...more, invalid_tool_calls: [...known, ...unread] },
  };
}

function isRaw(call: ToolCall | RawToolCall): call is RawToolCall {
  return 'function' in call && typeof call.function === 'object';
}

/** The answer to a call names its id, so there must be one. */
function readToolCall({ id, function: called }: RawToolCall): ToolCall | UnreadToolCall {
  const callId = id || `call_${randomId()}`;
  const { name } = called;
  try {
    const args = readArguments(called.arguments);
    if (typeof args === 'object' && args !== null && !Array.isArray(args)) {
      return { name, args: args as Record<string, unknown>, id: callId, type: 'tool_call' };
    }
    return { id: callId, name, args: called.arguments, error: 'The arguments are not an object' };
  } catch (error) {
    return { id: callId, name, args: called.arguments, error: (error as Error).message };
  }
}

/** Some servers leave out arguments that are empty, send them as they are, or as JSON of JSON. */
function readArguments(given: unknown): unknown {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'string') return given;
  const read: unknown = given.trim() === '' ? {} : JSON.parse(given);
  return typeof read === 'string' ? JSON.parse(read) : read;
}
