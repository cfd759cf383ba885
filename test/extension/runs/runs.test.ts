import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Waiting } from '../../../src/protocol/waiting.ts';
import type { RunOptions, RunResult } from '../../../src/runner/runner.ts';
import { FakeMemento } from '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { Activities } = await import('../../../src/extension/runs/activities.ts');
const { KeptThreads } = await import('../../../src/extension/runs/keptThreads.ts');
const { Runs } = await import('../../../src/extension/runs/runs.ts');
const { WaitingRuns } = await import('../../../src/extension/runs/waitingRuns.ts');

const target = { file: '/dir/a.graph.ts', exportName: 'g' };
const chosen = { target, graph: graphOf('a') };
const question = { id: 'q', value: 'Which?', node: 'n', nodeId: 'n', path: ['n'], since: 0 };
const waiting: Waiting = { questions: [question], breakpoints: [] };
const asks: RunResult = {
  ...{ graph: 'g', status: 'waiting', durationMs: 1, state: {} },
  ...{ waiting, threadId: 't', keptBy: 'store' },
};
const done: RunResult = { ...asks, status: 'done', waiting: undefined } as never;

let ran: Partial<RunOptions>[];
/** How the next run ends. */
let next: () => RunResult;
let memento: FakeMemento;
let waits: InstanceType<typeof WaitingRuns>;
let runs: InstanceType<typeof Runs>;

beforeEach(() => {
  ran = [];
  memento = new FakeMemento();
  open();
});

/** The window is opened, or reloaded. */
function open(): void {
  waits = new WaitingRuns(memento);
  const nothing = () => {};
  const runner = {
    run: async (options: RunOptions) => {
      ran.push(options);
      return next();
    },
    readThread: async () => ({ checkpointId: 'where it asks', questions: [question] }),
  };
  runs = new Runs({
    runner,
    problems: { loaded: nothing, ran: nothing },
    activities: new Activities(),
    waits,
    history: { record: () => ({ add: nothing, end: nothing }) },
    output: { section: () => ({ append: nothing, dispose: nothing }), show: nothing },
    models: { provider: nothing },
    breakpoints: { of: nothing },
    threads: new KeptThreads(runner as never, '/store'),
  } as never);
}

test('a graph that waits does so still when its thread was gone on with from elsewhere, and after a reload', async () => {
  next = () => asks;
  await runs.run(chosen, {});
  next = () => done;
  await runs.runFrom(chosen, { threadId: 't', beganAs: target.file }, { from: 'earlier' });
  assert.deepEqual(waits.of(target)?.waiting, waiting);
  open();
  const held = waits.of(target)!;
  assert.deepEqual(held.waiting, waiting);
  // The answer goes to where the question stands, and not to the end of the branch.
  await runs.resume(held, chosen, { answers: { q: 1 } });
  assert.deepEqual(ran.at(-1)?.resume, { from: 'where it asks', answers: { q: 1 } });
  assert.equal(waits.of(target), undefined);
});

test('a question that a branch asks takes the place of the one before', async () => {
  next = () => asks;
  await runs.run(chosen, {});
  const other = { ...waiting, questions: [{ ...question, id: 'other' }] };
  next = () => ({ ...asks, waiting: other });
  await runs.runFrom(chosen, { threadId: 't', beganAs: target.file }, { from: 'earlier' });
  assert.deepEqual(waits.of(target)?.waiting, other);
});

test('a branch that cannot begin leaves the question where it was', async () => {
  next = () => asks;
  await runs.run(chosen, {});
  next = () => {
    throw new Error('broken');
  };
  const thread = { threadId: 't', beganAs: target.file };
  await assert.rejects(runs.runFrom(chosen, thread, { from: 'earlier' }), /broken/);
  assert.deepEqual(waits.of(target)?.waiting, waiting);
});
