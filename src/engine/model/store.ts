/** One thing kept in a store. */
export interface StoreItem<Value extends Record<string, any> = Record<string, any>> {
  /** Like a folder: `["users", "ada"]`. */
  readonly namespace: readonly string[];
  /** Unique in its namespace. */
  readonly key: string;
  readonly value: Value;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * What a field must be. The last four compare numbers, strings and dates, each with its like. A field
 * that an item does not have counts as `undefined`: `$ne` holds for it, and the last four do not.
 */
export interface Bounds {
  readonly $eq?: unknown;
  readonly $ne?: unknown;
  readonly $gt?: unknown;
  readonly $gte?: unknown;
  readonly $lt?: unknown;
  readonly $lte?: unknown;
}

/** What to look for in a store. */
export interface SearchOptions {
  /**
   * What fields of the value must be: a value, or {@link Bounds}, such as
   * `{ city: "Rome", age: { $gte: 18 } }`. Default: anything.
   */
  filter?: Readonly<Record<string, unknown>>;
  /** At most so many. Default 10. */
  limit?: number;
  /** Skips so many. Default 0. */
  offset?: number;
}

/** Which namespaces to list. */
export interface ListNamespacesOptions {
  /** Only namespaces that begin so; `"*"` stands for any name. */
  prefix?: readonly string[];
  /** Only namespaces that end so; `"*"` stands for any name. */
  suffix?: readonly string[];
  /** Longer namespaces are cut to this length, at least 1. */
  maxDepth?: number;
  /** At most so many. Default 100. */
  limit?: number;
  /** Skips so many. Default 0. */
  offset?: number;
}

/**
 * Keeps things that outlive threads: what is known of a user, results to be used again. Nodes find it
 * as `config.store`, or by {@link getStore}. Names are those of LangGraph's `BaseStore`.
 *
 * Implementations: {@link InMemoryStore}, `SqliteStore` (`superstep/sqlite`), or your own.
 */
export interface Store {
  /** `null` if there is none. */
  get(namespace: readonly string[], key: string): Promise<StoreItem | null>;
  /**
   * Adds or replaces an item; `null` as its value removes it.
   * @throws {SuperstepError} INVALID_NAMESPACE for one that is empty, or has an empty part or a dot
   * in it; NOT_SERIALIZABLE naming the key.
   */
  put(namespace: readonly string[], key: string, value: Record<string, any> | null): Promise<void>;
  /** Removes an item, if there is one. */
  delete(namespace: readonly string[], key: string): Promise<void>;
  /**
   * The items of a namespace and of those inside it, most recently updated first.
   * @throws {SuperstepError} INVALID_FILTER; INVALID_CONFIG for a `limit` or `offset` that is not a
   * whole number of at least 0, or Infinity.
   */
  search(prefix: readonly string[], options?: SearchOptions): Promise<StoreItem[]>;
  /**
   * The namespaces that have items, in order of their names.
   * @throws {SuperstepError} INVALID_CONFIG for a `limit`, `offset` or `maxDepth` that is no count.
   */
  listNamespaces(options?: ListNamespacesOptions): Promise<string[][]>;
}

/** {@link Store} under LangGraph's name for it. */
export type BaseStore = Store;
