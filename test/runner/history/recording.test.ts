import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { RunEvent } from '../../../src/engine/model/events.ts';
import { Recording, type RunSink } from '../../../src/runner/history/recording.ts';
import type { RunEnd } from '../../../src/runner/history/keptRun.ts';
import { said } from './someRuns.ts';

const done: RunEnd = { status: 'done', durationMs: 5 };

/** A sink that takes down what it gets. */
function sinkOf(fake: Partial<RunSink> = {}) {
  const calls: string[] = [];
  const written: RunEvent[] = [];
  const failures: unknown[] = [];
  const ends: RunEnd[] = [];
  const sink: RunSink = {
    async begin() {
      calls.push('begin');
    },
    async append(events) {
      calls.push('append');
      written.push(...events);
      return true;
    },
    async end(end) {
      calls.push('end');
      ends.push(end);
    },
    onFailure: (error) => failures.push(error),
    ...fake,
  };
  return { sink, calls, written, failures, ends };
}

describe('the recording of a run', () => {
  it('hands nothing over before the run has had time to start, and then in order', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { sink, calls, written } = sinkOf();
      const recording = new Recording(sink);
      recording.add([said('one')], 1);
      recording.add([said('two')], 1);
      await Promise.resolve();
      assert.deepEqual(calls, []);
      mock.timers.tick(200);
      await recording.end(done);
      recording.add([said('late')], 1);
      assert.deepEqual(calls, ['begin', 'append', 'end']);
      assert.deepEqual(written, [said('one'), said('two')]);
    } finally {
      mock.timers.reset();
    }
  });

  it('hands over a flood in parts, each when the one before is written', async () => {
    const sizes: number[] = [];
    let open = 0;
    const { sink, ends } = sinkOf({
      async append(events) {
        assert.equal(open++, 0);
        sizes.push(events.length);
        await Promise.resolve();
        open--;
        return true;
      },
    });
    const recording = new Recording(sink);
    recording.add(
      Array.from({ length: 9000 }, (_, i) => said(`${i}`)),
      3000,
    );
    await recording.end(done);
    assert.equal(
      sizes.reduce((a, b) => a + b),
      9000,
    );
    assert.ok(Math.max(...sizes) <= 4000);
    assert.equal(ends[0]!.gap, undefined);
  });

  it('keeps only that things happened of what comes faster than it can be written, and says so', async () => {
    const { sink, written, ends } = sinkOf();
    const recording = new Recording(sink);
    for (let i = 0; i < 100; i++) recording.add([said('x'.repeat(100), i)], 1024);
    await recording.end(done);
    assert.deepEqual(
      written.map(({ time }) => time),
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.equal(
      written.filter((event) => 'text' in event && event.text.startsWith('x')).length,
      48,
    );
    assert.match(ends[0]!.gap!, /more came/);
  });

  it('tells once that the disk is full, and goes on without a fault', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const { sink, calls, failures } = sinkOf({ append: () => Promise.reject(full) });
    const recording = new Recording(sink);
    recording.add([said('one')], 1);
    await recording.end(done);
    recording.add([said('two')], 1);
    assert.deepEqual(failures, [full]);
    assert.deepEqual(calls, ['begin']);
  });

  it('writes the end of a run whose events have become too many', async () => {
    const { sink, ends, failures } = sinkOf({ append: async () => false });
    const recording = new Recording(sink);
    recording.add([said('one')], 1);
    await recording.end(done);
    assert.match(ends[0]!.gap!, /larger/);
    assert.deepEqual(failures, []);
  });

  it('keeps nothing of a run that never began', async () => {
    const { sink, calls } = sinkOf();
    await new Recording(sink).end(done);
    assert.deepEqual(calls, []);
  });
});
