import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorIn, jsonPlaces } from '../../../src/extension/input/jsonPlaces.ts';

/** The text at each place, by its path. */
function cut(json: string): Record<string, string> {
  const places = [...jsonPlaces(json)];
  return Object.fromEntries(places.map(([path, { start, end }]) => [path, json.slice(start, end)]));
}

/** Where the bar stands. */
function cursor(text: string) {
  const at = text.indexOf('|');
  const found = cursorIn(text.replace('|', ''), at);
  if (!found) return undefined;
  const { slot, path, typed, keys, next } = found;
  return [
    slot,
    path.join('.'),
    text.replace('|', '').slice(typed.start, typed.end),
    [...keys].join(),
    next,
  ];
}

test('the keys of a text have their places, whatever stands in texts, and so have elements of lists', () => {
  const json = `{ "a": "b\\": {", "c" : { "d": [1, {"x": 2}, "y"] }, "e\\u0041{": [{ "f": "a" }], "": null }`;
  assert.deepEqual(cut(json), {
    '["a"]': '"a"',
    '["c"]': '"c"',
    '["c","d"]': '"d"',
    '["c","d",0]': '1',
    '["c","d",1]': '{',
    '["c","d",1,"x"]': '"x"',
    '["c","d",2]': '"y"',
    '["eA{"]': '"e\\u0041{"',
    '["eA{",0]': '{',
    '["eA{",0,"f"]': '"f"',
    '[""]': '""',
  });
});

test('of a key that stands there twice the last counts, as it does for JSON.parse', () => {
  assert.equal(jsonPlaces('{"a": 1, "a": "x"}').get('["a"]')?.start, 9);
});

test('a cursor is at a key or a value, of which it knows what is typed and what stands around', () => {
  assert.deepEqual(cursor('|'), ['value', '', '', '', '']);
  assert.deepEqual(cursor('{|}'), ['key', '', '', '', '}']);
  assert.deepEqual(cursor('{ "a": 1, |, "b": 2 }'), ['key', '', '', 'a,b', ',']);
  assert.deepEqual(cursor('{ |"b": 2 }'), ['key', '', '', 'b', '"']);
  assert.deepEqual(cursor('{ "n|am": 1, "b": {"c": 2} }'), ['key', '', '"nam"', 'b', ':']);
  assert.deepEqual(cursor('{ "a": { "x|\n }, "b": 1 }'), ['key', 'a', '"x', '', '}']);
  assert.deepEqual(cursor('{ na| }'), ['key', '', 'na', '', '}']);
  assert.deepEqual(cursor('{ "a": | }')?.slice(0, 3), ['value', 'a', '']);
  assert.deepEqual(cursor('{ "a": "x|y" }')?.slice(0, 3), ['value', 'a', '"xy"']);
  assert.deepEqual(cursor('{ "a": tr| }')?.slice(0, 3), ['value', 'a', 'tr']);
  assert.deepEqual(cursor('{ "a": [1, {"b": [|'), ['value', 'a.1.b.0', '', '', '']);
  assert.deepEqual(cursor('[{}, {"k": 1, |}]'), ['key', '1', '', 'k', '}']);
  for (const nothing of ['{ "a"| }', '{ "a": 1 | }', '{ "a": "x"| }', '{}|', '1 |']) {
    assert.equal(cursor(nothing), undefined, nothing);
  }
});

test('any text has its places and a cursor, or none, and nothing fails', () => {
  const text = fc.string({ unit: fc.constantFrom(...'{}[],:"\\ \n1a') });
  fc.assert(
    fc.property(text, fc.nat(40), (json, at) => {
      jsonPlaces(json);
      cursorIn(json, Math.min(at, json.length));
    }),
  );
});
