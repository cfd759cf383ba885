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
  assert.deepEqual(formatState({ cycle }), ['cycle:', '  self: [Circular]']);
});

const sentence = 'Even in silence, your presence lingers like stardust in my dreams';

test('formatState() writes what nodes of a model leave for people to read', async () => {
  const spoken = {
    roles: Array.from({ length: 11 }, (_, i) => `Role number ${i}`),
    responses: [sentence, `${sentence}—${sentence}`, '', 'two\nlines'],
    answers: [
      { role: 'Troll', response: 'Hi' },
      {
        role: 'Dream Guy',
        response: `${sentence}. ${sentence}.`,
        score: { taste: 1, why: sentence },
      },
    ],
    article: `${sentence}. ${sentence}.\n\n- ${sentence}. ${sentence}.`,
    chinese: '海胆豆腐是一道精致的料理，结合了新鲜海胆的奶油般口感与豆腐的柔滑。'.repeat(2),
    numbers: Array.from({ length: 40 }, (_, i) => i * i),
    byRole: new Map([['Troll', `${sentence}. ${sentence}.`]]),
    messages: [
      { role: 'user', content: `${sentence}. ${sentence}.` },
      {
        role: 'assistant',
        content: 'Let me look',
        tool_calls: [{ id: 'c1', function: { name: 'search', arguments: '{"a":1}' } }],
      },
      { type: 'tool', name: 'search', status: 'error', content: 'not found', tool_call_id: 'c1' },
      {
        type: 'ai',
        content: 'It',
        tool_call_chunks: [
          { index: 0, name: 'search', args: '{"q' },
          { index: 0, args: 'uery": 1' },
        ],
      },
      { type: 'ai', content: '', additional_kwargs: { refusal: 'I would rather not' } },
    ],
  };
  await assertGolden('stateOfModels', formatState(spoken));
});

test('formatState() gives the only item of a list no number, which would say nothing', () => {
  const two = `${sentence}.\n${sentence}.`;
  assert.deepEqual(formatState({ responses: [two] }), [
    'responses:',
    `  -  ${sentence}.`,
    `     ${sentence}.`,
  ]);
});

test('formatState() keeps a long word whole, and folds a text that is too long', () => {
  assert.deepEqual(formatState({ link: 'x'.repeat(200) }), ['link:', `  ${'x'.repeat(200)}`]);
  const lines = formatState({ answer: 'word '.repeat(100_000) }, { textLength: 1000 });
  assert.ok(lines.length < 20);
  assert.equal(lines.at(-1), '  … 499,000 more characters');
});

test('formatState() shows all of a wide tree where nothing limits it', () => {
  const row = (depth: number): unknown =>
    depth === 0 ? 'leaf' : Array.from({ length: 10 }, () => row(depth - 1));
  assert.equal(
    formatState({ tree: row(5) })
      .join('\n')
      .match(/leaf/g)?.length,
    100_000,
  );
});
