import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { TimelineEvents } from '../../src/extension/timelineEvents.ts';
import { finished, modelCall, runStarted, started, task, wrote } from '../runner/report/events.ts';

const a = task(1, 'a');
const call = modelCall(a);
const secret = { text: 'x'.repeat(1000) };

test('a timeline gets what happened and when, without values of the state', () => {
  const kept = new TimelineEvents().add([
    runStarted('g', secret),
    started(a, 1, secret),
    call.started(2),
    call.streamed(3, 'a long answer'),
    call.streamed(4, 'goes on'),
    wrote(a, 5, secret),
    { type: 'console', time: 5, level: 'log', text: secret.text, task: a },
    finished(a, 6, 5),
    {
      ...{ type: 'superstepFinished', time: 7, path: [], superstep: 1, written: ['k'] },
      state: secret,
    },
    { type: 'runFinished', time: 8, output: secret },
  ] satisfies RunEvent[]);
  assert.deepEqual(
    kept.map(({ type }) => type),
    [
      ...['runStarted', 'taskStarted', 'modelStarted', 'modelStreamed', 'taskFinished'],
      ...['superstepFinished', 'runFinished'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(kept), /xxx|answer/);
});

test('a timeline goes on with the one before, and ends at a bound', () => {
  const before = new TimelineEvents();
  before.add([runStarted('g', {}), started(a, 1)]);
  const events = new TimelineEvents(before.all);
  assert.equal(events.add([finished(a, 2, 1)]).length, 1);
  assert.equal(events.all.length, 3);
  const many = Array.from({ length: 300_000 }, (_, i) => finished(a, i, 1));
  events.add(many);
  assert.equal(events.all.length, 200_000);
  assert.deepEqual(events.add([finished(a, 2, 1)]), []);
});
