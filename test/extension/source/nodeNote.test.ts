import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeNote } from '../../../src/extension/source/nodeNote.ts';
import type { ModelUse } from '../../../src/protocol/modelUse.ts';
import type { NodeProgress } from '../../../src/protocol/webviewMessages.ts';

const node: NodeProgress = { id: 'n', status: 'done', running: 0, done: 0, failed: 0, totalMs: 0 };
const modelUse: ModelUse = {
  ...{ calls: 2, failed: 0, retries: 1, cached: 0, tokensIn: 3000, tokensOut: 95, uncounted: 0 },
  ...{ models: ['gpt-4o'], sources: [] },
};

const notes: [progress: Partial<NodeProgress>, note: string][] = [
  [{ done: 1, totalMs: 2000 }, '2.000 s'],
  [{ done: 10, totalMs: 20_000, modelUse }, '2.000 s ×10 · 3.1k tokens · 1 retry'],
  [{ running: 1 }, 'running'],
  [{ done: 2, running: 3, waiting: 5, totalMs: 50 }, '25 ms ×2 · 3 running · 5 to come'],
  [{ done: 3, failed: 1, totalMs: 400 }, '100 ms ×4 · 1 failed'],
  [{ failed: 1, totalMs: 100 }, '100 ms · failed'],
  [{ cancelled: 1, totalMs: 100 }, '100 ms · cancelled'],
  [{ paused: 1 }, 'waits'],
  [{ done: 2, cached: 2 }, '0.0 ms ×2 · cached'],
  [
    { done: 1, totalMs: 1, modelUse: { ...modelUse, tokensIn: 2_350_000, retries: 3 } },
    '1.0 ms · 2.4M tokens · 3 retries',
  ],
];

for (const [progress, note] of notes) {
  test(`a node is told of as "${note}"`, () => {
    assert.equal(nodeNote({ ...node, ...progress }), note);
  });
}
