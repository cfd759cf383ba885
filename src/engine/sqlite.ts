/** `superstep/sqlite`: what keeps threads and things in SQLite. Needs `node:sqlite`. */
export { SqliteSaver } from './checkpoint/sqliteSaver.ts';
export type { SqliteSaverOptions } from './checkpoint/sqliteSaver.ts';
export type { ThreadSummary } from './checkpoint/threadSummary.ts';
export type { SqliteOptions } from './checkpoint/sqliteDatabase.ts';
export { SqliteStore } from './store/sqliteStore.ts';
export type { SqliteStoreOptions } from './store/sqliteStore.ts';
