/** Stands for `@langchain/langgraph` and its `/web`. */
import * as engine from '../engine/index.ts';
import { BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint } from './savers.ts';
import { BinaryOperatorAggregate } from './channels.ts';
import { getConfig } from './config.ts';
import { MemorySaver } from './memorySaver.ts';
import { forRequire } from './lacking.ts';
import * as others from './others.ts';

export * from '../engine/index.ts';
export * from './others.ts';
export {
  BaseCheckpointSaver,
  BaseStore,
  BinaryOperatorAggregate,
  MemorySaver,
  copyCheckpoint,
  emptyCheckpoint,
  getConfig,
};

const required = forRequire(
  {
    ...engine,
    ...others,
    BaseCheckpointSaver,
    BaseStore,
    BinaryOperatorAggregate,
    MemorySaver,
    copyCheckpoint,
    emptyCheckpoint,
    getConfig,
  },
  '@langchain/langgraph',
);
export { required as 'module.exports' };
