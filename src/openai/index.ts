/**
 * Chat models behind OpenAI's protocol. Loads the `openai` package when first asked.
 *
 * @module superstep/openai
 */
export { ChatOpenAI } from './chatOpenAI.ts';
export type { BatchOptions } from './batch.ts';
export type { StructuredModel } from './chatOpenAI.ts';
export { MAX_REQUESTS_PER_HOST } from './gate.ts';
export { MODEL_HOST } from './modelHost.ts';
export type { ModelAccess, ModelHost } from './modelHost.ts';
export { ModelError } from './modelError.ts';
export type { ModelErrorFields } from './modelError.ts';
export type { CallOptions, ChatOpenAIOptions, ClientConfiguration, ToolChoice } from './options.ts';
export type { SchemaIssue } from './structured/issues.ts';
export type { JsonSchema } from './structured/jsonSchema.ts';
export type { Rung } from './structured/rungs.ts';
export type {
  RawAndParsed,
  StructuredOutputInfo,
  StructuredOutputOptions,
} from './structured/structuredOutput.ts';
export { StructuredOutputError } from './structured/structuredOutputError.ts';
export type { StructuredAttempts } from './structured/structuredOutputError.ts';
export { tool } from './tools/tool.ts';
export type { Tool, ToolConfig, ToolLike, ToolOptions } from './tools/tool.ts';
export { ToolNode, toolsCondition } from './tools/toolNode.ts';
export type { ToolNodeInput, ToolNodeOptions } from './tools/toolNode.ts';
export type { InvalidToolCall, ModelInput } from './toWireMessages.ts';
