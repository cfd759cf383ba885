/** Stands for `@langchain/langgraph-checkpoint`. */
import {
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  MemorySaver,
  SuperstepError as InvalidNamespaceError,
} from '../engine/index.ts';
import { forRequire } from './lacking.ts';
import { BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint } from './savers.ts';

const ERROR = '__error__';
const RESUME = '__resume__';
const SCHEDULED = '__scheduled__';
const TASKS = '__pregel_tasks';

/** The id of the checkpoint that a config names. */
function getCheckpointId(config: { configurable?: Record<string, any> }): string {
  const { checkpoint_id: id } = config.configurable ?? {};
  return (id as string | undefined) ?? '';
}

const exports = {
  BaseCheckpointSaver,
  BaseStore,
  ERROR,
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  InvalidNamespaceError,
  MemorySaver,
  MemoryStore: InMemoryStore,
  RESUME,
  SCHEDULED,
  TASKS,
  copyCheckpoint,
  emptyCheckpoint,
  getCheckpointId,
};
const required = forRequire(exports, '@langchain/langgraph-checkpoint');

export {
  BaseCheckpointSaver,
  BaseStore,
  ERROR,
  INTERRUPT,
  InMemoryCache,
  InMemoryStore,
  InvalidNamespaceError,
  MemorySaver,
  InMemoryStore as MemoryStore,
  RESUME,
  SCHEDULED,
  TASKS,
  copyCheckpoint,
  emptyCheckpoint,
  getCheckpointId,
  required as 'module.exports',
};
