import { isCommand } from '../../engine/model/command.ts';
import type { Schema } from '../../engine/state/schema.ts';
import type { NodeConfig } from '../../engine/model/node.ts';
import { isMessage, ToolMessage, type ToolCall } from '../../engine/model/messages.ts';
import type { JsonSchema } from '../structured/jsonSchema.ts';
import { readSchema } from '../structured/readSchema.ts';
import { describeIssues } from '../structured/issues.ts';
import type { WireTool } from '../wire.ts';

/** What a tool's function gets beside its arguments: the node's config, if a node calls it. */
export type ToolConfig = Partial<NodeConfig> & { readonly toolCallId?: string | undefined };

/** How a tool is made known to models. */
export interface ToolOptions<Input = any, Output = any> {
  /** Letters, digits, `_` and `-`. */
  name: string;
  /** Tells the model what it does and when to call it. */
  description?: string;
  /** What its arguments are: a schema of zod or alike, or a JSON Schema. Default: none. */
  schema?: Schema<Input, Output> | JsonSchema;
}

/** A function that models can ask to be called. */
export interface Tool<Input = any, Result = any> {
  readonly name: string;
  readonly description: string;
  readonly schema: Schema | JsonSchema | undefined;
  /**
   * Calls it with arguments, or answers a model's call by a message.
   * @throws {TypeError} for arguments that do not fit the schema; what the function throws.
   */
  invoke(
    call: ToolCall & { readonly type: 'tool_call' },
    config?: ToolConfig,
  ): Promise<ToolMessage>;
  invoke(input: Input, config?: ToolConfig): Promise<Result>;
}

/** What can be bound to a model: a {@link Tool}, one of LangChain's, or the protocol's own form. */
export type ToolLike =
  | Tool
  | WireTool
  | { readonly name: string; readonly description?: string; readonly schema?: unknown };

/**
 * Makes a function a tool: something that a model can ask for with arguments that fit a schema.
 *
 * @param action Gets the arguments, checked, and the config of the node that calls it. What it returns
 * is told to the model: texts as they are, all else as JSON.
 * @throws {TypeError} for a name that models would not accept.
 * @example
 * ```ts
 * import { tool } from 'superstep/openai';
 * import * as z from 'zod';
 * const add = tool(({ a, b }) => a + b, {
 *   name: 'add',
 *   description: 'Adds two numbers',
 *   schema: z.object({ a: z.number(), b: z.number() }),
 * });
 * console.log(await add.invoke({ a: 1, b: 2 })); // 3
 * ```
 */
export function tool<Input = any, Output = Input, Result = unknown>(
  action: (input: Output, config: ToolConfig) => Result,
  options: ToolOptions<Input, Output>,
): Tool<Input, Awaited<Result>> {
  const { name, description = '', schema } = options;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(
      `Cannot define a tool named ${JSON.stringify(name)}: use 1 to 64 letters, digits, "_" and "-"`,
    );
  }
  const reader = schema === undefined ? undefined : readSchema(schema);
  const run = async (input: unknown, config: ToolConfig): Promise<Awaited<Result>> => {
    if (reader === undefined) return action(input as Output, config) as Awaited<Result>;
    const read = await reader.read(input);
    if ('issues' in read) {
      throw new TypeError(
        `The arguments of tool "${name}" do not fit: ${describeIssues(read.issues)}`,
      );
    }
    return await action(read.value as Output, config);
  };
  const invoke = async (given: unknown, config: ToolConfig = {}): Promise<any> => {
    if (!isToolCall(given)) return run(given, config);
    const result = await run(given.args, { ...config, toolCallId: given.id });
    return isCommand(result) ? result : toToolMessage(result, given);
  };
  return { name, description, schema, invoke };
}

/** The answer to a model's call; a message that the tool made itself is taken as it is. */
export function toToolMessage(result: unknown, call: ToolCall): ToolMessage {
  if (isMessage(result) && result.getType() === 'tool') return result as ToolMessage;
  return new ToolMessage({
    content: typeof result === 'string' ? result : (JSON.stringify(result) ?? ''),
    tool_call_id: call.id ?? '',
    name: call.name,
  });
}

/** A tool in the protocol's words. */
export function toWireTool(given: ToolLike): WireTool {
  if ('type' in given && 'function' in given) return given;
  const { name, description, schema } = given as Tool;
  return {
    type: 'function',
    function: {
      name,
      ...(description && { description }),
      parameters:
        schema === undefined ? { type: 'object', properties: {} } : readSchema(schema).json,
    },
  };
}

function isToolCall(given: unknown): given is ToolCall {
  return (
    typeof given === 'object' &&
    given !== null &&
    (given as ToolCall).type === 'tool_call' &&
    typeof (given as ToolCall).args === 'object'
  );
}
