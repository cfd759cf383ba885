import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { EventCompleter } from '../../src/runner/eventCompleter.ts';
import { finished, runStarted, started, task } from './report/events.ts';
import { transcript } from './testRunner.ts';

const error = { name: 'Error', message: 'gone' };
const outer = task(1, 'outer');
const inner = task(2, 'inner', outer);
const other = task(3, 'other');

/** The run as an observer hears of it that is ended in the middle. */
function endAfter(events: readonly RunEvent[], taskId?: number): string[] {
  const completer = new EventCompleter();
  completer.complete([runStarted('g', {}), ...events]);
  return transcript(completer.end({ error, cancelled: false, taskId }));
}

test('EventCompleter blames the task that is known, and those around it', () => {
  const events = [started(outer, 0), started(inner, 0), started(other, 0)];
  assert.deepEqual(endAfter(events, 2), [
    'taskFailed other cancelled',
    'taskFailed outer/inner',
    'taskFailed outer',
    'runFailed',
  ]);
});

test('EventCompleter blames the only task that ran, and none of several', () => {
  assert.deepEqual(endAfter([started(outer, 0), started(inner, 0)]), [
    'taskFailed outer/inner',
    'taskFailed outer',
    'runFailed',
  ]);
  assert.deepEqual(endAfter([started(outer, 0), started(other, 0)]), [
    'taskFailed other cancelled',
    'taskFailed outer cancelled',
    'runFailed',
  ]);
});

test('EventCompleter ends a run once, and lets nothing come after it', () => {
  const completer = new EventCompleter();
  assert.deepEqual(completer.end({ error, cancelled: true }), [], 'it never started');
  completer.complete([runStarted('g', {}), { type: 'runFinished', time: 5, output: {} }]);
  assert.equal(completer.durationMs, 5);
  assert.deepEqual(completer.end({ error, cancelled: true }), []);
  assert.deepEqual(completer.complete([started(outer, 6)]), []);
});

test('EventCompleter completes a run whose engine left tasks open', () => {
  const completer = new EventCompleter();
  const passed = completer.complete([
    runStarted('g', {}),
    started(outer, 1),
    started(other, 1),
    finished(other, 2, 1),
    { type: 'runFailed', time: 3, error, cancelled: false, state: {} },
  ]);
  assert.deepEqual(transcript(passed).slice(-2), ['taskFailed outer cancelled', 'runFailed']);
});

test('EventCompleter keeps the state of the root graph, not of subgraphs', () => {
  const completer = new EventCompleter();
  const state = (path: string[], value: number): RunEvent => ({
    type: 'superstepFinished',
    time: 1,
    path,
    superstep: 1,
    written: [],
    state: { value },
  });
  completer.complete([runStarted('g', {}), state([], 1), state(['outer'], 2)]);
  assert.deepEqual(completer.state, { value: 1 });
});
