import type {
  Checkpointer,
  CheckpointAddress,
  SavedCheckpoint,
  TaskRecord,
} from '../model/checkpointer.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { OWN_SAVER, type LangGraphSaver } from '../model/langGraphSaver.ts';
import { END } from '../model/constants.ts';
import { fromControl, isControl, toControl, type StoredChannels } from './controlChannels.ts';
import { ofLangGraph, type CheckpointTuple } from './langGraphCheckpoint.ts';
import { nameTasks, toRecords, type NativeWrite } from './nativeTasks.ts';
import { fromNative } from './nativeValue.ts';
import { TypedSerializer } from './typedSerializer.ts';

/** The key beside those of the state that holds what only LangGraph.js knows of a checkpoint. */
const THEIRS = '__langgraph__';
/** What the names of the records begin with that hold what LangGraph.js has written. */
const WRITES = '__langgraph__:';
/** Places of writes that replace an earlier one of their task. */
const PLACES: Readonly<Record<string, number>> = {
  __error__: -1,
  __scheduled__: -2,
  __interrupt__: -3,
  __resume__: -4,
};

type Theirs = Omit<StoredChannels, 'channel_values'> & {
  readonly control: Readonly<Record<string, unknown>>;
};

/** What a task of LangGraph.js has written: the path of the task, and each write with its place. */
interface TheirWrites {
  readonly path: string;
  readonly writes: readonly (readonly [place: number, channel: string, value: unknown])[];
}

interface Config {
  readonly configurable?: {
    readonly thread_id?: string;
    readonly checkpoint_ns?: string;
    readonly checkpoint_id?: string;
  };
}

/** What LangGraph.js asks of a saver beyond what is needed here. */
export interface CompleteLangGraphSaver extends LangGraphSaver {
  readonly serde: TypedSerializer;
  get(config: any): Promise<any>;
  deleteThread(threadId: string): Promise<void>;
  getNextVersion(current: number | undefined): number;
  list(config: any, options?: any): AsyncGenerator<any>;
}

/**
 * Lets LangGraph.js keep its threads with a saver of ours: what this gives can be handed to its
 * `compile({ checkpointer })`. Threads carry over: graphs of either library go on with them, those of this
 * one with `checkpointer` itself.
 *
 * @param checkpointer `MemorySaver`, `SqliteSaver`, or your own.
 * @returns A saver whose methods throw `MISSING_THREAD_ID` for a config without `thread_id`, and what
 * `checkpointer` throws, such as `NOT_SERIALIZABLE` naming a key.
 * @example
 * ```ts
 * import { MemorySaver, asLangGraphSaver } from 'superstep';
 * const saver = asLangGraphSaver(new MemorySaver());
 * // new StateGraph(…).compile({ checkpointer: saver }) of @langchain/langgraph
 * console.log(await saver.getTuple({ configurable: { thread_id: '1' } })); // undefined
 * ```
 */
export function asLangGraphSaver(checkpointer: Checkpointer): CompleteLangGraphSaver {
  return new View(checkpointer);
}

class View implements CompleteLangGraphSaver {
  readonly serde = new TypedSerializer();
  readonly #saver: Checkpointer;
  /** Records are read, added to and written: one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(saver: Checkpointer) {
    this.#saver = saver;
  }

  /** Graphs of this library need no view. */
  get [OWN_SAVER](): Checkpointer {
    return this.#saver;
  }

  async get(config: Config): Promise<unknown> {
    return (await this.getTuple(config))?.checkpoint;
  }

  async getTuple(config: Config): Promise<CheckpointTuple | undefined> {
    const address = toAddress(config);
    const saved = await this.#saver.get(address);
    return saved && toTuple(saved, address);
  }

  async *list(
    config: Config,
    {
      limit = Infinity,
      before,
      filter = {},
    }: { limit?: number; before?: Config; filter?: Readonly<Record<string, unknown>> } = {},
  ): AsyncGenerator<CheckpointTuple> {
    const address = toAddress(config);
    const id = before?.configurable?.checkpoint_id;
    let count = 0;
    for await (const saved of this.#saver.list(address, id === undefined ? {} : { before: id })) {
      if (count >= limit) return;
      const tuple = toTuple(saved, address);
      const metadata = tuple.metadata as Record<string, unknown>;
      if (!Object.entries(filter).every(([key, value]) => metadata[key] === value)) continue;
      count++;
      yield tuple;
    }
  }

  async put(
    config: Config,
    stored: CheckpointTuple['checkpoint'],
    metadata: CheckpointTuple['metadata'],
  ): Promise<Config> {
    const { threadId, namespace } = toAddress(config);
    const { channel_values: values, channel_versions, versions_seen } = stored;
    const parentConfig = { configurable: config.configurable ?? {} };
    const { checkpoint } = ofLangGraph({
      checkpoint: stored,
      parentConfig,
      ...(metadata && { metadata }),
    });
    const control = Object.entries(values).filter(
      ([channel, value]) => isControl(channel) && value !== undefined,
    );
    const theirs: Theirs = {
      channel_versions,
      versions_seen,
      control: Object.fromEntries(control.map(([channel, value]) => [channel, fromNative(value)])),
    };
    const whole = { ...checkpoint.values, [THEIRS]: theirs };
    const written = Object.keys(whole);
    await this.#saver.put({ threadId, namespace }, { ...checkpoint, values: whole, written });
    return toConfig({ threadId, namespace, checkpointId: stored.id });
  }

  async putWrites(
    config: Config,
    writes: readonly (readonly [channel: string, value: unknown])[],
    taskId: string,
    path = '',
  ): Promise<void> {
    const turn = this.#turn.then(() =>
      this.#addWrites(toAddress(config), writes, { taskId, path }),
    );
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #addWrites(
    address: CheckpointAddress,
    writes: readonly (readonly [channel: string, value: unknown])[],
    { taskId, path }: { readonly taskId: string; readonly path: string },
  ): Promise<void> {
    const saved = await this.#saver.get(address);
    if (saved === undefined) return;
    const { checkpoint } = saved;
    const before = theirWrites(saved.tasks).get(taskId);
    const byPlace = new Map(before?.writes.map((write) => [write[0], write]));
    for (const [index, [channel, value]] of writes.entries()) {
      const place = PLACES[channel] ?? index;
      if (place >= 0 && byPlace.has(place)) continue;
      byPlace.set(place, [place, channel, fromNative(value)]);
    }
    const all: TheirWrites = { path, writes: [...byPlace.values()] };
    const own = all.writes.map(([, channel, value]): NativeWrite => [taskId, channel, value]);
    const stored = toTuple(saved, address).checkpoint;
    const { namespace } = address;
    const place = {
      ...{ namespace, theirs: namespace },
      ...{ checkpointId: checkpoint.id, step: checkpoint.step + 1 },
    };
    const { tasks } = fromControl(stored, END in stored.channel_versions);
    const { records } = toRecords(await nameTasks(tasks, place, own), place, own);
    await this.#saver.putTasks({ ...address, checkpointId: checkpoint.id }, [
      { task: WRITES + taskId, status: 'done', returned: [all] },
      ...records,
    ]);
  }

  async deleteThread(threadId: string): Promise<void> {
    await this.#saver.deleteThread(threadId);
  }

  /** Versions count up. */
  getNextVersion(current: number | undefined): number {
    return Math.floor(current ?? 0) + 1;
  }

  toJSON(): string {
    return `[${this.#saver.constructor.name}]`;
  }
}

function toAddress({ configurable = {} }: Config): CheckpointAddress {
  const { thread_id: threadId, checkpoint_ns: namespace = '', checkpoint_id: id } = configurable;
  if (threadId === undefined) {
    throw new SuperstepError(
      'MISSING_THREAD_ID',
      `Cannot keep a thread without a name: pass { configurable: { thread_id } }, not ${show(configurable)}`,
    );
  }
  return { threadId, namespace, ...(id && { checkpointId: id }) };
}

function toConfig({ threadId, namespace, checkpointId }: CheckpointAddress): Required<Config> {
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns: namespace,
      ...(checkpointId !== undefined && { checkpoint_id: checkpointId }),
    },
  };
}

function toTuple(
  { checkpoint, tasks }: SavedCheckpoint,
  { threadId, namespace }: CheckpointAddress,
): CheckpointTuple & { readonly config: Config } {
  const { [THEIRS]: theirs, ...values } = checkpoint.values;
  const { control, channel_versions, versions_seen } = (theirs ??
    ownChannels(checkpoint)) as Theirs;
  const { id, parentId, createdAt, source, step, parents } = checkpoint;
  const pendingWrites = [...theirWrites(tasks)]
    .sort(([a, { path: pathA }], [b, { path: pathB }]) => compare(pathA, pathB) || compare(a, b))
    .flatMap(([taskId, { writes }]) =>
      [...writes]
        .sort(([a], [b]) => a - b)
        .map(([, channel, value]): NativeWrite => [taskId, channel, value]),
    );
  return {
    config: toConfig({ threadId, namespace, checkpointId: id }),
    checkpoint: {
      ...{ v: 4, id, ts: new Date(createdAt).toISOString() },
      ...{ channel_values: { ...values, ...control }, channel_versions, versions_seen },
    },
    metadata: { source, step, parents },
    ...(parentId !== undefined && {
      parentConfig: toConfig({ threadId, namespace, checkpointId: parentId }),
    }),
    pendingWrites,
  };
}

/** The channels of a checkpoint that was made here. */
function ownChannels({ values, next }: SavedCheckpoint['checkpoint']): Theirs {
  const control = toControl(next, (value) => value);
  const channels = [...Object.keys(values), ...Object.keys(control)];
  return {
    control,
    channel_versions: Object.fromEntries(channels.map((channel) => [channel, 1])),
    versions_seen: {},
  };
}

function theirWrites(records: readonly TaskRecord[]): Map<string, TheirWrites> {
  return new Map(
    records
      .filter(({ task }) => task.startsWith(WRITES))
      .map(({ task, returned }) => [task.slice(WRITES.length), returned![0] as TheirWrites]),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
