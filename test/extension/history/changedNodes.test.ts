import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedNodes, type CodesOfThread } from '../../../src/extension/history/changedNodes.ts';
import type { NodeCodes } from '../../../src/loader/bundle/nodeCodes.ts';
import type { ThreadCheckpoint } from '../../../src/protocol/threads.ts';

const at = (checkpointId: string, more: Partial<ThreadCheckpoint>): ThreadCheckpoint => ({
  ...{ checkpointId, source: 'loop', step: 0, createdAt: 10, next: [], questions: 0 },
  ...more,
});
const codes = (file: string, nodes: Record<string, string | null>): NodeCodes => ({
  file,
  nodes: Object.entries(nodes),
});
/** Input → start → think → (say, look) → end, in one run. */
const thread = [
  at('d', { parentId: 'c' }),
  at('c', { parentId: 'b', next: ['say', 'look'] }),
  at('b', { parentId: 'a', next: ['think'] }),
  at('a', { source: 'input', next: ['__start__'] }),
];
const told = (checkpoints: readonly ThreadCheckpoint[], of: Partial<CodesOfThread>) => {
  const found = changedNodes(checkpoints, { runs: [], now: codes('2', {}), savedAt: 0, ...of });
  return Object.fromEntries(
    [...found].map(([id, { changed, perhaps }]) => [
      id,
      [changed.join(), perhaps.join()].join('|'),
    ]),
  );
};
const run = (of: NodeCodes | undefined, startedAt = 0, endedAt = Infinity) => ({
  ...{ startedAt, endedAt },
  codes: of,
});

test('names the nodes that ran before a checkpoint and are others now', () => {
  const then = codes('1', { think: 'a', say: 'a', look: 'a', later: 'a' });
  const now = codes('2', { think: 'a', say: 'b', look: 'a', later: 'b' });
  const changes = told(thread, { runs: [run(then)], now });
  assert.deepEqual(changes, { a: '|', b: '|', c: '|', d: 'say|' });
});

test('names none where file and imports are as they were, or all nodes are', () => {
  const then = codes('1', { think: 'a', say: null, look: 'a' });
  assert.equal(told(thread, { runs: [run(then)], now: then })['d'], '|');
  const now = codes('2', { think: 'a', say: null, look: 'a' });
  assert.equal(told(thread, { runs: [run(then)], now })['d'], '|say');
});

test('counts what is inside a node that is a graph, and nodes that are gone', () => {
  const then = codes('1', { 'think:one': 'a', thinker: 'a', say: 'a', look: 'a' });
  const now = codes('2', { 'think:one': 'a', 'think:two': 'a', thinker: 'b', say: 'a' });
  assert.equal(told(thread, { runs: [run(then)], now })['d'], 'think,look|');
});

test('compares each superstep with the code of the run that made it', () => {
  const before = codes('1', { think: 'a', say: 'a', look: 'a' });
  const now = codes('2', { think: 'b', say: 'b', look: 'b' });
  const [d, ...older] = thread;
  const gone = [{ ...d!, createdAt: 50 }, ...older];
  assert.equal(told(gone, { runs: [run(before), run(now, 40)], now })['d'], 'think|');
  // The run of the last superstep is not kept any more: only the time of the file tells.
  const runs = [run(before, 0, 20)];
  assert.equal(told(gone, { runs, now, savedAt: 60 })['d'], 'think|say,look');
  assert.equal(told(gone, { runs, now, savedAt: 40 })['d'], 'think|');
});

test('takes an edited state for what it is, and each branch by itself', () => {
  const then = codes('1', { think: 'a', say: 'a', look: 'a' });
  const now = codes('2', { think: 'b', say: 'b', look: 'b' });
  const branch = [
    at('f', { parentId: 'e' }),
    at('e', { parentId: 'a', source: 'update', next: ['say'] }),
    ...thread,
  ];
  const changes = told(branch, { runs: [run(then)], now });
  assert.deepEqual([changes['e'], changes['f'], changes['d']], ['|', 'say|', 'think,say,look|']);
});
