import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProgress, formatChip, formatDuration } from '../../src/webview/words.ts';
import { cancelled, done, failed, running } from './sampleGraphs.ts';

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
  assert.equal(describeProgress(running('a')), 'running');
  assert.equal(describeProgress(running('a', { running: 7, done: 3 })), 'running, 3 of 10 done');
  assert.equal(describeProgress(done('a', 2010)), 'done, 2.01 s');
  assert.equal(describeProgress(done('a', 20_100, 10)), 'done, 10 times, 20.1 s');
  assert.equal(describeProgress(failed('a', 5, 'boom')), 'failed, 5 ms: boom');
  assert.equal(describeProgress(cancelled('a', 5)), 'cancelled, 5 ms');
});

test('beside the sign stand count and time, no time while running', () => {
  assert.equal(formatChip(running('a')), '');
  assert.equal(formatChip(running('a', { running: 7, done: 3 })), '3/10');
  assert.equal(formatChip(done('a', 2010)), '2.01 s');
  assert.equal(formatChip(done('a', 20_100, 10)), '10/10 · 20.1 s');
});
