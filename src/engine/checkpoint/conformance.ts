import { Send } from '../model/send.ts';
import { AIMessage, ToolMessage } from '../model/messages.ts';
import type {
  Checkpoint,
  Checkpointer,
  SavedCheckpoint,
  TaskRecord,
} from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import { Serializer } from './serialize.ts';

/** One promise that a {@link Checkpointer} makes, and a check whether it keeps it. */
export interface CheckpointerRule {
  /** A sentence, fit to be the name of a test. */
  readonly name: string;
  /**
   * @param saver A checkpointer that holds nothing of the threads `a` and `b`.
   * @throws {Error} When the rule is broken.
   */
  readonly check: (saver: Checkpointer) => Promise<void>;
}

const ROOT = { threadId: 'a', namespace: '' };
const text = new Serializer();

/**
 * The contract of a {@link Checkpointer} as rules to be checked, for implementations of your own.
 *
 * @example
 * ```ts
 * import { MemorySaver } from 'superstep';
 * import { checkpointerRules } from 'superstep/conformance';
 * for (const { name, check } of checkpointerRules) {
 *   await check(new MemorySaver());
 *   console.log('kept:', name);
 * }
 * ```
 */
export const checkpointerRules: readonly CheckpointerRule[] = [
  rule('an unknown thread has no checkpoint', async (saver) => {
    equal(await saver.get(ROOT), undefined);
    equal(await listed(saver), []);
  }),
  rule('what was put is got back, with all of its fields', async (saver) => {
    const checkpoint = make({ n: 1 });
    await saver.put(ROOT, checkpoint);
    equal(await saver.get(ROOT), { checkpoint, tasks: [] });
    equal(await saver.get({ ...ROOT, checkpointId: checkpoint.id }), { checkpoint, tasks: [] });
    equal(await saver.get({ ...ROOT, checkpointId: 'none' }), undefined);
  }),
  rule('values keep their types', async (saver) => {
    const error = new RangeError('too far', { cause: new Error('why') });
    const checkpoint = make({
      list: [1, null, undefined, 'x', [NaN, Infinity, -Infinity, -0]],
      nested: { date: new Date(5), url: new URL('https://example.org/a?b'), pattern: /a+/gi },
      map: new Map<unknown, unknown>([['k', { v: 1n }]]),
      set: new Set([1, 'two']),
      big: 12345678901234567890n,
      bytes: new Uint8Array([0, 255]),
      messages: [new AIMessage({ content: 'hi', id: '1' }), toolMessage()],
      error,
      falsy: [false, 0, '', null],
      undefined,
      tagged: { $: ['Date', 0] },
    });
    await saver.put(ROOT, checkpoint);
    const got = (await saver.get(ROOT))!.checkpoint;
    equal(got.values, checkpoint.values);
    if (!(got.values['error'] instanceof RangeError)) fail('an error', got.values['error']);
    if (!(got.values['set'] instanceof Set)) fail('a set', got.values['set']);
  }),
  rule(
    'a value of a class it does not know is refused by an error that names the key',
    async (saver) => {
      class Unknown {}
      try {
        await saver.put(ROOT, make({ fine: 1, odd: { deep: [new Unknown()] } }));
      } catch (error) {
        const { message } = error as Error;
        if (!message.includes('odd') || !message.includes('Unknown'))
          fail('a clear error', message);
        return;
      }
      fail('an error', 'none');
    },
  ),
  rule('what was refused leaves nothing behind', async (saver) => {
    const first = make({ n: 1 });
    await saver.put(ROOT, first);
    await refuses(() => saver.put(ROOT, after(first, { n: () => {} }), first));
    equal((await saver.get(ROOT))!.checkpoint, first);
    const second = after(first, { n: 2 });
    await saver.put(ROOT, second, first);
    equal((await saver.get(ROOT))!.checkpoint, second);
  }),
  rule(
    'the newest checkpoint is the one with the greatest id, whatever the order of putting',
    async (saver) => {
      const older = make({ n: 1 });
      const newer = make({ n: 2 });
      await saver.put(ROOT, newer);
      await saver.put(ROOT, older);
      equal((await saver.get(ROOT))!.checkpoint, newer);
      equal(await listed(saver), [newer, older]);
    },
  ),
  rule(
    'a list that grows, shrinks and changes in the middle is kept exactly at each step',
    async (saver) => {
      const lists: unknown[][] = [[], ['a'.repeat(100)]];
      for (let i = 0; i < 60; i++) lists.push([...lists.at(-1)!, { i, pad: 'x'.repeat(20) }]);
      lists.push(lists.at(-1)!.slice(0, 30));
      lists.push(lists.at(-1)!.with(3, 'changed'));
      lists.push([...lists.at(-1)!, 'end'].slice(1));
      lists.push([...lists.at(-1)!, undefined]);
      await keepsEach(saver, lists);
    },
  ),
  rule(
    'objects, maps and sets that change are kept exactly at each step, in their order',
    async (saver) => {
      const long = 'v'.repeat(30);
      const objects: Record<string, unknown>[] = [{ a: long, b: long, c: long, d: long }];
      const change = (next: Record<string, unknown>) => objects.push(next);
      change({ ...objects.at(-1), e: long });
      change({ ...objects.at(-1), b: 2, f: 1 });
      const { a: _, ...withoutA } = objects.at(-1)!;
      change(withoutA);
      change({ ...withoutA, a: long });
      change({ z: 1, ...withoutA });
      change({ ...objects.at(-1), ['__proto__' as string]: undefined });
      await keepsEach(saver, objects);
      await keepsEach(
        saver,
        objects.map((object) => new Map(Object.entries(object))),
      );
      await keepsEach(
        saver,
        objects.map((object) => new Set(Object.keys(object).map((key) => key + long))),
      );
    },
  ),
  rule('a map that is changed in place and written again is stored as it is now', async (saver) => {
    const map = new Map([['a', 'x'.repeat(100)]]);
    const first = make({ map });
    await saver.put(ROOT, first);
    map.set('b', 'y');
    const second = after(first, { map });
    await saver.put(ROOT, second, first);
    equal((await saver.get(ROOT))!.checkpoint.values['map'], map);
    const before = await saver.get({ ...ROOT, checkpointId: first.id });
    equal(before!.checkpoint.values['map'], new Map([['a', 'x'.repeat(100)]]));
  }),
  rule('what a caller does to a value it got does not change what is stored', async (saver) => {
    const checkpoint = make({ list: [{ n: 1 }], map: new Map([['k', 1]]) });
    await saver.put(ROOT, checkpoint);
    const { values } = (await saver.get(ROOT))!.checkpoint as { values: Record<string, any> };
    (values['list'] as unknown[]).push('more');
    (values['map'] as Map<string, number>).clear();
    equal((await saver.get(ROOT))!.checkpoint.values, checkpoint.values);
  }),
  rule(
    'a checkpoint that was got can be continued by a saver that did not put it',
    async (saver) => {
      const long = Array.from({ length: 20 }, (_, i) => `item ${i}`);
      await saver.put(ROOT, make({ list: long, n: 1 }));
      const got = (await saver.get(ROOT))!.checkpoint;
      const next = after(got, {
        list: Object.freeze([...(got.values['list'] as string[]), 'new']),
      });
      await saver.put(ROOT, next, got);
      equal((await saver.get(ROOT))!.checkpoint.values, { list: [...long, 'new'], n: 1 });
    },
  ),
  rule('two branches from one checkpoint do not touch each other, nor it', async (saver) => {
    const trunk = make({ list: Object.freeze(Array.from({ length: 20 }, (_, i) => `item ${i}`)) });
    const list = trunk.values['list'] as string[];
    const left = after(trunk, { list: Object.freeze([...list, 'left']) });
    const right = after(trunk, { list: Object.freeze([...list, 'right']) });
    await saver.put(ROOT, trunk);
    await saver.put(ROOT, left, trunk);
    await saver.put(ROOT, right, trunk);
    equal(await listed(saver), [right, left, trunk]);
  }),
  rule('list refuses a limit that is no count', async (saver) => {
    for (const limit of [-1, 1.5, NaN, '1' as never, null as never]) {
      let refused = false;
      try {
        await listed(saver, { limit });
      } catch {
        refused = true;
      }
      equal(refused, true);
    }
  }),
  rule('list gives newest first, at most `limit`, only those before `before`', async (saver) => {
    const all: Checkpoint[] = [make({ n: 0 })];
    for (let n = 1; n < 250; n++) all.push(after(all.at(-1)!, { n }));
    for (const [i, checkpoint] of all.entries()) await saver.put(ROOT, checkpoint, all[i - 1]);
    const newestFirst = all.toReversed();
    equal(await listed(saver), newestFirst);
    equal(await listed(saver, { limit: 2 }), newestFirst.slice(0, 2));
    equal(await listed(saver, { limit: 0 }), []);
    const before = newestFirst[100]!.id;
    equal(await listed(saver, { before, limit: 120 }), newestFirst.slice(101, 221));
  }),
  rule('threads and namespaces are separate', async (saver) => {
    const checkpoints = [make({ n: 1 }), make({ n: 2 }), make({ n: 3 })] as const;
    await saver.put(ROOT, checkpoints[0]);
    await saver.put({ ...ROOT, namespace: 'child:1' }, checkpoints[1]);
    await saver.put({ ...ROOT, threadId: 'b' }, checkpoints[2]);
    equal(await listed(saver), [checkpoints[0]]);
    equal((await saver.get({ ...ROOT, namespace: 'child:1' }))!.checkpoint, checkpoints[1]);
    equal((await saver.get({ ...ROOT, threadId: 'b' }))!.checkpoint, checkpoints[2]);
  }),
  rule(
    'records of tasks come with their checkpoint; a later one replaces an earlier one',
    async (saver) => {
      const checkpoint = make({ n: 1 });
      await saver.put(ROOT, checkpoint);
      const at = { ...ROOT, checkpointId: checkpoint.id };
      const paused = record('ask', {
        status: 'paused',
        interrupts: [{ id: 'i', value: new Set([1]) }],
      });
      const done = record('work:0', {
        status: 'done',
        result: { updates: [{ n: 2 }], goto: ['x'], sends: [new Send('y', { z: 1n })], parent: [] },
      });
      await saver.putTasks(at, [paused, done]);
      equal(sorted((await saver.get(ROOT))!), [paused, done]);
      const answered = record('ask', { status: 'resumed', answers: [false, undefined] });
      await saver.putTasks(at, [answered]);
      equal(sorted((await saver.get(at))!), [answered, done]);
      await saver.put(ROOT, after(checkpoint, { n: 2 }), checkpoint);
      equal(sorted((await saver.get(at))!), [answered, done]);
      equal((await saver.get(ROOT))!.tasks, []);
    },
  ),
  rule(
    'deleteThread removes all of one thread, and the thread can be used again',
    async (saver) => {
      const [gone, kept] = [make({ list: ['x'.repeat(100)] }), make({ n: 2 })];
      await saver.put(ROOT, gone);
      await saver.put({ ...ROOT, namespace: 'child:1' }, gone);
      await saver.putTasks({ ...ROOT, checkpointId: gone.id }, [record('t', { status: 'failed' })]);
      await saver.put({ ...ROOT, threadId: 'b' }, kept);
      await saver.deleteThread('a');
      await saver.deleteThread('never');
      equal(await saver.get(ROOT), undefined);
      equal(await saver.get({ ...ROOT, namespace: 'child:1' }), undefined);
      equal((await saver.get({ ...ROOT, threadId: 'b' }))!.checkpoint, kept);
      const again = after(gone, { n: 1 });
      await saver.put(ROOT, again, gone);
      equal(await saver.get(ROOT), { checkpoint: again, tasks: [] });
    },
  ),
  rule('runs of many threads may overlap', async (saver) => {
    const lines = Array.from({ length: 8 }, async (_, i) => {
      const at = { threadId: `overlap ${i}`, namespace: '' };
      let last: Checkpoint | undefined;
      for (let n = 0; n < 10; n++) {
        const next: Checkpoint = last ? after(last, { n, i }) : make({ n, i });
        await saver.put(at, next, last);
        last = next;
      }
      equal((await saver.get(at))!.checkpoint.values, { n: 9, i });
      await saver.deleteThread(at.threadId);
    });
    await Promise.all(lines);
  }),
];

function rule(name: string, check: CheckpointerRule['check']): CheckpointerRule {
  return { name, check };
}

function make(values: Record<string, unknown>): Checkpoint {
  return {
    id: newCheckpointId(Date.now()),
    parentId: undefined,
    createdAt: Date.now(),
    source: 'input',
    step: -1,
    parents: {},
    values: frozen(values),
    written: Object.keys(values),
    ran: [],
    next: {
      nodes: ['one', 'two'],
      sends: [new Send('two', { args: [new Date(1)] })],
      deferred: ['last'],
      joins: [{ target: 'last', sources: ['one', 'two'], arrived: ['one'] }],
      input: { n: 1n },
    },
  };
}

function after(parent: Checkpoint, changes: Record<string, unknown>): Checkpoint {
  return {
    ...parent,
    id: newCheckpointId(Date.now(), parent.id),
    parentId: parent.id,
    source: 'loop',
    step: parent.step + 1,
    values: frozen({ ...parent.values, ...changes }),
    written: Object.keys(changes),
    ran: ['one'],
  };
}

/** As the engine does: lists and plain objects in a checkpoint do not change any more. */
function frozen(values: Record<string, unknown>): Record<string, unknown> {
  for (const value of Object.values(values)) {
    const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
    if (isPlain) Object.freeze(value);
  }
  return values;
}

function record(task: string, fields: Omit<TaskRecord, 'task'>): TaskRecord {
  return { task, ...fields };
}

function toolMessage(): ToolMessage {
  return new ToolMessage({ content: [{ type: 'text', text: 'ok' }], tool_call_id: 't' });
}

async function keepsEach(saver: Checkpointer, values: readonly unknown[]): Promise<void> {
  await saver.deleteThread(ROOT.threadId);
  let last: Checkpoint | undefined;
  const all: Checkpoint[] = [];
  for (const value of values) {
    const next: Checkpoint = last ? after(last, { value }) : make({ value });
    await saver.put(ROOT, next, last);
    all.push((last = next));
  }
  equal(await listed(saver), all.toReversed());
  for (const checkpoint of all) {
    equal((await saver.get({ ...ROOT, checkpointId: checkpoint.id }))!.checkpoint, checkpoint);
  }
}

async function listed(
  saver: Checkpointer,
  options?: { limit?: number; before?: string },
): Promise<Checkpoint[]> {
  const checkpoints: Checkpoint[] = [];
  for await (const { checkpoint } of saver.list(ROOT, options)) checkpoints.push(checkpoint);
  return checkpoints;
}

function sorted({ tasks }: SavedCheckpoint): TaskRecord[] {
  return tasks.toSorted((a, b) => (a.task < b.task ? -1 : 1));
}

async function refuses(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch {
    return;
  }
  fail('an error', 'none');
}

/** Equal with all types; the order of keys counts within values only. */
function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [text.serialize(inOrder(actual)), text.serialize(inOrder(expected))];
  if (is !== should) fail(should, is);
}

/** The fields of checkpoints in one order, and those that are `undefined` left out. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  if ('checkpoint' in value && 'tasks' in value) {
    return { checkpoint: inOrder(value.checkpoint), tasks: value.tasks };
  }
  if (!('parentId' in value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fail(expected: unknown, actual: unknown): never {
  throw new Error(`Expected ${shown(expected)}, got ${shown(actual)}`);
}

function shown(value: unknown): string {
  const shown = typeof value === 'string' ? value : text.serialize(value);
  return shown.length > 2000 ? `${shown.slice(0, 2000)}…` : shown;
}
