import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { toJson } from '../../src/runner/toJson.ts';
import { displayLimits, toPlain, toPlainSized } from '../../src/runner/wire.ts';

/** What arrives on the other side of a thread. */
function send(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value);
    return receiveMessageOnPort(port2)?.message;
  } finally {
    port1.close();
  }
}

const cloneable = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});

test('toPlain() keeps everything that can be cloned', () => {
  fc.assert(
    fc.property(cloneable, (value) => {
      assert.deepEqual(send(toPlain(value)), structuredClone(value));
    }),
  );
});

test('toPlain() makes data of anything, and the same data the second time', () => {
  const anything = fc.anything({
    withBigInt: true,
    withMap: true,
    withSet: true,
    values: [
      fc
        .constantFrom<() => unknown>(
          () => () => 1,
          () => Symbol('s'),
          () => Promise.resolve(1),
          () => new WeakMap(),
          () => new Proxy({}, {}),
          () =>
            new (class Point {
              x = 1;
            })(),
          () => new URL('https://example.org/'),
        )
        .map((make) => make()),
      fc.integer(),
    ],
  });
  fc.assert(
    fc.property(anything, (value) => {
      const plain = toPlain(value);
      assert.deepEqual(send(plain), plain);
      assert.deepEqual(toPlain(plain), plain);
      JSON.stringify(toJson(value));
    }),
  );
});

test('toPlain() keeps cycles and shared references', () => {
  const shared = { a: 1 };
  const value: Record<string, unknown> = { first: shared, second: shared, list: [shared] };
  value['self'] = value;
  const copy = send(toPlain(value)) as typeof value;
  assert.equal(copy['self'], copy);
  assert.equal(copy['first'], copy['second']);
  assert.equal((copy['list'] as unknown[])[0], copy['first']);
});

test('toPlain() gives what cannot be cloned a readable stand-in', () => {
  class Point {
    x = 1;
  }
  class Empty {}
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const stoneFaced = {
    get trap(): never {
      throw new Error('no');
    },
    fine: 1,
  };
  class Money {
    toJSON() {
      return '12 EUR';
    }
  }
  class Loop {
    toJSON() {
      return { self: this };
    }
  }
  function named() {}
  assert.deepEqual(
    toPlain({
      named,
      anonymous: (
        () => () =>
          1
      )(),
      Point,
      symbol: Symbol('s'),
      point: new Point(),
      empty: new Empty(),
      promise: Promise.resolve(),
      weak: new WeakMap(),
      proxy: new Proxy({ a: 1 }, {}),
      revoked: revoked.proxy,
      stoneFaced,
      money: new Money(),
      loop: new Loop(),
      signal: new AbortController().signal,
      url: new URL('https://example.org/'),
      generator: (function* () {})(),
      buffer: detached.buffer,
      boxed: Object(7n),
      boxedSymbol: Object(Symbol('b')),
    }),
    {
      named: '[Function: named]',
      anonymous: '[Function: (anonymous)]',
      Point: '[class Point]',
      symbol: 'Symbol(s)',
      point: { '[class]': 'Point', x: 1 },
      empty: '[Empty]',
      promise: '[Promise]',
      weak: '[WeakMap]',
      proxy: '[Proxy]',
      revoked: '[Proxy]',
      stoneFaced: { trap: '[Threw: no]', fine: 1 },
      money: '12 EUR',
      loop: { self: '[Circular Loop]' },
      signal: '[AbortSignal]',
      url: 'https://example.org/',
      generator: '[Generator]',
      buffer: '[Threw: Cannot perform Construct on a detached ArrayBuffer]',
      boxed: 7n,
      boxedSymbol: 'Symbol(b)',
    },
  );
});

test('toPlain() turns messages of any library into their fields', () => {
  class AIMessage {
    lc_serializable = true;
    type = 'ai';
    content = 'Hi';
    id = 'm1';
    name = undefined;
    additional_kwargs = {};
    tool_calls = [{ name: 'search', args: { q: 1 } }];
    toJSON() {
      return { lc: 1 };
    }
  }
  class HumanMessage {
    get type() {
      return 'human';
    }
    content = 'Hello';
  }
  assert.deepEqual(toPlain([new AIMessage(), new HumanMessage()]), [
    { type: 'ai', content: 'Hi', id: 'm1', tool_calls: [{ name: 'search', args: { q: 1 } }] },
    { type: 'human', content: 'Hello' },
  ]);
});

test('toPlain() keeps name, message, stack and cause of errors', () => {
  const error = new TypeError('outer', { cause: new Error('inner', { cause: Symbol('s') }) });
  const copy = send(toPlain(error)) as Error;
  assert.ok(copy instanceof Error);
  assert.equal(copy.name, 'TypeError');
  assert.equal(copy.message, 'outer');
  assert.equal(copy.stack, error.stack);
  assert.equal((copy.cause as Error).message, 'inner');
  assert.equal((copy.cause as Error).cause, 'Symbol(s)');
});

test('toPlain() sends only the bytes that a view shows', () => {
  const view = new Uint8Array(1000).subarray(10, 12);
  const copy = toPlain(view) as Uint8Array;
  assert.equal(copy.buffer.byteLength, 2);
  assert.deepEqual(toPlain(Buffer.from('ab')), new Uint8Array([97, 98]));
});

test('toPlain() neither overflows the stack nor the clone for data that is nested very deeply', () => {
  let list: unknown = null;
  for (let i = 0; i < 100_000; i++) list = { next: list };
  send(toPlain(list));
  JSON.stringify(toJson(list));
});

test('toPlain() does not set a prototype through a key', () => {
  const hostile: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
  const copy = toPlain(hostile) as Record<string, unknown>;
  assert.equal(copy['polluted'], undefined);
  assert.deepEqual(Object.keys(copy), ['__proto__']);
  assert.deepEqual(JSON.stringify(toJson(hostile)), '{"__proto__":{"polluted":true}}');
});

test('toPlain() with limits cuts and says how much it left out', () => {
  const limits = { textLength: 5, items: 2, depth: 2 };
  assert.equal(toPlain('x'.repeat(49_900_005), limits), 'xxxxx… 49.9 MB more');
  assert.equal(toPlain('x'.repeat(25_005), limits), 'xxxxx… 25.0 kB more');
  assert.equal(toPlain('123456', limits), '12345… 1 characters more');
  assert.deepEqual(toPlain([1, 2, 3, 4], limits), [1, 2, '… 2 more items']);
  assert.deepEqual(toPlain({ a: 1, b: 2, c: 3 }, limits), { a: 1, b: 2, '…': '1 more keys' });
  assert.deepEqual(toPlain(new Set([1, 2, 3]), limits), new Set([1, 2, '… 1 more values']));
  assert.deepEqual(
    toPlain(
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
      limits,
    ),
    new Map<unknown, unknown>([
      [1, 1],
      [2, 2],
      ['…', '1 more entries'],
    ]),
  );
  assert.deepEqual(toPlain({ a: { b: { c: 1 } } }, limits), {
    a: { b: '… nested deeper than 2 levels' },
  });
  assert.equal(toPlain(new Uint8Array(1234), limits), '[Uint8Array: 1,234 bytes]');
});

test('toPlain() with display limits stays small for any amount of data', () => {
  const huge = {
    texts: Array.from({ length: 500 }, () => 'x'.repeat(100_000)),
    wide: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i])),
  };
  const { value, size } = toPlainSized(huge, displayLimits);
  assert.ok(size < displayLimits.total * 1.2, `${size}`);
  assert.ok(JSON.stringify(value).length < displayLimits.total * 1.2);
});

test('toJson() writes what JSON lacks always in the same way', () => {
  const cyclic: Record<string, unknown> = { list: [{}] };
  (cyclic['list'] as Record<string, unknown>[])[0]!['up'] = cyclic;
  const value = {
    big: 12n,
    date: new Date(0),
    badDate: new Date(NaN),
    regExp: /a"b/g,
    map: new Map([['k', new Set([1, undefined])]]),
    anyMap: new Map<unknown, unknown>([
      [1, 'one'],
      [{ a: 1 }, 2n],
    ]),
    bytes: new Uint8Array([1, 2]),
    bigs: new BigInt64Array([3n]),
    buffer: new Uint8Array([4]).buffer,
    view: new DataView(new Uint8Array([5, 6]).buffer, 1),
    missing: undefined,
    holes: [, undefined],
    numbers: [NaN, Infinity, -0],
    error: new RangeError('far', { cause: 'why' }),
    cyclic,
  };
  assert.equal(
    JSON.stringify(toJson(value), null, 1).replace(/\n */g, ' '),
    '{ "big": "12", "date": "1970-01-01T00:00:00.000Z", "badDate": null, "regExp": "/a\\"b/g",' +
      ' "map": { "k": [ 1, null ] }, "anyMap": [ [ 1, "one" ], [ { "a": 1 }, "2" ] ],' +
      ' "bytes": [ 1, 2 ], "bigs": [ "3" ], "buffer": [ 4 ], "view": [ 6 ],' +
      ' "holes": [ null, null ], "numbers": [ null, null, 0 ],' +
      ' "error": { "name": "RangeError", "message": "far", "cause": "why" },' +
      ' "cyclic": { "list": [ { "up": "[Circular $.cyclic]" } ] } }',
  );
});

test('an image in a text is sent whole where images may be, and others of that length are cut', () => {
  const image = `data:image/png;base64,iVBORw0KGgo${'A'.repeat(300_000)}`;
  const text = 'x'.repeat(300_000);
  const cut = toPlain({ image, text }, displayLimits) as Record<string, string>;
  assert.match(cut['image']!, /^data.{9990,}… 290.0 kB more$/);
  const { value, size } = toPlainSized({ image, text, after: 'seen' }, withImages);
  assert.deepEqual(value, { image, text: cut['text'], after: 'seen' });
  assert.ok(size > image.length, 'a host that is slow is waited for');
  const twice = toPlain([image, image], withImages) as string[];
  assert.deepEqual([twice[0]!.length, twice[1]!.length < 11_000], [image.length, true]);
});

test('an image in bytes, and JSON in a text, are sent whole where images may be', () => {
  const image = new Uint8Array(200_000);
  image.set(Buffer.from('iVBORw0KGgo', 'base64'));
  const json = JSON.stringify(Array(20_000).fill(12));
  const given = { image, json };
  assert.deepEqual(toPlain(given, withImages), given);
  const cut = toPlain(given, displayLimits) as Record<string, string>;
  assert.equal(cut['image'], '[Uint8Array: 200,000 bytes]');
  assert.match(cut['json']!, /… 50\.0 kB more$/);
  const twice = toPlain({ image, second: { image: image.slice(), json } }, withImages);
  const second = { image: cut['image'], json };
  assert.deepEqual(twice, { image, second });
});

const withImages = { ...displayLimits, wholeLength: 400_000 };
