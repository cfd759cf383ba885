import type { Migrations } from './sqliteDatabase.ts';

/**
 * The tables of a database, version by version. A step that was released is never changed: files of
 * every version are kept as fixtures and must stay readable.
 */
export const MIGRATIONS: Migrations = [
  // 1: checkpoints. A text is a whole value, or a change on top of the text `base`.
  `CREATE TABLE threads (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE
   );
   CREATE TABLE checkpoints (
     thread INTEGER NOT NULL,
     namespace TEXT NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (thread, namespace, id)
   ) WITHOUT ROWID;
   CREATE TABLE texts (
     id INTEGER PRIMARY KEY,
     thread INTEGER NOT NULL,
     base INTEGER,
     size INTEGER NOT NULL,
     spent INTEGER NOT NULL,
     text TEXT NOT NULL
   );
   CREATE INDEX texts_of_thread ON texts (thread);
   CREATE TABLE tasks (
     thread INTEGER NOT NULL,
     namespace TEXT NOT NULL,
     checkpoint TEXT NOT NULL,
     task TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (thread, namespace, checkpoint, task)
   ) WITHOUT ROWID;`,
  // 2: items of stores, in the order of their updates.
  `CREATE TABLE items (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     namespace TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     created INTEGER NOT NULL,
     updated INTEGER NOT NULL,
     UNIQUE (namespace, key)
   );`,
  // 3: what stands for the meaning of an item, as `VectorIndex` packs it.
  `ALTER TABLE items ADD COLUMN vectors BLOB;`,
];
