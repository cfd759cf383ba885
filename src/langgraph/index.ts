/** Stands for `@langchain/langgraph` and its `/web`. */
import * as engine from '../engine/index.ts';
import { BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint } from './savers.ts';
import { forRequire } from './lacking.ts';
import * as others from './others.ts';

export * from '../engine/index.ts';
export * from './others.ts';
export { BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint };

const required = forRequire(
  { ...engine, ...others, BaseCheckpointSaver, BaseStore, copyCheckpoint, emptyCheckpoint },
  '@langchain/langgraph',
);
export { required as 'module.exports' };
