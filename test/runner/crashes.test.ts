import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { RunResult } from '../../src/runner/runner.ts';
import { LoadError } from '../../src/loader/loadError.ts';
import { createTestRunner, fixture, record, transcript } from './testRunner.ts';

const file = fixture('nodes.graph.ts');
const loadFailures = ['throwsOnLoad', 'exitsOnLoad', 'rejectsOnLoad', 'eatsMemoryOnLoad'] as const;

/** Runs one of the graphs, and checks what is true of every failure. */
async function fail(t: TestContext, exportName: string) {
  const recording = record(
    createTestRunner(t, { maxMemoryMb: 64, memorySetting: 'the setting a.b' }),
    { file, exportName },
  );
  const result = await recording.result;
  const { events } = recording;
  assert.equal(result.status, 'failed');
  const open = new Set<number>();
  for (const event of events) {
    if (event.type === 'taskStarted') open.add(event.task.id);
    if (event.type === 'taskFinished' || event.type === 'taskFailed') open.delete(event.task.id);
  }
  assert.deepEqual([...open], [], 'every task has ended for the observer');
  assert.equal(events.at(-1)?.type, 'runFailed');
  assert.equal(events.filter(({ type }) => type === 'runFailed').length, 1);
  return { ...result, told: transcript(events) };
}

function lineOf({ problem }: RunResult): string | undefined {
  return problem?.range && `${problem.file === file}:${problem.range.line1}`;
}

test('a node that throws fails the run with the error, its causes and its place', async (t) => {
  const result = await fail(t, 'throwsWithCause');
  const { name, message, cause, stack } = result.error!;
  assert.deepEqual([name, message, cause?.message], ['RangeError', 'too far', 'the reason']);
  assert.match(stack!, /^RangeError: too far\n {4}at .*nodes\.graph\.ts:\d+:\d+\)?$/);
  assert.deepEqual(result.state, { value: 'of first', list: [] });
  assert.match(String(lineOf(result)), /^true:\d+$/);
  assert.equal(result.told.at(-2), 'taskFailed second');
});

test('thrown strings, null and objects that defend themselves are described', async (t) => {
  const text = await fail(t, 'throwsString');
  assert.match(text.error!.message, /"second" threw "just text"/);
  const nothing = await fail(t, 'throwsNull');
  assert.match(nothing.error!.message, /"second" threw null/);
  // That it can be told at all, in the right order, is what `fail` checks.
  await fail(t, 'throwsHostile');
});

test('the members of an AggregateError arrive', async (t) => {
  const { error } = await fail(t, 'throwsMany');
  assert.deepEqual(
    error?.errors?.map(({ name, message }) => `${name}: ${message}`),
    ['Error: one', 'TypeError: two'],
  );
});

test('a fault that the engine finds keeps its code', async (t) => {
  const { error } = await fail(t, 'returnsNumber');
  assert.equal(error?.code, 'INVALID_GRAPH_NODE_RETURN_VALUE');
});

test('process.exit() in a node fails the run, names the node and keeps the state', async (t) => {
  const { error, state, told } = await fail(t, 'exits');
  assert.equal(error?.code, 'PROCESS_EXIT');
  assert.match(error.message, /node "second".*process\.exit\(7\)/);
  assert.deepEqual(state, { value: 'of first', list: [] });
  assert.deepEqual(told.slice(-2), ['taskFailed second', 'runFailed']);
});

test('process.exit() in a subgraph blames its node and the nodes around it only', async (t) => {
  const { told } = await fail(t, 'exitsInside');
  const ends = told.filter((line) => line.startsWith('taskFailed')).sort();
  assert.deepEqual(ends, [
    'taskFailed outer',
    'taskFailed outer/second',
    'taskFailed sibling cancelled',
  ]);
});

test('an exception in a timer fails the run with its place', async (t) => {
  const result = await fail(t, 'throwsLate');
  assert.equal(result.error?.code, 'UNCAUGHT_EXCEPTION');
  assert.equal(result.error.cause?.name, 'TypeError');
  assert.match(result.error.message, /node "second".*late/);
  assert.match(String(lineOf(result)), /^true:\d+$/);
});

test('a rejection that nobody awaits fails the run with its place', async (t) => {
  const result = await fail(t, 'rejectsUnheard');
  assert.equal(result.error?.code, 'UNHANDLED_REJECTION');
  assert.match(result.error.message, /node "second".*unheard/);
  assert.match(String(lineOf(result)), /^true:\d+$/);
});

test('a rejection that the file itself listens for does not fail the run', async (t) => {
  const result = await createTestRunner(t).run({ file, exportName: 'handlesRejections' });
  assert.deepEqual(result.state, { value: 'of first', list: ['handled by the user'] });
});

test('a thread that runs out of memory fails the run, tells the limit and keeps the state', async (t) => {
  const { error, state, told } = await fail(t, 'eatsMemory');
  assert.equal(error?.code, 'OUT_OF_MEMORY');
  assert.match(error.message, /64 MB.*raise the limit \(the setting a\.b\)$/);
  assert.deepEqual(state, { value: 'of first', list: [] });
  assert.equal(told.at(-2), 'taskFailed second');
});

test('what keeps a file from loading is a problem of the file, for a run and for a look', async (t) => {
  const runner = createTestRunner(t, { maxMemoryMb: 64 });
  const codes: Record<string, string | undefined> = {};
  for (const name of loadFailures) {
    const path = fixture(`${name}.graph.ts`);
    for (const load of [() => runner.run({ file: path }), () => runner.describe(path)]) {
      const error: unknown = await load().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof LoadError, `${name}: ${String(error)}`);
      const [problem] = error.problems;
      assert.equal(problem?.file, path);
      codes[name] = `${problem.code}${problem.range ? ` in line ${problem.range.line1}` : ''}`;
    }
  }
  assert.deepEqual(codes, {
    throwsOnLoad: 'UNCAUGHT_ERROR in line 5',
    exitsOnLoad: 'PROCESS_EXIT',
    rejectsOnLoad: 'UNHANDLED_REJECTION in line 1',
    eatsMemoryOnLoad: 'OUT_OF_MEMORY',
  });
});

test('a thread that cannot be started fails the load', async (t) => {
  const runner = createTestRunner(t, { workerUrl: new URL('file:///nowhere/worker.js') });
  await assert.rejects(runner.describe(file), (error: LoadError) => {
    return error instanceof LoadError && error.problems[0]?.code === 'WORKER_FAILED';
  });
});
