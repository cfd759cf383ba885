import type {
  ListNamespacesOptions,
  SearchItem,
  SearchOptions,
  Store,
  StoreItem,
} from '../engine/index.ts';
import { JsonPlusSerializer } from './serde.ts';

/** What a {@link BaseStore} is asked. */
type Operation = Readonly<Record<string, unknown>>;

/** Base of stores that are written for LangGraph: all that is asked becomes a `batch`. */
export abstract class BaseStore implements Store {
  /** Our own stores are none by their class, and do the same. */
  static [Symbol.hasInstance](value: unknown): boolean {
    const isOne = Function.prototype[Symbol.hasInstance].call(this, value);
    return isOne || (this === BaseStore && isStore(value));
  }

  /** Does several things at once, and gives their results in order. */
  abstract batch(operations: any): Promise<any>;

  get(namespace: readonly string[], key: string): Promise<StoreItem | null> {
    return this.#one({ namespace, key });
  }

  put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
    index?: false | readonly string[],
  ): Promise<void> {
    return this.#one({ namespace, key, value, ...(index !== undefined && { index }) });
  }

  delete(namespace: readonly string[], key: string): Promise<void> {
    return this.#one({ namespace, key, value: null });
  }

  search(
    namespacePrefix: readonly string[],
    { limit = 10, offset = 0, ...options }: SearchOptions = {},
  ): Promise<SearchItem[]> {
    return this.#one({ namespacePrefix, limit, offset, ...options });
  }

  listNamespaces(options: ListNamespacesOptions = {}): Promise<string[][]> {
    const { prefix, suffix, maxDepth, limit = 100, offset = 0 } = options;
    const matchConditions = [
      ...(prefix ? [{ matchType: 'prefix', path: prefix }] : []),
      ...(suffix ? [{ matchType: 'suffix', path: suffix }] : []),
    ];
    return this.#one({
      ...(matchConditions.length > 0 && { matchConditions }),
      ...(maxDepth !== undefined && { maxDepth }),
      limit,
      offset,
    });
  }

  /** Begins what goes on beside; most stores have nothing. */
  start(): void | Promise<void> {}

  /** Ends what `start` has begun. */
  stop(): void | Promise<void> {}

  async #one<T>(operation: Operation): Promise<T> {
    const [result] = (await this.batch([operation])) as [T];
    return result;
  }
}

function isStore(value: unknown): value is Store {
  const methods = ['get', 'put', 'delete', 'search', 'listNamespaces'] as const;
  const store = value as Partial<Record<(typeof methods)[number], unknown>> | null | undefined;
  return methods.every((method) => typeof store?.[method] === 'function');
}

/** What `list` of a saver is told besides its config. */
export interface CheckpointListOptions {
  limit?: number;
  /** The config of a checkpoint: only older ones. */
  before?: any;
  /** Only those whose metadata have these values. */
  filter?: Record<string, any>;
}

/** What a task has written, as `putWrites` is given it. */
export type PendingWrite<Channel = string> = [channel: Channel, value: unknown];

/** What a saver turns values into bytes with. */
export type SerializerProtocol = Pick<JsonPlusSerializer, 'dumpsTyped' | 'loadsTyped'>;

/** Base of savers that are written for LangGraph, which `compile` takes. */
export abstract class BaseCheckpointSaver {
  readonly serde: SerializerProtocol;

  constructor(serde?: BaseCheckpointSaver['serde']) {
    this.serde = serde ?? new JsonPlusSerializer();
  }

  /** Keeps connections to databases out of what is logged. */
  toJSON(): string {
    return `[${this.constructor.name}]`;
  }

  /** The checkpoint alone, of what `getTuple` gives. */
  async get(config: unknown): Promise<unknown> {
    const tuple = (await this.getTuple(config)) as { checkpoint: unknown } | undefined;
    return tuple?.checkpoint;
  }

  abstract getTuple(config: any): Promise<any>;

  /** Versions count up. */
  getNextVersion(current: number | undefined): number {
    return (current ?? 0) + 1;
  }
}

/** A checkpoint of LangGraph's form in which nothing has happened. */
export function emptyCheckpoint(): Record<string, unknown> {
  return {
    v: 4,
    id: crypto.randomUUID(),
    ts: new Date().toISOString(),
    channel_values: {},
    channel_versions: {},
    versions_seen: {},
  };
}

/** A copy of a checkpoint of LangGraph's form, whose values are those of the original. */
export function copyCheckpoint(checkpoint: Record<string, any>): Record<string, unknown> {
  const { channel_values: values, channel_versions: versions, versions_seen: seen } = checkpoint;
  return {
    ...checkpoint,
    channel_values: { ...(values as object) },
    channel_versions: { ...(versions as object) },
    versions_seen: Object.fromEntries(
      Object.entries(seen as object).map(([node, each]) => [node, { ...(each as object) }]),
    ),
  };
}
