/** The library `superstep`: everything public, and nothing else. */
export { Overwrite } from './channels/channel.ts';
export type * from './checkpoint/checkpointer.ts';
export { MemorySaver } from './checkpoint/memorySaver.ts';
export { Serializer } from './checkpoint/serialize.ts';
export type { ClassCodec } from './checkpoint/serialize.ts';
export { append, merge, sum, union, withBulk } from './channels/reducers.ts';
export type { BulkReducer, Reducer } from './channels/reducers.ts';
export {
  AbortError,
  EmptyInputError,
  GraphDrained,
  GraphRecursionError,
  GraphValueError,
  InvalidUpdateError,
  NodeTimeoutError,
  ReadOnlyStateError,
  SeveralFailuresError,
  StateGraphInputError,
  SuperstepError,
  SuperstepError as BaseLangGraphError,
  TimeoutError,
  UnreachableNodeError,
  isGraphDrained,
  isNodeTimeoutError,
  isSuperstepError,
} from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';
export type * from './events.ts';
export type { BatchOptions } from './graph/batch.ts';
export { Command, isCommand } from './graph/command.ts';
export type { CommandFields } from './graph/command.ts';
export type {
  DebugChunk,
  MessageMetadata,
  StreamChunk,
  TaskChunk,
  TaskResultChunk,
} from './graph/chunkTypes.ts';
export type { ChunkStream } from './graph/chunkStream.ts';
export { CompiledStateGraph } from './graph/compiledGraph.ts';
export { END, START } from './graph/constants.ts';
export type { DrawableEdge, DrawableGraph, DrawableNode } from './graph/describe.ts';
export type { Schema } from './graph/schema.ts';
export type {
  ConditionalEdgeRouter,
  ConditionalEdgeRouterTypes,
  GraphNode,
  GraphNodeTypes,
  LangGraphRunnableConfig,
  Runtime,
} from './graph/nodeTypes.ts';
export { Send, isSend } from './graph/send.ts';
export {
  Annotation,
  MessagesAnnotation,
  MessagesState,
  MessagesValue,
  ReducedValue,
  StateSchema,
  UntrackedValue,
} from './graph/state.ts';
export type {
  AnnotationOptions,
  AnnotationRoot,
  ReducedValueOptions,
  StateInit,
  StateOf,
  UpdateOf,
} from './graph/state.ts';
export { MessagesZodState } from './graph/zodState.ts';
export { MessagesZodMeta, SchemaMetaRegistry, registry, withLangGraph } from './graph/zodMeta.ts';
export type { ReducedSchema, SchemaMeta } from './graph/zodMeta.ts';
export { entrypoint, getPreviousState } from './functional/entrypoint.ts';
export type { EntrypointFinal } from './functional/entryResult.ts';
export type { EntrypointOptions, EntrypointResult } from './functional/entrypoint.ts';
export { pushMessage } from './functional/pushMessage.ts';
export { task } from './functional/task.ts';
export type { TaskOptions } from './functional/task.ts';
export { getConfig, getCurrentTaskInput, getWriter, writer } from './functional/taskContext.ts';
export { StateGraph } from './graph/stateGraph.ts';
export type {
  StateMetadata,
  StateSnapshot,
  StateTask,
  ThreadConfig,
} from './graph/stateSnapshot.ts';
export type { HistoryOptions } from './graph/threadState.ts';
export type { TaskPath } from './superstep/taskMetadata.ts';
export type { Durability } from './superstep/threadLog.ts';
export { getStore } from './store/getStore.ts';
export { InMemoryStore } from './store/memoryStore.ts';
export type * from './store/store.ts';
export type { CompileOptions, NodeOptions, StateGraphOptions } from './graph/graphOptions.ts';
export type {
  BreakpointOptions,
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
export { REMOVE_ALL_MESSAGES, addMessages, messagesStateReducer } from './messages/addMessages.ts';
export type { MessagesUpdate } from './messages/addMessages.ts';
export { coerceMessage } from './messages/coerceMessage.ts';
export type { ForeignMessage, MessageLike } from './messages/coerceMessage.ts';
export {
  AIMessage,
  AIMessageChunk,
  BaseMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  isMessage,
} from './messages/messages.ts';
export type {
  AIMessageChunkFields,
  AIMessageFields,
  ContentBlock,
  MessageContent,
  MessageFields,
  MessageType,
  RawToolCall,
  ToolCall,
  ToolCallChunk,
  ToolMessageFields,
  UsageMetadata,
} from './messages/messages.ts';
export { InMemoryCache } from './policies/cache.ts';
export type { Cache, CacheKey, CachePolicy } from './policies/cache.ts';
export { NodeError, isNodeError } from './policies/policy.ts';
export type { ErrorHandler, NodePolicyOptions } from './policies/policy.ts';
export type { RetryPolicy } from './policies/retry.ts';
export type { TimeoutPolicy } from './policies/timeout.ts';
export { RunControl } from './runtime/runControl.ts';
export { taskOf } from './runtime/failure.ts';
export { reportModelCall } from './runtime/modelCall.ts';
export type { ModelCallReport } from './runtime/modelCall.ts';
export { GraphBubbleUp } from './runtime/bubbleUp.ts';
export {
  InterruptSignal as GraphInterrupt,
  interrupt,
  isInterrupted,
} from './runtime/interrupt.ts';
export { LeaveSignal as ParentCommand } from './runtime/leave.ts';
export {
  INTERRUPT_KEY as INTERRUPT,
  isParentCommand,
  isPause as isGraphInterrupt,
  isSignal as isGraphBubbleUp,
} from './runtime/pause.ts';
