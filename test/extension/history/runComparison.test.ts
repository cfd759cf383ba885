import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';
import '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { replayRun } = await import('../../../src/extension/history/replayRun.ts');
const { gatherFacts, timesTable } = await import('../../../src/extension/history/runComparison.ts');

const task = (id: number, node: string): TaskInfo => ({
  ...{ id, node, nodeId: node, path: [node], superstep: 1 },
});

/** A run of two nodes, in batches. */
async function* eventsOf(ms: number, value: unknown): AsyncGenerator<readonly RunEvent[]> {
  yield [
    { type: 'runStarted', time: 0, graph: 'g', startedAt: 5, input: {} },
    { type: 'taskStarted', time: 0, task: task(1, 'a'), attempt: 1, input: {} },
  ];
  yield [
    { type: 'taskFinished', time: ms, task: task(1, 'a'), durationMs: ms },
    { type: 'superstepFinished', time: ms, path: [], superstep: 1, written: [], state: { value } },
    { type: 'taskFinished', time: ms, task: task(2, 'b\n'), durationMs: 5 },
    { type: 'runFinished', time: ms + 1, output: { value: new Map([['k', value]]) } },
  ];
}

test('two runs are compared by wall time and by node, those that differ most first', async () => {
  const facts = [await gatherFacts(eventsOf(100, 1)), await gatherFacts(eventsOf(40, 1))] as const;
  assert.equal(
    timesTable(facts, ['7:08', '7:09']),
    [
      '             7:08    7:09      difference',
      'wall time  101 ms   41 ms  −60 ms (−59 %)',
      'a          100 ms   40 ms  −60 ms (−60 %)',
      'b\\n        5.0 ms  5.0 ms',
    ].join('\n') + '\n\nTimes of tasks that ran at the same time are added up.\n',
  );
});

test('ways on that were chosen more often in one run are compared, where they differ', async () => {
  async function* chosen(times: number): AsyncGenerator<readonly RunEvent[]> {
    const first = task(1, 'plan');
    yield [
      { type: 'taskStarted', time: 0, task: first, attempt: 1, input: {} },
      {
        ...{ type: 'taskFinished', time: 1, task: first, durationMs: 1 },
        chosen: { search: times, 'write\n': 0 },
      },
    ];
    if (times > 2) {
      const again = { ...task(2, 'search'), superstep: 2 };
      yield [{ type: 'taskFinished', time: 2, task: again, durationMs: 1, chosen: { plan: 0 } }];
    }
  }
  const facts = [await gatherFacts(chosen(2)), await gatherFacts(chosen(10))] as const;
  const [, edges] = timesTable(facts, ['7:08', '7:09']).split('added up.\n\n');
  assert.equal(
    edges,
    [
      'ways on        7:08  7:09',
      'plan → search    ×2   ×10',
      'search → plan     –    ×1',
      '',
    ].join('\n'),
  );
  assert.doesNotMatch(timesTable([facts[0], facts[0]], ['7:08', '7:09']), /ways on/);
});

test('states of a run are JSON, after each superstep and at its end', async () => {
  const { states } = await gatherFacts(eventsOf(1, 'x'));
  assert.deepEqual(
    [...states].map(([name, text]) => [name, JSON.parse(text)]),
    [
      ['superstep 1', { value: 'x' }],
      ['final state', { value: { k: 'x' } }],
    ],
  );
});

test('a run is seen again as it was', async () => {
  const run = { id: 'a', file: '/a.graph.ts', exportName: 'g', graph: 'g', startedAt: 5 };
  const end = { status: 'cutOff', durationMs: 101 } as const;
  const past = await replayRun({ ...run, end }, { graph: graphOf('a') }, eventsOf(100, 1));
  assert.deepEqual(
    past.progress().map(({ id, status }) => [id, status]),
    [['a', 'done']],
  );
  assert.equal(past.result?.status, 'cancelled');
  assert.deepEqual(past.result.state, { value: new Map([['k', 1]]) });
});
