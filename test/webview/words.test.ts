import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelUse } from '../../src/protocol/modelUse.ts';
import type { NodeProgress } from '../../src/protocol/webviewMessages.ts';
import {
  describeNode,
  describeProgress,
  formatAmount,
  formatChip,
  formatDuration,
  formatUse,
} from '../../src/webview/words.ts';
import { cancelled, done, failed, modelUse, running } from './sampleGraphs.ts';

test('durations take the unit in which they are read', () => {
  const cases: [number, string][] = [
    [0.2, '0 ms'],
    [312.4, '312 ms'],
    [999.6, '1.00 s'],
    [2005, '2.00 s'],
    [9996, '10.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [65_400, '1 min 05 s'],
    [3_600_000, '60 min 00 s'],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

test('a state is told in words, with counts for nodes that run more than once', () => {
  const cases: [NodeProgress, string][] = [
    [running('a'), 'running'],
    [running('a', { running: 7, done: 3 }), '3 of 10 done, 7 running'],
    [
      running('a', { running: 4, done: 3, failed: 1, waiting: 2 }),
      '3 of 10 done, 4 running, 2 waiting, 1 failed',
    ],
    [done('a', 2010), 'done, 2.01 s'],
    [done('a', 20_100, 10), 'done, 10 times, 20.1 s'],
    [{ ...done('a', 20_100, 10), cached: 4 }, 'done, 10 times, 4 cached, 20.1 s'],
    [{ ...done('a', 0), cached: 1 }, 'done, cached, 0 ms'],
    [
      { ...done('a', 5, 10), handled: 1, error: 'no luck' },
      'done, 10 times, 1 of them by its error handler, 5 ms: no luck',
    ],
    [
      { ...done('a', 5), handled: 1, error: 'no luck' },
      'done, by its error handler, 5 ms: no luck',
    ],
    [failed('a', 5, 'boom'), 'failed, 5 ms: boom'],
    [{ ...failed('a', 5, 'boom'), done: 9 }, 'failed, 9 of 10 done, 1 failed, 5 ms: boom'],
    [
      { ...failed('a', 5, 'boom'), done: 4, cancelled: 3 },
      'failed, 4 of 8 done, 1 failed, 3 cancelled, 5 ms: boom',
    ],
    [cancelled('a', 5), 'cancelled, 5 ms'],
    [{ ...cancelled('a', 5), done: 1 }, 'cancelled, 1 of 2 done, 1 cancelled, 5 ms'],
  ];
  for (const [progress, words] of cases) assert.equal(describeProgress(progress), words);
});

test('beside the sign stand count and time, no time while running', () => {
  const chip = (progress: NodeProgress) => formatChip(progress)[0];
  assert.equal(chip(running('a')), 'running');
  assert.equal(chip(running('a', { running: 4, done: 3, waiting: 3 })), '3/10 · 4 running');
  assert.equal(chip(running('a', { running: 10 })), '0/10', 'all that are left run');
  assert.equal(
    chip(running('a', { running: 4, done: 3, failed: 1 })),
    '3/8 · 4 running · 1 failed',
  );
  assert.equal(chip(done('a', 2010)), '2.01 s');
  assert.equal(chip(done('a', 20_100, 10)), '10/10 · 20.1 s');
  assert.equal(
    chip({ ...failed('a', 2010, 'boom'), done: 4, cancelled: 3 }),
    '4/8 · 1 failed · 3 cancelled · 2.01 s',
  );
  assert.equal(chip({ ...done('a', 0), cached: 1 }), 'cached');
  assert.equal(chip({ ...done('a', 5), handled: 1 }), 'handled · 5 ms');
  assert.equal(chip({ ...done('a', 5, 10), handled: 1 }), '10/10 · 1 handled · 5 ms');
});

test('where there is less room, less stands beside the sign', () => {
  assert.deepEqual(formatChip(running('a', { running: 4, done: 3, failed: 1 })), [
    '3/8 · 4 running · 1 failed',
    '3/8 · 1 failed',
    '3/8 · 1 failed',
    '3/8 · 1 failed',
    '3/8',
  ]);
  const models = ['anthropic/claude-3.5-sonnet', 'gpt-4o'];
  const use = modelUse({ models, retries: 2, cached: 3, sources: ['offline'] });
  assert.deepEqual(formatUse(use), [
    'anthropic/claude-3.5-sonnet +1 · 1.2k→45 · ↻ 2 · 3 cached · offline',
    'anthropic/c… · 1.2k→45 · ↻ 2 · 3 cached · offline',
    'anthropic/c… · 1.2k→45 · offline',
    'anthropic/c… · offline',
    'anthropic/c…',
  ]);
});

test('what models did is told short, too', () => {
  const short = (use: Partial<ModelUse>) => formatUse(modelUse(use))[0];
  assert.equal(short({}), 'gpt-4o · 1.2k→45');
  assert.equal(short({ tokensIn: 0, tokensOut: 0 }), 'gpt-4o');
  assert.equal(short({ cached: 4 }), 'gpt-4o · 1.2k→45 · cached');
  const amounts: [number, string][] = [
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [9949, '9.9k'],
    [9951, '10k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [45_000_000, '45M'],
  ];
  for (const [value, text] of amounts) assert.equal(formatAmount(value), text);
});

test('all there is to say of a node: state, models, and the end of an answer on one line', () => {
  const node = running('a', { modelUse: modelUse({ retries: 1 }), answer: 'Once\n  upon a ' });
  assert.deepEqual(describeNode(node), [
    'running',
    'gpt-4o, 4 calls, 1,234→45 tokens, 1 retry',
    '… Once upon a',
  ]);
});
