import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Command,
  HumanMessage,
  Overwrite,
  RemoveMessage,
  Send,
  Serializer,
  SuperstepError,
  SystemMessage,
  ToolMessage,
  type ClassCodec,
} from '../../../src/engine/index.ts';
import { failsWith, mentions } from '../support.ts';

const serializer = new Serializer();
const through = (value: unknown) => serializer.deserialize(serializer.serialize(value));

/** Built here, so that no test shares an object with another. */
const values: Record<string, () => unknown> = {
  null: () => null,
  undefined: () => undefined,
  'a text': () => 'with "quotes", \u2028 and \ud83d\ude00 and \ud83d',
  numbers: () => [0, -0, 1.5, NaN, Infinity, -Infinity, Number.MAX_VALUE],
  'a bigint': () => -(2n ** 100n),
  booleans: () => [true, false],
  'nested lists and objects': () => ({ a: [{ b: [[]] }], c: {} }),
  'undefined in lists and objects': () => ({ a: undefined, b: [undefined] }),
  'a list with holes': () => [1, , 3, undefined, ,], // prettier-ignore
  'an object without prototype': () => Object.assign(Object.create(null) as object, { a: 1n }),
  'keys of any kind': () => ({ '': 1, $: 2, $$: 3, 'a.b': 4, 7: 5, ['__proto__']: { n: 6n } }),
  'what looks like a tag': () => ({ $: ['Date', 0] }),
  'what looks like a tag inside': () => [{ x: { $: 1 } }, { $: { $: [] } }],
  dates: () => [new Date(1), new Date(NaN)],
  'a map with keys of any kind': () =>
    new Map<unknown, unknown>([
      [{ k: 1 }, new Map()],
      [NaN, undefined],
      ['x', [1n]],
    ]),
  'a set': () => new Set([1, '1', new Set()]),
  'a URL': () => new URL('https://user:pw@example.org:81/a%20b?c=d#e'),
  'a pattern': () => /a\/b"c/giu,
  bytes: () => [
    new Uint8Array([0, 255]),
    new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
    Buffer.from('hé'),
    new ArrayBuffer(3),
    new Float64Array([0.1, NaN]),
    new BigInt64Array([-1n]),
    new DataView(new ArrayBuffer(2)),
    new Uint8Array(),
  ],
  messages: () => [
    new HumanMessage({ content: 'Hi', id: '1', name: 'Ada' }),
    new SystemMessage(''),
    new AIMessage({
      content: [{ type: 'text', text: 'x' }],
      tool_calls: [{ name: 'f', args: { a: 1 }, id: 'c' }],
      usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
      additional_kwargs: { a: 1 },
      response_metadata: { b: 2 },
    }),
    new ToolMessage({ content: 'no', tool_call_id: 'c', status: 'error' }),
    new RemoveMessage({ id: '1' }),
  ],
  'a command': () => new Command({ update: { a: 1n }, goto: ['b', new Send('c', [1n])] }),
  'a send': () => new Send('node', new Date(0)),
};

describe('Serializer', () => {
  for (const [name, make] of Object.entries(values)) {
    it(`keeps ${name}, alone and inside of others`, () => {
      assert.deepStrictEqual(through(make()), make());
      const wrapped = () => ({
        list: [make()],
        map: new Map([[1, make()]]),
        set: new Set([make()]),
      });
      assert.deepStrictEqual(through(wrapped()), wrapped());
    });
  }

  it('keeps holes as holes, and -0 as -0', () => {
    const list = through([, 1]) as unknown[]; // prettier-ignore
    assert.equal(0 in list, false);
    assert.ok(Object.is(through(-0), -0));
  });

  it('keeps an overwrite', () => {
    const overwrite = through(new Overwrite([1n])) as Overwrite;
    assert.ok(overwrite instanceof Overwrite);
    assert.deepEqual(overwrite.value, [1n]);
  });

  it('keeps errors with class, stack, causes and own properties', () => {
    class CustomError extends Error {
      override name = 'CustomError';
    }
    const cause = new RangeError('why', { cause: 'text' });
    const error = Object.assign(new CustomError('what', { cause }), {
      code: 'E1',
      at: new Date(1),
    });
    const kept = through(error) as CustomError & { code: string; at: Date };
    assert.ok(kept instanceof Error);
    assert.deepEqual(
      [kept.name, kept.message, kept.stack, kept.code, kept.at],
      ['CustomError', 'what', error.stack, 'E1', error.at],
    );
    assert.ok(kept.cause instanceof RangeError);
    assert.equal(kept.cause.cause, 'text');
    assert.ok(through(new TypeError('t')) instanceof TypeError);
    const joined = through(new AggregateError([new Error('a'), 'b'], 'many')) as AggregateError;
    assert.ok(joined instanceof AggregateError);
    assert.deepEqual([(joined.errors[0] as Error).message, joined.errors[1]], ['a', 'b']);
    const own = through(new SuperstepError('INVALID_INPUT', 'x', { key: 'k' })) as SuperstepError;
    assert.deepEqual([own.code, own.details], ['INVALID_INPUT', { key: 'k' }]);
  });

  it('gives back messages of LangChain as its own', () => {
    const foreign = { getType: () => 'ai', content: 'x', id: '1', tool_calls: [], lc_kwargs: {} };
    class Foreign {
      constructor() {
        Object.assign(this, foreign);
      }
    }
    const kept = through(new Foreign());
    assert.ok(kept instanceof AIMessage);
    assert.deepEqual([kept.content, kept.id], ['x', '1']);
  });

  it('stores an object at each place it is in', () => {
    const shared = { n: 1 };
    assert.deepEqual(through([shared, shared]), [{ n: 1 }, { n: 1 }]);
    const kept = through([shared, shared]) as unknown[];
    assert.notEqual(kept[0], kept[1]);
  });

  it('does not take an object that is deep, or in many places, for one that contains itself', () => {
    let deep: unknown = 1n;
    for (let i = 0; i < 500; i++) deep = { deep };
    assert.deepEqual(through(deep), deep);
    const leaf = { leaf: 1 };
    let wide: unknown = leaf;
    for (let i = 0; i < 100; i++) wide = { wide, leaf };
    assert.deepEqual(through(wide), wide);
  });

  class Foo {}
  class List extends Array<number> {}
  const cycle: { a: { b: unknown[] } } = { a: { b: [] } };
  cycle.a.b.push(cycle);
  const cyclicMap = new Map<string, unknown>();
  cyclicMap.set('me', [cyclicMap]);
  const tooDeep = () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    return deep;
  };
  const refused: Record<string, [unknown, string]> = {
    'an object of an unknown class': [
      { a: [{ b: new Foo() }] },
      '.a[0].b is an object of class Foo',
    ],
    'a subclass of Map': [new (class Cache extends Map {})(), 'class Cache'],
    'a function': [{ run() {} }, '.run is a function'],
    'a symbol': [[Symbol('s')], '[0] is a symbol'],
    'an object that contains itself': [cycle, '.a.b[0] contains itself'],
    'a map that contains itself': [cyclicMap, 'contains itself'],
    'a promise': [{ 'a b': Promise.resolve() }, '["a b"] is an object of class Promise'],
    'a WeakMap': [new Map([['k', new WeakMap()]]), '.get("k") is an object of class WeakMap'],
    'what is nested too deeply': [tooDeep(), 'too deeply'],
  };
  for (const [name, [value, says]] of Object.entries(refused)) {
    it(`refuses ${name}, and says where it is`, async () => {
      const error = await failsWith('NOT_SERIALIZABLE', () =>
        serializer.serialize(value, 'key "k"'),
      );
      mentions(error, 'key "k"', says.replace(/^\.a\.b\[0\] /, ''));
      assert.equal(error.details.key, 'k');
    });
  }

  it('keeps a list of a class of lists as a list', () => {
    assert.deepEqual(through(List.from([1, 2])), [1, 2]);
  });

  it('keeps objects of classes it is told of', async () => {
    class Money {
      readonly cents: bigint;
      constructor(cents: bigint) {
        this.cents = cents;
      }
    }
    const codec: ClassCodec<Money, bigint> = {
      name: 'Money',
      type: Money,
      encode: ({ cents }) => cents,
      decode: (cents) => new Money(cents),
    };
    const knows = new Serializer([codec]);
    const text = knows.serialize([new Money(5n)]);
    assert.deepStrictEqual(knows.deserialize(text), [new Money(5n)]);
    const error = await failsWith('NOT_SERIALIZABLE', () => serializer.deserialize(text));
    mentions(error, '"Money"', 'classes');
  });

  it('reads what older versions wrote', () => {
    const written =
      '{"a":{"$":["Date",1]},"b":[{"$":["Set",[{"$":["bigint","1"]}]]}],"c":{"$":["number","-0"]}}';
    assert.deepStrictEqual(serializer.deserialize(written), {
      a: new Date(1),
      b: [new Set([1n])],
      c: -0,
    });
  });

  it('refuses what a newer version wrote', async () => {
    await failsWith('NOT_SERIALIZABLE', () => serializer.deserialize('{"$":["Temporal","x"]}'));
  });
});
