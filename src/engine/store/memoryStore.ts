import { Serializer, type ClassCodec } from '../checkpoint/serialize.ts';
import { checkPage } from '../model/checkCount.ts';
import { checkNamespace, chooseNamespaces, fromPath, matches, toPath } from './query.ts';
import type {
  IndexConfig,
  ListNamespacesOptions,
  SearchItem,
  SearchOptions,
  StoreItem,
} from '../model/store.ts';
import { BatchedStore } from './storeOperations.ts';
import {
  VectorIndex,
  toSearchItem,
  type Candidate,
  type Ranked,
  type Vector,
} from './vectorIndex.ts';

interface Entry {
  readonly text: string;
  readonly vectors: readonly Vector[];
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
 *
 * // By meaning; in earnest `embeddings` is a model of LangChain, or asks one.
 * const letters = async (texts: string[]) =>
 *   texts.map((text) => ['a', 'e'].map((letter) => text.split(letter).length - 1));
 * const notes = new InMemoryStore({ index: { dims: 2, embeddings: letters, fields: ['text'] } });
 * await notes.put(['notes'], '1', { text: 'banana' });
 * await notes.put(['notes'], '2', { text: 'pepper' });
 * console.log((await notes.search(['notes'], { query: 'cheese' }))[0]?.key); // 2
 * ```
 */
export class InMemoryStore extends BatchedStore {
  readonly #serializer: Serializer;
  readonly #index: VectorIndex | undefined;
  /** By path of the namespace, then by key. */
  readonly #items = new Map<string, Map<string, Entry>>();
  #updates = 0;

  /**
   * @param options.classes How to keep objects of your own classes.
   * @param options.index How to find items by meaning; without it `query` has no effect.
   */
  constructor(options: { classes?: readonly ClassCodec[]; index?: IndexConfig } = {}) {
    super();
    this.#serializer = new Serializer(options.classes);
    this.#index = options.index && new VectorIndex(options.index);
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
    index?: false | readonly string[],
  ): Promise<void> {
    checkNamespace(namespace);
    if (value === null) return this.delete(namespace, key);
    const path = toPath(namespace);
    const text = this.#serializer.serialize(value, `key "${key}"`);
    const write = (vectors: readonly Vector[]) => this.#write(path, key, { text, vectors });
    await (this.#index ? this.#index.write(path + key, value, index, write) : write([]));
  }

  async delete(namespace: readonly string[], key: string): Promise<void> {
    const path = toPath(namespace);
    const remove = () => {
      const items = this.#items.get(path);
      if (items?.delete(key) && items.size === 0) this.#items.delete(path);
    };
    await (this.#index ? this.#index.write(path + key, null, false, remove) : remove());
  }

  async search(prefix: readonly string[], options: SearchOptions = {}): Promise<SearchItem[]> {
    checkPage(options);
    const { query, filter, limit = 10, offset = 0 } = options;
    const matching = () => this.#matching(prefix, filter);
    const found: Ranked<StoreItem>[] =
      this.#index && query ? await this.#index.rank(query, matching) : matching();
    return found.slice(offset, offset + limit).map(toSearchItem);
  }

  async listNamespaces(options: ListNamespacesOptions = {}): Promise<string[][]> {
    return chooseNamespaces([...this.#items.keys()].map(fromPath), options);
  }

  #write(path: string, key: string, { text, vectors }: Pick<Entry, 'text' | 'vectors'>): void {
    const updatedAt = Date.now();
    let items = this.#items.get(path);
    if (items === undefined) this.#items.set(path, (items = new Map<string, Entry>()));
    const createdAt = items.get(key)?.createdAt ?? updatedAt;
    items.set(key, { text, vectors, createdAt, updatedAt, order: this.#updates++ });
  }

  /** What the filter lets through, most recently updated first. */
  #matching(prefix: readonly string[], filter: SearchOptions['filter']): Candidate<StoreItem>[] {
    const start = toPath(prefix);
    const matching: (Candidate<StoreItem> & Pick<Entry, 'order'>)[] = [];
    for (const [path, items] of this.#items) {
      if (!path.startsWith(start)) continue;
      for (const [key, entry] of items) {
        const found = this.#toItem(path, key, entry);
        const { vectors, order } = entry;
        if (matches(found.value, filter)) matching.push({ found, vectors, order });
      }
    }
    return matching.sort((a, b) => b.order - a.order);
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
