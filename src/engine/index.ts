/** The library `superstep`: everything public, and nothing else. */
export { Overwrite } from './channels/channel.ts';
export { append, merge, sum, union, withBulk } from './channels/reducers.ts';
export type { BulkReducer, Reducer } from './channels/reducers.ts';
export {
  AbortError,
  EmptyInputError,
  GraphRecursionError,
  InvalidUpdateError,
  StateGraphInputError,
  SuperstepError,
  UnreachableNodeError,
  isSuperstepError,
} from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';
export type * from './events.ts';
export { Command, isCommand } from './graph/command.ts';
export type { CommandFields } from './graph/command.ts';
export { CompiledStateGraph } from './graph/compiledGraph.ts';
export { END, START } from './graph/constants.ts';
export type { DrawableEdge, DrawableGraph, DrawableNode } from './graph/describe.ts';
export type { Schema } from './graph/schema.ts';
export { Send, isSend } from './graph/send.ts';
export {
  Annotation,
  MessagesAnnotation,
  MessagesState,
  MessagesValue,
  ReducedValue,
  StateSchema,
} from './graph/state.ts';
export type {
  AnnotationOptions,
  AnnotationRoot,
  ReducedValueOptions,
  StateInit,
  StateOf,
  UpdateOf,
} from './graph/state.ts';
export { StateGraph } from './graph/stateGraph.ts';
export type { CompileOptions, NodeOptions, StateGraphOptions } from './graph/stateGraph.ts';
export type {
  Destination,
  NodeAction,
  NodeConfig,
  NodeResult,
  RouterAction,
  RunConfig,
  StreamConfig,
  StreamMode,
} from './graph/types.ts';
export { BUILDER, GRAPH } from './handle.ts';
export type { GraphHandle, InputField } from './handle.ts';
export type { DrawOptions } from './mermaid.ts';
export { addMessages, messagesStateReducer } from './messages/addMessages.ts';
export type { MessagesUpdate } from './messages/addMessages.ts';
export {
  AIMessage,
  BaseMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  coerceMessage,
  isMessage,
} from './messages/messages.ts';
export type {
  AIMessageFields,
  ContentBlock,
  MessageContent,
  MessageFields,
  MessageLike,
  MessageType,
  ToolCall,
  ToolMessageFields,
  UsageMetadata,
} from './messages/messages.ts';
export { taskOf } from './runtime/failure.ts';
