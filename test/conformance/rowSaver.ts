import {
  BaseCheckpointSaver,
  WRITES_IDX_MAP,
  compareWritesSortKeys,
  writesSortKey,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
  type WritesSortKey,
} from '@langchain/langgraph-checkpoint';

type Config = Parameters<BaseCheckpointSaver['getTuple']>[0];

type Stored = [type: string, bytes: Uint8Array];

interface Row {
  readonly parent: string | undefined;
  readonly checkpoint: Checkpoint;
  readonly metadata: CheckpointMetadata;
}

/**
 * A saver of LangGraph.js that keeps rows as one on a database does: each value of a channel once, by
 * its version; writes under a name that is taken are ignored, and come back by the path of their task.
 */
export class RowSaver extends BaseCheckpointSaver {
  readonly #checkpoints = new Map<string, Row>();
  readonly #values = new Map<string, Stored>();
  readonly #writes = new Map<
    string,
    readonly [order: WritesSortKey, channel: string, value: Stored]
  >();

  async getTuple(config: Config): Promise<CheckpointTuple | undefined> {
    const { thread_id: thread, checkpoint_ns: place = '', checkpoint_id: id } = read(config);
    const ids = id === undefined ? this.#idsOf(thread, place) : [id];
    return ids.length === 0 ? undefined : this.#tuple(thread, place, ids[0]!);
  }

  async *list(
    config: Config,
    options: { limit?: number; before?: Config } = {},
  ): AsyncGenerator<CheckpointTuple> {
    const { thread_id: thread, checkpoint_ns: place = '' } = read(config);
    const before = options.before && read(options.before).checkpoint_id;
    const ids = this.#idsOf(thread, place).filter((id) => before === undefined || id < before);
    for (const id of ids.slice(0, options.limit || Infinity)) {
      yield (await this.#tuple(thread, place, id))!;
    }
  }

  async put(
    config: Config,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: Record<string, number | string>,
  ): Promise<Config> {
    const { thread_id: thread, checkpoint_ns: place = '', checkpoint_id: parent } = read(config);
    for (const [channel, version] of Object.entries(newVersions)) {
      const key = JSON.stringify([thread, place, channel, version]);
      if (!(channel in checkpoint.channel_values) || this.#values.has(key)) continue;
      this.#values.set(key, await this.serde.dumpsTyped(checkpoint.channel_values[channel]));
    }
    const row = {
      parent,
      checkpoint: structuredClone({ ...checkpoint, channel_values: {} }),
      metadata,
    };
    this.#checkpoints.set(JSON.stringify([thread, place, checkpoint.id]), row);
    return toConfig(thread, place, checkpoint.id);
  }

  async putWrites(config: Config, writes: PendingWrite[], task: string, path = ''): Promise<void> {
    const { thread_id: thread, checkpoint_ns: place = '', checkpoint_id: id } = read(config);
    for (const [index, [channel, value]] of writes.entries()) {
      const at = WRITES_IDX_MAP[channel] ?? index;
      const key = JSON.stringify([thread, place, id, task, at]);
      const stored = await this.serde.dumpsTyped(value);
      if (at < 0 || !this.#writes.has(key))
        this.#writes.set(key, [writesSortKey(path, task, at), channel, stored]);
    }
  }

  async deleteThread(thread: string): Promise<void> {
    for (const rows of [this.#checkpoints, this.#values, this.#writes]) {
      for (const key of rows.keys()) if (isOf(key, thread)) rows.delete(key);
    }
  }

  /** How many values are kept of a channel. */
  count(channel: string): number {
    return [...this.#values.keys()].filter((key) => (JSON.parse(key) as string[])[2] === channel)
      .length;
  }

  /** Loses the values of a channel, or what was written for tasks. */
  lose(what: string): void {
    for (const key of this.#values.keys()) {
      if ((JSON.parse(key) as string[])[2] === what) this.#values.delete(key);
    }
    if (what === 'writes') this.#writes.clear();
  }

  #idsOf(thread: string, place: string): string[] {
    return [...this.#checkpoints.keys()]
      .map((key) => JSON.parse(key) as [string, string, string])
      .filter(([own, at]) => own === thread && at === place)
      .map(([, , id]) => id)
      .sort()
      .reverse();
  }

  async #tuple(thread: string, place: string, id: string): Promise<CheckpointTuple | undefined> {
    const row = this.#checkpoints.get(JSON.stringify([thread, place, id]));
    if (row === undefined) return undefined;
    const values: Record<string, unknown> = {};
    for (const [channel, version] of Object.entries(row.checkpoint.channel_versions)) {
      const stored = this.#values.get(JSON.stringify([thread, place, channel, version]));
      if (stored) values[channel] = await this.serde.loadsTyped(...stored);
    }
    const pendingWrites: [string, string, unknown][] = [];
    const own = [...this.#writes]
      .filter(([key]) => key.startsWith(JSON.stringify([thread, place, id]).slice(0, -1)))
      .sort(([, [a]], [, [b]]) => compareWritesSortKeys(a, b));
    for (const [, [[, task], channel, stored]] of own) {
      pendingWrites.push([task, channel, await this.serde.loadsTyped(...stored)]);
    }
    return {
      config: toConfig(thread, place, id),
      checkpoint: { ...structuredClone(row.checkpoint), channel_values: values },
      metadata: row.metadata,
      pendingWrites,
      ...(row.parent !== undefined && { parentConfig: toConfig(thread, place, row.parent) }),
    };
  }
}

function read({ configurable = {} }: Config) {
  return configurable as { thread_id: string; checkpoint_ns?: string; checkpoint_id?: string };
}

function toConfig(thread_id: string, checkpoint_ns: string, checkpoint_id: string): Config {
  return { configurable: { thread_id, checkpoint_ns, checkpoint_id } };
}

function isOf(key: string, thread: string): boolean {
  return (JSON.parse(key) as string[])[0] === thread;
}
