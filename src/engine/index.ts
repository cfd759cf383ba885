/**
 * The library: graphs, state, tasks, threads, streams.
 *
 * @module superstep
 */
export { Overwrite } from './model/overwrite.ts';
export type * from './model/checkpointer.ts';
export type { LangGraphSaver } from './model/langGraphSaver.ts';
export { MemorySaver } from './checkpoint/memorySaver.ts';
export { asLangGraphSaver } from './checkpoint/asLangGraphSaver.ts';
export type {
  ChannelCheckpoint,
  CheckpointMetadata,
  CheckpointTuple,
} from './checkpoint/langGraphCheckpoint.ts';
export type { StoredChannels, Versions } from './checkpoint/controlChannels.ts';
export type { NativeWrite } from './checkpoint/nativeTasks.ts';
export type { CompleteLangGraphSaver } from './checkpoint/asLangGraphSaver.ts';
export { Serializer } from './checkpoint/serialize.ts';
export type { ClassCodec } from './checkpoint/serialize.ts';
export { append, merge, sum, union, withBulk } from './state/reducers.ts';
export type { BulkReducer, Reducer } from './state/reducers.ts';
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
} from './model/errors.ts';
export type { ErrorCode, ErrorDetails } from './model/errors.ts';
export type * from './model/events.ts';
export type { BatchOptions } from './graph/batch.ts';
export { Command, isCommand } from './model/command.ts';
export type { CommandFields } from './model/command.ts';
export type {
  DebugChunk,
  MessageMetadata,
  StreamChunk,
  TaskChunk,
  TaskResultChunk,
} from './graph/chunkTypes.ts';
export type { ChunkStream } from './graph/chunkStream.ts';
export { CompiledStateGraph } from './graph/compiledGraph.ts';
export type { NodeHandle } from './graph/nodeHandle.ts';
export { END, START } from './model/constants.ts';
export type { DrawableEdge, DrawableGraph, DrawableNode } from './graph/describe.ts';
export type { Schema } from './state/schema.ts';
export type {
  ConditionalEdgeRouter,
  ConditionalEdgeRouterTypes,
  GraphNode,
  GraphNodeTypes,
  LangGraphRunnableConfig,
  Runtime,
} from './graph/nodeTypes.ts';
export { Send, isSend } from './model/send.ts';
export { Annotation, MessagesAnnotation, MessagesState } from './state/annotation.ts';
export { MessagesValue, ReducedValue, StateSchema, UntrackedValue } from './state/stateSchema.ts';
export type { AnnotationOptions, AnnotationRoot } from './state/annotation.ts';
export type { ReducedValueOptions } from './state/stateSchema.ts';
export type { StateInit, StateOf, UpdateOf } from './state/stateTypes.ts';
export { MessagesZodState } from './state/zodState.ts';
export { MessagesZodMeta, SchemaMetaRegistry, registry, withLangGraph } from './state/zodMeta.ts';
export type { ReducedSchema, SchemaMeta } from './state/zodMeta.ts';
export { entrypoint, getPreviousState } from './functional/entrypoint.ts';
export type { EntrypointFinal } from './plan/entryResult.ts';
export type { EntrypointOptions, EntrypointResult } from './functional/entrypoint.ts';
export { pushMessage } from './functional/pushMessage.ts';
export { task } from './functional/task.ts';
export type { TaskOptions } from './functional/task.ts';
export { getConfig, getCurrentTaskInput, getWriter, writer } from './functional/taskContext.ts';
export { StateGraph } from './graph/stateGraph.ts';
export type * from './graph/typeNames.ts';
export type {
  StateMetadata,
  StateSnapshot,
  StateTask,
  ThreadConfig,
} from './model/stateSnapshot.ts';
export type { HistoryOptions } from './graph/threadState.ts';
export type { TaskPath } from './model/stateSnapshot.ts';
export type { Durability } from './model/runConfig.ts';
export { getStore } from './functional/getStore.ts';
export { InMemoryStore } from './store/memoryStore.ts';
export { BatchedStore } from './store/storeOperations.ts';
export type * from './store/storeOperations.ts';
export type * from './model/store.ts';
export type { CompileOptions, NodeOptions, StateGraphOptions } from './graph/graphOptions.ts';
export type { BreakpointOptions, RunConfig, StreamConfig, StreamMode } from './model/runConfig.ts';
export type {
  Destination,
  NodeAction,
  ExecutionInfo,
  NodeConfig,
  NodeResult,
  RouterAction,
  ServerInfo,
} from './model/node.ts';
export { BUILDER, GRAPH } from './model/graphHandle.ts';
export type { GraphHandle, InputField } from './model/graphHandle.ts';
export type { DrawOptions } from './graph/mermaid.ts';
export { REMOVE_ALL_MESSAGES, addMessages, messagesStateReducer } from './state/addMessages.ts';
export type { MessagesUpdate } from './state/addMessages.ts';
export { coerceMessage } from './model/messages/coerceMessage.ts';
export type { ForeignMessage, MessageLike } from './model/messages/coerceMessage.ts';
export {
  AIMessage,
  AIMessageChunk,
  BaseMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  isMessage,
} from './model/messages.ts';
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
} from './model/messages.ts';
export { InMemoryCache } from './run/policies/cache.ts';
export type { Cache, CacheKey, CachePolicy } from './model/policies/cachePolicy.ts';
export { NodeError, isNodeError } from './model/policies/policy.ts';
export type { ErrorHandler, NodePolicyOptions } from './model/policies/policy.ts';
export type { RetryPolicy } from './model/policies/retry.ts';
export type { TimeoutPolicy } from './model/policies/timeoutPolicy.ts';
export { RunControl } from './model/runControl.ts';
export { taskOf } from './run/failure.ts';
export { reportModelCall } from './run/modelCall.ts';
export type { ModelCallReport } from './run/modelCall.ts';
export { GraphBubbleUp } from './model/signals.ts';
export { InterruptSignal as GraphInterrupt } from './model/signals.ts';
export { NodeInterrupt, interrupt, isInterrupted } from './run/interrupt.ts';
export { ParentCommandSignal as ParentCommand } from './model/signals.ts';
export {
  INTERRUPT_KEY as INTERRUPT,
  isParentCommand,
  isPause as isGraphInterrupt,
  isSignal as isGraphBubbleUp,
} from './model/signals.ts';
