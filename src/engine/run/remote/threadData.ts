import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../../model/checkpointer.ts';
import type { StoredGraph } from '../../model/remote.ts';
import { describeKey } from '../../model/taskKey.ts';
import { pack, unpack } from '../sending.ts';
import { isPlaceOfCall } from '../../model/taskKey.ts';

/** A value of the state, and its text. */
interface Kept {
  readonly value: unknown;
  readonly text: string;
}

/** One checkpoint, as text and, once somebody has asked for it, as it is. */
interface Entry {
  readonly id: string;
  readonly checkpoint: string;
  readonly values: Readonly<Record<string, string>>;
  readonly tasks: Map<string, string>;
  saved: SavedCheckpoint | undefined;
}

/** The states of the graphs of one namespace. */
interface Line {
  /** All that were put here; of what was there before only the newest. */
  readonly byId: Map<string, Entry>;
  newest: Entry;
}

/**
 * The states of a thread as plain data: read when they are asked for, and written as they are put. A value
 * that stays the same keeps its text.
 */
export class ThreadData implements Checkpointer {
  readonly isDurable = false;
  readonly #lines = new Map<string, Line>();
  readonly #texts = new WeakMap<Checkpoint, ReadonlyMap<string, Kept>>();
  /** Namespaces that were written to. */
  readonly #changed = new Set<string>();

  constructor(graphs: Readonly<Record<string, StoredGraph>>) {
    for (const [namespace, stored] of Object.entries(graphs)) this.add(namespace, stored);
  }

  /** Takes over the state of a graph as it was kept. */
  add(namespace: string, { checkpoint, values, tasks }: StoredGraph): void {
    const { id } = unpack(checkpoint) as Checkpoint;
    const known = new Map(Object.entries(tasks));
    const entry: Entry = { id, checkpoint, values, tasks: known, saved: undefined };
    this.#lines.set(namespace, { byId: new Map([[id, entry]]), newest: entry });
    this.#changed.add(namespace);
  }

  /** Forgets which namespaces were written to. */
  settle(): this {
    this.#changed.clear();
    return this;
  }

  get({ namespace, checkpointId }: CheckpointAddress): SavedCheckpoint | undefined {
    const line = this.#lines.get(namespace);
    const entry = checkpointId === undefined ? line?.newest : line?.byId.get(checkpointId);
    return entry && this.#read(entry);
  }

  *list({ namespace }: ThreadAddress): Generator<SavedCheckpoint> {
    const entries = [...(this.#lines.get(namespace)?.byId.values() ?? [])];
    for (const entry of entries.sort((a, b) => (a.id < b.id ? 1 : -1))) yield this.#read(entry);
  }

  put({ namespace }: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): void {
    const before = parent && this.#texts.get(parent);
    const kept = new Map<string, Kept>();
    for (const [key, value] of Object.entries(checkpoint.values)) {
      const known = before?.get(key);
      const isSame = known !== undefined && Object.is(known.value, value);
      kept.set(key, isSame ? known : { value, text: pack(value, `key "${key}"`) });
    }
    this.#texts.set(checkpoint, kept);
    const values = Object.fromEntries(Array.from(kept, ([key, { text }]) => [key, text]));
    const text = pack({ ...checkpoint, values: {} }, 'what runs next');
    const saved = { checkpoint, tasks: [] };
    const entry: Entry = { id: checkpoint.id, checkpoint: text, values, tasks: new Map(), saved };
    const line = this.#lines.get(namespace);
    if (line === undefined) {
      this.#lines.set(namespace, { byId: new Map([[entry.id, entry]]), newest: entry });
    } else {
      line.byId.set(entry.id, entry);
      line.newest = entry;
    }
    this.#changed.add(namespace);
  }

  putTasks(
    { namespace, checkpointId }: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): void {
    const entry = this.#lines.get(namespace)?.byId.get(checkpointId);
    if (entry === undefined) return;
    for (const record of records) {
      entry.tasks.set(record.task, pack(record, describeKey(record.task)));
    }
    if (entry.saved) entry.saved = { checkpoint: entry.saved.checkpoint, tasks: recordsOf(entry) };
    this.#changed.add(namespace);
  }

  deleteThread(): void {
    this.#lines.clear();
  }

  #read(entry: Entry): SavedCheckpoint {
    if (entry.saved !== undefined) return entry.saved;
    const kept = new Map<string, Kept>();
    for (const [key, text] of Object.entries(entry.values)) {
      kept.set(key, { value: unpack(text), text });
    }
    const values = Object.fromEntries(Array.from(kept, ([key, { value }]) => [key, value]));
    const checkpoint = { ...(unpack(entry.checkpoint) as Checkpoint), values };
    this.#texts.set(checkpoint, kept);
    return (entry.saved = { checkpoint, tasks: recordsOf(entry) });
  }

  /**
   * The newest states, by namespace.
   * @param which Default: all.
   */
  graphs(which: (namespace: string) => boolean = () => true): Record<string, StoredGraph> {
    const chosen = [...this.#lines].filter(([namespace]) => which(namespace));
    return Object.fromEntries(
      chosen.map(([namespace, { newest }]) => [namespace, toStored(newest)]),
    );
  }

  newestId(namespace: string): string | undefined {
    return this.#lines.get(namespace)?.newest.id;
  }

  hasChanged(namespace: string): boolean {
    return this.#changed.has(namespace);
  }

  /** Forgets the graphs inside whose task is over, but for those that keep their state. */
  prune(): void {
    for (const [namespace, { newest }] of this.#lines) {
      if (namespace === '' || isStateful(namespace)) continue;
      const { parents } = unpack(newest.checkpoint) as Checkpoint;
      const isCurrent = Object.entries(parents).every(
        ([around, id]) => this.#lines.get(around)?.newest.id === id,
      );
      if (!isCurrent) this.#lines.delete(namespace);
    }
  }
}

/** A graph that keeps its state from run to run has the name of its task alone, and no id, in its place. */
export function isStateful(namespace: string): boolean {
  const last = namespace.split('|').findLast((part) => !/^\d+$/.test(part));
  return last !== undefined && !isPlaceOfCall(last);
}

function toStored({ checkpoint, values, tasks }: Entry): StoredGraph {
  return { checkpoint, values, tasks: Object.fromEntries(tasks) };
}

function recordsOf({ tasks }: Entry): TaskRecord[] {
  return Array.from(tasks.values(), (text) => unpack(text) as TaskRecord);
}
