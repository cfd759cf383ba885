import {
  MemorySaver as OwnMemorySaver,
  asLangGraphSaver,
  type Checkpointer,
} from '../engine/index.ts';
import { OWN_SAVER } from '../engine/model/langGraphSaver.ts';
import { BaseCheckpointSaver } from './savers.ts';
import { TupleMemory } from './tupleMemory.ts';

const METHODS = ['getTuple', 'list', 'put', 'putWrites'] as const;

/**
 * LangGraph's saver for tests, with its methods. Runs keep their threads in the one of Superstep behind it;
 * a class that overrides a method is asked by its methods, and what it is given is kept as it is.
 */
export class MemorySaver extends BaseCheckpointSaver {
  readonly #own: Checkpointer | undefined;
  readonly #kept: ReturnType<typeof asLangGraphSaver> | TupleMemory;

  constructor(serde?: BaseCheckpointSaver['serde']) {
    super(serde);
    if (serde === undefined && !isChanged(this)) {
      this.#own = new OwnMemorySaver();
      this.#kept = asLangGraphSaver(this.#own);
    } else {
      this.#kept = new TupleMemory(this.serde);
    }
  }

  /** What runs may use in its place. */
  get [OWN_SAVER](): Checkpointer | undefined {
    return isChanged(this) ? undefined : this.#own;
  }

  getTuple(config: any): Promise<any> {
    return this.#kept.getTuple(config);
  }

  list(config: any, options?: any): AsyncGenerator<any> {
    return this.#kept.list(config, options);
  }

  put(config: any, checkpoint: any, metadata: any, newVersions?: any): Promise<any> {
    return this.#kept.put(config, checkpoint, metadata, newVersions);
  }

  putWrites(config: any, writes: any, taskId: string): Promise<void> {
    return this.#kept.putWrites(config, writes, taskId);
  }

  deleteThread(threadId: string): Promise<void> {
    return this.#kept.deleteThread(threadId);
  }
}

function isChanged(saver: MemorySaver): boolean {
  return METHODS.some((method) => saver[method] !== MemorySaver.prototype[method]);
}
