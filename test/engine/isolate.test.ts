import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deepFreeze, isolate } from '../../src/engine/state/isolate.ts';

describe('isolate()', () => {
  it('copies plain data deeply and freezes the copy', () => {
    const given = { a: [{ b: 1 }], c: Object.assign(Object.create(null), { d: [1] }) };
    const copy = isolate(given);
    assert.deepEqual(copy, given);
    assert.notEqual(copy, given);
    assert.notEqual(copy.a[0], given.a[0]);
    assert.ok(Object.isFrozen(copy) && Object.isFrozen(copy.a[0]) && Object.isFrozen(copy.c.d));
    assert.equal(Object.getPrototypeOf(copy.c), null);
  });

  it('shares what is frozen', () => {
    const frozen = isolate({ a: [1] });
    assert.equal(isolate(frozen), frozen);
    assert.equal(isolate({ frozen }).frozen, frozen);
  });

  it('keeps cycles and shared parts', () => {
    const cycle: any = { list: [] };
    cycle.self = cycle;
    cycle.list.push(cycle.list, cycle);
    const copy = isolate(cycle);
    assert.equal(copy.self, copy);
    assert.equal(copy.list[0], copy.list);
    assert.equal(copy.list[1], copy);
  });

  it('keeps shared parts however many there are', () => {
    const parts = Array.from({ length: 40 }, (_, n) => ({ n, list: [n] }));
    const copy = isolate({ once: parts, again: [...parts].reverse() });
    assert.deepEqual(copy.once, parts);
    for (const [n, part] of copy.once.entries()) assert.equal(copy.again[39 - n], part);
  });

  it('keeps a key named __proto__ as a key', () => {
    const copy = isolate(JSON.parse('{"__proto__": {"x": [1]}}'));
    assert.deepEqual(Object.keys(copy), ['__proto__']);
    assert.equal(copy.x, undefined);
  });

  it('leaves values that are no containers alone', () => {
    for (const value of [1, 'a', null, undefined, 5n, Symbol.iterator])
      assert.equal(isolate(value), value);
  });
});

describe('deepFreeze()', () => {
  it('freezes in place, cycles too, and nothing of an unknown class', () => {
    class Thing {}
    const thing = new Thing();
    const data: any = { a: [{ thing }], set: new Set([[1]]) };
    data.self = data;
    assert.equal(deepFreeze(data), data);
    assert.ok(Object.isFrozen(data.a[0]));
    assert.ok(Object.isFrozen(data.set) && Object.isFrozen([...data.set][0]));
    assert.ok(!Object.isFrozen(thing));
  });
});
