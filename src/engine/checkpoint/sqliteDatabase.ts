import { DatabaseSync, type StatementSync, type SQLInputValue } from 'node:sqlite';
import { SuperstepError, show } from '../model/errors.ts';
import { isBusy, storageBusy, storageError } from './storageError.ts';

/** Values that a statement takes and columns hold. */
export type Value = SQLInputValue;

/** How to treat a database file. */
export interface SqliteOptions {
  /** Milliseconds to wait for another process that holds the write lock. Default 5000. */
  busyTimeoutMs?: number;
  /**
   * `normal` (default): what was put survives the death of the process, and after a loss of power
   * the database is whole but may lack the last moments. `full`: it survives that too, at the cost
   * of a disk flush for each write.
   */
  synchronous?: 'normal' | 'full';
}

/** Steps from each version of the tables to the next; the first makes version 1 of nothing. */
export type Migrations = readonly string[];

/** How long the thread may be held, waiting for a lock, before the wait becomes asynchronous. */
const HELD_MS = 20;

/**
 * One connection: write-ahead log, so that any number of others may read while this one writes;
 * statements prepared once; tables brought up to date on opening.
 */
export class SqliteDatabase {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, StatementSync>();
  /** Writes that wait for the lock; later ones queue up behind. */
  #waiting: Promise<unknown> | undefined;

  /**
   * @param path A file, made if there is none; its directory must exist. `":memory:"` for none.
   * @throws {SuperstepError} STORAGE_VERSION, STORAGE_FAILED, STORAGE_BUSY; the last two from all
   * methods.
   */
  constructor(path: string, migrations: Migrations, options: SqliteOptions = {}) {
    this.#path = path;
    this.#busyTimeoutMs = options.busyTimeoutMs ?? 5000;
    this.#db = this.#explained(() => new DatabaseSync(path));
    try {
      // Opening may wait in place: nothing else goes on yet.
      this.#db.exec(`PRAGMA busy_timeout = ${this.#busyTimeoutMs}`);
      this.#db.exec('PRAGMA journal_mode = WAL');
      this.#db.exec(`PRAGMA synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`);
      this.#migrate(migrations);
      this.#db.exec(`PRAGMA busy_timeout = ${HELD_MS}`);
    } catch (error) {
      this.#db.close();
      throw this.#toStorageError(error);
    }
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  get(sql: string, ...values: Value[]): Record<string, Value> | undefined {
    return this.#explained(() => this.#prepare(sql).get(...values));
  }

  all(sql: string, ...values: Value[]): Record<string, Value>[] {
    return this.#explained(() => this.#prepare(sql).all(...values));
  }

  run(sql: string, ...values: Value[]): number {
    return this.#explained(() => Number(this.#prepare(sql).run(...values).lastInsertRowid));
  }

  /**
   * Calls `work` in a transaction: all of it is written, or nothing. Done on return, unless another
   * process holds the lock; then the returned promise tells.
   *
   * @throws {SuperstepError} STORAGE_BUSY when the lock was not to be had in `busyTimeoutMs`.
   */
  transaction<T>(work: () => T): T | Promise<T> {
    if (this.#waiting === undefined) {
      const done = this.#attempt(work);
      if (done !== BUSY) return done;
    }
    const waiting = Promise.resolve(this.#waiting).then(() => this.#retry(work));
    const settled = waiting.then(
      () => {},
      () => {},
    );
    this.#waiting = settled;
    void settled.then(() => {
      if (this.#waiting === settled) this.#waiting = undefined;
    });
    return waiting;
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #attempt<T>(work: () => T): T | typeof BUSY {
    try {
      // The write lock at once: a read lock could not always be turned into one.
      this.#prepare('BEGIN IMMEDIATE').run();
    } catch (error) {
      if (isBusy(error)) return BUSY;
      throw this.#toStorageError(error);
    }
    try {
      const result = work();
      this.#prepare('COMMIT').run();
      return result;
    } catch (error) {
      this.#rollBack();
      throw this.#toStorageError(error);
    }
  }

  async #retry<T>(work: () => T): Promise<T> {
    const startedAt = performance.now();
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
      const done = this.#attempt(work);
      if (done !== BUSY) return done;
      if (performance.now() - startedAt > this.#busyTimeoutMs) {
        throw storageBusy(this.#path, this.#busyTimeoutMs);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  #migrate(migrations: Migrations): void {
    const version = () => Number(this.get('PRAGMA user_version')!['user_version']);
    if (version() === migrations.length) return;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      // Read again: another process may have done it while this one waited for the lock.
      const from = version();
      if (from > migrations.length) {
        throw new SuperstepError(
          'STORAGE_VERSION',
          `Cannot open ${show(this.#path)}: its tables have version ${from}, and this version of the ` +
            `library knows them up to ${migrations.length}; update the library`,
          { value: from },
        );
      }
      for (const step of migrations.slice(from)) this.#db.exec(step);
      this.#db.exec(`PRAGMA user_version = ${migrations.length}`);
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Takes a transaction back, unless SQLite has: it does that by itself when the disk is full or fails. */
  #rollBack(): void {
    try {
      if (this.#db.isOpen) this.#db.exec('ROLLBACK');
    } catch {
      // What went wrong before is what counts.
    }
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#toStorageError(error);
    }
  }

  #toStorageError(error: unknown): unknown {
    return storageError(error, this.#path, this.#busyTimeoutMs);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const BUSY = Symbol('busy');
