import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyPlaces } from '../../src/extension/keyPlaces.ts';

/** The text at each key's place. */
function cut(json: string): Record<string, string> {
  const places = [...keyPlaces(json)];
  return Object.fromEntries(places.map(([key, { start, end }]) => [key, json.slice(start, end)]));
}

test('keyPlaces() finds the outermost keys only, whatever stands in texts', () => {
  const json = `{ "a": "b\\": {", "c" : { "d": [1] }, "e\\u0041{": [{ "f": "a" }], "": null }`;
  assert.deepEqual(cut(json), { a: '"a"', c: '"c"', 'eA{': '"e\\u0041{"', '': '""' });
});

test('keyPlaces() takes the last of a key that stands there twice, as JSON.parse does', () => {
  const json = '{"a": 1, "a": "x"}';
  assert.equal(keyPlaces(json).get('a')?.start, 9);
});

test('keyPlaces() finds nothing in a list or a bare value', () => {
  for (const json of ['[{"a": 1}]', '"a"', 'null']) assert.equal(keyPlaces(json).size, 0);
});
