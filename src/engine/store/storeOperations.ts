import type {
  ListNamespacesOptions,
  SearchItem,
  SearchOptions,
  Store,
  StoreItem,
} from '../model/store.ts';

/** One of several things that a store is asked at once, as LangGraph.js asks it. */
export type Operation = GetOperation | PutOperation | SearchOperation | ListNamespacesOperation;

/** Asks for an item. */
export interface GetOperation {
  readonly namespace: readonly string[];
  readonly key: string;
}

/** Adds or replaces an item; `null` removes it. */
export interface PutOperation extends GetOperation {
  readonly value: Record<string, any> | null;
  /** As of `put`. */
  readonly index?: false | readonly string[];
}

/** Asks for items of a namespace and those inside it. */
export interface SearchOperation extends SearchOptions {
  readonly namespacePrefix: readonly string[];
}

/** Asks for namespaces. */
export interface ListNamespacesOperation extends Omit<ListNamespacesOptions, 'prefix' | 'suffix'> {
  readonly matchConditions?: readonly MatchCondition[];
}

/** How a namespace must begin or end. */
export interface MatchCondition {
  readonly matchType: 'prefix' | 'suffix';
  readonly path: readonly string[];
}

/**
 * A store that LangGraph.js can be given as well, which asks for several things at once. Extend it to
 * have that for a store of your own.
 */
export abstract class BatchedStore implements Store {
  abstract get(namespace: readonly string[], key: string): Promise<StoreItem | null>;
  abstract put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
    index?: false | readonly string[],
  ): Promise<void>;
  abstract delete(namespace: readonly string[], key: string): Promise<void>;
  abstract search(prefix: readonly string[], options?: SearchOptions): Promise<SearchItem[]>;
  abstract listNamespaces(options?: ListNamespacesOptions): Promise<string[][]>;

  /**
   * Does several things, one after the other, and gives their results in order: an item or `null`, a list
   * of items, a list of namespaces, or `undefined` for what was put.
   * @throws As the method of each.
   * @example
   * ```ts
   * import { InMemoryStore } from 'superstep';
   * const store = new InMemoryStore();
   * const [, item] = await store.batch([
   *   { namespace: ['users'], key: 'ada', value: { since: 1843 } },
   *   { namespace: ['users'], key: 'ada' },
   * ]);
   * console.log(item.value); // { since: 1843 }
   * ```
   */
  async batch(operations: readonly Operation[]): Promise<any[]> {
    const results: unknown[] = [];
    for (const operation of operations) results.push(await this.#do(operation));
    return results;
  }

  /** Nothing goes on beside: there is nothing to begin. */
  start(): void {}

  /** Nothing goes on beside: there is nothing to end. */
  stop(): void {}

  #do(operation: Operation): Promise<unknown> {
    if ('namespacePrefix' in operation) {
      const { namespacePrefix, ...options } = operation;
      return this.search(namespacePrefix, options);
    }
    if ('value' in operation) {
      return this.put(operation.namespace, operation.key, operation.value, operation.index);
    }
    if ('key' in operation) return this.get(operation.namespace, operation.key);
    const { matchConditions = [], ...options } = operation;
    const pathOf = (type: string) =>
      matchConditions.find(({ matchType }) => matchType === type)?.path;
    const [prefix, suffix] = [pathOf('prefix'), pathOf('suffix')];
    return this.listNamespaces({
      ...options,
      ...(prefix && { prefix }),
      ...(suffix && { suffix }),
    });
  }
}
