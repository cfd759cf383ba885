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

/** An item that a search has found. */
export interface SearchItem<
  Value extends Record<string, any> = Record<string, any>,
> extends StoreItem<Value> {
  /** How near it is to the `query`: from -1 to 1, and the higher, the nearer. Absent without one. */
  readonly score?: number;
}

/**
 * What makes vectors of texts: an embedding model of LangChain, or a function that gives one vector for
 * each text, in order.
 */
export type Embeddings =
  | {
      embedDocuments(texts: string[]): Promise<number[][]>;
      embedQuery(text: string): Promise<number[]>;
    }
  | ((texts: string[]) => Promise<readonly (readonly number[])[]>);

/** How a store finds items by their meaning. */
export interface IndexConfig {
  /** How many numbers a vector has. */
  readonly dims: number;
  readonly embeddings: Embeddings;
  /**
   * Which texts of a value are embedded, each by itself: paths such as `title`, `author.name`,
   * `chapters[*].text`, `tags[0]` or `{title,summary}`. Default `["$"]`: the whole value, as JSON.
   */
  readonly fields?: readonly string[];
}

/**
 * What a field must be. `$in` and `$nin` take lists; `$gt` to `$lte` compare numbers, strings and dates, each
 * with its like. A field that an item does not have counts as `undefined`: `$ne` and `$nin` hold for it, and
 * those that compare do not.
 */
export interface Bounds {
  readonly $eq?: unknown;
  readonly $ne?: unknown;
  readonly $in?: readonly unknown[];
  readonly $nin?: readonly unknown[];
  readonly $gt?: unknown;
  readonly $gte?: unknown;
  readonly $lt?: unknown;
  readonly $lte?: unknown;
}

/** What to look for in a store. */
export interface SearchOptions {
  /**
   * The nearest in meaning come first, then what was not embedded. Without effect in a store without an
   * `index`.
   */
  query?: string;
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
   * @param index Which of its texts are embedded, in place of `fields` of the store's index; `false`: none.
   * @throws {SuperstepError} INVALID_NAMESPACE for one that is empty, or has an empty part or a dot
   * in it; NOT_SERIALIZABLE naming the key; EMBEDDING_FAILED, and nothing is stored.
   */
  put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
    index?: false | readonly string[],
  ): Promise<void>;
  /** Removes an item, if there is one. */
  delete(namespace: readonly string[], key: string): Promise<void>;
  /**
   * The items of a namespace and of those inside it, most recently updated first, unless a `query` ranks them.
   * @throws {SuperstepError} INVALID_FILTER; INVALID_CONFIG for a `limit` or `offset` that is not a
   * whole number of at least 0, or Infinity; EMBEDDING_FAILED for the query.
   */
  search(prefix: readonly string[], options?: SearchOptions): Promise<SearchItem[]>;
  /**
   * The namespaces that have items, in order of their names.
   * @throws {SuperstepError} INVALID_CONFIG for a `limit`, `offset` or `maxDepth` that is no count.
   */
  listNamespaces(options?: ListNamespacesOptions): Promise<string[][]>;
}

/** {@link Store} under LangGraph's name for it. */
export type BaseStore = Store;
