import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import {
  Annotation,
  Command,
  END,
  MemorySaver,
  START,
  Send,
  StateGraph,
  entrypoint,
  interrupt,
  task,
} from '../../src/engine/index.ts';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import { durationOf, type TaskSpan } from '../../src/trace/spans.ts';
import { Trace } from '../../src/trace/trace.ts';
import { addRun, record } from './record.ts';

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});
const say = (text: string) => () => ({ log: [text] });

const inner = new StateGraph(State)
  .addNode('one', say('one'))
  .addNode('two', say('two'))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();

const mapped = new StateGraph(State)
  .addNode('plan', say('plan'))
  .addNode('work', inner)
  .addNode('sum', say('sum'))
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', () => [0, 1, 2].map(() => new Send('work', {})), ['work'])
  .addEdge('work', 'sum')
  .compile({ name: 'mapped' });

const names = (spans: readonly TaskSpan[]) => spans.map(({ task: { path } }) => path.join('/'));

test('a trace nests tasks as they ran, each in its superstep, and all of them end', async () => {
  const trace = await record(mapped, {});
  assert.deepEqual([trace.graph, trace.status], ['mapped', 'done']);
  assert.deepEqual(names(trace.tasks.filter(({ parent }) => !parent)), [
    'plan',
    'work[0]',
    'work[1]',
    'work[2]',
    'sum',
  ]);
  const work = trace.tasks.find(({ task: { path } }) => path.join() === 'work[1]')!;
  assert.deepEqual(names(work.children), ['work[1]/one', 'work[1]/two']);
  assert.ok(work.children.every(({ parent }) => parent === work));
  assert.deepEqual(
    trace.supersteps.filter(({ path }) => path.length === 0).map(({ tasks }) => tasks.length),
    [1, 3, 1],
  );
  for (const { status, readyMs, startMs, endMs } of trace.tasks) {
    assert.equal(status, 'done');
    assert.ok(readyMs <= startMs && startMs <= endMs!);
  }
  const log = ['plan', 'one', 'two', 'one', 'two', 'one', 'two', 'sum'];
  assert.deepEqual(trace.supersteps.at(-1)!.state, { log });
});

test('edges that were chosen are counted, with the tasks that were sent along them', async () => {
  const { edges } = await record(mapped, {});
  assert.deepEqual(edges.all(), [
    { source: '__start__', target: 'plan', count: 1, sent: 0 },
    { source: 'plan', target: 'work', count: 3, sent: 3 },
    { source: 'work:__start__', target: 'work:one', count: 3, sent: 0 },
  ]);
  assert.equal(edges.ended('work'), 3);
  assert.equal(edges.ended('work:one'), 3);
});

test('a goto that no edge declares is among the edges that were taken', async () => {
  const graph = new StateGraph(State)
    .addNode('ask', () => new Command({ goto: 'late' }), { ends: ['late', END] })
    .addNode('late', say('late'))
    .addEdge(START, 'ask')
    .compile();
  const { edges } = await record(graph, {});
  assert.deepEqual(edges.chosen('ask', 'late'), { count: 1, sent: 0 });
});

test('tries, and the reasons for them, stand with their task', async () => {
  let tries = 0;
  const flaky = () => {
    if (tries++ < 2) throw new Error(`no ${tries}`);
    return say('yes')();
  };
  const graph = new StateGraph(State)
    .addNode('flaky', flaky, { retryPolicy: { initialInterval: 1, retryOn: () => true } })
    .addEdge(START, 'flaky')
    .compile();
  const { tasks } = await record(graph, {});
  assert.equal(tasks.length, 1);
  assert.deepEqual(
    tasks[0]!.attempts.map(({ error }) => error?.message),
    ['no 1', 'no 2', undefined],
  );
});

test('a run that goes on after a question is added to the trace, after a pause', async () => {
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ log: [interrupt<string, string>('Go?')] }))
    .addNode('beside', say('beside'))
    .addEdge(START, 'ask')
    .addEdge(START, 'beside')
    .compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: '1' } };
  const trace = await record(graph, {}, config);
  const [asked] = trace.tasks.filter(({ task: { node } }) => node === 'ask');
  assert.deepEqual([trace.status, asked!.status, asked!.endMs], ['waiting', 'waiting', undefined]);
  assert.deepEqual(
    asked!.interrupts?.map(({ value }) => value),
    ['Go?'],
  );
  await sleep(5);
  await addRun(trace, graph, new Command({ resume: 'yes' }), config);
  assert.equal(trace.status, 'done');
  const [{ startMs, endMs, realMs }] = trace.pauses as [any];
  assert.ok(realMs > 0 && endMs - startMs <= Math.max(40, realMs));
  assert.equal(asked!.endMs, endMs);
  const again = trace.tasks.findLast(({ task: { node } }) => node === 'ask')!;
  assert.ok(again.startMs >= endMs);
  assert.deepEqual(again.updates, [{ log: ['yes'] }]);
});

test('work and peak are those of the summary, for functional tasks too', async () => {
  const pause = task('pause', async (ms: number) => sleep(ms));
  const flow = entrypoint('flow', async () => {
    await Promise.all([pause(4), pause(6)]);
    return pause(2);
  });
  for (const graph of [mapped, flow]) {
    const [trace, summary] = [new Trace(), new RunMetrics()];
    await graph.invoke({} as never, {
      onEvent(event: RunEvent) {
        trace.add(event);
        summary.add(event);
      },
    });
    const { workMs, peakConcurrency } = summary.totals();
    const { workMs: traced, peak } = trace.work(trace.lastMs);
    assert.equal(peak, peakConcurrency);
    // A task's own clock and the times of its events differ by what telling costs.
    assert.ok(Math.abs(traced - workMs) < 5, `${traced} and ${workMs}`);
  }
});

test('what has not ended when a run fails is cancelled, and nothing stays open', async () => {
  const graph = new StateGraph(State)
    .addNode('bad', async () => {
      await sleep(1);
      throw new Error('bad');
    })
    .addNode('slow', async (_, { signal }) => sleep(1000, {}, { signal }))
    .addEdge(START, 'bad')
    .addEdge(START, 'slow')
    .compile();
  const trace = await record(graph, {});
  assert.equal(trace.status, 'failed');
  assert.deepEqual(
    trace.tasks.map(({ task: { node }, status }) => `${node} ${status}`),
    ['bad failed', 'slow cancelled'],
  );
  assert.ok(trace.tasks.every((span) => durationOf(span, Infinity) < Infinity));
});

test('beyond the limit tasks are counted only', async () => {
  const trace = new Trace({ maxTasks: 4 });
  await addRun(trace, mapped, {});
  assert.deepEqual([trace.tasks.length, trace.tasksOmitted, trace.status], [4, 7, 'done']);
});

test('an answer that never ended takes in nothing of the run that follows', () => {
  const trace = new Trace();
  const asks = (startedAt: number, text: string): RunEvent[] => {
    const asked = { id: 1, node: 'ask', nodeId: 'ask', path: ['ask'], superstep: 1 };
    const call = { id: 1, model: 'gpt', messageId: 'm' };
    return [
      { type: 'runStarted', time: 0, graph: 'g', startedAt, input: {} },
      { type: 'taskStarted', time: 1, task: asked, attempt: 1, input: {} },
      { type: 'modelStarted', time: 2, task: asked, call },
      { type: 'modelStreamed', time: 3, task: asked, call, text },
    ];
  };
  for (const event of [...asks(0, 'cut o'), ...asks(100, 'whole')]) trace.add(event);
  assert.deepEqual(
    trace.output.entries.map(({ text }) => text),
    ['cut o', 'whole'],
  );
});
