import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Moments, type Moment } from '../../src/trace/moments.ts';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import { Trace } from '../../src/trace/trace.ts';
import { researchRun, writingRun } from '../webview/sampleRuns.ts';

/** What can be seen of a moment. */
function told({ trace, progress }: Moment): unknown {
  return {
    status: trace.status,
    tasks: trace.tasks.map(({ task, status, startMs, endMs }) => [
      task.nodeId,
      status,
      startMs,
      endMs,
    ]),
    states: trace.supersteps.map(({ state, endMs }) => [state, endMs]),
    edges: trace.edges.all(),
    lines: trace.output.entries.map(({ text }) => text),
    progress,
  };
}

for (const events of [researchRun(), writingRun()]) {
  const [first] = events;
  const name = first?.type === 'runStarted' ? first.graph : '';
  test(`a run (${name}) is made again as it was at any time, in whatever order times are asked for`, () => {
    const moments = new Moments();
    const whole = new Trace();
    for (const event of events) {
      whole.add(event);
      moments.add(event, whole.lastMs);
    }
    const time = fc.oneof(
      fc.double({ min: -1, max: whole.lastMs + 1, noNaN: true }),
      fc.constantFrom(...events.map(({ time }) => time)),
    );
    fc.assert(
      fc.property(fc.array(time, { maxLength: 8 }), (times) => {
        for (const timeMs of times) {
          const trace = new Trace();
          const metrics = new RunMetrics();
          for (const event of events) {
            if (event.time > timeMs) break;
            trace.add(event);
            metrics.add(event);
          }
          const expected = { trace, progress: metrics.progress() };
          assert.deepEqual(told(moments.at(timeMs)), told(expected));
        }
      }),
      { numRuns: 50 },
    );
  });
}

test('a run that goes on after an answer is one time line, with a part of the waiting in it', () => {
  const later = writingRun().map((event) =>
    event.type === 'runStarted' ? { ...event, startedAt: 10_000 } : event,
  );
  const events = [...writingRun(), ...later];
  const moments = new Moments();
  const whole = new Trace();
  for (const event of events) {
    whole.add(event);
    moments.add(event, whole.lastMs);
  }
  const middle = whole.pauses[0]!;
  assert.equal(moments.at(middle.startMs).trace.status, 'done');
  assert.equal(moments.at(middle.endMs).trace.status, 'running');
  assert.equal(moments.at(whole.lastMs).trace.tasks.length, whole.tasks.length);
});

test('of a run with more events than are kept there are no moments, and its events are let go', () => {
  const moments = new Moments({ maxEvents: 10 });
  const events = writingRun();
  events.slice(0, 10).forEach((event) => moments.add(event, event.time));
  assert.equal(moments.isTooLong, false);
  assert.ok(moments.at(events[9]!.time).trace.startedAt !== undefined);
  events.slice(10).forEach((event) => moments.add(event, event.time));
  assert.equal(moments.isTooLong, true);
  assert.equal(moments.at(Infinity).trace.startedAt, undefined);
});
