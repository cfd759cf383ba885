import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRunner, fixture, record, transcript } from './testRunner.ts';

const file = fixture('nodes.graph.ts');

const said = [
  'log: text 1 { a: [ 1 ] }',
  'info: info',
  'warn: warn',
  'error: error',
  'debug: debug',
  'log: group',
  'log:   inside\n  two lines',
  'log: ┌─────────┬───┐\n│ (index) │ a │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘',
  'warn: Assertion failed: not so',
  'log: half line',
  'error: bytes',
  'log: and rest',
  'log: after a while',
];

test('everything that a node writes becomes console events of that node, in order', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'speaks' });
  await result;
  const heard = transcript(events.filter(({ type }) => type === 'console'));
  assert.deepEqual(
    heard.map((line) => line.replace(' second:', ':')),
    said,
  );
});

test('console events of a subgraph say in which branch they are', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'speaksInside' });
  await result;
  const heard = transcript(events.filter(({ type }) => type === 'console'));
  assert.equal(heard[0], 'log outer/second: text 1 { a: [ 1 ] }');
});

test('what the file itself writes while it is loaded has no task and time 0', async (t) => {
  const { result, events } = record(createTestRunner(t), {
    file: fixture('throwsOnLoad.graph.ts'),
  });
  await assert.rejects(result);
  assert.deepEqual(events, [{ type: 'console', time: 0, level: 'log', text: 'loading' }]);
});
