import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatState } from '../../../src/runner/report/formatState.ts';
import { assertGolden } from '../../golden.ts';

const call = { name: 'search', args: { query: 'tea', limit: 3 }, id: 'c1' };
const state = {
  messages: [
    { type: 'system', content: 'Be brief.' },
    { type: 'human', content: 'What is tea?', id: 'm1', name: 'Ann' },
    { type: 'ai', content: '', tool_calls: [call] },
    { type: 'tool', content: 'A drink\nmade of leaves', tool_call_id: 'c1' },
    {
      type: 'ai',
      content: [
        { type: 'text', text: 'It is ' },
        { type: 'text', text: 'a drink.' },
      ],
    },
    { type: 'human', content: [{ type: 'image', url: 'data:' }] },
  ],
  last: { type: 'human', content: 'Thanks' },
  topic: 'tea',
  report: 'first line\n\n  third \u001b[31mline\u001b[39m',
  count: 3,
  big: 10n,
  nothing: null,
  missing: undefined,
  empty: [],
  list: ['a', 'b'],
  nested: { deep: { deeper: { deepest: { end: [1, 2] } } }, map: new Map([['k', new Set([1])]]) },
  'key with\nbreak': true,
};

test('formatState() writes a state for people', async () => {
  await assertGolden('state', formatState(state));
});

test('formatState() folds what is beyond the limits, and says so', async () => {
  const long = { ...state, topic: 'x'.repeat(100), list: Array.from({ length: 50 }, (_, i) => i) };
  await assertGolden('stateFolded', formatState(long, { textLength: 12, items: 2, depth: 1 }));
});

test('formatState() writes what is no object of keys in one piece', () => {
  assert.deepEqual(formatState({}), ['{}']);
  assert.deepEqual(formatState('text'), ["'text'"]);
  assert.deepEqual(formatState(undefined), ['undefined']);
  assert.deepEqual(formatState([1, 2]), ['[ 1, 2 ]']);
  assert.deepEqual(formatState({ type: 'ai', content: 'Hi' }), ['[ai] Hi']);
});

test('formatState() survives cycles', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  assert.deepEqual(formatState({ cycle }), ['cycle: <ref *1> { self: [Circular *1] }']);
});
