import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';
import { EventFormatter } from '../../../src/runner/report/formatEvent.ts';
import { failed, finished, modelCall, runStarted, started, task, wrote } from './events.ts';

const sent = (id: number, i: number, node = 'search'): TaskInfo => ({
  ...task(id, node),
  path: [`${node}[${i}]`],
});
const superstep = (sends: Record<string, number>, path: string[] = []): RunEvent => ({
  ...{ type: 'superstepStarted', time: 0, path, superstep: 1, tasks: 3, sends },
});
const superstepEnd: RunEvent = {
  ...{ type: 'superstepFinished', time: 90, path: [], superstep: 1, written: [], state: {} },
};

/** The lines without their times of day. */
function linesOf(events: readonly RunEvent[], maxTasksTold = 2): string[] {
  const formatter = new EventFormatter({ maxTasksTold });
  return [runStarted('g', {}), ...events]
    .flatMap((event) => formatter.lines(event))
    .slice(2)
    .map((line) => line.replace(/^[\d:.]+ /, ''));
}

const three = [sent(1, 0), sent(2, 1), sent(3, 2)] as const;
const [a, b, c] = three;

suite('tasks of a node that many were sent to', () => {
  test('are told in two lines, with the shortest, the median and the longest time', () => {
    const lines = linesOf([
      superstep({ search: 3 }),
      ...three.map((each) => started(each, 1)),
      wrote(b, 20, { found: 1 }),
      finished(b, 20, 20),
      finished(c, 30, 30),
      finished(a, 100, 100),
    ]);
    assert.deepEqual(lines, ['→ search ×3', '✓ search ×3  20 ms to 100 ms, median 30 ms']);
  });

  test('have lines of their own up to the limit, and all of them in a report that tells all', () => {
    const events = [superstep({ search: 2 }), started(a, 1), finished(a, 2, 1)];
    assert.deepEqual(linesOf(events), ['→ search[0]', '✓ search[0]  1.0 ms']);
    const verbose = new EventFormatter({ maxTasksTold: 2, verbose: true });
    const told = [runStarted('g', {}), superstep({ search: 3 }), started(a, 1)];
    assert.match(told.flatMap((event) => verbose.lines(event)).join('\n'), /→ search\[0\]/);
  });

  test('that fail are told in full, and the others are counted', () => {
    const lines = linesOf([
      superstep({ search: 3 }),
      ...three.map((each) => started(each, 1)),
      finished(a, 20, 20),
      failed(b, 30, { durationMs: 29 }),
      failed(c, 31, { durationMs: 30, cancelled: true }),
    ]);
    assert.deepEqual(
      lines.map((line) => line.trim()),
      [
        '→ search ×3',
        '✗ search[1]  29 ms',
        'Error: no',
        '✗ search ×3  20 ms to 20 ms, median 20 ms  1 done, 1 failed, 1 cancelled',
      ],
    );
  });

  test('are told with what their models took, and what nodes print stays', () => {
    const call = modelCall(a);
    const usage = { input_tokens: 30, output_tokens: 4, total_tokens: 34 };
    const lines = linesOf([
      superstep({ search: 3 }),
      ...three.map((each) => started(each, 1)),
      call.started(2),
      { type: 'console', time: 3, level: 'log', text: 'found it', task: a },
      { ...(call.finished(4) as Extract<RunEvent, { type: 'modelFinished' }>), usage },
      ...three.map((each) => finished(each, 5, 5)),
    ]);
    assert.deepEqual(lines.slice(1), [
      '  [search[0]] found it',
      '✓ search ×3  5.0 ms to 5.0 ms, median 5.0 ms  gpt-4o  30→4 tokens',
    ]);
  });

  test('hide what runs inside of them, at any depth, beside nodes that are told', () => {
    const inner = { ...task(4, 'read', a), path: ['search[0]', 'read'] };
    const deep = { ...task(5, 'parse', inner), path: ['search[0]', 'read', 'parse[0]'] };
    const beside = task(9, 'beside');
    const lines = linesOf([
      superstep({ search: 3 }),
      started(beside, 1),
      ...three.map((each) => started(each, 1)),
      superstep({}, ['search[0]']),
      started(inner, 2),
      superstep({ parse: 7 }, ['search[0]', 'read']),
      started(deep, 3),
      finished(deep, 4, 1),
      { ...superstepEnd, path: ['search[0]', 'read'] },
      finished(inner, 4, 2),
      { ...superstepEnd, path: ['search[0]'] },
      ...three.map((each) => finished(each, 5, 5)),
      finished(beside, 6, 5),
    ]);
    assert.deepEqual(lines, [
      '→ beside',
      '→ search ×3',
      '✓ search ×3  5.0 ms to 5.0 ms, median 5.0 ms',
      '✓ beside  5.0 ms',
    ]);
  });

  test('are told at the end of their superstep or run if not all have run', () => {
    const cut = [superstep({ search: 3 }), started(a, 1), finished(a, 3, 2)];
    const told = '✓ search ×3  2.0 ms to 2.0 ms, median 2.0 ms';
    assert.deepEqual(linesOf([...cut, superstepEnd]), ['→ search ×3', told]);
    const error = { name: 'Error', message: 'no' };
    const end: RunEvent = { type: 'runFailed', time: 4, error, cancelled: true, state: {} };
    assert.deepEqual(linesOf([...cut, end]), ['→ search ×3', told, '■ cancelled  4.0 ms']);
  });

  test('that ask are counted as waiting', () => {
    const asks: RunEvent = {
      ...{ type: 'taskInterrupted', time: 5, task: a, durationMs: 4 },
      interrupts: [{ id: 'i', value: 'Go?' }],
    };
    const others = [b, c].map((each) => finished(each, 5, 3));
    const lines = linesOf([
      superstep({ search: 3 }),
      ...three.map((each) => started(each, 1)),
      ...[asks, ...others],
    ]);
    assert.equal(lines[1], '? search ×3  3.0 ms to 3.0 ms, median 3.0 ms  2 done, 1 wait');
  });
});

test('calls of a functional task beyond the limit are told together, before the end of their caller', () => {
  const caller: TaskInfo = { ...task(1, 'flow'), kind: 'entrypoint' };
  const calls = [0, 1, 2, 3].map((i): TaskInfo => ({
    ...task(2 + i, 'double', caller),
    kind: 'task',
    path: ['flow', `double[${i}]`],
  }));
  const lines = linesOf([
    started(caller, 0),
    ...calls.map((call) => started(call, 1)),
    ...calls.map((call, i) => finished(call, 2 + i, 1 + i)),
    finished(caller, 9, 9),
  ]);
  assert.deepEqual(lines, [
    '→ flow',
    '→ flow › double[0]',
    '→ flow › double[1]',
    '→ flow › more of double',
    '✓ flow › double[0]  1.0 ms',
    '✓ flow › double[1]  2.0 ms',
    '✓ flow › 2 more of double  3.0 ms to 4.0 ms, median 4.0 ms',
    '✓ flow  9.0 ms',
  ]);
});
