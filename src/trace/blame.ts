import { isSameData } from './sameData.ts';
import { inTaskOrder, type SuperstepSpan, type TaskSpan } from './spans.ts';

/** Who wrote something: a task, or the input of the graph. */
export interface Writer {
  readonly superstep: SuperstepSpan;
  /** Absent: the input, or a state that the run went on from. */
  readonly task: TaskSpan | undefined;
}

/**
 * How the value of a key came to be, as far as that can be told from the writes.
 * - `last` the value is what was written last
 * - `append` each write was added at the end of a list: `elements` are exact
 * - `merge` as `append`, where elements with an id take the place of those with the same
 * - `joined` by a reducer that is not known: `writers` in order
 */
export interface Blame {
  readonly how: 'last' | 'append' | 'merge' | 'joined';
  /** Whose writes the value is made of, first to last. */
  readonly writers: readonly Writer[];
  /** Of a list, who wrote each element; absent where that cannot be told. */
  readonly elements?: readonly Writer[];
}

interface Write {
  readonly writer: Writer;
  readonly value: unknown;
}

/**
 * Follows the supersteps of one graph, in their order, and tells of each key of the last state who
 * wrote it: by trying what the known reducers would have made of the writes.
 */
export function blame(supersteps: readonly SuperstepSpan[]): Map<string, Blame> {
  const blames = new Map<string, Blame>();
  let before: Readonly<Record<string, unknown>> = {};
  for (const superstep of supersteps) {
    const { state } = superstep;
    if (!state) continue;
    const writes = writesOf(superstep);
    for (const key of Object.keys(state)) {
      const own = writes.get(key) ?? [];
      if (own.length === 0 && state[key] === before[key]) continue;
      const from = { superstep, before: before[key], known: blames.get(key) };
      blames.set(key, blameOf(from, own, state[key]));
    }
    before = state;
  }
  return blames;
}

/** What the tasks of a superstep wrote to each key, as it was applied. */
function writesOf(superstep: SuperstepSpan): Map<string, Write[]> {
  const writes = new Map<string, Write[]>();
  for (const task of superstep.tasks.toSorted(inTaskOrder)) {
    for (const update of task.updates) {
      for (const [key, value] of Object.entries(update)) {
        const list = writes.get(key) ?? [];
        list.push({ writer: { superstep, task }, value });
        writes.set(key, list);
      }
    }
  }
  return writes;
}

function blameOf(
  from: {
    readonly superstep: SuperstepSpan;
    readonly before: unknown;
    readonly known: Blame | undefined;
  },
  writes: readonly Write[],
  after: unknown,
): Blame {
  const { superstep, before, known } = from;
  const last = writes.at(-1);
  if (!last) {
    // No task wrote it: the input, a default, or a state that the run goes on from.
    const writer: Writer = { superstep, task: undefined };
    const elements = Array.isArray(after) ? after.map(() => writer) : undefined;
    return { how: 'last', writers: [writer], ...(elements && { elements }) };
  }
  // One list for all supersteps: a copy for each would be quadratic in them.
  const writers = (known?.writers ?? []) as Writer[];
  if (Array.isArray(after) && Array.isArray(before ?? [])) {
    const old = elementsOf((before ?? []) as unknown[], known, superstep);
    const joined = appended(old, writes, after) ?? merged(old, writes, after);
    if (joined) {
      for (const { writer } of writes) writers.push(writer);
      return { ...joined, writers };
    }
  }
  if (isSameData(last.value, after)) {
    const elements = Array.isArray(after) ? after.map(() => last.writer) : undefined;
    return { how: 'last', writers: [last.writer], ...(elements && { elements }) };
  }
  for (const { writer } of writes) writers.push(writer);
  return { how: 'joined', writers };
}

interface Element {
  readonly value: unknown;
  readonly writer: Writer;
}

function elementsOf(
  before: readonly unknown[],
  known: Blame | undefined,
  superstep: SuperstepSpan,
): Element[] {
  const unknown: Writer = known?.writers.at(-1) ?? { superstep, task: undefined };
  return before.map((value, at) => ({ value, writer: known?.elements?.[at] ?? unknown }));
}

type Joined = Pick<Blame, 'how'> & { readonly elements: readonly Writer[] };

/** As `concat` joins lists, or lists with single elements. */
function appended(
  old: readonly Element[],
  writes: readonly Write[],
  after: readonly unknown[],
): Joined | undefined {
  const all = [...old, ...writes.flatMap(elementsWritten)];
  return isList(all, after)
    ? { how: 'append', elements: all.map(({ writer }) => writer) }
    : undefined;
}

/** As lists of messages are joined: what has the id of one that is there takes its place. */
function merged(
  old: readonly Element[],
  writes: readonly Write[],
  after: readonly unknown[],
): Joined | undefined {
  const byId = new Map(old.map((element) => [idOf(element.value), element.writer]));
  const written = writes.flatMap(elementsWritten);
  for (const { value, writer } of written) byId.set(idOf(value), writer);
  if (byId.has(undefined) || after.some((value) => idOf(value) === undefined)) {
    return mergedWithoutIds(old, written, after);
  }
  const elements = after.map((value) => byId.get(idOf(value)));
  if (elements.some((writer) => writer === undefined)) return undefined;
  return { how: 'merge', elements: elements as Writer[] };
}

/** Messages that were written without an id were given one. */
function mergedWithoutIds(
  old: readonly Element[],
  written: readonly Element[],
  after: readonly unknown[],
): Joined | undefined {
  const fresh = after.length - old.length;
  if (fresh !== written.length || !after.every(isMessage)) return undefined;
  const all = [...old, ...written];
  const fits = all.every(
    ({ value }, at) =>
      isMessage(value) &&
      (value.id === undefined || value.id === after[at]!.id) &&
      isSameData(value.content, after[at]!.content),
  );
  return fits ? { how: 'merge', elements: all.map(({ writer }) => writer) } : undefined;
}

function elementsWritten({ writer, value }: Write): Element[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((each) => ({ value: each, writer }));
}

function isList(elements: readonly Element[], after: readonly unknown[]): boolean {
  return (
    elements.length === after.length &&
    elements.every(({ value }, at) => isSameData(value, after[at]))
  );
}

interface MessageLike {
  readonly type: string;
  readonly content: unknown;
  readonly id?: unknown;
}

function isMessage(value: unknown): value is MessageLike {
  return typeof value === 'object' && value !== null && 'type' in value && 'content' in value;
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
}
