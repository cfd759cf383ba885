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
import { StoredValues, TextReader, isSameList, type StoredText } from './storedValue.ts';

interface Text extends StoredText<Text> {
  readonly base: Text | undefined;
}

/** A checkpoint with its values, and what else may be large, as text. */
interface Entry {
  readonly checkpoint: Omit<Checkpoint, 'values' | 'next'>;
  /** The list of its line, if it has the same keys. */
  readonly keys: readonly string[];
  readonly texts: readonly Text[];
  /** Only the nodes, if nothing else is scheduled. */
  readonly next: string | readonly string[];
  tasks: Map<string, string> | undefined;
}

/** The checkpoints of one namespace of a thread. */
interface Line {
  readonly byId: Map<string, Entry>;
  newest: Entry;
}

/**
 * Keeps checkpoints in this process, for tests and for threads that need not outlive it. Values are
 * stored as text, the same as on disk: what a node does to an object later does not change history,
 * and a class that cannot be stored is found out before there is a database.
 *
 * @example
 * ```ts
 * import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('next', (state) => ({ n: (state.n ?? 0) + 1 }))
 *   .addEdge(START, 'next')
 *   .compile({ checkpointer: new MemorySaver() });
 * const config = { configurable: { thread_id: 'counter' } };
 * await graph.invoke({}, config);
 * console.log(await graph.invoke({}, config)); // { n: 2 }
 * ```
 */
export class MemorySaver implements Checkpointer {
  readonly isDurable = false;
  /** How it keeps objects of classes of its user. */
  readonly classes: readonly ClassCodec[] | undefined;
  readonly #serializer: Serializer;
  readonly #stored: StoredValues<Text>;
  readonly #threads = new Map<string, Map<string, Line>>();

  /** @param options.classes How to keep objects of your own classes. */
  constructor(options: { classes?: readonly ClassCodec[] } = {}) {
    this.classes = options.classes;
    this.#serializer = new Serializer(options.classes);
    this.#stored = new StoredValues<Text>(this.#serializer, (fields) => fields);
  }

  get({ threadId, namespace, checkpointId }: CheckpointAddress): SavedCheckpoint | undefined {
    const line = this.#threads.get(threadId)?.get(namespace);
    if (line === undefined) return undefined;
    const entry = checkpointId === undefined ? line.newest : line.byId.get(checkpointId);
    return entry && this.#read(entry, new TextReader(this.#serializer));
  }

  *list(
    { threadId, namespace }: ThreadAddress,
    options: ListOptions = {},
  ): Generator<SavedCheckpoint> {
    checkPage(options);
    const { limit = Infinity, before } = options;
    const line = this.#threads.get(threadId)?.get(namespace);
    if (line === undefined) return;
    const ids = [...line.byId.keys()].filter((id) => before === undefined || id < before).sort();
    const reader = new TextReader(this.#serializer);
    for (const id of ids.reverse().slice(0, limit)) {
      const entry = line.byId.get(id);
      if (entry) yield this.#read(entry, reader);
    }
  }

  put({ threadId, namespace }: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): void {
    let thread = this.#threads.get(threadId);
    if (thread === undefined) this.#threads.set(threadId, (thread = new Map<string, Line>()));
    const line = thread.get(namespace);
    const entry = this.#toEntry(checkpoint, parent, line?.newest);
    if (line === undefined) {
      thread.set(namespace, { byId: new Map([[checkpoint.id, entry]]), newest: entry });
    } else {
      line.byId.set(checkpoint.id, entry);
      if (checkpoint.id > line.newest.checkpoint.id) line.newest = entry;
    }
  }

  /** @param before Most of what a checkpoint says it says in the same words. */
  #toEntry(
    checkpoint: Checkpoint,
    parent: Checkpoint | undefined,
    before: Entry | undefined,
  ): Entry {
    const { id, parentId, createdAt, source, step, parents, next } = checkpoint;
    const { keys, stored } = this.#stored.put(checkpoint, parent);
    const isPlain =
      !next.input && !next.sends.length && !next.deferred.length && !next.joins.length;
    const scheduled = isPlain
      ? sharedList(next.nodes, before?.next)
      : this.#serializer.serialize(next, 'what runs next');
    const written = sharedList(checkpoint.written, before?.checkpoint.written);
    const ran = sharedList(checkpoint.ran, before?.checkpoint.ran);
    return {
      checkpoint: { id, parentId, createdAt, source, step, parents, written, ran },
      keys,
      texts: stored.map(({ at }) => at),
      next: scheduled,
      tasks: undefined,
    };
  }

  putTasks(
    { threadId, namespace, checkpointId }: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): void {
    const entry = this.#threads.get(threadId)?.get(namespace)?.byId.get(checkpointId);
    if (entry === undefined) return;
    const texts = records.map((record) =>
      this.#serializer.serialize(record, describeKey(record.task)),
    );
    const tasks = (entry.tasks ??= new Map<string, string>());
    records.forEach((record, i) => tasks.set(record.task, texts[i]!));
  }

  deleteThread(threadId: string): void {
    this.#threads.delete(threadId);
  }

  #read(entry: Entry, reader: TextReader): SavedCheckpoint {
    const { checkpoint: rest, keys, texts, next, tasks } = entry;
    const values: Record<string, unknown> = {};
    keys.forEach((key, i) => (values[key] = reader.value(chain(texts[i]!))));
    const checkpoint: Checkpoint = {
      ...rest,
      values,
      next:
        typeof next === 'string'
          ? (this.#serializer.deserialize(next) as Checkpoint['next'])
          : { nodes: next, sends: [], deferred: [], joins: [] },
    };
    this.#stored.remember(checkpoint, new Map(keys.map((key, i) => [key, texts[i]!])));
    const records = Array.from(tasks?.values() ?? [], (text) => this.#serializer.deserialize(text));
    return { checkpoint, tasks: records as TaskRecord[] };
  }
}

/** The list that is kept already, if it is the same. */
function sharedList(
  list: readonly string[],
  before: string | readonly string[] | undefined,
): readonly string[] {
  return typeof before === 'object' && isSameList(list, before) ? before : list;
}

function chain(last: Text): string[] {
  const texts: string[] = [];
  for (let at: Text | undefined = last; at !== undefined; at = at.base) texts.push(at.text);
  return texts.reverse();
}
