/**
 * A saver that was written for LangGraph.js: its `BaseCheckpointSaver`, as far as it is needed here.
 * `compile` takes one wherever it takes a {@link Checkpointer}.
 */
export interface LangGraphSaver {
  getTuple(config: any): Promise<any>;
  list(config: any, options?: any): AsyncIterable<any>;
  put(config: any, checkpoint: any, metadata: any, newVersions: any): Promise<any>;
  putWrites(config: any, writes: any, taskId: string): Promise<any>;
  /** Older ones do not have it. */
  deleteThread?(threadId: string): Promise<any>;
}

/** Under which a saver of LangGraph's form has the {@link Checkpointer} behind it, while either may be used. */
export const OWN_SAVER = Symbol.for('superstep.ownSaver');

/** Whether something is a saver that was written for LangGraph.js, and for it alone. */
export function isLangGraphSaver(value: unknown): value is LangGraphSaver {
  if (typeof value !== 'object' || value === null || 'putTasks' in value) return false;
  const { getTuple, putWrites } = value as Partial<LangGraphSaver>;
  return typeof getTuple === 'function' && typeof putWrites === 'function';
}
