import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownField } from '../../src/loader/source/fieldTypes.ts';
import { checkUpdate, checkInput, seriousProblems } from '../../src/runner/checkInput.ts';
import { fitsType } from '../../src/runner/fitsType.ts';

const fields: KnownField[] = [
  { key: 'name', type: 'string', required: true },
  { key: 'tone', type: '"kind" | "curt"', required: false },
  { key: 'topic', type: 'string', required: true, isGuess: true },
];

function problems(input: unknown): string[] {
  return checkInput({ kind: 'graph', inputFields: fields }, input).map(({ problem }) => problem);
}

test('checkInput() names each key that is missing, of the wrong type, or not there', () => {
  assert.deepEqual(problems({ name: 'Ada', topic: 'x' }), []);
  assert.deepEqual(problems({ name: 12, topic: 'x', extra: [1] }), [
    '"name" is 12, and should be of type string',
    `"extra" is no key of the graph's input; its keys are name, tone, topic`,
  ]);
  assert.deepEqual(problems({ topic: 'x', names: 'Ada', tone: 'loud' }), [
    '"name" is missing, and should be of type string',
    '"tone" is "loud", and should be of type "kind" | "curt"',
    `"names" is no key of the graph's input; did you mean "name"?`,
  ]);
});

test('checkUpdate() names keys of the wrong type, or not of the state, and lets any be missing', () => {
  const check = (update: unknown, kind: 'graph' | 'entrypoint' = 'graph') =>
    checkUpdate({ kind, inputFields: fields }, update).map(({ problem }) => problem);
  assert.deepEqual(check({ name: 12, nam: 'Ada' }), [
    '"name" is 12, and should be of type string',
    '"nam" is no key of the graph\'s state; did you mean "name"?',
  ]);
  assert.deepEqual([check({}), check(null), check(5, 'entrypoint')], [[], [], []]);
  assert.deepEqual(check([1]), [
    "the update is [1], and should be an object with keys of the graph's state",
  ]);
});

test('checkInput() takes names of the prototype for keys like others', () => {
  const inputFields = [{ key: 'toString', type: 'string', required: true }];
  const [found] = checkInput({ kind: 'graph', inputFields }, {});
  assert.equal(found?.kind, 'missing');
  assert.equal(problems({ name: 'a', topic: 'b', constructor: 1 }).length, 1);
});

test('checkInput() wants an object for a graph, and null goes on with a thread', () => {
  for (const input of [12, 'text', [{ name: 'Ada' }]]) {
    assert.match(problems(input).join(), /should be an object with the graph's keys/);
  }
  assert.deepEqual(problems(null), []);
});

test('checkInput() compares the input of an entrypoint as a whole', () => {
  const inputFields = [{ key: 'input', type: 'string[]', required: true }];
  assert.deepEqual(checkInput({ kind: 'entrypoint', inputFields }, ['a']), []);
  const [found] = checkInput({ kind: 'entrypoint', inputFields }, { input: ['a'] });
  assert.equal(found?.key, '');
  assert.match(found.problem, /should be of type string\[\]/);
});

test('a key that only the text calls required is named when it is missing, and keeps nothing from being run', () => {
  const found = checkInput({ kind: 'graph', inputFields: fields }, { name: 'Ada' });
  assert.deepEqual(
    found.map(({ key, isGuess }) => [key, isGuess]),
    [['topic', true]],
  );
  assert.deepEqual(seriousProblems(found), []);
});

const fitting: [type: string, fits: unknown[], others: unknown[]][] = [
  ['string', ['', 'a'], [1, null, ['a'], {}]],
  ['number', [0, 1.5], ['1', null]],
  ['integer', [1], [1.5, '1']],
  ['boolean', [true], ['true', 0]],
  ['object', [{}], [[], null, 'x']],
  ['string[]', [[], ['a']], ['a', [1], null]],
  ['string[][]', [[['a']]], [['a']]],
  ['any[]', [[1, 'a']], ['a']],
  ['"a" | "b"', ['a', 'b'], ['c', 'a | b']],
  ['"a | b" | "c"', ['a | b', 'c'], ['a']],
  ['("a" | "b)")[]', [['a', 'b)']], ['a', ['c']]],
  ['"a" | "b"[]', ['a', ['b'], ['a', 'b']], [['c'], 1]],
  ['1 | -2', [1, -2], [2, '1']],
  ['string | null', ['a', null], [1]],
  ['messages', ['hi', [{ role: 'user', content: 'hi' }]], [12, true]],
  ['any', [null, 1, {}], []],
  ['Map of things', [1, {}], []],
];

for (const [type, fits, others] of fitting) {
  test(`fitsType() tells what is of type ${type}`, () => {
    for (const value of fits) assert.ok(fitsType(value, type), JSON.stringify(value));
    for (const value of others) assert.ok(!fitsType(value, type), JSON.stringify(value));
  });
}
