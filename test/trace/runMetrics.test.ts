import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { formatSummary } from '../../src/runner/report/formatSummary.ts';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import { assertGolden } from '../golden.ts';
import { failed, finished, modelCall, runStarted, started, task } from '../runner/report/events.ts';

function summarize(events: readonly RunEvent[], maxTasks = 0): RunMetrics {
  const summary = new RunMetrics({ maxTasks });
  for (const event of events) summary.add(event);
  return summary;
}

const a = task(1, 'node_a');
const b = task(2, 'node_b');
const parallel: RunEvent[] = [
  runStarted('g', {}),
  { type: 'superstepStarted', time: 0, path: [], superstep: 1, tasks: 2 },
  started(a, 1),
  started(b, 2),
  finished(a, 2001, 2000),
  finished(b, 4002, 4000),
  { type: 'runFinished', time: 4004, output: {} },
];

const outer = task(1, 'research');
const search = task(2, 'search', outer);
const again = task(3, 'search', outer);
const nested: RunEvent[] = [
  runStarted('g', {}),
  started(outer, 0),
  started(search, 1),
  started(again, 2),
  finished(search, 101, 100),
  failed(again, 202, { durationMs: 200 }),
  failed(outer, 203, { durationMs: 203, cancelled: true }),
  {
    type: 'runFailed',
    time: 210,
    error: { name: 'Error', message: '' },
    cancelled: false,
    state: {},
  },
];

test('RunMetrics adds up parallel work', () => {
  const { wallMs, workMs, speedUp, peakConcurrency, supersteps } = summarize(parallel).totals();
  assert.deepEqual(
    { wallMs, workMs, peakConcurrency, supersteps },
    { wallMs: 4004, workMs: 6000, peakConcurrency: 2, supersteps: 1 },
  );
  assert.equal(speedUp, 6000 / 4004);
});

test('RunMetrics counts a subgraph’s node through its inner nodes, not by itself', () => {
  const totals = summarize(nested).totals();
  assert.equal(totals.workMs, 300);
  assert.equal(totals.peakConcurrency, 2);
  assert.deepEqual(totals.nodes, [
    { nodeId: 'research', runs: 1, failed: 0, cancelled: 1, totalMs: 203, longestMs: 203 },
    { nodeId: 'research:search', runs: 2, failed: 1, cancelled: 0, totalMs: 300, longestMs: 200 },
  ]);
});

test('RunMetrics keeps tasks in the order of their starts, as many as asked for', () => {
  assert.deepEqual(summarize(nested, 10).tasks(), [
    {
      node: 'research',
      path: ['research'],
      superstep: 1,
      startMs: 0,
      endMs: 203,
      status: 'cancelled',
    },
    {
      node: 'search',
      path: ['research', 'search'],
      superstep: 1,
      startMs: 1,
      endMs: 101,
      status: 'done',
    },
    {
      node: 'search',
      path: ['research', 'search'],
      superstep: 1,
      startMs: 2,
      endMs: 202,
      status: 'failed',
    },
  ]);
  const cut = summarize(nested, 1);
  assert.equal(cut.tasks().length, 1);
  assert.equal(cut.tasksOmitted, 2);
});

test('RunMetrics takes another attempt for the same task', () => {
  const { nodes, peakConcurrency } = summarize([
    runStarted('g', {}),
    started(a, 0),
    { type: 'taskStarted', time: 5, task: a, attempt: 2, input: {} },
    finished(a, 9, 9),
  ]).totals();
  assert.equal(nodes[0]?.runs, 1);
  assert.equal(peakConcurrency, 1);
});

test('RunMetrics of any run: work is at most wall time times peak concurrency', () => {
  const spans = fc.array(fc.record({ from: fc.nat(1000), length: fc.nat(1000) }), { minLength: 1 });
  fc.assert(
    fc.property(spans, (given) => {
      const marks = given.flatMap(({ from, length }, i) => [
        started(task(i, `n${i % 3}`), from),
        finished(task(i, `n${i % 3}`), from + length, length),
      ]);
      // At the same time ends come first: one thread cannot do both at once.
      marks.sort((x, y) => x.time - y.time || Number(x.type > y.type) - Number(y.type > x.type));
      const inOrder = marks.filter(
        (event, i) =>
          event.type !== 'taskFinished' ||
          marks.findIndex((m) => m.type === 'taskStarted' && m.task.id === event.task.id) < i,
      );
      const { workMs, wallMs, peakConcurrency, nodes } = summarize(inOrder).totals();
      assert.ok(workMs <= wallMs * peakConcurrency);
      assert.equal(
        nodes.reduce((sum, { totalMs }) => sum + totalMs, 0),
        workMs,
      );
    }),
  );
});

test('formatSummary() aligns the table by display width', async () => {
  const wide = [task(10, '検索 🔍'), task(11, 'e\u0301tape'), task(12, 'x'.repeat(200))];
  const events = [
    ...nested.slice(0, -1),
    ...wide.flatMap((each, i) => [
      started(each, 210),
      finished(each, 211 + i * 70_000, i * 70_000),
    ]),
  ];
  await assertGolden('summary', formatSummary(summarize(events).totals()));
});

test('formatSummary() of a graph with very many nodes shows those that took longest', () => {
  const events = Array.from({ length: 300 }, (_, i) => task(i, `node${i}`)).flatMap((each, i) => [
    started(each, 0),
    finished(each, i, i),
  ]);
  const lines = formatSummary(summarize(events).totals());
  assert.ok(lines.length < 80);
  assert.match(lines[1]!, /^node299 /);
  assert.ok(lines.includes('… 240 more nodes'));
});

test('formatSummary() of a run without tasks is calm', () => {
  const lines = formatSummary(summarize([]).totals());
  assert.deepEqual(
    lines.filter((line) => line.startsWith('speed-up')),
    [],
  );
});

const writer = task(3, 'write', outer);
const asking: RunEvent[] = [
  ...nested.slice(0, 2),
  started(search, 1),
  started(writer, 1),
  ...[search, writer].flatMap((of, i) => {
    const call = modelCall(of, {
      id: i,
      ...(i === 1 && { source: 'offline', model: 'qwen3-max' }),
    });
    return [
      call.started(2),
      call.retrying(3),
      call.streamed(4, 'word'),
      call.finished(5, { tokens: [1200 + i, 30 + i] }),
    ];
  }),
  modelCall(search, { id: 7 }).started(6),
  modelCall(search, { id: 7 }).failed(7),
  finished(search, 101, 100),
  finished(writer, 151, 150),
  finished(outer, 152, 152),
  { type: 'runFinished', time: 160, output: {} },
];

test('RunMetrics counts models for each task, each node and the run', () => {
  const summary = summarize(asking, 10);
  const { nodes, modelUse } = summary.totals();
  const ofSearch = {
    calls: 2,
    failed: 1,
    retries: 1,
    cached: 0,
    tokensIn: 1200,
    tokensOut: 30,
    uncounted: 0,
    models: ['gpt-4o'],
    sources: [],
  };
  assert.deepEqual(
    nodes.map((node) => node.modelUse),
    [
      undefined,
      ofSearch,
      {
        ...ofSearch,
        calls: 1,
        failed: 0,
        tokensIn: 1201,
        tokensOut: 31,
        models: ['qwen3-max'],
        sources: ['offline'],
      },
    ],
  );
  assert.deepEqual(summary.tasks()[1]?.modelUse, ofSearch);
  assert.deepEqual(modelUse, {
    ...ofSearch,
    calls: 3,
    retries: 2,
    tokensIn: 2401,
    tokensOut: 61,
    models: ['gpt-4o', 'qwen3-max'],
    sources: ['offline'],
  });
});

test('RunMetrics does not count as failed what was given up with its task', () => {
  const call = modelCall(a);
  const { modelUse } = summarize([
    runStarted('g', {}),
    started(a, 0),
    call.started(1),
    failed(a, 20, { cancelled: true }),
    call.failed(21),
  ]).totals();
  assert.deepEqual([modelUse?.calls, modelUse?.failed], [1, 0]);
});

test('RunMetrics does not grow with the pieces of answers', () => {
  const summary = summarize([runStarted('g', {}), started(a, 0), modelCall(a).started(1)], 10);
  const piece = modelCall(a).streamed(2, 'word');
  const before = summary.totals();
  for (let i = 0; i < 1_000_000; i++) summary.add(piece);
  assert.deepEqual(summary.totals(), { ...before, wallMs: 2 });
});

test('RunMetrics keeps few names of many models', () => {
  const calls = Array.from({ length: 100 }, (_, id) => modelCall(a, { id, model: `m${id}` }));
  const { modelUse } = summarize([started(a, 0), ...calls.map((call) => call.started(1))]).totals();
  assert.deepEqual([modelUse?.calls, modelUse?.models.length], [100, 8]);
});

test('formatSummary() of a run that asked models counts them, and says who made answers up', async () => {
  await assertGolden('summaryOfModels', formatSummary(summarize(asking).totals()));
});

test('formatSummary() of a run that asked the editor says so', () => {
  const call = modelCall(a, { source: 'editor' });
  const events = [started(a, 0), call.started(1), call.finished(2), finished(a, 3, 3)];
  const lines = formatSummary(summarize(events).totals());
  assert.ok(lines.includes('models            gpt-4o  editor'));
  assert.ok(lines.includes('The tokens of 1 answer were not counted.'));
  assert.match(
    lines.slice(-2).join(' '),
    /^Answers marked editor came from the editor's own language models, .* asks for\.$/,
  );
});
