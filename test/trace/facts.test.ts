import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import { criticalPath } from '../../src/trace/criticalPath.ts';
import { placeInLanes } from '../../src/trace/lanes.ts';
import { speedUp } from '../../src/trace/speedUp.ts';
import { findStragglers, innermost } from '../../src/trace/stragglers.ts';
import { Trace } from '../../src/trace/trace.ts';
import { toTraceEvents } from '../../src/trace/traceEvents.ts';

/** Supersteps of tasks, by their durations, with as many places as there are tasks. */
type Steps = readonly (readonly number[])[];

/** The trace of a run of these supersteps, one after another. */
function traceOf(steps: Steps): Trace {
  const trace = new Trace();
  const add = (event: RunEvent) => trace.add(event);
  let time = 0;
  let id = 0;
  add({ type: 'runStarted', time, graph: 'g', startedAt: 0, input: {} });
  steps.forEach((durations, i) => {
    const superstep = i + 1;
    const tasks = durations.map((_, j): TaskInfo => {
      const node = `n${i}_${j}`;
      return { id: ++id, node, nodeId: node, path: [node], superstep };
    });
    add({ type: 'superstepStarted', time, path: [], superstep, tasks: tasks.length });
    for (const task of tasks) add({ type: 'taskStarted', time, task, attempt: 1, input: {} });
    const ends = tasks.map((task, j) => ({ task, durationMs: durations[j]! }));
    ends.sort((a, b) => a.durationMs - b.durationMs);
    for (const { task, durationMs } of ends) {
      add({ type: 'taskFinished', time: time + durationMs, task, durationMs });
    }
    time += Math.max(0, ...durations);
    add({ type: 'superstepFinished', time, path: [], superstep, written: [], state: {} });
  });
  add({ type: 'runFinished', time, output: {} });
  return trace;
}

const steps = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 5,
});
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test('the critical path of supersteps is the longest task of each, without gaps or overlaps', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const { tasks, lastMs } = traceOf(given);
      const path = criticalPath(tasks, lastMs);
      assert.deepEqual(
        path.map(({ startMs, endMs }) => endMs - startMs),
        given.map((durations) => Math.max(...durations)),
      );
      path.slice(1).forEach(({ startMs }, i) => assert.equal(startMs, path[i]!.endMs));
    }),
  );
});

test('what-if lies between all work one after another and the best, and never gets worse with more places', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const { tasks, lastMs } = traceOf(given);
      const { workMs, wallMs, bestWallMs, whatIf, measured, best } = speedUp(tasks, {
        wallMs: lastMs,
        nowMs: lastMs,
      });
      assert.equal(workMs, sum(given.flat()));
      assert.equal(wallMs, sum(given.map((durations) => Math.max(...durations))));
      assert.equal(bestWallMs, wallMs);
      assert.equal(measured, best);
      assert.equal(whatIf[0]!.wallMs, workMs);
      whatIf.slice(1).forEach(({ wallMs: ms, places }, i) => {
        assert.ok(ms <= whatIf[i]!.wallMs);
        assert.ok(ms >= Math.max(bestWallMs, workMs / places) - 1e-6);
      });
    }),
  );
});

test('two places take the time of the fuller one, in the order in which tasks started', () => {
  const { tasks, lastMs } = traceOf([[5, 3, 2, 4]]);
  const { whatIf } = speedUp(tasks, { wallMs: lastMs, nowMs: lastMs });
  assert.equal(whatIf.find(({ places }) => places === 2)!.wallMs, 9);
});

test('the straggler of a superstep is the task that ended last, with the time that it cost', () => {
  const { supersteps } = traceOf([[5, 20, 8], [3]]);
  const [straggler, ...others] = findStragglers(supersteps);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [innermost(straggler!).task.node, straggler!.costMs, straggler!.heldBack],
    ['n0_1', 12, 2],
  );
});

test('stretches of one lane never overlap, and there are no more lanes than stretches at one time', () => {
  const stretch = fc.record({ startMs: fc.nat(100), ms: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 40 }), (given) => {
      const stretches = given
        .map(({ startMs, ms }) => ({ startMs, endMs: startMs + ms }))
        .sort((a, b) => a.startMs - b.startMs);
      const { lanes, count } = placeInLanes(stretches);
      const ends = new Map<number, number>();
      stretches.forEach(({ startMs, endMs }, i) => {
        assert.ok((ends.get(lanes[i]!) ?? -Infinity) <= startMs);
        ends.set(lanes[i]!, endMs);
      });
      const atOnce = (ms: number) =>
        stretches.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs).length;
      assert.ok(count <= Math.max(1, ...stretches.map(({ startMs }) => atOnce(startMs))) + 1);
    }),
  );
});

test('a run in the Trace Event Format has a span for each task, on tracks without overlaps', () => {
  const { traceEvents } = JSON.parse(toTraceEvents(traceOf([[5, 3], [2]]), 7)) as {
    traceEvents: Record<string, any>[];
  };
  const spans = traceEvents.filter(({ ph }) => ph === 'X');
  assert.deepEqual(
    spans.map(({ name, ts, dur }) => [name, ts, dur]),
    [
      ['n0_0', 0, 5000],
      ['n0_1', 0, 3000],
      ['n1_0', 5000, 2000],
    ],
  );
  assert.notEqual(spans[0]!['tid'], spans[1]!['tid']);
});
