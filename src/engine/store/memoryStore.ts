import { Serializer, type ClassCodec } from '../checkpoint/serialize.ts';
import { checkPage } from '../model/checkCount.ts';
import { checkNamespace, chooseNamespaces, fromPath, matches, toPath } from './query.ts';
import type { ListNamespacesOptions, SearchOptions, Store, StoreItem } from '../model/store.ts';

interface Entry {
  readonly text: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Place in the order of updates, which the clock cannot always tell. */
  readonly order: number;
}

/**
 * A store that lives as long as the process does.
 *
 * @example
 * ```ts
 * import { InMemoryStore } from 'superstep';
 * const store = new InMemoryStore();
 * await store.put(['users', 'ada'], 'likes', { food: 'pears', since: 1843 });
 * console.log((await store.get(['users', 'ada'], 'likes'))?.value.food); // pears
 * const old = await store.search(['users'], { filter: { since: { $lt: 1900 } } });
 * console.log(old.length); // 1
 * ```
 */
export class InMemoryStore implements Store {
  readonly #serializer: Serializer;
  /** By path of the namespace, then by key. */
  readonly #items = new Map<string, Map<string, Entry>>();
  #updates = 0;

  /** @param options.classes How to keep objects of your own classes. */
  constructor(options: { classes?: readonly ClassCodec[] } = {}) {
    this.#serializer = new Serializer(options.classes);
  }

  async get(namespace: readonly string[], key: string): Promise<StoreItem | null> {
    const path = toPath(namespace);
    const entry = this.#items.get(path)?.get(key);
    return entry ? this.#toItem(path, key, entry) : null;
  }

  async put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
  ): Promise<void> {
    checkNamespace(namespace);
    if (value === null) return this.delete(namespace, key);
    const path = toPath(namespace);
    const text = this.#serializer.serialize(value, `key "${key}"`);
    const updatedAt = Date.now();
    let items = this.#items.get(path);
    if (items === undefined) this.#items.set(path, (items = new Map<string, Entry>()));
    const createdAt = items.get(key)?.createdAt ?? updatedAt;
    items.set(key, { text, createdAt, updatedAt, order: this.#updates++ });
  }

  async delete(namespace: readonly string[], key: string): Promise<void> {
    const path = toPath(namespace);
    const items = this.#items.get(path);
    if (items?.delete(key) && items.size === 0) this.#items.delete(path);
  }

  async search(prefix: readonly string[], options: SearchOptions = {}): Promise<StoreItem[]> {
    checkPage(options);
    const { filter, limit = 10, offset = 0 } = options;
    const start = toPath(prefix);
    const found: { readonly item: StoreItem; readonly order: number }[] = [];
    for (const [path, items] of this.#items) {
      if (!path.startsWith(start)) continue;
      for (const [key, entry] of items) {
        const item = this.#toItem(path, key, entry);
        if (matches(item.value, filter)) found.push({ item, order: entry.order });
      }
    }
    found.sort((a, b) => b.order - a.order);
    return found.slice(offset, offset + limit).map(({ item }) => item);
  }

  async listNamespaces(options: ListNamespacesOptions = {}): Promise<string[][]> {
    return chooseNamespaces([...this.#items.keys()].map(fromPath), options);
  }

  #toItem(path: string, key: string, { text, createdAt, updatedAt }: Entry): StoreItem {
    return {
      namespace: fromPath(path),
      key,
      value: this.#serializer.deserialize(text) as StoreItem['value'],
      createdAt: new Date(createdAt),
      updatedAt: new Date(updatedAt),
    };
  }
}
