import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { START, Send, StateGraph } from '../../src/engine/index.ts';
import { wallTime, type Job } from '../../src/trace/schedule.ts';
import { PLACES, speedUp } from '../../src/trace/speedUp.ts';
import { Trace } from '../../src/trace/trace.ts';
import { LogState, says, withEffects } from '../engine/support.ts';
import { FakeClock } from '../fakes/clock.ts';

/** The trace of tasks of these durations, sent at once, so many of them at a time. */
async function mappedRun(durations: readonly number[], maxConcurrency: number): Promise<Trace> {
  const clock = new FakeClock();
  const graph = new StateGraph(LogState)
    .addNode('work', async (ms: any) => {
      await new Promise<void>((resolve) => void clock.after(ms as number, resolve));
      return says('work')();
    })
    .addConditionalEdges(START, () => durations.map((ms) => new Send('work', ms)), ['work'])
    .compile();
  const trace = new Trace();
  const onEvent = trace.add.bind(trace);
  const run = withEffects({ clock })(graph).invoke({}, { maxConcurrency, onEvent });
  await clock.advance(durations.reduce((sum, ms) => sum + ms, 0));
  await run;
  return trace;
}

const facts = (trace: Trace) => speedUp(trace.tasks, { wallMs: trace.lastMs, nowMs: trace.lastMs });

describe('other limits', () => {
  it('are foretold as a run with them turns out', async () => {
    const durations = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
    const places = fc.constantFrom(...PLACES.filter((each) => each <= 8));
    await fc.assert(
      fc.asyncProperty(durations, places, places, async (list, measured, other) => {
        const foretold = facts(await mappedRun(list, measured)).whatIf;
        const { lastMs } = await mappedRun(list, other);
        assert.equal(foretold.find((each) => each.places === other)!.wallMs, lastMs);
      }),
      { numRuns: 25 },
    );
  });

  it('lead to wall times within what is known of such schedules', () => {
    const job = fc.letrec<{ job: Job }>((tie) => ({
      job: fc.oneof(
        { depthSize: 'small' },
        fc.record({ ms: fc.integer({ min: 0, max: 100 }) }),
        fc.record({
          steps: fc.array(fc.array(tie('job'), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        }),
      ),
    })).job;
    fc.assert(
      fc.property(job, fc.integer({ min: 1, max: 8 }), (all, places) => {
        const [work, path] = [workOf(all), wallTime(all, Infinity)];
        const wall = wallTime(all, places);
        assert.equal(wallTime(all, 1), work);
        assert.ok(wall >= Math.max(path, work / places) - 1e-6);
        // Graham, Bounds on multiprocessing timing anomalies (1969).
        assert.ok(wall <= work / places + (1 - 1 / places) * path + 1e-6);
      }),
    );
  });

  it('are tried without running out of stack in a chain of very many steps', () => {
    const steps: Job[][] = Array.from({ length: 50_000 }, () => [{ ms: 1 }, { steps: [] }]);
    assert.equal(wallTime({ steps }, 4), 50_000);
  });
});

function workOf(job: Job): number {
  return 'ms' in job ? job.ms : job.steps.flat().reduce((sum, part) => sum + workOf(part), 0);
}
