import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicesOf } from '../../src/protocol/choices.ts';

test('choicesOf() finds the answers that a question offers', () => {
  const plain = (list: unknown[]) => list.map((item) => ({ label: String(item), answer: item }));
  assert.deepEqual(choicesOf({ options: ['yes', 'no'] }), plain(['yes', 'no']));
  assert.deepEqual(choicesOf({ choices: [1, true] }), plain([1, true]));
  const bare = { name: 'C' };
  assert.deepEqual(
    choicesOf({
      options: [{ label: 'A', value: null }, { title: 'B', value: 2 }, bare, { value: 'd' }],
    }),
    [
      { label: 'A', answer: null },
      { label: 'B', answer: 2 },
      { label: 'C', answer: bare },
      { label: 'd', answer: 'd' },
    ],
  );
});

test('choicesOf() of a question that offers none, or offers what cannot be shown', () => {
  const odd = [{ options: [] }, { options: 'yes' }, { options: [{}] }, { choices: ['a', null] }];
  for (const question of [undefined, null, 'Really?', ['a'], {}, ...odd]) {
    assert.equal(choicesOf(question), undefined, JSON.stringify(question));
  }
});
