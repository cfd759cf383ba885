import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { RunResult } from '../../../src/runner/runner.ts';
import { commands, window } from '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { announceFailure } = await import('../../../src/extension/runs/announce.ts');
const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');

const file = '/dir/a.graph.ts';
const error = { name: 'Error', message: 'no luck' };
const failed: RunResult = {
  ...{ graph: 'g', status: 'failed', durationMs: 5, state: {}, error },
  ...{ threadId: 't', keptBy: 'store' },
};

/** What was offered, and what the chosen one did. */
let offered: string[];
let done: unknown[][];

beforeEach((t) => {
  assert.ok('mock' in t);
  offered = [];
  done = [];
  t.mock.method(window, 'showErrorMessage', async (_text: string, ...items: string[]) => {
    offered = items;
    return items[0];
  });
  Object.assign(commands, { executeCommand: async (...args: unknown[]) => void done.push(args) });
});

async function announce(result: RunResult, input?: unknown): Promise<void> {
  const run = new RunViewModel({ file, exportName: 'g' }, graphOf('g'));
  const failure = { node: 'judge', nodeId: 'review:judge' };
  run.add([
    { type: 'runFailed', time: 5, path: [], error, failure, state: {}, cancelled: false } as never,
  ]);
  run.end(result);
  announceFailure(result, run, { input, output: { show: () => {} } as never });
  await new Promise(setImmediate);
}

test('a failed run offers to debug the node that has failed, with the thread that came to it', async () => {
  await announce(failed);
  assert.deepEqual(offered, ['Debug This Node', 'Show Output']);
  const [[command, , ...others] = []] = done;
  assert.equal(command, 'superstep.debugNode');
  assert.deepEqual(others, ['g', 'review:judge', { threadId: 't', beganAs: file }]);
});

test('a failed run whose thread was not kept offers no debugger', async () => {
  const { keptBy: _, ...gone } = failed;
  await announce(gone);
  assert.deepEqual(offered, ['Show Output']);
});

test('a failed run that lacks a key offers another model, and no debugger', async () => {
  await announce({ ...failed, error: { ...error, code: 'MISSING_API_KEY' } });
  assert.deepEqual(offered, ['Choose Model…', 'Show Output']);
  assert.deepEqual(done, [['superstep.chooseModel']]);
});

test('a run whose request is not recorded offers to record it, with the same input, whatever client has asked', async () => {
  const refused = { name: 'BadRequestError', message: '400 {"code":"MODEL_NOT_RECORDED"}' };
  await announce({ ...failed, error: refused }, { topic: 'cats' });
  assert.deepEqual(offered.slice(0, 1), ['Record Missing']);
  const [[command, , ...others] = []] = done;
  assert.equal(command, 'superstep.recordMissingModels');
  assert.deepEqual(others, ['g', { value: { topic: 'cats' } }]);
  done = [];
  await announce({ ...failed, error: { ...error, code: 'MODEL_NOT_RECORDED' } });
  assert.deepEqual(done[0]?.slice(2), ['g']);
});
