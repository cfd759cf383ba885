// Programs for an older language than the methods with these symbols need can use the declarations.
/// <reference lib="esnext.disposable" preserve="true" />
import { Serializer, type ClassCodec } from '../checkpoint/serialize.ts';
import { SqliteDatabase, type SqliteOptions, type Value } from '../checkpoint/sqliteDatabase.ts';
import { MIGRATIONS } from '../checkpoint/sqliteSchema.ts';
import { checkPage } from '../model/checkCount.ts';
import { checkNamespace, chooseNamespaces, fromPath, matches, toPath } from './query.ts';
import type { ListNamespacesOptions, SearchOptions, Store, StoreItem } from '../model/store.ts';

/** How to open a {@link SqliteStore}. */
export interface SqliteStoreOptions extends SqliteOptions {
  /** How to keep objects of your own classes. */
  classes?: readonly ClassCodec[];
}

/**
 * A store in a SQLite file, which may be that of a `SqliteSaver`. Searches read the items of the
 * namespace one by one and stop when they have enough.
 *
 * @throws {SuperstepError} STORAGE_VERSION, STORAGE_FAILED, STORAGE_BUSY as `SqliteSaver`.
 * @example
 * ```ts
 * import { SqliteStore } from 'superstep/sqlite';
 * const store = new SqliteStore(':memory:');
 * await store.put(['users', 'ada'], 'likes', { food: 'pears' });
 * console.log((await store.get(['users', 'ada'], 'likes'))?.value.food); // pears
 * store.close();
 * ```
 */
export class SqliteStore implements Store {
  readonly #db: SqliteDatabase;
  readonly #serializer: Serializer;

  /** @param path A file, made if there is none, or `":memory:"`. */
  constructor(path: string, options: SqliteStoreOptions = {}) {
    this.#db = new SqliteDatabase(path, MIGRATIONS, options);
    this.#serializer = new Serializer(options.classes);
  }

  async get(namespace: readonly string[], key: string): Promise<StoreItem | null> {
    const sql = `${SELECT} WHERE namespace = ? AND key = ?`;
    const row = this.#db.get(sql, toPath(namespace), key);
    return row ? this.#toItem(row) : null;
  }

  async put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
  ): Promise<void> {
    checkNamespace(namespace);
    if (value === null) return this.delete(namespace, key);
    const text = this.#serializer.serialize(value, `key "${key}"`);
    await this.#db.transaction(() => {
      // A row that is replaced gets a new number, which is its place in the order of updates.
      const now = Date.now();
      const path = toPath(namespace);
      const before = this.#db.get(`${SELECT} WHERE namespace = ? AND key = ?`, path, key);
      const createdAt = before?.['created'] ?? now;
      this.#db.run(
        'INSERT OR REPLACE INTO items (namespace, key, value, created, updated) VALUES (?, ?, ?, ?, ?)',
        ...[path, key, text, createdAt, now],
      );
    });
  }

  async delete(namespace: readonly string[], key: string): Promise<void> {
    await this.#db.transaction(() => {
      this.#db.run('DELETE FROM items WHERE namespace = ? AND key = ?', toPath(namespace), key);
    });
  }

  async search(prefix: readonly string[], options: SearchOptions = {}): Promise<StoreItem[]> {
    checkPage(options);
    const { filter, limit = 10, offset = 0 } = options;
    const found: StoreItem[] = [];
    if (limit === 0) return found;
    const start = toPath(prefix);
    let skipped = 0;
    // The character after the dot ends the range of all texts that begin with the path.
    const end = start === '' ? '\u{10ffff}' : `${start.slice(0, -1)}/`;
    const sql = `${SELECT} WHERE namespace >= ? AND namespace < ? ORDER BY id DESC`;
    for (const row of this.#db.each(sql, start, end)) {
      const item = this.#toItem(row);
      if (!matches(item.value, filter)) continue;
      if (skipped++ < offset) continue;
      found.push(item);
      if (found.length === limit) break;
    }
    return found;
  }

  async listNamespaces(options: ListNamespacesOptions = {}): Promise<string[][]> {
    const rows = this.#db.all('SELECT DISTINCT namespace FROM items');
    return chooseNamespaces(
      rows.map(({ namespace }) => fromPath(namespace as string)),
      options,
    );
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #toItem(row: Record<string, Value>): StoreItem {
    return {
      namespace: fromPath(row['namespace'] as string),
      key: row['key'] as string,
      value: this.#serializer.deserialize(row['value'] as string) as StoreItem['value'],
      createdAt: new Date(row['created'] as number),
      updatedAt: new Date(row['updated'] as number),
    };
  }
}

const SELECT = 'SELECT namespace, key, value, created, updated FROM items';
