/**
 * What keeps threads and things in SQLite. Needs `node:sqlite`.
 *
 * @module superstep/sqlite
 */
export { SqliteSaver } from './checkpoint/sqliteSaver.ts';
export type { SqliteSaverOptions } from './checkpoint/sqliteSaver.ts';
export type { ThreadSummary } from './checkpoint/threadSummary.ts';
export type { SqliteOptions } from './checkpoint/sqliteDatabase.ts';
export { SqliteStore } from './store/sqliteStore.ts';
export type { SqliteStoreOptions } from './store/sqliteStore.ts';
