import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointItems } from '../../../src/extension/history/checkpointItems.ts';
import type { ThreadCheckpoint } from '../../../src/protocol/threads.ts';

const at = (checkpointId: string, more: Partial<ThreadCheckpoint>): ThreadCheckpoint => ({
  ...{ checkpointId, source: 'loop', step: 0, createdAt: 0, next: [], questions: 0 },
  ...more,
});

test('lists where a thread can be gone on from: what ran, what comes next, and on which branch', () => {
  const items = checkpointItems([
    at('f', { parentId: 'e', step: 3 }),
    at('e', { parentId: 'b', source: 'update', step: 2, next: ['join'] }),
    at('d', { parentId: 'c', step: 2 }),
    at('c', { parentId: 'b', step: 1, next: ['join'], questions: 2 }),
    at('b', { parentId: 'a', next: ['left', '$(x)\nright'] }),
    at('a', { source: 'input', step: -1, next: ['__start__'] }),
  ]);
  assert.deepEqual(
    items.map(({ checkpoint, label, description }) => [
      checkpoint.checkpointId,
      label,
      description,
    ]),
    [
      ['e', 'Step 2: an edited state', 'next: join'],
      ['c', 'Step 1: after left, $\u200b(x) right', 'next: join'],
      ['b', 'Step 0: after the start', 'next: left, $\u200b(x) right'],
      ['a', 'Step -1: the input', 'next: the start'],
    ],
  );
  assert.deepEqual(
    items.map(({ ran }) => ran),
    [[], ['left', '$(x)\nright'], ['__start__'], []],
  );
  assert.match(items[1]!.detail, / · an earlier branch · asked 2 questions$/);
  assert.doesNotMatch(items[0]!.detail, / · /);
  assert.deepEqual(checkpointItems([]), []);
});
