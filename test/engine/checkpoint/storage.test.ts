// What is stored grows with what changed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  END,
  MemorySaver,
  START,
  StateGraph,
  append,
  type Checkpoint,
  Annotation,
} from '../../../src/engine/index.ts';
import { applyChange, changeBetween, partsOf } from '../../../src/engine/checkpoint/changes.ts';
import { newCheckpointId } from '../../../src/engine/model/checkpointIds.ts';
import { Serializer } from '../../../src/engine/checkpoint/serialize.ts';
import {
  StoredValues,
  TextReader,
  type StoredText,
} from '../../../src/engine/checkpoint/storedValue.ts';
import { SqliteDatabase } from '../../../src/engine/checkpoint/sqliteDatabase.ts';
import { MIGRATIONS } from '../../../src/engine/checkpoint/sqliteSchema.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';
import { temporaryFile } from './support.ts';

interface Text extends StoredText<Text> {
  readonly base: Text | undefined;
}

/** Stores a line of values of one key, and tells what was written for each. */
function storing() {
  const serializer = new Serializer();
  const made: Text[] = [];
  const stored = new StoredValues<Text>(serializer, (fields) => {
    made.push(fields);
    return fields;
  });
  let last: Checkpoint | undefined;
  const places: Text[] = [];
  const put = (value: unknown) => {
    const next = {
      id: `${places.length}`,
      values: { value },
      written: ['value'],
    } as unknown as Checkpoint;
    places.push(stored.put(next, last).stored[0]!.at);
    last = next;
  };
  const read = (text: Text) => {
    const chain: string[] = [];
    for (let at: Text | undefined = text; at; at = at.base) chain.unshift(at.text);
    return new TextReader(serializer).value(chain);
  };
  const size = () => made.reduce((sum, { text }) => sum + text.length, 0);
  return { put, places, read, size, made };
}

const item = (i: number) => `item ${i} ${'x'.repeat(100)}`;

describe('a value that changes from step to step', () => {
  it('as a list that grows by an item a step takes the space of the list, once', () => {
    const { put, size, places, read } = storing();
    let list: readonly string[] = [];
    for (let i = 0; i < 1000; i++) put((list = Object.freeze([...list, item(i)])));
    const whole = JSON.stringify(list).length;
    const perStep = (size() - whole) / 1000;
    assert.ok(perStep < 50, `${perStep} characters a step beside the items`);
    assert.deepEqual(read(places.at(-1)!), list);
    assert.deepEqual(read(places[500]!), list.slice(0, 501));
  });

  it('as an object, map or set that grows by an entry a step takes the space of it, once', () => {
    const kinds: ((entries: [string, string][]) => unknown)[] = [
      (entries) => Object.freeze(Object.fromEntries(entries)),
      (entries) => new Map(entries),
      (entries) => new Set(entries.map(([, value]) => value)),
    ];
    for (const make of kinds) {
      const { put, size, places, read } = storing();
      const entries: [string, string][] = [];
      for (let i = 0; i < 300; i++) {
        entries.push([`key ${i}`, item(i)]);
        put(make(entries));
      }
      assert.ok(size() < 300 * 200, `${size()}`);
      assert.deepEqual(read(places.at(-1)!), make(entries));
      assert.deepEqual(read(places[100]!), make(entries.slice(0, 101)));
    }
  });

  it('as one of which the same part changes again and again is never a long way from a whole', () => {
    const { put, places, size } = storing();
    const base = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key ${i}`, item(i)]));
    for (let i = 0; i < 2000; i++) put(Object.freeze({ ...base, count: i }));
    let length = 0;
    for (let at: Text | undefined = places.at(-1); at; at = at.base) length++;
    assert.ok(length < 200, `${length} texts must be read`);
    assert.ok(size() < 2000 * 80, `${size()}`);
  });

  it('as one that does not change at all is stored once', () => {
    const { put, made } = storing();
    const list = Object.freeze([item(1), item(2)]);
    for (let i = 0; i < 10; i++) put(list);
    put(Object.freeze([...list]));
    assert.equal(made.length, 1);
  });
});

describe('changeBetween()', () => {
  const scalar = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('a', 'b', null, undefined, NaN),
  );
  const same = (before: unknown, after: unknown) => {
    const change = changeBetween(partsOf(before)!, partsOf(after)!);
    if (change === undefined) return;
    const text = new Serializer();
    const copy = text.deserialize(text.serialize(before));
    const result = applyChange(copy, change);
    assert.deepStrictEqual(result, after);
    const order = (value: unknown) =>
      value instanceof Map || value instanceof Set ? [...value] : Object.keys(value as object);
    assert.deepStrictEqual(order(result), order(after));
  };

  it('tells lists apart, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(scalar), fc.array(scalar), (before, after) =>
        same(Object.freeze(before), Object.freeze(after)),
      ),
    );
  });

  it('tells sets, maps and objects apart, whatever they are, in their order', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd', '0', '1', '__proto__');
    const entries = fc.array(fc.tuple(keys, scalar), { maxLength: 6 });
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        same(new Set(before.map(([key]) => key)), new Set(after.map(([key]) => key)));
        same(new Map(before), new Map(after));
        same(Object.freeze(Object.fromEntries(before)), Object.freeze(Object.fromEntries(after)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a loop of 1,000 steps that appends an item a step', () => {
  const State = Annotation.Root({
    list: Annotation<string[]>({ reducer: append, default: () => [] }),
  });
  const run = async (checkpointer: MemorySaver | SqliteSaver) => {
    const graph = new StateGraph(State)
      .addNode('add', ({ list }) => ({ list: [item(list.length)] }))
      .addEdge(START, 'add')
      .addConditionalEdges('add', ({ list }) => (list.length < 1000 ? 'add' : END), ['add', END])
      .compile({ checkpointer });
    const config = { configurable: { thread_id: '1' }, recursionLimit: 2000 };
    const { list } = await graph.invoke({}, config);
    return JSON.stringify(list).length;
  };

  it('takes less than twice the final list and a constant a step, in SQLite', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path);
    const whole = await run(saver);
    const db = new SqliteDatabase(file.path, MIGRATIONS);
    const sizeOf = (sql: string) => db.get(sql)!['size'] as number;
    const texts = sizeOf('SELECT sum(length(text)) AS size FROM texts');
    const rows = sizeOf('SELECT sum(length(body)) AS size FROM checkpoints');
    const pages = sizeOf(
      'SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size',
    );
    db.close();
    assert.ok(texts < whole * 1.5, `${texts} of ${whole}`);
    assert.ok(rows < 1002 * 500, `${rows}`);
    assert.ok(pages < 2 * whole + 1002 * 1000, `${pages}`);
  });

  it('reads back every step', async () => {
    using saver = new SqliteSaver(':memory:');
    for (const checkpointer of [saver, new MemorySaver()]) {
      await run(checkpointer);
      let length = 1000;
      for (const { checkpoint } of checkpointer.list(
        { threadId: '1', namespace: '' },
        { limit: 500 },
      )) {
        const list = checkpoint.values['list'] as string[];
        assert.equal(list.length, length);
        assert.equal(list.at(-1), item(--length));
      }
    }
  });
});

describe('newCheckpointId()', () => {
  it('ascends within a millisecond, when the clock stands or goes back, and after any parent', () => {
    const now = Date.now();
    let last = newCheckpointId(now);
    for (let i = 0; i < 10_000; i++) {
      const next = newCheckpointId(now - (i % 3), last);
      assert.ok(next > last, `${next} after ${last}`);
      last = next;
    }
    const future = 'ffffffff-0000-6fff-8000-000000000000';
    assert.ok(newCheckpointId(now, future) > future);
    assert.match(
      newCheckpointId(now),
      /^[0-9a-f]{8}-[0-9a-f]{4}-6[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
