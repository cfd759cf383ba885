// Programs for an older language than the methods with these symbols need can use the declarations.
/// <reference lib="esnext.disposable" preserve="true" />
import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  ListOptions,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { checkPage } from '../model/checkCount.ts';
import { describeKey } from '../model/taskKey.ts';
import { Serializer, type ClassCodec } from './serialize.ts';
import { SqliteDatabase, type SqliteOptions, type Value } from './sqliteDatabase.ts';
import { MIGRATIONS } from './sqliteSchema.ts';
import { summarize, type ThreadSummary } from './threadSummary.ts';
import { SMALL, StoredValues, TextReader, type Places, type StoredText } from './storedValue.ts';

/** A text; one that is small, and so stands with its checkpoint, has no id. */
interface Text extends StoredText<Text> {
  /** Given when it is written, with the thread it was written for. */
  id: number | undefined;
  thread: number | undefined;
}

/** A checkpoint as it is stored: each value is the id of its text, or a small text itself. */
interface Body extends Omit<Checkpoint, 'values' | 'id' | 'next'> {
  readonly values: Readonly<Record<string, number | string>>;
  readonly next: string;
}

/** How to open a {@link SqliteSaver}. */
export interface SqliteSaverOptions extends SqliteOptions {
  /** How to keep objects of your own classes. */
  classes?: readonly ClassCodec[];
}

/**
 * Keeps checkpoints in a SQLite file, through the module that Node.js brings along. Any number of
 * processes may read the file while one writes; writers take turns. Close it when you are done, or
 * declare it with `using`.
 *
 * @throws {SuperstepError} STORAGE_VERSION when the file was written by a newer version of this
 * library; STORAGE_FAILED when it cannot be used, as from all methods; STORAGE_BUSY from writes when
 * another process keeps it locked.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { SqliteSaver } from 'superstep/sqlite';
 * const checkpointer = new SqliteSaver(':memory:');
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('next', (state) => ({ n: (state.n ?? 0) + 1 }))
 *   .addEdge(START, 'next')
 *   .compile({ checkpointer });
 * const config = { configurable: { thread_id: 'counter' } };
 * await graph.invoke({}, config);
 * console.log(await graph.invoke({}, config)); // { n: 2 }
 * checkpointer.close();
 * ```
 */
export class SqliteSaver implements Checkpointer {
  readonly isDurable = true;
  readonly #db: SqliteDatabase;
  readonly #serializer: Serializer;
  readonly #stored: StoredValues<Text>;

  /** @param path A file, made if there is none, or `":memory:"`. */
  constructor(path: string, options: SqliteSaverOptions = {}) {
    this.#db = new SqliteDatabase(path, MIGRATIONS, options);
    this.#serializer = new Serializer(options.classes);
    this.#stored = new StoredValues<Text>(this.#serializer, (fields) => ({
      ...fields,
      id: undefined,
      thread: undefined,
    }));
  }

  /** The same as `new SqliteSaver(path)`, under LangGraph's name for it. */
  static fromConnString(path: string): SqliteSaver {
    return new SqliteSaver(path);
  }

  get({ threadId, namespace, checkpointId }: CheckpointAddress): SavedCheckpoint | undefined {
    const thread = this.#thread(threadId);
    if (thread === undefined) return undefined;
    const row =
      checkpointId === undefined
        ? this.#db.get(`${SELECT} ORDER BY id DESC LIMIT 1`, thread, namespace)
        : this.#db.get(`${SELECT} AND id = ?`, thread, namespace, checkpointId);
    return row && this.#read({ thread, namespace }, row, new TextReader(this.#serializer));
  }

  *list(
    { threadId, namespace }: ThreadAddress,
    options: ListOptions = {},
  ): Generator<SavedCheckpoint> {
    checkPage(options);
    const { limit = Infinity, before } = options;
    const thread = this.#thread(threadId);
    if (thread === undefined) return;
    const reader = new TextReader(this.#serializer);
    let last = before;
    for (let listed = 0; listed < limit;) {
      // By pages, since the table may be written to while the caller looks at one entry.
      const count = Math.min(limit - listed, 100);
      const rows =
        last === undefined
          ? this.#db.all(`${SELECT} ORDER BY id DESC LIMIT ?`, thread, namespace, count)
          : this.#db.all(
              `${SELECT} AND id < ? ORDER BY id DESC LIMIT ?`,
              thread,
              namespace,
              last,
              count,
            );
      for (const row of rows) yield this.#read({ thread, namespace }, row, reader);
      listed += count;
      if (rows.length < count) return;
      last = rows.at(-1)!['id'] as string;
    }
  }

  put(
    { threadId, namespace }: ThreadAddress,
    checkpoint: Checkpoint,
    parent?: Checkpoint,
  ): void | Promise<void> {
    let places = this.#stored.put(checkpoint, parent);
    const { id, values: _, next, ...rest } = checkpoint;
    const scheduled = this.#serializer.serialize(next, 'what runs next');
    return this.#db.transaction(() => {
      const thread = this.#thread(threadId) ?? this.#addThread(threadId);
      if (isOfAnother(thread, places)) places = this.#stored.put(checkpoint, undefined);
      const fresh: Text[] = [];
      try {
        const values: Record<string, number | string> = {};
        places.keys.forEach((key, i) => {
          values[key] = this.#write(thread, places.stored[i]!.at, fresh);
        });
        const body: Body = { ...rest, values, next: scheduled };
        const row = [thread, namespace, id, JSON.stringify(body)];
        this.#db.run('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)', ...row);
      } catch (error) {
        // The transaction is taken back, and the texts with it.
        for (const text of fresh) text.id = undefined;
        throw error;
      }
    });
  }

  putTasks(
    { threadId, namespace, checkpointId }: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): void | Promise<void> {
    const bodies = records.map((record) =>
      this.#serializer.serialize(record, describeKey(record.task)),
    );
    return this.#db.transaction(() => {
      const thread = this.#thread(threadId) ?? this.#addThread(threadId);
      records.forEach(({ task }, i) => {
        this.#db.run(
          'INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?)',
          thread,
          namespace,
          checkpointId,
          task,
          bodies[i]!,
        );
      });
    });
  }

  deleteThread(threadId: string): void | Promise<void> {
    return this.#db.transaction(() => {
      const thread = this.#thread(threadId);
      if (thread === undefined) return;
      for (const table of ['checkpoints', 'texts', 'tasks']) {
        this.#db.run(`DELETE FROM ${table} WHERE thread = ?`, thread);
      }
      this.#db.run('DELETE FROM threads WHERE id = ?', thread);
    });
  }

  /**
   * The threads of the file, those that went on last first, with what can be told of them without
   * their graph. Values of the state are not read.
   *
   * @param options.prefix Only threads whose ids begin so. Default: all.
   * @param options.limit At most so many. Default: all.
   * @throws {SuperstepError} INVALID_CONFIG for a `limit` that is not a whole number of at least 0.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * import { SqliteSaver } from 'superstep/sqlite';
   * using checkpointer = new SqliteSaver(':memory:');
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('one', () => ({ n: 1 }))
   *   .addEdge(START, 'one')
   *   .compile({ checkpointer });
   * await graph.invoke({}, { configurable: { thread_id: 'job 1' } });
   * for (const { threadId, status } of checkpointer.listThreads()) console.log(threadId, status); // job 1 done
   * ```
   */
  listThreads(options: { prefix?: string; limit?: number } = {}): ThreadSummary[] {
    checkPage(options);
    const { prefix = '', limit = Infinity } = options;
    const rows = this.#db.all(
      `SELECT threads.id AS thread, name, checkpoints.id, body FROM threads JOIN checkpoints
         ON thread = threads.id AND namespace = '' AND checkpoints.id = (
           SELECT max(id) FROM checkpoints WHERE thread = threads.id AND namespace = '')
       WHERE substr(name, 1, ?) = ? ORDER BY checkpoints.id DESC LIMIT ?`,
      ...[[...prefix].length, prefix, limit === Infinity ? -1 : limit],
    );
    return rows.map(({ thread, name, id, body }) => {
      const { next, createdAt, step } = JSON.parse(body as string) as Body;
      const at = { thread: thread as number, namespace: '' };
      const tasks = this.#taskTexts(at, id as string).map((text) => this.#shown(text));
      return summarize(name as string, {
        ...{ createdAt, step, next: this.#shown(next) as Checkpoint['next'] },
        tasks: tasks as TaskRecord[],
      });
    });
  }

  /**
   * How much of the file a thread takes, in bytes: its checkpoints, the values in them, and the results of
   * tasks. Values are not read. What deleted threads have taken is used again, and not given back.
   *
   * @returns 0 for a thread that is not there.
   * @example
   * ```ts
   * import { SqliteSaver } from 'superstep/sqlite';
   * using checkpointer = new SqliteSaver(':memory:');
   * console.log(checkpointer.threadBytes('job 1')); // 0
   * ```
   */
  threadBytes(threadId: string): number {
    const thread = this.#thread(threadId);
    if (thread === undefined) return 0;
    const columns = { checkpoints: 'body', texts: 'text', tasks: 'body' };
    const sizes = Object.entries(columns).map(([table, column]) => {
      const sql = `SELECT sum(octet_length(${column})) AS bytes FROM ${table} WHERE thread = ?`;
      return Number(this.#db.get(sql, thread)!['bytes'] ?? 0);
    });
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Closes the file. Threads can be taken up again by another saver. */
  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Writes a text that is not written yet; returns what stands for it in its checkpoint. */
  #write(thread: number, text: Text, fresh: Text[]): number | string {
    if (text.base === undefined && text.text.length <= SMALL) return text.text;
    if (text.id !== undefined) return text.id;
    const { base, size, spent } = text;
    text.id = this.#db.run(
      'INSERT INTO texts (thread, base, size, spent, text) VALUES (?, ?, ?, ?, ?)',
      ...[thread, base?.id ?? null, size, spent, text.text],
    );
    text.thread = thread;
    fresh.push(text);
    return text.id;
  }

  #read(
    at: { readonly thread: number; readonly namespace: string },
    row: Record<string, Value>,
    reader: TextReader,
  ): SavedCheckpoint {
    const id = row['id'] as string;
    const { values: places, next, ...rest } = JSON.parse(row['body'] as string) as Body;
    const values: Record<string, unknown> = {};
    const texts = new Map<string, Text>();
    for (const [key, place] of Object.entries(places)) {
      const chain = typeof place === 'number' ? this.#chain(at.thread, place) : [smallText(place)];
      values[key] = reader.value(chain.map(({ text }) => text));
      texts.set(key, chain.at(-1)!);
    }
    const checkpoint: Checkpoint = {
      ...rest,
      id,
      parentId: rest.parentId,
      values,
      next: this.#serializer.deserialize(next) as Checkpoint['next'],
    };
    this.#stored.remember(checkpoint, texts);
    const tasks = this.#taskTexts(at, id).map((text) => this.#serializer.deserialize(text));
    return { checkpoint, tasks: tasks as TaskRecord[] };
  }

  #taskTexts(
    { thread, namespace }: { readonly thread: number; readonly namespace: string },
    checkpointId: string,
  ): string[] {
    return this.#db
      .all(
        'SELECT body FROM tasks WHERE thread = ? AND namespace = ? AND checkpoint = ? ORDER BY task',
        ...[thread, namespace, checkpointId],
      )
      .map(({ body }) => body as string);
  }

  /** A value to look at: objects of classes that this saver was not told of, in the form they are kept in. */
  #shown(text: string): unknown {
    try {
      return this.#serializer.deserialize(text);
    } catch {
      return JSON.parse(text);
    }
  }

  /** A text and what it is on top of, the whole value first. */
  #chain(thread: number, id: number): Text[] {
    const rows = this.#db.all(
      `WITH RECURSIVE chain (id, base, size, spent, text) AS (
         SELECT id, base, size, spent, text FROM texts WHERE id = ?
         UNION ALL
         SELECT texts.id, texts.base, texts.size, texts.spent, texts.text
         FROM texts JOIN chain ON texts.id = chain.base
       ) SELECT * FROM chain`,
      id,
    );
    const chain: Text[] = [];
    for (const { id, size, spent, text } of rows.reverse()) {
      const fields = { id, thread, size, spent, text } as Omit<Text, 'base'>;
      chain.push({ ...fields, base: chain.at(-1) });
    }
    return chain;
  }

  /** Looked up each time: another process may have deleted the thread. */
  #thread(name: string): number | undefined {
    return this.#db.get('SELECT id FROM threads WHERE name = ?', name)?.['id'] as
      number | undefined;
  }

  #addThread(name: string): number {
    return this.#db.run('INSERT INTO threads (name) VALUES (?)', name);
  }
}

const SELECT = 'SELECT id, body FROM checkpoints WHERE thread = ? AND namespace = ?';

/** The thread was deleted since the texts were written, and this is a new one of that name. */
function isOfAnother(thread: number, { stored }: Places<Text>): boolean {
  return stored.some(({ at: { id, base, thread: own } }) => {
    const writtenFor = id === undefined ? base?.thread : own;
    return writtenFor !== undefined && writtenFor !== thread;
  });
}

function smallText(text: string): Text {
  const fields = { id: undefined, thread: undefined, base: undefined };
  return { ...fields, text, size: text.length, spent: 0 };
}
