import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  HumanMessage,
  MemorySaver,
  MessagesValue,
  Overwrite,
  START,
  Send,
  StateGraph,
  addMessages,
  append,
  isSuperstepError,
  merge,
  type NodeConfig,
  type RunEvent,
} from '../../src/engine/index.ts';
import { LogState, failsWith, mentions, says, settle, thrownBy } from './support.ts';

const State = Annotation.Root({
  list: Annotation<{ n: number }[]>({ reducer: append, default: () => [] }),
  plain: Annotation<any>(),
});

function oneNode(node: (state: typeof State.State, config: NodeConfig) => any) {
  return new StateGraph(State).addNode('only', node).addEdge(START, 'only').compile();
}

/** A router can hand nothing back, and so gets no copy of its own. */
function oneRouter(change: (state: typeof State.State) => unknown) {
  return new StateGraph(State)
    .addNode('only', () => undefined)
    .addEdge(START, 'only')
    .addConditionalEdges('only', (state) => (change(state), []), ['only'])
    .compile();
}

describe('state', () => {
  const full = () => ({
    list: [{ n: 1 }],
    plain: {
      deep: { x: 1 },
      map: new Map([['a', [1]]]),
      set: new Set([{ x: 1 }]),
      date: new Date(0),
      messages: [new HumanMessage({ content: [{ type: 'text', text: 'Hi' }], id: '1' })],
    },
  });

  for (const [what, change, key] of [
    ['a key', (s) => (s.plain = 1), 'plain'],
    ['a key that is new', (s) => (s.extra = 1), 'extra'],
    ['a key that is gone then', (s) => delete s.plain, 'plain'],
    ['a list', (s) => s.list.push({ n: 2 }), 'list'],
    ['an object with numbers for keys', (s) => (s.plain.deep[7] = 1), 'plain'],
    ['a list, in its order', (s) => s.list.reverse().sort(), 'list'],
    ['an item of a list', (s) => (s.list[0].n = 2), 'list'],
    ['an object deep inside', (s) => (s.plain.deep.x = 2), 'plain'],
    ['a map', (s) => s.plain.map.set('b', 2), 'plain'],
    ['a value in a map', (s) => s.plain.map.get('a').push(2), 'plain'],
    ['a set', (s) => s.plain.set.clear(), 'plain'],
    ['a member of a set', (s) => ([...s.plain.set][0].x = 2), 'plain'],
    ['a date', (s) => s.plain.date.setFullYear(2000), 'plain'],
    ['a message', (s) => (s.plain.messages[0].id = '2'), 'plain'],
    ['a block of a message', (s) => (s.plain.messages[0].content[0].text = 'Ho'), 'plain'],
    ['the metadata of a message', (s) => (s.plain.messages[0].response_metadata.x = 1), 'plain'],
  ] as [string, (s: any) => unknown, string][]) {
    const lists = what === 'a list, in its order' ? { list: [{ n: 1 }, { n: 2 }] } : {};

    it(`is changed in place by a node on a copy that nobody else sees: ${what}`, async () => {
      const seen: unknown[] = [];
      const warnings: RunEvent[] = [];
      const look = (s: typeof State.State) => void seen.push(structuredClone(s));
      const graph = new StateGraph(State)
        .addNode('a', look)
        .addNode('change', (s) => void change(s))
        .addNode('z', look)
        .addEdge(START, 'a')
        .addEdge(START, 'change')
        .addEdge(START, 'z')
        .compile();
      const input = { ...full(), ...lists };
      const onEvent = (event: RunEvent) => event.type === 'warning' && warnings.push(event);
      const result = await graph.invoke(input, { onEvent });
      assert.deepEqual(result, input);
      assert.deepEqual(seen, Array(2).fill(structuredClone(input)));
      const told = warnings.map((each) => each as RunEvent & { code: string; message: string });
      const lost = told.filter(({ code }) => code === 'CHANGE_LOST');
      assert.equal(lost.length, 1);
      assert.match(lost[0]!.message, new RegExp(`"change" changed key "${key}"`));
    });

    it(`cannot be changed in place by a router: ${what}`, async () => {
      const error = await failsWith(
        'STATE_READ_ONLY',
        oneRouter((s) => void change(s)).invoke({ ...full(), ...lists }),
      );
      assert.ok(error instanceof TypeError && error.cause instanceof TypeError);
      mentions(error, 'Node "only"', `"${key}"`, 'return');
      assert.equal(error.details.nodes?.[0], 'only');
      // The place is that of the node's code.
      assert.match(error.stack!, /isolation\.test\.ts/);
    });
  }

  it('is the same for its readers as what was written, if it is read-only', async () => {
    const seen: any[] = [];
    const graph = new StateGraph(State)
      .addSequence({ write: full, read: (s) => void seen.push(s) })
      .addEdge(START, 'write')
      .compile();
    await graph.invoke({});
    assert.deepEqual(seen[0], full());
    const { map, set, date, messages } = seen[0].plain as Record<string, any>;
    const types = [Map, Set, Date, HumanMessage];
    for (const [i, value] of ([map, set, date, messages[0]] as object[]).entries()) {
      assert.equal(value.constructor, types[i]);
      assert.ok(types[i]!.prototype.isPrototypeOf(value));
    }
    assert.deepEqual(structuredClone(map), full().plain.map);
    assert.deepEqual(new Date(date), date);
    assert.equal(messages[0].text, 'Hi');
  });

  it('leaves alone a TypeError that has nothing to do with it', async () => {
    const own = Object.freeze(['mine', 'and mine']);
    for (const [act, message] of [
      [() => (own as string[]).push('x'), /^Cannot add property 2/],
      [() => ((own as any)[0] = 'x'), /^Cannot assign to read only property '0'/],
      [() => (undefined as any).x, /^Cannot read properties of undefined/],
    ] as const) {
      const error = await thrownBy(oneNode(() => void act()).invoke({ plain: 1 }));
      assert.ok(error instanceof TypeError && !isSuperstepError(error));
      assert.match(error.message, message);
    }
  });

  for (const [kind, wait] of [
    ['a router', () => undefined],
    ['a router that waits', () => Promise.resolve()],
  ] as const) {
    it(`names the key that ${kind} changed after its node has written it`, async () => {
      const Log = Annotation.Root({
        log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
      });
      const graph = new StateGraph(Log)
        .addNode('only', () => ({ log: ['written'] }))
        .addEdge(START, 'only')
        .addConditionalEdges('only', (s) => {
          const change = () => (s.log.push('routed'), []);
          return wait()?.then(change) ?? change();
        })
        .compile();
      const error = await failsWith('STATE_READ_ONLY', graph.invoke({}));
      mentions(error, 'Node "only"', '"log"');
    });
  }

  it('says of several keys that could be meant all', async () => {
    const Two = Annotation.Root({ a: Annotation<number[]>(), b: Annotation<number[]>() });
    const graph = new StateGraph(Two)
      .addNode('only', () => undefined)
      .addEdge(START, 'only')
      .addConditionalEdges('only', (s) => (s.b.push(3), []), ['only'])
      .compile();
    mentions(await failsWith('STATE_READ_ONLY', graph.invoke({ a: [1], b: [2] })), '"a", "b"');
    mentions(await failsWith('STATE_READ_ONLY', graph.invoke({ a: [], b: [2] })), 'key "b"');
  });

  it('is not changed by a reducer that changes its operands, and works on copies', async () => {
    const State = Annotation.Root({
      list: Annotation<{ n: number }[]>({
        reducer: (a, b) => {
          for (const item of b) item.n++;
          a.push(...b);
          return a;
        },
        default: () => [],
      }),
      map: Annotation<Map<string, number[]>>({
        reducer: (a, b) => {
          for (const [key, items] of b) a.set(key, [...(a.get(key) ?? []), ...items]);
          return a;
        },
      }),
    });
    const seen: any[] = [];
    const graph = new StateGraph(State)
      .addNode('one', (state) => {
        seen.push(state);
        return { list: [{ n: 10 }], map: new Map([['a', [2]]]) };
      })
      .addNode('two', (state) => {
        seen.push(state);
        return { list: [{ n: 20 }] };
      })
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .compile();
    const input = { list: [{ n: 0 }], map: new Map([['a', [1]]]) };
    const result = await graph.invoke(input);
    assert.deepEqual(result.list, [{ n: 1 }, { n: 11 }, { n: 21 }]);
    assert.deepEqual([...result.map], [['a', [1, 2]]]);
    assert.deepEqual(input, { list: [{ n: 0 }], map: new Map([['a', [1]]]) });
    assert.deepEqual(
      seen.map(({ list }) => list),
      [[{ n: 1 }], [{ n: 1 }, { n: 11 }]],
    );
    assert.deepEqual([...seen[0].map], [['a', [1]]]);
    assert.ok(Object.isFrozen(result.list) && Object.isFrozen(result.list[0]));
  });

  for (const [name, reducer, update] of [
    ['append', append, [{ n: [1] }]],
    ['merge', merge, { n: [1] }],
    ['(a, b) => a.concat(b)', (a: any, b: any) => a.concat(b), [{ n: [1] }]],
    ['(a, b) => [...a, ...b]', (a: any, b: any) => [...a, ...b], [{ n: [1] }]],
    ['[...a, ...b] with a Map', (a: any, b: any) => [...a, ...b], new Map([['n', [1]]])],
    ['one that makes new parts', (a: any, b: any) => [a, { b, made: [{}] }], ['x']],
  ] as [string, (a: any, b: any) => any, unknown][]) {
    it(`is frozen to its depth after ${name}`, async () => {
      const Reduced = Annotation.Root({ value: Annotation<any>({ reducer }) });
      const seen: unknown[] = [];
      const graph = new StateGraph(Reduced)
        .addSequence({
          first: () => ({ value: update }),
          second: () => ({ value: update }),
          look: (state) => void seen.push(state.value),
        })
        .addEdge(START, 'first')
        .compile();
      await graph.invoke({ value: name === 'merge' ? {} : [] });
      assertFrozen(seen[0]);
    });
  }

  it('says which key is nested too deeply to be copied', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const error = await failsWith('VALIDATION_FAILED', oneNode(() => ({ plain: deep })).invoke({}));
    mentions(error, '"plain"', '"only"', 'levels deep');
    const ofInput = await failsWith(
      'VALIDATION_FAILED',
      oneNode(() => ({})).invoke({ plain: deep }),
    );
    mentions(ofInput, '"plain"', 'the input', 'levels deep');
  });

  it('says which key has a part that throws when it is looked at', async () => {
    const plain = {
      get part() {
        throw new Error('not to be read');
      },
    };
    const error = await failsWith('VALIDATION_FAILED', oneNode(() => ({ plain })).invoke({}));
    mentions(error, '"plain"', '"only"', 'not to be read');
  });

  it('does not touch the input of the caller', async () => {
    const input = { list: [{ n: 1 }], plain: { deep: [1] } };
    await oneNode(() => ({ plain: 'new' })).invoke(input);
    input.list.push({ n: 2 });
    input.plain.deep.push(2);
    assert.deepEqual(input, { list: [{ n: 1 }, { n: 2 }], plain: { deep: [1, 2] } });
  });

  it('does not see what the caller does to the input later', async () => {
    const gate = Promise.withResolvers<void>();
    const input = { list: [{ n: 1 }], plain: { deep: [1] } };
    const running = oneNode(async (state) => {
      await gate.promise;
      return { plain: JSON.stringify(state) };
    }).invoke(input);
    await settle();
    input.list[0]!.n = 99;
    input.plain.deep.push(99);
    gate.resolve();
    assert.equal((await running).plain, '{"list":[{"n":1}],"plain":{"deep":[1]}}');
  });

  it('does not touch what a node returned', async () => {
    const returned = { list: [{ n: 1 }], plain: { deep: [1] } };
    await oneNode(() => returned).invoke({});
    returned.list[0]!.n = 2;
    returned.list.push({ n: 3 });
    returned.plain.deep.push(2);
    assert.ok(!Object.isFrozen(returned) && !Object.isFrozen(returned.plain.deep));
  });

  it('does not see what a node does later to what it returned', async () => {
    const gate = Promise.withResolvers<void>();
    const kept = [{ n: 1 }];
    const plain = { x: 1 };
    const update: any = { list: kept, plain };
    const graph = new StateGraph(State)
      .addNode('quick', () => update)
      .addNode('slow', () => gate.promise.then(() => undefined))
      .addEdge(START, 'quick')
      .addEdge(START, 'slow')
      .compile();
    const running = graph.invoke({});
    await settle();
    kept[0]!.n = 99;
    kept.push({ n: 100 });
    plain.x = 99;
    delete update.plain;
    gate.resolve();
    assert.deepEqual(await running, { list: [{ n: 1 }], plain: { x: 1 } });
  });

  it('is the same for all runs: what one does to its result no other sees', async () => {
    const graph = oneNode(() => ({ plain: { x: 1 } }));
    const first = await graph.invoke({});
    try {
      first.plain.x = 2;
    } catch {
      // Results may be frozen.
    }
    assert.deepEqual((await graph.invoke({})).plain, { x: 1 });
  });

  it('keeps functions, buffers and instances of other classes as they are', async () => {
    class Thing {
      n = 1;
    }
    for (const value of [new Thing(), new (class extends Map {})(), new Uint8Array(2), () => 1]) {
      const result = await oneNode(() => ({ plain: value })).invoke({});
      assert.equal(result.plain, value);
      assert.ok(!Object.isFrozen(value));
    }
  });

  it('does not see what a node does later to a map, a set, a date, a message or an overwrite', async () => {
    const gate = Promise.withResolvers<void>();
    const { plain } = full();
    const list = [{ n: 1 }];
    const graph = new StateGraph(State)
      .addNode('quick', () => ({ plain, list: new Overwrite(list) }))
      .addNode('slow', () => gate.promise.then(() => undefined))
      .addEdge(START, 'quick')
      .addEdge(START, 'slow')
      .compile();
    const running = graph.invoke({});
    await settle();
    plain.map.get('a')!.push(2);
    plain.map.clear();
    plain.set.clear();
    plain.date.setTime(9);
    plain.messages[0]!.id = '2';
    list.pop();
    gate.resolve();
    assert.deepEqual(await running, full());
  });

  for (const reducer of [addMessages, (a: any, b: any) => addMessages(a, b), MessagesValue]) {
    const title =
      typeof reducer === 'function' ? reducer.name || 'a reducer around it' : 'its field';
    it(`holds messages made of plain data that are read-only too (${title})`, async () => {
      const field =
        typeof reducer === 'function'
          ? Annotation<any, any>({ reducer, default: () => [] })
          : reducer;
      const graph = new StateGraph(Annotation.Root({ messages: field }))
        .addNode('only', () => undefined)
        .addEdge(START, 'only')
        .addConditionalEdges('only', ({ messages }) => ((messages[0].content = 'Ho'), []), ['only'])
        .compile();
      const running = graph.invoke({ messages: [{ role: 'user', content: 'Hi' }] });
      mentions(await failsWith('STATE_READ_ONLY', running), '"messages"');
    });
  }

  it('stays read-only when a thread goes on, and is stored as what it is', async () => {
    const graph = new StateGraph(State)
      .addNode('only', () => undefined)
      .addEdge(START, 'only')
      .addConditionalEdges('only', (s) => (s.list.length > 1 && s.plain.map.clear(), []), ['only'])
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await graph.updateState(config, full(), 'only');
    assert.deepEqual((await graph.getState(config)).values, full());
    mentions(
      await failsWith('STATE_READ_ONLY', graph.invoke({ list: [{ n: 2 }] }, config)),
      '"plain"',
    );
    assert.deepEqual((await graph.getState(config)).values.plain, full().plain);
  });

  it('passes what is in an object that is a million entries long, or 1,000 levels deep', async () => {
    const long = Array.from({ length: 1_000_000 }, (_, i) => i);
    assert.equal((await oneNode(() => ({ plain: long })).invoke({})).plain.length, 1_000_000);
    let deep: any = {};
    for (let i = 0; i < 1_000; i++) deep = { deep };
    assert.ok((await oneNode(() => ({ plain: deep })).invoke({})).plain.deep.deep);
  });
});

function assertFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Map) return;
  assert.ok(Object.isFrozen(value), `not frozen: ${JSON.stringify(value)}`);
  for (const part of Object.values(value)) assertFrozen(part);
}

describe('what is sent', () => {
  it('is not changed for others by one of the tasks that it goes to, nor by who sent it', async () => {
    const shared = { words: ['a'] };
    const seen: string[][] = [];
    const graph = new StateGraph(LogState)
      .addNode('change', (payload: any) => void payload.words.push('b'))
      .addNode('look', ({ words }: any) => void seen.push([...words]))
      .addConditionalEdges(START, () => {
        queueMicrotask(() => shared.words.push('late'));
        return [new Send('change', shared), new Send('look', shared)];
      })
      .compile();
    await graph.invoke({});
    assert.deepEqual(seen, [['a']]);
  });
});

describe('objects that belong to the caller', () => {
  it('may be used by many runs at once', async () => {
    const graph = new StateGraph(LogState).addNode('a', says('a')).addEdge(START, 'a').compile();
    const input = { log: ['in'] };
    const results = await Promise.all(Array.from({ length: 20 }, () => graph.invoke(input)));
    for (const { log } of results) assert.deepEqual(log, ['in', 'a']);
    assert.deepEqual(input, { log: ['in'] });
  });
});
