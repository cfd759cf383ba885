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
import { OWN_SAVER, isLangGraphSaver, type LangGraphSaver } from '../model/langGraphSaver.ts';
import { placePart, taskIdOf, taskKey } from '../model/taskKey.ts';
import {
  RECORD,
  fromChannels,
  fromWrites,
  toChannels,
  toWrite,
  type Channels,
  type CheckpointTuple,
} from './langGraphCheckpoint.ts';
import { nameTasks, toRecords, type NativePlace, type NativeTask } from './nativeTasks.ts';
import { Serializer } from './serialize.ts';

/** Milliseconds that a saver may take for one answer. */
const LIMIT = 30_000;

const adapted = new WeakMap<LangGraphSaver, AdaptedSaver>();
/** Savers of LangGraph's form by the checkpointers that are used in their place. */
const views = new WeakMap<Checkpointer, LangGraphSaver>();

/**
 * What the engine keeps threads with, for what `compile` is given: a saver of LangGraph.js is adapted,
 * always by the same object, so that runs of one thread take turns whichever graph they are of.
 */
export function toCheckpointer<Other>(
  saver: Checkpointer | LangGraphSaver | Other,
): Checkpointer | Exclude<Other, LangGraphSaver> {
  if (!isLangGraphSaver(saver)) return saver as Checkpointer | Exclude<Other, LangGraphSaver>;
  const own = (saver as { readonly [OWN_SAVER]?: Checkpointer })[OWN_SAVER];
  if (own !== undefined) {
    views.set(own, saver);
    return own;
  }
  let adapter = adapted.get(saver);
  if (adapter === undefined) adapted.set(saver, (adapter = new AdaptedSaver(saver)));
  return adapter;
}

/** What a checkpointer was made of by {@link toCheckpointer}. */
export function givenSaver<Other>(
  checkpointer: Checkpointer | Other,
): Checkpointer | LangGraphSaver | Other {
  if (typeof checkpointer !== 'object' || checkpointer === null) return checkpointer;
  if (checkpointer instanceof AdaptedSaver) return checkpointer.saver;
  return views.get(checkpointer as Checkpointer) ?? checkpointer;
}

/** Keeps checkpoints in a saver that was written for LangGraph.js. */
class AdaptedSaver implements Checkpointer {
  /** Most are, and none can be asked. */
  readonly isDurable = true;
  readonly saver: LangGraphSaver;
  readonly #name: string;
  readonly #serializer = new Serializer();
  /** Where LangGraph.js keeps graphs that run inside tasks of its checkpoints, by the place they have here. */
  readonly #theirPlaces = new Map<string, string>();
  /** What is stored of checkpoints that may become parents. */
  #channels = new WeakMap<Checkpoint, Channels>();
  /** Names of writes ascend, also from those of other processes. */
  #lastWrite: string | undefined;

  constructor(saver: LangGraphSaver) {
    this.saver = saver;
    this.#name = saver.constructor.name || 'the checkpointer';
  }

  async get(address: CheckpointAddress): Promise<SavedCheckpoint | undefined> {
    const own = await this.#find(address);
    if (own !== undefined) return own;
    const theirs = this.#theirPlaces.get(placeKey(address));
    return theirs === undefined ? undefined : this.#find(address, theirs);
  }

  /** @param theirs The namespace under which it is stored, if that is another one. */
  async #find(
    address: CheckpointAddress,
    theirs = address.namespace,
  ): Promise<SavedCheckpoint | undefined> {
    const { threadId, checkpointId } = address;
    const tuple: unknown = await this.#call('getTuple', threadId, () =>
      this.saver.getTuple(toConfig({ threadId, namespace: theirs }, checkpointId)),
    );
    return tuple === undefined || tuple === null ? undefined : this.#read(tuple, address, theirs);
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
        const saved = await this.#read(next.value, { ...thread, isPast: true });
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

  async #read(
    tuple: unknown,
    address: ThreadAddress & { readonly isPast?: boolean },
    theirs = address.namespace,
  ): Promise<SavedCheckpoint> {
    const { threadId, isPast = false } = address;
    const { checkpoint: stored, pendingWrites = [] } = tuple as Partial<CheckpointTuple>;
    if (typeof stored?.channel_values !== 'object' || typeof stored.channel_versions !== 'object') {
      throw new SuperstepError(
        'STORAGE_FAILED',
        `Cannot read thread ${show(threadId)}: ${this.#name} gave ${show(tuple)} in place of a checkpoint`,
        { value: tuple },
      );
    }
    const where = `checkpoint ${stored.id} of thread ${show(threadId)} in ${this.#name}`;
    const read = fromChannels(this.#serializer, tuple as CheckpointTuple, where);
    const { checkpoint, channels, pending } = read;
    this.#channels.set(checkpoint, channels);
    for (const [id] of pendingWrites) {
      if (this.#lastWrite === undefined || id > this.#lastWrite) this.#lastWrite = id;
    }
    const own = fromWrites(this.#serializer, pendingWrites);
    const left = pendingWrites.filter(([, channel]) => channel !== RECORD);
    if (left.length === 0) return { checkpoint, tasks: own };
    const place = { ...address, theirs, checkpointId: checkpoint.id, step: checkpoint.step + 1 };
    const named = await nameTasks(pending, place, left);
    const { records, isWhole } = toRecords(named, place, left);
    if (!isWhole && !isPast) throw inTheMiddle(where);
    return { checkpoint, tasks: newest(own, await this.#withInner(records, named, place)) };
  }

  /** Notes which of the tasks that ask do so in a graph inside, and where that is kept. */
  async #withInner(
    records: readonly TaskRecord[],
    tasks: readonly NativeTask[],
    { threadId, namespace, theirs, checkpointId }: NativePlace & ThreadAddress,
  ): Promise<TaskRecord[]> {
    const within = (place: string, part: string) => (place === '' ? part : `${place}|${part}`);
    const places = new Map<string, { own: string; their: string }>(
      tasks.map(({ node, sendIndex, id }) => {
        const task = taskKey(node, sendIndex);
        const own = within(namespace, placePart(node, taskIdOf(namespace, checkpointId, task)));
        const their = within(theirs, placePart(node, id));
        this.#theirPlaces.set(placeKey({ threadId, namespace: own }), their);
        return [task, { own, their }] as const;
      }),
    );
    return Promise.all(
      records.map(async (record) => {
        const place = places.get(record.task);
        if (record.status !== 'paused' || !place) return record;
        const config = toConfig({ threadId, namespace: place.their });
        const inner: unknown = await this.#call('getTuple', threadId, () =>
          this.saver.getTuple(config),
        );
        if (inner === undefined || inner === null) return record;
        const { asked: _, ...rest } = record;
        return { ...rest, inside: [{ namespace: place.own, caller: record.task }] };
      }),
    );
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

function placeKey({ threadId, namespace }: ThreadAddress): string {
  return JSON.stringify([threadId, namespace]);
}

/** Of each task what was stored last, as far as it can be told: a task that is done stays done. */
function newest(own: readonly TaskRecord[], theirs: readonly TaskRecord[]): TaskRecord[] {
  const byTask = new Map(own.map((record) => [record.task, record]));
  for (const record of theirs) {
    const known = byTask.get(record.task);
    const isKnownFailed = known?.status === 'failed' && !known.asked;
    const isNewer = record.status === 'done' ? known?.status !== 'done' : isKnownFailed;
    if (known === undefined || isNewer) byTask.set(record.task, record);
  }
  return [...byTask.values()];
}

function inTheMiddle(where: string): SuperstepError {
  return new SuperstepError(
    'STORAGE_VERSION',
    `Cannot go on from ${where}: LangGraph.js has stopped there inside a task of an entrypoint, or of a ` +
      `node, whose results cannot be taken over; finish it there, or go on from an earlier checkpoint`,
  );
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
