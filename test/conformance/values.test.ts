// One table of kinds of values, for all that walk over values: each walker does with each kind what the
// table says, so that a kind that one of them forgets is found here.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataKey } from '../../src/engine/checkpoint/dataKey.ts';
import { Serializer } from '../../src/engine/checkpoint/serialize.ts';
import { isSuperstepError, show } from '../../src/engine/model/errors.ts';
import { keyOf } from '../../src/engine/plan/cacheKey.ts';
import { deepFreeze, isolate } from '../../src/engine/state/isolate.ts';
import { thawed } from '../../src/engine/state/thaw.ts';
import { toJson } from '../../src/runner/toJson.ts';
import { toPlain } from '../../src/runner/wire.ts';

class Point {
  x = 1;
}

interface Kind {
  /** Makes a new value that holds the same each time. */
  readonly make: () => unknown;
  /** The state holds a read-only copy, not the object itself. */
  readonly isCopied: boolean;
  /** What is stored of it is read back as the same; otherwise it is refused. */
  readonly isStored: boolean;
  /** A cache can tell two of them apart; otherwise it is refused. */
  readonly isKeyed: boolean;
  /** As JSON for people and files. */
  readonly json: unknown;
}

const data = { isCopied: true, isStored: true, isKeyed: true };
const plain = { isCopied: false, isStored: true, isKeyed: true };
const opaque = { isCopied: false, isStored: false, isKeyed: false };
const itself = () => {
  const value: Record<string, unknown> = { a: 1 };
  value['self'] = value;
  return value;
};

const KINDS: Record<string, Kind> = {
  'a text': { ...plain, make: () => 'a', json: 'a' },
  'a number': { ...plain, make: () => 1.5, json: 1.5 },
  NaN: { ...plain, make: () => NaN, json: null },
  'an infinity': { ...plain, make: () => -Infinity, json: null },
  'minus zero': { ...plain, make: () => -0, json: 0 },
  'a boolean': { ...plain, make: () => false, json: false },
  null: { ...plain, make: () => null, json: null },
  undefined: { ...plain, make: () => undefined, json: undefined },
  'a BigInt': { ...plain, make: () => 5n, json: '5' },
  'an object': { ...data, make: () => ({ a: { b: 1 } }), json: { a: { b: 1 } } },
  'an object without a prototype': {
    ...data,
    make: () => Object.assign(Object.create(null) as object, { a: 1 }),
    json: { a: 1 },
  },
  'an own key __proto__': {
    ...data,
    make: () => JSON.parse('{"__proto__":{"x":1}}') as unknown,
    json: JSON.parse('{"__proto__":{"x":1}}') as unknown,
  },
  'a list': { ...data, make: () => [1, [2]], json: [1, [2]] },
  'a list with holes': { ...data, make: () => [1, , 3], json: [1, null, 3] },
  'a Map': { ...data, make: () => new Map([['k', { v: 1 }]]), json: { k: { v: 1 } } },
  'a Set': { ...data, make: () => new Set([{ v: 1 }]), json: [{ v: 1 }] },
  'a Date': { ...data, make: () => new Date(5), json: '1970-01-01T00:00:00.005Z' },
  'an invalid Date': { ...data, make: () => new Date(NaN), json: null },
  'a proxy of data': { ...data, make: () => new Proxy({ a: 1 }, {}), json: '[Proxy]' },
  'a URL': { ...plain, make: () => new URL('http://a/b'), json: 'http://a/b' },
  'a RegExp': { ...plain, make: () => /a/g, json: '/a/g' },
  bytes: { ...plain, make: () => new Uint8Array([1, 2]), json: [1, 2] },
  'a Buffer': { ...plain, make: () => Buffer.from('ab'), json: [97, 98] },
  'an ArrayBuffer': { ...plain, make: () => new Uint8Array([1]).buffer, json: [1] },
  'an error with a cause': {
    ...plain,
    make: () => new TypeError('no', { cause: new Error('why') }),
    json: {
      name: 'TypeError',
      message: 'no',
      cause: { name: 'Error', message: 'why' },
    },
  },
  'an instance of a class': {
    ...opaque,
    make: () => new Point(),
    json: { '[class]': 'Point', x: 1 },
  },
  'a function': { ...opaque, make: () => Math.max, json: '[Function: max]' },
  'a symbol': { ...opaque, make: () => Symbol.iterator, json: 'Symbol(Symbol.iterator)' },
  'a promise': { ...opaque, make: () => Promise.resolve(1), json: '[Promise]' },
  'a WeakMap': { ...opaque, make: () => new WeakMap(), json: '[WeakMap]' },
  'an object that contains itself': {
    ...opaque,
    isCopied: true,
    make: itself,
    json: { a: 1, self: '[Circular $]' },
  },
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isSuperstepError(error) ? error.code : String(error);
  }
  return 'nothing was thrown';
}

for (const [name, { make, isCopied, isStored, isKeyed, json }] of Object.entries(KINDS)) {
  describe(`values: ${name}`, () => {
    it('are isolated, frozen and thawed again without a change', () => {
      const value = make();
      const kept = isolate(value);
      assert.equal(Object.is(kept, value), !isCopied);
      assert.equal(isolate(kept), kept);
      if (name === 'a proxy of data') return assert.deepEqual(kept, { a: 1 });
      assert.deepEqual(kept, value);
      assert.deepEqual(thawed(kept), value);
      assert.deepEqual(deepFreeze(isCopied ? make() : value), value);
    });

    it(isStored ? 'are stored and read back' : 'are refused by what stores', () => {
      const serializer = new Serializer();
      if (!isStored)
        return assert.equal(
          codeOf(() => serializer.serialize(make())),
          'NOT_SERIALIZABLE',
        );
      const read = serializer.deserialize(serializer.serialize(make()));
      assert.deepEqual(read, name === 'a proxy of data' ? { a: 1 } : make());
    });

    it(isKeyed ? 'have a key in caches' : 'are refused as keys of caches', () => {
      if (!isKeyed)
        return assert.equal(
          codeOf(() => keyOf(make(), 'n')),
          'UNCACHEABLE_INPUT',
        );
      assert.equal(keyOf(make(), 'n'), keyOf(make(), 'n'));
      assert.notEqual(keyOf(make(), 'n'), keyOf([make()], 'n'));
    });

    it('have a key among the calls of a task', () => {
      assert.equal(dataKey(make()), dataKey(make()));
      assert.notEqual(dataKey(make()), dataKey([make()]));
    });

    it('can be shown in one short line', () => {
      assert.match(show(make()), /^.{1,120}$/);
    });

    it('can be told to people and other threads as JSON', () => {
      // Sent from thread to thread, which refuses what is left of functions, classes and proxies.
      assert.doesNotThrow(() => structuredClone(toPlain(make())));
      const text = JSON.stringify(toJson(make()));
      if (json === undefined) return assert.equal(text, undefined);
      const told: unknown = JSON.parse(text);
      if (name.startsWith('an error')) return assert.partialDeepStrictEqual(told, json);
      assert.deepEqual(told, json);
    });
  });
}

describe('keys of values', () => {
  const every = Object.entries(KINDS);

  it('differ between any two kinds', () => {
    const keys = new Map<string, string>();
    for (const [name, { make }] of every) {
      // What their data are made of is the same.
      if (/proxy|without a prototype/.test(name)) continue;
      const key = dataKey(make());
      assert.equal(keys.get(key), undefined, name);
      keys.set(key, name);
    }
  });
});
