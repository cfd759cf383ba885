import type { BaseCheckpointSaver } from './savers.ts';

type Serde = BaseCheckpointSaver['serde'];
type Stored = readonly [type: string, data: Uint8Array];
type Write = readonly [channel: string, value: unknown];

interface Config {
  readonly configurable?: {
    readonly thread_id?: string;
    readonly checkpoint_ns?: string;
    readonly checkpoint_id?: string;
  };
}

interface Entry {
  readonly checkpoint: Stored;
  readonly metadata: Stored;
  readonly parentId: string | undefined;
}

/** Writes of a task, by their places. */
type TaskWrites = Map<number, readonly [channel: string, stored: Stored]>;

/** The checkpoints of a namespace, and their writes by task: those may come first. */
interface Line {
  readonly entries: Map<string, Entry>;
  readonly writes: Map<string, Map<string, TaskWrites>>;
}

/** Channels with one write for each task, of which the last one counts. */
const PLACES = ['__error__', '__scheduled__', '__interrupt__', '__resume__'];

/** Keeps the checkpoints that LangGraph's savers are given, as bytes. */
export class TupleMemory {
  readonly #serde: Serde;
  readonly #threads = new Map<string, Map<string, Line>>();

  constructor(serde: Serde) {
    this.#serde = serde;
  }

  async getTuple({ configurable = {} }: Config): Promise<unknown> {
    const { thread_id: threadId = '', checkpoint_ns: namespace = '' } = configurable;
    const line = this.#threads.get(threadId)?.get(namespace);
    const id = configurable.checkpoint_id ?? newestOf(line);
    const entry = id === undefined ? undefined : line?.entries.get(id);
    return entry && this.#read({ threadId, namespace, id: id! }, entry, line!);
  }

  async *list(
    { configurable = {} }: Config,
    {
      limit = Infinity,
      before,
      filter = {},
    }: { limit?: number; before?: Config; filter?: Readonly<Record<string, unknown>> } = {},
  ): AsyncGenerator<unknown> {
    const { thread_id: thread, checkpoint_ns: place, checkpoint_id: only } = configurable;
    const end = before?.configurable?.checkpoint_id;
    let left = limit;
    for (const [threadId, lines] of this.#threads) {
      if (thread !== undefined && threadId !== thread) continue;
      for (const [namespace, line] of lines) {
        if (place !== undefined && namespace !== place) continue;
        for (const id of [...line.entries.keys()].sort().reverse()) {
          if ((only && id !== only) || (end !== undefined && id >= end)) continue;
          if (left <= 0) return;
          const tuple = await this.#read({ threadId, namespace, id }, line.entries.get(id)!, line);
          const metadata = tuple.metadata as Readonly<Record<string, unknown>>;
          if (Object.entries(filter).some(([key, value]) => metadata[key] !== value)) continue;
          left--;
          yield tuple;
        }
      }
    }
  }

  async put({ configurable = {} }: Config, checkpoint: any, metadata: unknown): Promise<Config> {
    const id = checkpoint.id as string;
    const entry: Entry = {
      checkpoint: await this.#serde.dumpsTyped(checkpoint),
      metadata: await this.#serde.dumpsTyped(metadata),
      parentId: configurable.checkpoint_id,
    };
    this.#line(configurable).entries.set(id, entry);
    const { thread_id = '', checkpoint_ns = '' } = configurable;
    return { configurable: { thread_id, checkpoint_ns, checkpoint_id: id } };
  }

  async putWrites(
    { configurable = {} }: Config,
    writes: readonly Write[],
    taskId: string,
  ): Promise<void> {
    const id = configurable.checkpoint_id ?? '';
    const stored = await Promise.all(writes.map(([, value]) => this.#serde.dumpsTyped(value)));
    const { writes: byId } = this.#line(configurable);
    const byTask = byId.get(id) ?? new Map<string, TaskWrites>();
    byId.set(id, byTask);
    const own: TaskWrites = byTask.get(taskId) ?? new Map();
    byTask.set(taskId, own);
    writes.forEach(([channel], index) => {
      const special = PLACES.indexOf(channel);
      const place = special < 0 ? index : -1 - special;
      if (special >= 0 || !own.has(place)) own.set(place, [channel, stored[index]!]);
    });
  }

  async deleteThread(threadId: string): Promise<void> {
    this.#threads.delete(threadId);
  }

  #line({ thread_id: threadId, checkpoint_ns: namespace = '' }: Config['configurable'] & {}): Line {
    if (threadId === undefined) {
      throw new Error('Cannot keep a thread without a name: pass { configurable: { thread_id } }');
    }
    const lines = this.#threads.get(threadId) ?? new Map<string, Line>();
    this.#threads.set(threadId, lines);
    const line = lines.get(namespace) ?? { entries: new Map(), writes: new Map() };
    lines.set(namespace, line);
    return line;
  }

  async #read(
    place: { readonly threadId: string; readonly namespace: string; readonly id: string },
    { checkpoint, metadata, parentId }: Entry,
    { writes }: Line,
  ) {
    const configOf = (id: string) => ({
      configurable: {
        thread_id: place.threadId,
        checkpoint_ns: place.namespace,
        checkpoint_id: id,
      },
    });
    const all = [...(writes.get(place.id) ?? [])].flatMap(([taskId, own]) =>
      Array.from(own.values(), ([channel, stored]) => ({ taskId, channel, stored })),
    );
    const pendingWrites = await Promise.all(
      all.map(async ({ taskId, channel, stored }) => [taskId, channel, await this.#load(stored)]),
    );
    return {
      config: configOf(place.id),
      checkpoint: await this.#load(checkpoint),
      metadata: await this.#load(metadata),
      ...(parentId !== undefined && { parentConfig: configOf(parentId) }),
      pendingWrites,
    };
  }

  #load([type, data]: Stored): Promise<any> {
    return this.#serde.loadsTyped(type, data);
  }
}

function newestOf(line: Line | undefined): string | undefined {
  let newest: string | undefined;
  for (const id of line?.entries.keys() ?? []) if (newest === undefined || id > newest) newest = id;
  return newest;
}
