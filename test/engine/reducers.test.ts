import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { append, merge, sum, union, type Reducer } from '../../src/engine/index.ts';
import { bulkOf, fold } from '../../src/engine/state/reducers.ts';
import { didYouMean, show } from '../../src/engine/model/errors.ts';

describe('a reducer in bulk is the reducer folded', () => {
  const agrees = (
    reducer: Reducer<any, any>,
    value: fc.Arbitrary<any>,
    update: fc.Arbitrary<any>,
  ) =>
    fc.assert(
      fc.property(
        fc.option(value, { nil: undefined }),
        fc.array(update, { minLength: 1 }),
        (current, updates) => {
          // Without a present value the first update goes through the bulk form alone.
          const first = current === undefined ? bulkOf(reducer)!(undefined, [updates[0]]) : current;
          const rest = current === undefined ? updates.slice(1) : updates;
          assert.deepEqual(bulkOf(reducer)!(current, updates), fold(reducer, first, rest));
        },
      ),
    );

  it('append', () =>
    agrees(append as any, fc.array(fc.integer()), fc.oneof(fc.integer(), fc.array(fc.integer()))));
  it('sum', () => agrees(sum, fc.integer(), fc.integer()));
  it('merge', () =>
    agrees(
      merge as any,
      fc.dictionary(fc.string(), fc.integer()),
      fc.dictionary(fc.string(), fc.integer()),
    ));
  it('union', () =>
    agrees(
      union as any,
      fc.array(fc.integer()).map((a) => new Set(a)),
      fc.array(fc.integer()),
    ));

  const concat: [string, Reducer<any, any>][] = [
    ['a.concat(b)', (a, b) => a.concat(b)],
    ['[...a, ...b]', (a, b) => [...a, ...b]],
    ['(x,y)=>x.concat(y)', (x: any, y: any) => x.concat(y)],
  ];
  for (const [text, reducer] of concat) {
    it(text, () => {
      assert.ok(bulkOf(reducer));
      agrees(reducer, fc.array(fc.integer()), fc.array(fc.integer()));
    });
  }

  it('a.concat(b) of what are no lists, too', () => {
    const reducer: Reducer<any, any> = (a, b) => a.concat(b);
    assert.deepEqual(bulkOf(reducer)!(['a'], ['b', ['c'], [['d']]]), ['a', 'b', 'c', ['d']]);
    assert.equal(bulkOf(reducer)!('text', ['b', 'c']), 'textbc');
    const spread = { [Symbol.isConcatSpreadable]: true, length: 1, 0: 'x' };
    assert.deepEqual(bulkOf(reducer)!([], [['a'], spread]), ['a', 'x']);
  });

  it('but not where it only looks alike', () => {
    for (const reducer of [
      (a: any, b: any) => b.concat(a),
      (a: any, b: any) => a.concat(b, b),
      (a: any, b: any) => [...b, ...a],
      (a: any, b: any) => a.concat(b).slice(-3),
    ]) {
      assert.equal(bulkOf(reducer), undefined);
    }
  });

  it('append adds what is a list item by item, and says when the present value is none', () => {
    assert.deepEqual(append([1], 2), [1, 2]);
    assert.deepEqual(append<any>([1], [[2]]), [1, [2]]);
    assert.throws(() => append('text' as any, 1), /append needs a list.*"text"/);
  });

  it('append takes a million items at once', () => {
    assert.equal(
      append(
        [],
        Array.from({ length: 1_000_000 }, (_, i) => i),
      ).length,
      1_000_000,
    );
  });
});

describe('error messages', () => {
  it('show any value in one short line', () => {
    const cycle: any = {};
    cycle.cycle = cycle;
    class Thing {}
    const values: [unknown, string][] = [
      ['a"b', '"a\\"b"'],
      [5n, '5n'],
      [undefined, 'undefined'],
      [null, 'null'],
      [Symbol('s'), 'Symbol(s)'],
      [() => 1, 'function (anonymous)'],
      [function named() {}, 'function named'],
      [{ a: [1] }, '{"a":[1]}'],
      [new Thing(), 'Thing object'],
      [new Map(), 'Map object'],
      [cycle, 'object'],
      [Object.create(null), '{}'],
      [NaN, 'NaN'],
    ];
    for (const [value, text] of values) assert.equal(show(value), text);
    assert.ok(show('x'.repeat(10_000)).length <= 120);
    const throwing = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('no');
        },
      },
    );
    assert.equal(typeof show(throwing), 'string');
  });

  it('suggest the closest name, if one is close', () => {
    assert.equal(didYouMean('wirte', ['read', 'write', 'wait']), '; did you mean "write"?');
    assert.equal(didYouMean('zzzzzz', ['read', 'write']), '');
    assert.equal(didYouMean('a', []), '');
    assert.equal(didYouMean('b', ['a', 'B']), '; did you mean "B"?');
    for (const [name, other] of [
      ['a', 'b'],
      ['go', 'no'],
      ['x', 'ab'],
      ['one', 'two'],
    ] as const) {
      assert.equal(didYouMean(name, [other]), '', `${name} is not ${other}`);
    }
    assert.equal(didYouMean('yess', ['no', 'yes']), '; did you mean "yes"?');
    assert.equal(didYouMean('x'.repeat(5_000), ['y'.repeat(5_000)]), '');
  });
});
