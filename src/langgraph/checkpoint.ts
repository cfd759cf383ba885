/** Stands for `@langchain/langgraph-checkpoint`. */
import {
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  SuperstepError as InvalidNamespaceError,
} from '../engine/index.ts';
import { forRequire } from './lacking.ts';
import { MemorySaver } from './memorySaver.ts';
import { BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint } from './savers.ts';
import { JsonPlusSerializer } from './serde.ts';
import * as versions from './versions.ts';

const TASKS = '__pregel_tasks';

/** The id of the checkpoint that a config names. */
function getCheckpointId(config: { configurable?: Record<string, any> }): string {
  const { checkpoint_id: id } = config.configurable ?? {};
  return (id as string | undefined) ?? '';
}

const exports = {
  ...versions,
  BaseCheckpointSaver,
  BaseStore,
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  InvalidNamespaceError,
  JsonPlusSerializer,
  MemorySaver,
  MemoryStore: InMemoryStore,
  TASKS,
  copyCheckpoint,
  emptyCheckpoint,
  getCheckpointId,
};
const required = forRequire(exports, '@langchain/langgraph-checkpoint');

export type {
  ChannelCheckpoint as Checkpoint,
  CheckpointMetadata,
  CheckpointTuple,
  GetOperation,
  IndexConfig,
  Item,
  ListNamespacesOperation,
  MatchCondition,
  NameSpacePath,
  NamespaceMatchType,
  NativeWrite as CheckpointPendingWrite,
  Operation,
  OperationResults,
  PutOperation,
  SearchItem,
  SearchOperation,
  Versions as ChannelVersions,
} from '../engine/index.ts';
export type { CheckpointListOptions, PendingWrite, SerializerProtocol } from './savers.ts';
export * from './versions.ts';
export {
  BaseCheckpointSaver,
  BaseStore,
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  InvalidNamespaceError,
  JsonPlusSerializer,
  MemorySaver,
  InMemoryStore as MemoryStore,
  TASKS,
  copyCheckpoint,
  emptyCheckpoint,
  getCheckpointId,
  required as 'module.exports',
};
