import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  ListOptions,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from './checkpointer.ts';
import { Serializer, type ClassCodec } from './serialize.ts';
import { StoredValues, TextReader, type StoredText } from './storedValue.ts';

interface Text extends StoredText<Text> {
  readonly base: Text | undefined;
}

/** A checkpoint with its values, and what else may be large, as text. */
interface Entry {
  readonly checkpoint: Omit<Checkpoint, 'values' | 'next'>;
  readonly values: ReadonlyMap<string, Text>;
  readonly next: string;
  readonly tasks: Map<string, string>;
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
  readonly #serializer: Serializer;
  readonly #stored: StoredValues<Text>;
  readonly #threads = new Map<string, Map<string, Line>>();

  /** @param options.classes How to keep objects of your own classes. */
  constructor(options: { classes?: readonly ClassCodec[] } = {}) {
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
    { limit = Infinity, before }: ListOptions = {},
  ): Generator<SavedCheckpoint> {
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
    const { id, parentId, createdAt, source, step, parents, written, ran, next } = checkpoint;
    const entry: Entry = {
      checkpoint: { id, parentId, createdAt, source, step, parents, written, ran },
      values: this.#stored.put(checkpoint, parent),
      next: this.#serializer.serialize(next, 'what runs next'),
      tasks: new Map(),
    };
    let thread = this.#threads.get(threadId);
    if (thread === undefined) this.#threads.set(threadId, (thread = new Map<string, Line>()));
    const line = thread.get(namespace);
    if (line === undefined) {
      thread.set(namespace, { byId: new Map([[checkpoint.id, entry]]), newest: entry });
    } else {
      line.byId.set(checkpoint.id, entry);
      if (checkpoint.id > line.newest.checkpoint.id) line.newest = entry;
    }
  }

  putTasks(
    { threadId, namespace, checkpointId }: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): void {
    const tasks = this.#threads.get(threadId)?.get(namespace)?.byId.get(checkpointId)?.tasks;
    if (tasks === undefined) return;
    const texts = records.map((record) => this.#serializer.serialize(record, nameOf(record)));
    records.forEach((record, i) => tasks.set(record.task, texts[i]!));
  }

  deleteThread(threadId: string): void {
    this.#threads.delete(threadId);
  }

  #read(entry: Entry, reader: TextReader): SavedCheckpoint {
    const { checkpoint: rest, values: places, next, tasks } = entry;
    const values: Record<string, unknown> = {};
    for (const [key, text] of places) values[key] = reader.value(chain(text));
    const checkpoint: Checkpoint = {
      ...rest,
      values,
      next: this.#serializer.deserialize(next) as Checkpoint['next'],
    };
    this.#stored.remember(checkpoint, places);
    const records = Array.from(tasks.values(), (text) => this.#serializer.deserialize(text));
    return { checkpoint, tasks: records as TaskRecord[] };
  }
}

/** How an error names what a task left. */
export function nameOf({ task }: TaskRecord): string {
  if (task === '') return 'the update of a Command';
  return task.startsWith(':') ? `what task "${task.slice(1)}" left` : `what node "${task}" left`;
}

function chain(last: Text): string[] {
  const texts: string[] = [];
  for (let at: Text | undefined = last; at !== undefined; at = at.base) texts.push(at.text);
  return texts.reverse();
}
