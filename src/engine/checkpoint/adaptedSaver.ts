import { checkPage } from '../model/checkCount.ts';
import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  ListOptions,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { toError } from '../model/errorInfo.ts';
import { isLangGraphSaver, type LangGraphSaver } from '../model/langGraphSaver.ts';
import {
  fromChannels,
  fromWrites,
  toChannels,
  toWrite,
  type Channels,
  type CheckpointTuple,
} from './langGraphCheckpoint.ts';
import { Serializer } from './serialize.ts';

/** Milliseconds that a saver may take for one answer. */
const LIMIT = 30_000;

const adapted = new WeakMap<LangGraphSaver, AdaptedSaver>();

/**
 * What the engine keeps threads with, for what `compile` is given: a saver of LangGraph.js is adapted,
 * always by the same object, so that runs of one thread take turns whichever graph they are of.
 */
export function toCheckpointer<Other>(
  saver: Checkpointer | LangGraphSaver | Other,
): Checkpointer | Exclude<Other, LangGraphSaver> {
  if (!isLangGraphSaver(saver)) return saver as Checkpointer | Exclude<Other, LangGraphSaver>;
  let adapter = adapted.get(saver);
  if (adapter === undefined) adapted.set(saver, (adapter = new AdaptedSaver(saver)));
  return adapter;
}

/** What a checkpointer was made of by {@link toCheckpointer}. */
export function givenSaver<Other>(
  checkpointer: Checkpointer | Other,
): Checkpointer | LangGraphSaver | Other {
  return checkpointer instanceof AdaptedSaver ? checkpointer.saver : checkpointer;
}

/** Keeps checkpoints in a saver that was written for LangGraph.js. */
class AdaptedSaver implements Checkpointer {
  /** Most are, and none can be asked. */
  readonly isDurable = true;
  readonly saver: LangGraphSaver;
  readonly #name: string;
  readonly #serializer = new Serializer();
  /** What is stored of checkpoints that may become parents. */
  #channels = new WeakMap<Checkpoint, Channels>();
  /** Names of writes ascend, also from those of other processes. */
  #lastWrite: string | undefined;

  constructor(saver: LangGraphSaver) {
    this.saver = saver;
    this.#name = saver.constructor.name || 'the checkpointer';
  }

  async get(address: CheckpointAddress): Promise<SavedCheckpoint | undefined> {
    const { threadId, checkpointId } = address;
    const tuple: unknown = await this.#call('getTuple', threadId, () =>
      this.saver.getTuple(toConfig(address, checkpointId)),
    );
    return tuple === undefined || tuple === null ? undefined : this.#read(tuple, threadId);
  }

  async *list(
    thread: ThreadAddress,
    options: ListOptions = {},
  ): AsyncGenerator<SavedCheckpoint, void> {
    checkPage(options);
    const { limit = Infinity, before } = options;
    // Some take 0 for no limit.
    if (limit === 0) return;
    const { threadId } = thread;
    const wanted = {
      ...(limit !== Infinity && { limit }),
      ...(before !== undefined && { before: toConfig(thread, before) }),
    };
    const tuples = await this.#call('list', threadId, () =>
      this.saver.list(toConfig(thread), wanted)[Symbol.asyncIterator](),
    );
    let count = 0;
    try {
      while (count < limit) {
        const next = await this.#call('list', threadId, () => tuples.next());
        if (next.done) return;
        const saved = this.#read(next.value, threadId);
        if (before !== undefined && saved.checkpoint.id >= before) continue;
        count++;
        yield saved;
      }
    } finally {
      await tuples.return?.();
    }
  }

  async put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): Promise<void> {
    const before = parent && this.#channels.get(parent);
    const { stored, channels, fresh } = toChannels(this.#serializer, checkpoint, before);
    const { source, step, parents, parentId } = checkpoint;
    await this.#call('put', thread.threadId, () =>
      this.saver.put(toConfig(thread, parentId), stored, { source, step, parents }, fresh),
    );
    this.#channels.set(checkpoint, channels);
  }

  async putTasks(
    address: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): Promise<void> {
    if (records.length === 0) return;
    const { threadId, checkpointId } = address;
    const writes = records.map((record) => toWrite(this.#serializer, record));
    // Under a name that was there before they would be ignored.
    const id = (this.#lastWrite = newCheckpointId(Date.now(), this.#lastWrite));
    await this.#call('putWrites', threadId, () =>
      this.saver.putWrites(toConfig(address, checkpointId), writes, id),
    );
  }

  async deleteThread(threadId: string): Promise<void> {
    if (typeof this.saver.deleteThread !== 'function') {
      throw new SuperstepError(
        'STORAGE_FAILED',
        `Cannot delete thread ${show(threadId)}: ${this.#name} has no method deleteThread()`,
        { value: threadId },
      );
    }
    // Some make their tables only where something is looked for.
    const config = toConfig({ threadId, namespace: '' });
    await this.#call('getTuple', threadId, () => this.saver.getTuple(config));
    await this.#call('deleteThread', threadId, () => this.saver.deleteThread!(threadId));
    // A checkpoint to come must not count on a value that has gone.
    this.#channels = new WeakMap();
  }

  #read(tuple: unknown, threadId: string): SavedCheckpoint {
    const { checkpoint: stored, pendingWrites = [] } = tuple as Partial<CheckpointTuple>;
    if (typeof stored?.channel_values !== 'object' || typeof stored.channel_versions !== 'object') {
      throw new SuperstepError(
        'STORAGE_FAILED',
        `Cannot read thread ${show(threadId)}: ${this.#name} gave ${show(tuple)} in place of a checkpoint`,
        { value: tuple },
      );
    }
    const where = `checkpoint ${stored.id} of thread ${show(threadId)} in ${this.#name}`;
    const { checkpoint, channels } = fromChannels(this.#serializer, stored, where);
    this.#channels.set(checkpoint, channels);
    for (const [id] of pendingWrites) {
      if (this.#lastWrite === undefined || id > this.#lastWrite) this.#lastWrite = id;
    }
    return { checkpoint, tasks: fromWrites(this.#serializer, pendingWrites) };
  }

  /** @throws {SuperstepError} STORAGE_FAILED where the saver fails, or does not answer. */
  async #call<T>(method: string, threadId: string, action: () => T | Promise<T>): Promise<T> {
    const what = `thread ${show(threadId)}: ${this.#name}.${method}()`;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seconds = LIMIT / 1000;
        const message = `Cannot keep ${what} has not answered for ${seconds} seconds; check the database`;
        reject(new SuperstepError('STORAGE_FAILED', message, { value: threadId }));
      }, LIMIT);
    });
    try {
      return await Promise.race([action(), silence]);
    } catch (error) {
      if (error instanceof SuperstepError) throw error;
      const { message } = toError(error, `${this.#name}.${method}()`);
      throw new SuperstepError(
        'STORAGE_FAILED',
        `Cannot keep ${what} failed: ${message}`,
        { value: threadId },
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

function toConfig({ threadId, namespace }: ThreadAddress, checkpointId?: string): object {
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns: namespace,
      ...(checkpointId !== undefined && { checkpoint_id: checkpointId }),
    },
  };
}
