import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { z } from 'zod';
import {
  Annotation,
  END,
  Command,
  MemorySaver,
  MessagesValue,
  Overwrite,
  ReducedValue,
  START,
  Send,
  StateGraph,
  StateSchema,
  append,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { collect, concat, failsWith, mentions } from './support.ts';

/** A graph of one node over any state. */
function oneNode(state: any, node: (state: any) => any, options: any = {}) {
  const builder = new StateGraph(state, options).addNode('only', node).addEdge(START, 'only');
  return builder.compile() as CompiledStateGraph;
}

describe('declaring state', () => {
  it('takes a StateSchema of zod types, reduced values and messages', async () => {
    const State = new StateSchema({
      name: z.string(),
      list: new ReducedValue(z.array(z.string()).default([]), { reducer: concat }),
      messages: MessagesValue,
    });
    const graph = new StateGraph(State)
      .addNode('only', (state) => ({ name: state.name.toUpperCase(), list: ['x'], messages: 'hi' }))
      .addEdge(START, 'only')
      .compile();
    const result = await graph.invoke({ name: 'ann', list: ['in'] });
    assert.equal(result.name, 'ANN');
    assert.deepEqual(result.list, ['in', 'x']);
    assert.equal(result.messages[0]?.text, 'hi');
  });

  it('takes Annotation with and without call, alone or with reducer', async () => {
    const graph = oneNode(
      Annotation.Root({ a: Annotation<string>(), b: Annotation as any }),
      () => ({
        a: 'A',
        b: 'B',
      }),
    );
    assert.deepEqual(await graph.invoke({}), { a: 'A', b: 'B' });
  });

  it('takes a zod object, every key of which keeps its last value', async () => {
    const graph = oneNode(z.object({ list: z.array(z.string()) }), () => ({ list: ['node'] }));
    assert.deepEqual(await graph.invoke({ list: ['input'] }), { list: ['node'] });
  });

  it('takes state, input and output as one object', async () => {
    const graph = new StateGraph({
      state: Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() }),
      input: Annotation.Root({ a: Annotation<number>() }),
      output: Annotation.Root({ b: Annotation<number>() }),
    })
      .addNode('only', (state) => ({ b: state.a + 1 }))
      .addEdge(START, 'only')
      .compile();
    assert.deepEqual(await graph.invoke({ a: 1 }), { b: 2 });
  });

  it('takes the fields of one root in another', async () => {
    const Base = Annotation.Root({ list: Annotation<string[]>({ reducer: concat }) });
    const More = Annotation.Root({ ...Base.spec, name: Annotation<string>() });
    const graph = oneNode(More, () => ({ list: ['b'], name: 'n' }));
    assert.deepEqual(await graph.invoke({ list: ['a'] }), { list: ['a', 'b'], name: 'n' });
  });

  it('refuses a graph without state', async () => {
    for (const state of [undefined, null, 7, {}, { list: 'string' }]) {
      const error = await failsWith('INVALID_SCHEMA', () => new StateGraph(state as any));
      assert.equal(error.name, 'StateGraphInputError');
      mentions(error, 'Annotation.Root');
    }
  });

  it('takes the older forms of LangGraph', async () => {
    const state = Annotation.Root({ a: Annotation<number>(), b: Annotation<number[]>() });
    const output = Annotation.Root({ a: Annotation<number>() });
    const list = Annotation<string[]>({ reducer: concat, default: () => ['first'] });
    const channels = {
      list: { value: concat, default: () => ['first'] },
      more: { reducer: concat },
      a: null,
    };
    const cases: [forms: unknown, update: object, expected: object][] = [
      [{ stateSchema: state, output }, { a: 1, b: [2] }, { a: 1 }],
      [{ input: state, output }, { a: 1, b: [2] }, { a: 1 }],
      [
        { channels },
        { list: ['x'], more: ['y'], a: 3 },
        { list: ['first', 'x'], more: ['y'], a: 3 },
      ],
      [
        { a: Annotation<number>, list },
        { a: 1, list: ['x'] },
        { a: 1, list: ['first', 'x'] },
      ],
    ];
    for (const [forms, update, expected] of cases) {
      assert.deepEqual(await oneNode(forms as any, () => update).invoke({}), expected);
    }
  });

  it('names the field that is no field', async () => {
    const error = await failsWith(
      'INVALID_SCHEMA',
      () => new StateSchema({ good: z.string(), bad: 'text' as any }),
    );
    mentions(error, '"bad"', '"text"');
    assert.equal(error.details.key, 'bad');
  });

  it('refuses two reducers for one key, and names it', async () => {
    const state = Annotation.Root({
      list: Annotation<string[]>({ reducer: (a, b) => a.concat(b) }),
    });
    const output = Annotation.Root({
      list: Annotation<string[]>({ reducer: (a, b) => [...a, ...b] }),
    });
    const error = await failsWith('CONFLICTING_KEY', () => oneNode(state, () => ({}), { output }));
    mentions(error, '"list"');
    assert.equal(error.details.key, 'list');
  });

  it('lets the reducer win where a key is declared with and without one', async () => {
    const state = Annotation.Root({ list: Annotation<string[]>({ reducer: concat }) });
    const output = Annotation.Root({ list: Annotation<string[]>() });
    assert.deepEqual(
      await oneNode(state, () => ({ list: ['b'] }), { output }).invoke({ list: ['a'] }),
      { list: ['a', 'b'] },
    );
    // And the other way round: plain in the state, reduced in the output.
    assert.deepEqual(
      await oneNode(output, () => ({ list: ['b'] }), { output: state }).invoke({ list: ['a'] }),
      { list: ['a', 'b'] },
    );
  });
});

describe('values', () => {
  it('leaves out keys that were never written, for nodes and in the result', async () => {
    let seen: unknown;
    const graph = oneNode(
      Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() }),
      (state) => {
        seen = state;
        return { b: 1 };
      },
    );
    const result = await graph.invoke({});
    assert.deepEqual(Object.keys(seen as object), []);
    assert.deepEqual(Object.keys(result), ['b']);
  });

  it('shows the default of a plain key at once', async () => {
    let seen: any;
    const graph = oneNode(z.object({ n: z.number().default(7), m: z.number() }), (state) => {
      seen = state;
    });
    assert.deepEqual(await graph.invoke({ m: 1 }), { n: 7, m: 1 });
    assert.deepEqual(seen, { n: 7, m: 1 });
  });

  it('calls the factory of a default once for each run, and reduces the input onto it', async () => {
    let made = 0;
    const state = Annotation.Root({
      total: Annotation<number>({ reducer: (a, b) => a + b, default: () => (made++, 100) }),
    });
    const graph = oneNode(state, () => undefined);
    const before = made;
    assert.deepEqual(await graph.invoke({ total: 10 }), { total: 110 });
    assert.deepEqual(await graph.invoke({ total: 20 }), { total: 120 });
    assert.equal(made - before, 2);
  });

  it('keeps a default that the factory shares with others unharmed', async () => {
    const shared: string[] = [];
    const state = Annotation.Root({
      list: Annotation<string[]>({ reducer: append, default: () => shared }),
    });
    await oneNode(state, () => ({ list: 'x' })).invoke({});
    shared.push('still mine');
    assert.equal(shared.length, 1);
  });

  it('stores the first write of a reduced key without default as it is', async () => {
    const calls: unknown[] = [];
    const state = Annotation.Root({
      n: Annotation<number>({
        reducer: (a, b) => {
          calls.push([a, b]);
          return a + b;
        },
      }),
    });
    assert.deepEqual(await oneNode(state, () => ({ n: 5 })).invoke({}), { n: 5 });
    assert.deepEqual(calls, []);
    assert.deepEqual(await oneNode(state, () => ({ n: 5 })).invoke({ n: 1 }), { n: 6 });
    assert.deepEqual(calls, [[1, 5]]);
  });

  it('orders the keys of results as the schema does', async () => {
    const state = Annotation.Root({
      a: Annotation<number>(),
      b: Annotation<number>(),
      c: Annotation<number>(),
    });
    const graph = oneNode(state, () => ({ c: 3, a: 1 }));
    assert.deepEqual(Object.keys(await graph.invoke({ b: 2 })), ['a', 'b', 'c']);
  });

  it('keeps the keys that an update does not name', async () => {
    const state = Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() });
    assert.deepEqual(await oneNode(state, () => ({ a: 9 })).invoke({ a: 1, b: 2 }), { a: 9, b: 2 });
  });

  for (const falsy of [0, '', false, null]) {
    it(`takes ${JSON.stringify(falsy)} as an update, of a plain key and as an operand`, async () => {
      const operands: unknown[] = [];
      const state = Annotation.Root({
        plain: Annotation<unknown>(),
        list: Annotation<unknown[], unknown>({
          reducer: (a, b) => {
            operands.push(b);
            return [...a, b];
          },
          default: () => [],
        }),
      });
      const graph = oneNode(state, () => ({ plain: falsy, list: falsy }));
      assert.deepEqual(await graph.invoke({ plain: 'before' }), { plain: falsy, list: [falsy] });
      assert.deepEqual(operands, [falsy]);
    });
  }

  it('drops unknown keys of input and updates, from results and from streams', async () => {
    const graph = oneNode(Annotation.Root({ a: Annotation<number>() }), () => ({ a: 1, typo: 2 }));
    assert.deepEqual(await graph.invoke({ a: 0, other: 3 }), { a: 1 });
    assert.deepEqual(await collect(graph.stream({})), [{ only: { a: 1 } }]);
  });

  it('drops keys of the input that the input schema lacks, although the state has them', async () => {
    const state = Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() });
    const input = Annotation.Root({ a: Annotation<number>() });
    assert.deepEqual(await oneNode(state, () => ({}), { input }).invoke({ a: 1, b: 2 }), { a: 1 });
  });

  describe('undefined', () => {
    const State = new StateSchema({
      plain: z.string(),
      list: new ReducedValue(z.array(z.any()).default(['d']), { reducer: concat }),
    });
    const cleared = { plain: undefined, list: ['d', 'x', undefined] };
    const given = { plain: 'p', list: ['x'] };
    const update = { plain: undefined, list: undefined } as any;

    it('sets a key, and reaches a reducer, without another default', async () => {
      for (const returned of [
        update,
        new Command({ update }),
        new Command({ update: Object.entries(update) }),
      ]) {
        const result = await oneNode(State, () => returned).invoke(given);
        assert.deepEqual(result, cleared);
        assert.ok('plain' in result);
      }
      assert.deepEqual(await oneNode(State, () => ({})).invoke(update), {
        plain: undefined,
        list: ['d', undefined],
      });
    });

    it('is written by a subgraph and in an update from outside, and kept by a thread', async () => {
      const Plain = Annotation.Root({ a: Annotation<any>(), b: Annotation<any>() });
      const inner = oneNode(Plain, () => ({ a: undefined }));
      for (const returns of ['values', 'updates'] as const) {
        const graph = new StateGraph(Plain)
          .addNode('inner', inner, { returns })
          .addEdge(START, 'inner')
          .compile({ checkpointer: new MemorySaver() });
        const config = { configurable: { thread_id: returns } };
        await graph.invoke({ a: 1, b: 2 }, config);
        assert.deepEqual((await graph.getState(config)).values, { a: undefined, b: 2 });
        await graph.updateState(config, { b: undefined });
        const { values } = await graph.getState(config);
        assert.deepEqual(values, { a: undefined, b: undefined });
        assert.deepEqual(Object.keys(values), ['a', 'b']);
      }
    });

    it('gives a key its default again, if it has one, and adds no message', async () => {
      const Defaults = new StateSchema({ n: z.number().default(7), messages: MessagesValue });
      const graph = oneNode(Defaults, () => ({ n: undefined, messages: undefined }));
      assert.deepEqual(await graph.invoke({ n: 1 }), { n: 7, messages: [] });
    });
  });

  it('is written by every pair of a command, in their order', async () => {
    const State = Annotation.Root({ list: Annotation<string[]>({ reducer: concat }) });
    const pairs: any = [
      ['list', ['a']],
      ['list', ['b']],
    ];
    const graph = oneNode(State, () => new Command({ update: pairs }));
    assert.deepEqual(await graph.invoke({ list: ['in'] }), { list: ['in', 'a', 'b'] });
    const odd = oneNode(State, () => new Command({ update: [['list']] as any }));
    await failsWith('INVALID_GRAPH_NODE_RETURN_VALUE', odd.invoke({}));
  });

  it('may have its reducer under its former name, and refuses options that it does not know', () => {
    const field = Annotation({ value: concat, default: () => ['d'] });
    const graph = oneNode(Annotation.Root({ list: field }), () => ({ list: ['x'] }));
    for (const wrong of [{}, { reduce: concat }, { reducer: 7 }]) {
      assert.throws(() => Annotation(wrong as any), { code: 'INVALID_SCHEMA' });
    }
    assert.throws(() => Annotation({ reducer: concat, default: [] } as any), {
      code: 'INVALID_SCHEMA',
    });
    return graph.invoke({}).then((result) => assert.deepEqual(result, { list: ['d', 'x'] }));
  });

  it('gives keys that objects inherit no value of their own', async () => {
    const state = Annotation.Root({
      constructor: Annotation<string>(),
      toString: Annotation<string>(),
    } as any);
    let seen: unknown;
    const graph = oneNode(state, (given) => {
      seen = Object.keys(given);
      return { constructor: 'made' };
    });
    assert.deepEqual(await graph.invoke({}), { constructor: 'made' });
    assert.deepEqual(seen, []);
  });

  it('cannot be kept under __proto__', async () => {
    const error = await failsWith('INVALID_SCHEMA', () =>
      Annotation.Root({ ['__proto__']: Annotation<unknown>() }),
    );
    assert.equal(error.details.key, '__proto__');
    const graph = oneNode(Annotation.Root({ a: Annotation<number>() }), () =>
      JSON.parse('{"__proto__": {"polluted": 1}, "a": 1}'),
    );
    const result: any = await graph.invoke(JSON.parse('{"__proto__": {"polluted": 1}}'));
    assert.equal(result.polluted, undefined);
    assert.deepEqual(Object.keys(result), ['a']);
  });
});

describe('what a node returns', () => {
  const state = Annotation.Root({ n: Annotation<number>() });

  for (const nothing of [undefined, null, {}, 0, '', false]) {
    it(`may be ${String(JSON.stringify(nothing))}: no update`, async () => {
      const graph = oneNode(state, () => nothing);
      assert.deepEqual(await graph.invoke({ n: 1 }), { n: 1 });
      assert.deepEqual(await collect(graph.stream({ n: 1 })), [{ only: {} }]);
    });
  }

  const generated = (function* () {
    yield { n: 1 };
  })();
  it('may be an instance of a class with keys of the state', async () => {
    class Update {
      n = 7;
    }
    assert.deepEqual(await oneNode(state, () => new Update()).invoke({}), { n: 7 });
  });

  for (const wrong of [
    ...['text', 7, true, [], [{ n: 1 }], Symbol('s'), 5n, () => 1],
    ...[new Map([['n', 1]]), new Set(['n']), new Date(0), generated],
  ]) {
    it(`cannot be ${typeof wrong === 'object' ? inspect(wrong) : String(wrong)}`, async () => {
      const error = await failsWith(
        'INVALID_GRAPH_NODE_RETURN_VALUE',
        oneNode(state, () => wrong).invoke({}),
      );
      assert.equal(error.name, 'InvalidUpdateError');
      assert.equal(error.lc_error_code, 'INVALID_GRAPH_NODE_RETURN_VALUE');
      assert.deepEqual(error.details.nodes, ['only']);
      assert.equal(error.details.value, wrong);
      mentions(error, '"only"');
    });
  }
});

describe('schemas of input and output', () => {
  const state = Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() });
  const output = Annotation.Root({ b: Annotation<number>() });
  const graph = oneNode(state, (s) => ({ b: s.a + 1 }), { output });

  it('filter what invoke returns, not what values shows', async () => {
    assert.deepEqual(await graph.invoke({ a: 1 }), { b: 2 });
    assert.deepEqual(await collect(graph.stream({ a: 1 }, { streamMode: 'values' })), [
      { a: 1 },
      { a: 1, b: 2 },
    ]);
    assert.deepEqual(await collect(graph.stream({ a: 1 })), [{ only: { b: 2 } }]);
  });

  it('hide private keys from all but the nodes that declare them', async () => {
    const seen: Record<string, unknown> = {};
    const Private = Annotation.Root({ a: Annotation<number>(), secret: Annotation<string>() });
    const built = new StateGraph(state)
      .addNode('first', (s) => {
        seen['first'] = s;
        return { secret: 'psst' } as any;
      })
      .addNode(
        'second',
        (s) => {
          seen['second'] = s;
          return { b: 2 };
        },
        { input: Private },
      )
      .addNode('third', (s) => void (seen['third'] = s))
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .addEdge('second', 'third')
      .addEdge('third', END)
      .compile();
    assert.deepEqual(await built.invoke({ a: 1 }), { a: 1, b: 2 });
    assert.deepEqual(seen, {
      first: { a: 1 },
      second: { a: 1, secret: 'psst' },
      third: { a: 1, b: 2 },
    });
    assert.deepEqual(await collect(built.stream({ a: 1 }, { streamMode: 'values' })), [
      { a: 1 },
      { a: 1 },
      { a: 1, b: 2 },
    ]);
  });
});

describe('Overwrite', () => {
  const state = Annotation.Root({
    list: Annotation<string[]>({ reducer: concat, default: () => [] }),
    late: Annotation<string[]>({ reducer: concat }),
    plain: Annotation<string>(),
  });
  /** Nodes a, b, c side by side. */
  const parallel = (nodes: Record<string, () => any>) => {
    const builder = new StateGraph(state).addNode(nodes as any) as any;
    for (const name of Object.keys(nodes)) builder.addEdge(START, name);
    return builder.compile();
  };

  it('replaces a reduced value and drops the other writes of the superstep, whatever their order', async () => {
    const graph = parallel({
      a: () => ({ list: ['a'] }),
      b: () => ({ list: new Overwrite(['new']) }),
      c: () => ({ list: ['c'] }),
    });
    assert.deepEqual((await graph.invoke({ list: ['old'] })).list, ['new']);
  });

  it('drops the other writes also of a key that had no value', async () => {
    const graph = parallel({
      a: () => ({ late: new Overwrite(['new']) }),
      b: () => ({ late: ['b'] }),
    });
    assert.deepEqual((await graph.invoke({})).late, ['new']);
  });

  it('of a plain key stores the value, not the wrapper', async () => {
    assert.equal(
      (await parallel({ a: () => ({ plain: new Overwrite('v') }) }).invoke({})).plain,
      'v',
    );
  });

  it('by two nodes in one superstep is an error that names both', async () => {
    const error = await failsWith(
      'INVALID_CONCURRENT_GRAPH_UPDATE',
      parallel({
        a: () => ({ list: new Overwrite(['1']) }),
        b: () => ({ list: new Overwrite(['2']) }),
      }).invoke({}),
    );
    mentions(error, '"list"', '"a"', '"b"', 'overwrite');
  });

  it('can be part of the input', async () => {
    const withDefault = Annotation.Root({
      list: Annotation<string[]>({ reducer: concat, default: () => ['default'] }),
    });
    assert.deepEqual(
      await oneNode(withDefault, () => ({})).invoke({ list: new Overwrite(['in']) }),
      {
        list: ['in'],
      },
    );
  });

  it('is checked against the schema of the value', async () => {
    const State = new StateSchema({
      total: new ReducedValue(z.number().default(0), {
        inputSchema: z.string(),
        reducer: (a, b: string) => a + b.length,
      }),
    });
    assert.deepEqual(await oneNode(State, () => ({ total: 'four' })).invoke({}), { total: 4 });
    assert.deepEqual(await oneNode(State, () => ({ total: new Overwrite(9) })).invoke({}), {
      total: 9,
    });
    const error = await failsWith(
      'VALIDATION_FAILED',
      oneNode(State, () => ({ total: new Overwrite('nine') })).invoke({}),
    );
    mentions(error, '"total"', '"only"');
    await failsWith('VALIDATION_FAILED', oneNode(State, () => ({ total: 9 })).invoke({}));
  });
});

describe('validation', () => {
  for (const [form, State] of [
    ['StateSchema', new StateSchema({ n: z.number(), s: z.string() })],
    ['z.object', z.object({ n: z.number(), s: z.string() })],
  ] as const) {
    it(`of ${form} names the input and the key before anything runs`, async () => {
      let ran = false;
      const graph = oneNode(State, () => void (ran = true));
      const error = await failsWith('VALIDATION_FAILED', graph.invoke({ n: 'seven', s: '' }));
      mentions(error, '"n"', 'the input', '"seven"');
      assert.deepEqual(error.details, { nodes: [], key: 'n', value: 'seven' });
      assert.equal(ran, false);
    });

    it(`of ${form} names the node and the key of an update`, async () => {
      const error = await failsWith(
        'VALIDATION_FAILED',
        oneNode(State, () => ({ s: 7 })).invoke({ n: 1 }),
      );
      mentions(error, '"s"', 'node "only"', '7');
      assert.deepEqual(error.details, { nodes: ['only'], key: 's', value: 7 });
    });

    it(`of ${form} does not ask for missing keys`, async () => {
      assert.deepEqual(await oneNode(State, () => ({})).invoke({ n: 1 }), { n: 1 });
    });
  }

  it('transforms input and updates once', async () => {
    const State = z.object({ s: z.string().transform((s) => `${s}!`) });
    assert.deepEqual(await oneNode(State, () => ({})).invoke({ s: 'in' }), { s: 'in!' });
    assert.deepEqual(await oneNode(State, () => ({ s: 'node' })).invoke({}), { s: 'node!' });
  });

  it('checks the input against the schema of the input', async () => {
    const graph = oneNode(z.object({ n: z.number() }), (s) => ({ n: s.n - 10 }), {
      input: z.object({ n: z.number().min(5) }),
    });
    assert.deepEqual(await graph.invoke({ n: 6 }), { n: -4 });
    const error = await failsWith('VALIDATION_FAILED', graph.invoke({ n: 1 }));
    mentions(error, '"n"', 'the input');
  });

  it('lets the schema of the input transform it, and reduces the result', async () => {
    const graph = oneNode(
      Annotation.Root({ list: Annotation<string[]>({ reducer: concat, default: () => ['d'] }) }),
      () => ({}),
      { input: z.object({ list: z.string().transform((text) => text.split(',')) }) },
    );
    assert.deepEqual(await graph.invoke({ list: 'a,b' }), { list: ['d', 'a', 'b'] });
  });

  describe('of what is sent to a node with an input schema of its own', () => {
    const sentTo = (payload: unknown) =>
      (new StateGraph(Annotation.Root({ log: Annotation<string[]>({ reducer: concat }) })) as any)
        .addNode('worker', (given: any) => ({ log: [JSON.stringify(given)] }), {
          input: z.object({ word: z.string(), times: z.number().default(2) }),
        })
        .addConditionalEdges(START, () => [new Send('worker', payload)], ['worker'])
        .compile()
        .invoke({});

    it('names node, key and payload', async () => {
      const error = await failsWith('VALIDATION_FAILED', sentTo({ word: 7 }));
      mentions(error, '"worker"', '"word"', '{"word":7}');
      assert.deepEqual(error.details, { nodes: ['worker'], key: 'word', value: { word: 7 } });
    });

    it('asks for missing keys', async () => {
      mentions(await failsWith('VALIDATION_FAILED', sentTo({})), '"worker"', '"word"');
    });

    it('asks for an object', async () => {
      for (const payload of ['text', 0, null, ['word']]) {
        mentions(await failsWith('VALIDATION_FAILED', sentTo(payload)), '"worker"', 'object');
      }
    });

    it('fills in defaults and keeps other keys', async () => {
      assert.deepEqual(await sentTo({ word: 'w', more: 1 }), {
        log: ['{"word":"w","more":1,"times":2}'],
      });
    });
  });

  it('by a schema that cannot answer at once is refused with the reason', async () => {
    const State = z.object({ s: z.string().refine(async () => true) });
    const error = await failsWith(
      'VALIDATION_FAILED',
      oneNode(State, () => ({})).invoke({ s: 'x' }),
    );
    mentions(error, '"s"', 'asynchronously');
  });

  it('takes any Standard Schema, object-like or of single fields', async () => {
    const even = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'number' && value % 2 === 0
            ? { value }
            : { issues: [{ message: 'must be even', path: ['deep', { key: 'down' }] }] },
      },
    };
    const State = new StateSchema({ n: even });
    assert.deepEqual(await oneNode(State, (s) => ({ n: s.n + 2 })).invoke({ n: 2 }), { n: 4 });
    const error = await failsWith(
      'VALIDATION_FAILED',
      oneNode(State, () => ({ n: 3 })).invoke({ n: 2 }),
    );
    mentions(error, 'deep.down: must be even');
  });

  it('of Annotation never happens', async () => {
    const state = Annotation.Root({ n: Annotation<number>() });
    assert.deepEqual(await oneNode(state, () => ({ n: 'text' })).invoke({ n: {} }), { n: 'text' });
  });
});
