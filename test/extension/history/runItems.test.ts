import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRun, groupRuns } from '../../../src/extension/history/runItems.ts';
import type { KeptRun } from '../../../src/runner/history/keptRun.ts';
import '../../fakes/vscode.ts';

const { pastNotice } = await import('../../../src/extension/history/replayRun.ts');

const startedAt = new Date(2025, 4, 6, 7, 8, 9, 123).getTime();

function runOf(id: string, more: Partial<KeptRun> = {}): KeptRun {
  return {
    ...{ id, file: '/dir/a.graph.ts', exportName: 'graph', graph: 'hello', startedAt },
    end: { status: 'done', durationMs: 2300 },
    ...more,
  };
}

test('runs of one thread stand together, where the newest of them is', () => {
  const onThread = (id: string, threadId: string, more: Partial<KeptRun> = {}) =>
    runOf(id, { end: { status: 'waiting', durationMs: 1, threadId }, ...more });
  const [a, b, c] = [onThread('a', 't'), runOf('b'), onThread('c', 't')];
  const alone = onThread('d', 'other');
  const elsewhere = onThread('e', 't', { exportName: 'second' });
  const running: KeptRun = { ...runOf('f', { threadId: 't' }), end: undefined as never };
  assert.deepEqual(groupRuns([running, a, b, c, alone, elsewhere]), [
    { threadId: 't', runs: [running, a, c] },
    ...[b, alone, elsewhere],
  ]);
  assert.deepEqual(groupRuns([]), []);
});

test('a run is told with when it was, how long it took, and its tokens', () => {
  const use = { calls: 2, failed: 0, retries: 0, cached: 0, tokensIn: 312, tokensOut: 45 };
  const text = describeRun(
    runOf('a', {
      end: {
        ...{ status: 'failed', durationMs: 2300 },
        use: { ...use, uncounted: 0, models: ['gpt'], sources: ['offline'] },
        error: { name: 'Error', message: 'No such city\nat all' },
        gap: 'Not all of it.',
      },
    }),
    'dir/a.graph.ts',
  );
  assert.deepEqual(text, {
    label: 'hello',
    description: '2025-05-06 07:08:09 · 2.300 s · 312→45 tokens',
    sign: 'failed',
    tooltip: [
      'hello: failed after 2.300 s',
      '2025-05-06 07:08:09, dir/a.graph.ts',
      'gpt · 2 calls · 312→45 tokens · offline',
      'No such city',
      'Not all of it.',
    ].join('\n'),
  });
});

test('a run that goes on, and one that was cut off, are told as such', () => {
  const { end: _, ...running } = runOf('a');
  const text = describeRun(running, 'a.graph.ts');
  assert.deepEqual([text.sign, text.description], ['running', '2025-05-06 07:08:09']);
  assert.match(pastNotice(running), /another window/);
  const cut = runOf('a', { end: { status: 'cutOff', durationMs: 2300 } });
  assert.equal(
    pastNotice(cut),
    'This is a past run, of 2025-05-06 07:08:09. It was cut off after 2.300 s, when the editor ended.',
  );
});
