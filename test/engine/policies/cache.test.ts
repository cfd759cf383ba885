import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Annotation,
  Command,
  HumanMessage,
  InMemoryCache,
  START,
  Send,
  StateGraph,
  entrypoint,
  task,
  type Cache,
  type CachePolicy,
} from '../../../src/engine/index.ts';
import { keyOf } from '../../../src/engine/plan/cacheKey.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { failsWith, mentions, recorder } from '../support.ts';

const State = Annotation.Root({ n: Annotation<number>() });

/** A graph of one cached node that counts its runs. */
function counted(
  cachePolicy: CachePolicy | boolean,
  cache: Cache | undefined = new InMemoryCache(),
) {
  const counter = { runs: 0 };
  const graph = new StateGraph(State)
    .addNode('node', ({ n }) => (counter.runs++, { n: n * 2 }), { cachePolicy })
    .addEdge(START, 'node')
    .compile({ cache });
  return { graph, counter };
}

describe('a cache policy', () => {
  it('runs a node once for the same input', async () => {
    const { graph, counter } = counted(true);
    assert.deepEqual(await graph.invoke({ n: 1 }), { n: 2 });
    assert.deepEqual(await graph.invoke({ n: 1 }), { n: 2 });
    assert.equal(counter.runs, 1);
    assert.deepEqual(await graph.invoke({ n: 2 }), { n: 4 });
    assert.equal(counter.runs, 2);
  });

  it('forgets after its ttl, in seconds', async () => {
    const clock = new FakeClock();
    const { graph, counter } = counted({ ttl: 60 }, new InMemoryCache({ clock }));
    await graph.invoke({ n: 1 });
    await clock.advance(59_999);
    await graph.invoke({ n: 1 });
    assert.equal(counter.runs, 1);
    await clock.advance(1);
    await graph.invoke({ n: 1 });
    assert.equal(counter.runs, 2);
  });

  it('takes the key from its function, which sees the list of arguments', async () => {
    const seen: unknown[] = [];
    const { graph, counter } = counted({ keyFunc: (args) => (seen.push(args), 'same') });
    await graph.invoke({ n: 1 });
    assert.deepEqual(await graph.invoke({ n: 7 }), { n: 2 });
    assert.equal(counter.runs, 1);
    assert.deepEqual(seen, [[{ n: 1 }], [{ n: 7 }]]);
  });

  it('does nothing without a cache, nor with false', async () => {
    for (const { graph, counter } of [counted(true, undefined), counted(false)]) {
      if (counter) await graph.invoke({ n: 1 });
      await graph.invoke({ n: 1 });
    }
    const { graph, counter } = counted(false);
    await graph.invoke({ n: 1 });
    await graph.invoke({ n: 1 });
    assert.equal(counter.runs, 2);
  });

  it('uses the cache of the call where the graph has none, also in subgraphs', async () => {
    let runs = 0;
    const inner = new StateGraph(State)
      .addNode('node', () => (runs++, { n: 1 }), { cachePolicy: true })
      .addEdge(START, 'node')
      .compile();
    const outer = new StateGraph(State).addNode('inner', inner).addEdge(START, 'inner').compile();
    const cache = new InMemoryCache();
    await outer.invoke({ n: 1 }, { cache });
    await outer.invoke({ n: 1 }, { cache });
    assert.equal(runs, 1);
  });

  it('keeps what routes, too', async () => {
    let runs = 0;
    const graph = new StateGraph(State)
      .addNode('a', () => (runs++, new Command({ update: { n: 1 }, goto: [new Send('b', 5)] })), {
        cachePolicy: true,
        ends: ['b'],
      })
      .addNode('b', (n: any) => ({ n }))
      .addEdge(START, 'a')
      .compile({ cache: new InMemoryCache() });
    assert.deepEqual(await graph.invoke({ n: 0 }), { n: 5 });
    assert.deepEqual(await graph.invoke({ n: 0 }), { n: 5 });
    assert.equal(runs, 1);
  });

  it('keeps that a node returned nothing', async () => {
    let runs = 0;
    const graph = new StateGraph(State)
      .addNode('node', () => void runs++, { cachePolicy: true })
      .addEdge(START, 'node')
      .compile({ cache: new InMemoryCache() });
    await graph.invoke({ n: 1 });
    await graph.invoke({ n: 1 });
    assert.equal(runs, 1);
  });

  it('does not keep failures', async () => {
    let runs = 0;
    const graph = new StateGraph(State)
      .addNode(
        'node',
        () => {
          if (runs++ === 0) throw new Error('once');
          return { n: 1 };
        },
        { cachePolicy: true },
      )
      .addEdge(START, 'node')
      .compile({ cache: new InMemoryCache() });
    await assert.rejects(graph.invoke({ n: 1 }), /once/);
    assert.deepEqual(await graph.invoke({ n: 1 }), { n: 1 });
  });

  it('tells apart graphs, nodes and versions of their code', async () => {
    const cache = new InMemoryCache();
    const build = (name: string, node: string, action: () => { n: number }) =>
      new StateGraph(State)
        .addNode(node, action, { cachePolicy: true })
        .addEdge(START, node)
        .compile({ name, cache });
    assert.deepEqual(await build('g', 'a', () => ({ n: 1 })).invoke({ n: 0 }), { n: 1 });
    assert.deepEqual(await build('g', 'b', () => ({ n: 2 })).invoke({ n: 0 }), { n: 2 });
    assert.deepEqual(await build('h', 'a', () => ({ n: 3 })).invoke({ n: 0 }), { n: 3 });
    assert.deepEqual(await build('g', 'a', () => ({ n: 4 })).invoke({ n: 0 }), { n: 4 });
  });

  /** What each of these gives when asked in turn, each twice, with one cache. */
  async function answers(graphs: readonly { invoke(input: { n: number }): Promise<any> }[]) {
    const got: unknown[] = [];
    for (const graph of [...graphs, ...graphs]) got.push((await graph.invoke({ n: 0 })).n);
    return got;
  }

  class Teller {
    readonly #n: number;
    constructor(n: number) {
      this.#n = n;
    }
    tell() {
      return { n: this.#n };
    }
  }
  const tellerOf = (n: number) => () => ({ n });
  const subgraphOf = (n: number) =>
    new StateGraph(State).addNode('tell', tellerOf(n)).addEdge(START, 'tell').compile();
  const makers: [string, (n: number) => any][] = [
    ['closures of one text', tellerOf],
    ['bound methods', (n) => new Teller(n).tell.bind(new Teller(n))],
    ['bound functions', (n) => ((value: number) => ({ n: value })).bind(null, n)],
    ['subgraphs', subgraphOf],
    ['runnables', (n) => ({ invoke: tellerOf(n) })],
  ];
  for (const [kind, make] of makers) {
    it(`never takes the result of another graph of the same name: ${kind}`, async () => {
      const cache = new InMemoryCache();
      const build = (n: number) =>
        new StateGraph(State)
          .addNode('node', make(n), { cachePolicy: true })
          .addEdge(START, 'node')
          .compile({ cache });
      assert.deepEqual(await answers([build(1), build(2), build(3)]), [1, 2, 3, 1, 2, 3]);
    });

    it(`shares a result where a keyFunc says so: ${kind}`, async () => {
      const cache = new InMemoryCache();
      const build = (n: number) =>
        new StateGraph(State)
          .addNode('node', make(n), { cachePolicy: { keyFunc: () => 'shared' } })
          .addEdge(START, 'node')
          .compile({ cache });
      assert.deepEqual(await answers([build(1), build(2)]), [1, 1, 1, 1]);
    });
  }

  it('keeps apart two graphs that have one function', async () => {
    let runs = 0;
    const count = () => ({ n: ++runs });
    const cache = new InMemoryCache();
    const builder = () =>
      new StateGraph(State).addNode('node', count, { cachePolicy: true }).addEdge(START, 'node');
    const [one, other] = [builder(), builder()];
    assert.deepEqual(
      await answers([one.compile({ cache }), one.compile({ cache }), other.compile({ cache })]),
      [1, 1, 2, 1, 1, 2],
    );
  });

  it('keeps apart nodes of one name inside of two subgraphs', async () => {
    const inner = (n: number) =>
      new StateGraph(State)
        .addNode('tell', tellerOf(n), { cachePolicy: true })
        .addEdge(START, 'tell')
        .compile();
    const Results = Annotation.Root({ n: Annotation<number>(), seen: Annotation<number[]>() });
    const graph = new StateGraph(Results)
      .addNode('one', inner(1))
      .addNode('look', ({ n }) => ({ n: 0, seen: [n] }))
      .addNode('two', inner(2))
      .addEdge(START, 'one')
      .addEdge('one', 'look')
      .addEdge('look', 'two')
      .compile({ cache: new InMemoryCache() });
    for (let i = 0; i < 2; i++) assert.deepEqual(await graph.invoke({ n: 0 }), { n: 2, seen: [1] });
  });

  it('keeps apart tasks of one name, and shares them where a keyFunc says so', async () => {
    const tell = (n: number, cachePolicy: CachePolicy | true) =>
      task({ name: 'tell', cachePolicy }, (_: string) => n);
    const run = (policy: CachePolicy | true) => {
      const tasks = [tell(1, policy), tell(2, policy)];
      const cache = new InMemoryCache();
      return entrypoint({ name: 'workflow', cache }, async () => {
        const got: number[] = [];
        for (const each of [...tasks, ...tasks]) got.push(await each('x'));
        return got;
      }).invoke({});
    };
    assert.deepEqual(await run(true), [1, 2, 1, 2]);
    assert.deepEqual(await run({ keyFunc: ([word]) => word }), [1, 1, 1, 1]);
  });

  it('finds a result again in a cache that outlives the process only by a keyFunc', async () => {
    const keys = async (cachePolicy: CachePolicy | true) => {
      const seen: string[] = [];
      const cache: Cache = {
        get: (wanted) => (seen.push(JSON.stringify(wanted)), []),
        set: () => {},
        clear: () => {},
      };
      const build = () =>
        new StateGraph(State)
          .addNode('node', () => ({ n: 1 }), { cachePolicy })
          .addEdge(START, 'node')
          .compile({ cache });
      await answers([build(), build()]);
      return new Set(seen).size;
    };
    assert.equal(await keys(true), 2);
    assert.equal(await keys({ keyFunc: () => 'key' }), 1);
  });

  it('marks cached tasks for observers', async () => {
    const { graph } = counted(true);
    const { onEvent, of } = recorder();
    await graph.invoke({ n: 1 }, { onEvent });
    await graph.invoke({ n: 1 }, { onEvent });
    assert.deepEqual(
      of('taskFinished').map(({ cached }) => cached),
      [undefined, true],
    );
  });

  it('goes for tasks, by all their arguments', async () => {
    let runs = 0;
    const add = task({ name: 'add', cachePolicy: true }, (a: number, b: number) => (runs++, a + b));
    const workflow = entrypoint({ name: 'workflow', cache: new InMemoryCache() }, async () => [
      await add(1, 2),
      await add(1, 2),
      await add(2, 1),
    ]);
    assert.deepEqual(await workflow.invoke({}), [3, 3, 3]);
    assert.equal(runs, 2);
  });

  class Point {
    at = { x: 1 };
    move() {
      this.at.x++;
    }
  }
  class Further extends Point {
    readonly path = [0];
  }
  class Locked {
    #n = 1;
    get n() {
      return this.#n;
    }
  }

  const kinds: [string, () => any, (value: any) => unknown][] = [
    ['a list', () => [1], (list) => list.push(2)],
    ['an object', () => ({ a: { b: 1 } }), (object) => (object.a.b = 2)],
    ['a map', () => new Map([['a', [1]]]), (map) => (map.get('a').push(2), map.set('b', []))],
    ['a key of a map', () => new Map([[[1], 1]]), (map) => [...map.keys()][0].push(2)],
    ['a set', () => new Set([{ a: 1 }]), (set) => (([...set][0].a = 2), set.add(3))],
    ['a date', () => new Date(0), (date) => date.setTime(9)],
    ['a URL', () => new URL('http://a/'), (url) => (url.pathname = '/b')],
    ['bytes', () => new Uint8Array([1]), (bytes) => (bytes[0] = 2)],
    ['a buffer', () => Buffer.from('a'), (buffer) => (buffer[0] = 2)],
    ['a view of bytes', () => new DataView(new ArrayBuffer(2), 1), (view) => view.setInt8(0, 2)],
    ['an ArrayBuffer', () => new ArrayBuffer(1), (it) => (new Uint8Array(it)[0] = 2)],
    [
      'a message',
      () => new AIMessage({ content: [{ type: 'text', text: 'Hi' }], id: '1' }),
      (message) => ((message.id = '2'), (message.content[0].text = 'Ho')),
    ],
    ['an instance of a class', () => new Point(), (point) => point.move()],
    ['an instance of a derived class', () => new Further(), (it) => it.path.push(it.move())],
    ['what is in an instance', () => ({ points: [new Point()] }), (it) => it.points[0].move()],
    ['an object without prototype', () => Object.create(null, {}), (object) => (object.a = 1)],
  ];
  for (const [kind, make, change] of kinds) {
    it(`hands out copies, so that nobody changes what is kept: ${kind}`, async () => {
      const made = task({ name: 'made', cachePolicy: true }, make);
      const workflow = entrypoint({ name: 'workflow', cache: new InMemoryCache() }, async () => {
        for (let i = 0; i < 3; i++) {
          const got = await made();
          assert.deepEqual(got, make(), `the ${i + 1}. time`);
          change(got);
          assert.notDeepEqual(got, make(), 'it can be changed');
        }
      });
      await workflow.invoke({});
    });
  }

  it('keeps an update with a map as it was returned, though state makes it read-only', async () => {
    let runs = 0;
    const graph = new StateGraph(Annotation.Root({ map: Annotation<Map<string, number>>() }))
      .addNode('node', () => (runs++, { map: new Map([['a', 1]]) }), { cachePolicy: true })
      .addEdge(START, 'node')
      .compile({ cache: new InMemoryCache() });
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await graph.invoke({}), { map: new Map([['a', 1]]) });
    }
    assert.equal(runs, 1);
  });

  it('passes on what cannot be copied, and keeps cycles', async () => {
    const results: any[] = [new Locked(), new RangeError('kept'), () => 1, { act: () => 1 }];
    const cycle: any = { list: [] };
    cycle.list.push(cycle);
    const get = task({ name: 'get', cachePolicy: true }, (n: number) => results[n] ?? cycle);
    const workflow = entrypoint(
      { name: 'workflow', cache: new InMemoryCache() },
      async (n: number) => [await get(n), await get(n)],
    );
    for (const [n, result] of results.slice(0, 3).entries()) {
      assert.deepEqual(await workflow.invoke(n), [result, result]);
    }
    assert.equal((await workflow.invoke(0))[1].n, 1);
    assert.equal((await workflow.invoke(3))[1].act, results[3].act);
    const [, kept] = await workflow.invoke(9);
    assert.equal(kept.list[0], kept);
    assert.notEqual(kept, cycle);
  });

  it('of an input that makes no key asks for a keyFunc', async () => {
    const look = task({ name: 'look', cachePolicy: true }, (_: unknown) => 1);
    const workflow = entrypoint({ name: 'w', cache: new InMemoryCache() }, () => look(() => 1));
    mentions(await failsWith('UNCACHEABLE_INPUT', workflow.invoke({})), '"look"', 'keyFunc');
  });
});

it('a cache can be cleared, in part or as a whole', () => {
  const cache = new InMemoryCache();
  const has = (space: string) => cache.get([[[space], 'k']]).length === 1;
  for (const space of ['a', 'b']) cache.set([{ key: [[space], 'k'], value: 1 }]);
  cache.clear([['a']]);
  assert.deepEqual([has('a'), has('b')], [false, true]);
  cache.clear();
  assert.equal(has('b'), false);
});

describe('the key of an input', () => {
  const key = (value: unknown) => keyOf(value, 'node');

  it('is the same for the same data, whatever the order of keys', () => {
    assert.equal(key({ a: 1, b: [2, { c: 3 }] }), key({ b: [2, { c: 3 }], a: 1 }));
    assert.equal(key(new Date(5)), key(new Date(5)));
    assert.equal(key(/a/g), key(/a/g));
    assert.equal(key(new Error('a')), key(new Error('a')));
    assert.equal(
      key(new HumanMessage({ content: 'x', id: '1' })),
      key(new HumanMessage({ content: 'x', id: '1' })),
    );
  });

  it('differs for whatever differs', () => {
    const values: unknown[] = [
      ...[undefined, null, true, false, 0, -0, 1, '0', '1', '', 'null', 1n, NaN, Infinity],
      ...[[], {}, [[]], [undefined], [null], { a: undefined }, { a: null }, { a: 1 }, { a: '1' }],
      ...[['a', 'b'], ['a,b'], [1, [2]], [[1], 2], { a: { b: 1 } }, { 'a:b': 1 }],
      ...[new Map([['a', 1]]), new Map([['a', 2]]), new Set(['a']), new Set(), new Map()],
      ...[new Date(0), new Date(1), new URL('http://a/'), new Uint8Array([1]), new Int8Array([1])],
      ...[new HumanMessage({ content: 'x', id: '1' }), new HumanMessage({ content: 'x', id: '2' })],
      ...[/a/, /b/, /a/g, Symbol.for('a'), Symbol.for('b'), new (class Named extends Map {})()],
      ...[new Error('a'), new Error('b'), new TypeError('a'), new Error('a', { cause: 1 })],
      ...[Object.assign(new Error('a'), { code: 7 }), [-0], [0, -0]],
    ];
    assert.equal(new Set(values.map(key)).size, values.length);
  });

  it('cannot be made of functions, symbols, cycles and unknown classes', async () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    class Unknown {}
    for (const value of [
      ...[() => 1, Symbol('s'), cycle, new Unknown(), { deep: [new WeakMap()] }],
      { [Symbol('s')]: 1 },
    ]) {
      await failsWith('UNCACHEABLE_INPUT', () => key(value));
    }
    const shared = {};
    assert.equal(key([shared, shared]), key([{}, {}]));
  });
});
