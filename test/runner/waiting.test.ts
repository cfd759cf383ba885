import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import { RunReport } from '../../src/runner/report/runReport.ts';
import { createTestRunner, fixture, record } from './testRunner.ts';

const file = fixture('waits.graph.ts');

test('a run that asks waits: for its questions, which are no key of the state', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'asks' });
  const { status, state, waiting, threadId, error } = await result;
  assert.equal(status, 'waiting');
  assert.equal(error, undefined);
  assert.deepEqual(state, { answers: ['before'] });
  assert.match(threadId!, /\S/);
  const [question, ...others] = waiting!.questions;
  assert.deepEqual([others, waiting!.breakpoints], [[], []]);
  const { id, since, ...rest } = question!;
  assert.deepEqual(rest, { value: 'Really?', node: 'ask', nodeId: 'ask', path: ['ask'] });
  assert.match(id, /\S/);
  const [started] = events;
  assert.ok(started?.type === 'runStarted' && since >= started.startedAt);
});

test('a question is that of the innermost node or task that asks', async (t) => {
  const runner = createTestRunner(t);
  const nested = await record(runner, { file, exportName: 'nested' }).result;
  assert.deepEqual(
    nested.waiting?.questions.map(({ value, nodeId, path }) => [value, nodeId, path]).sort(),
    [
      ['Deep?', 'inner:deep', ['inner[0]', 'deep']],
      ['Left?', 'left', ['left']],
    ],
  );
  const workflow = await record(runner, { file, exportName: 'workflow' }).result;
  assert.deepEqual([workflow.status, workflow.state], ['waiting', {}]);
  assert.deepEqual(
    workflow.waiting?.questions.map(({ value, node }) => [value, node]),
    [['Ok, this?', 'approve']],
  );
});

test('a breakpoint is told with its nodes, and those before which it stands are waiting', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'breaks' });
  const { status, waiting } = await result;
  assert.equal(status, 'waiting');
  assert.deepEqual(waiting?.questions, []);
  assert.deepEqual(
    waiting.breakpoints.map(({ since: _, namespace, ...rest }) => {
      assert.match(namespace!, /^inner:/);
      return rest;
    }),
    [{ when: 'before', nodes: ['two'], path: ['inner'] }],
  );
  const metrics = new RunMetrics();
  for (const event of events) metrics.add(event);
  assert.deepEqual(
    metrics.progress().map(({ id, status: shown }) => [id, shown]),
    [
      ['inner', 'waiting'],
      ['inner:one', 'done'],
      ['inner:two', 'waiting'],
    ],
  );
});

test('the report says that the run waits, and for what', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'asks' });
  const ended = await result;
  const report = new RunReport();
  const text = [...report.lines(events), ...report.end(ended)].join('\n');
  assert.match(text, /\? ask {2}.*waits\n/);
  assert.match(text, /\? waits {2}/);
  assert.match(text, /\nWaits for\nask {2}since .*, id .*\n {2}"?'?Really\?/);
  assert.match(text, /State so far\nanswers/);
  assert.doesNotMatch(text, /✓ done|__interrupt__|Final state/);
});

test('a graph that wants no checkpointer fails where it asks', async (t) => {
  const { status, error } = await record(createTestRunner(t), { file, exportName: 'forbids' })
    .result;
  assert.deepEqual([status, error?.code], ['failed', 'MISSING_CHECKPOINTER']);
});
