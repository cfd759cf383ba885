import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphBreakpoint } from '../../../src/protocol/breakpoints.ts';
import type { Waiting } from '../../../src/protocol/waiting.ts';
import '../../fakes/vscode.ts';
import { graphOf } from '../graphOf.ts';

const { RunViewModel } = await import('../../../src/extension/runs/runViewModel.ts');
const { changes } = await import('../../../src/extension/runs/answers.ts');
const { waitingCards, questionLines } =
  await import('../../../src/extension/panel/waitingCards.ts');

function cards(
  waiting: Waiting,
  state: unknown = {},
  canRun = true,
  breakpoints: readonly GraphBreakpoint[] = [],
) {
  const run = new RunViewModel({ file: '/g.graph.ts', exportName: 'g' }, graphOf(''));
  run.breakpoints = breakpoints;
  run.end({
    ...{ graph: 'g', status: 'waiting', durationMs: 1, state, waiting },
    ...{ threadId: 't', keptBy: 'store' },
  });
  return waitingCards(run, { canRun });
}

const at = (path: readonly string[]): Waiting => ({
  questions: [],
  breakpoints: [{ when: 'before', nodes: ['pay'], path, since: 0 }],
});

test('a question of any size is shown in part, in no time that a person notices', () => {
  const wide = Array.from({ length: 2000 }, (_, n) => ({ n, list: Array(500).fill({ a: 'b' }) }));
  for (const value of ['x'.repeat(50_000_000), 'x\n'.repeat(1_000_000), wide]) {
    const lines = questionLines(value);
    assert.ok(lines.length <= 201);
    assert.ok(lines.join('\n').length < 100_000);
    assert.match(lines.join('\n'), /… [\d,]+ more/);
  }
  assert.deepEqual(questionLines('Really?\nYes?'), ['Really?', 'Yes?']);
});

test('a breakpoint offers the state for editing where it is that of the graph, and is JSON', () => {
  assert.deepEqual(JSON.parse(cards(at([]), { a: [1, null] })?.pause?.state ?? ''), {
    a: [1, null],
  });
  assert.deepEqual(cards(at([]))?.pause?.places, ['before pay']);
  assert.equal(cards(at(['inner']), { a: 1 })?.pause?.state, undefined);
  for (const value of [new Date(0), new Map(), 1n, NaN]) {
    assert.equal(cards(at([]), { value })?.pause?.state, undefined);
  }
});

test('a breakpoint with a condition says which one held', () => {
  const when = 'before';
  const placesOf = (path: readonly string[], breakpoints: readonly GraphBreakpoint[]) =>
    cards(at(path), {}, true, breakpoints)?.pause?.places;
  const inner = { node: 'inner:pay', when, condition: 'sum > 9' } as const;
  assert.deepEqual(placesOf(['inner[2]'], [inner]), ['before pay of inner[2], since sum > 9']);
  assert.deepEqual(placesOf([], [inner, { node: 'pay', when: 'after', condition: 'x' }]), [
    'before pay',
  ]);
});

test('nobody answers in a restricted window', () => {
  assert.match(cards(at([]), {}, false)?.obstacle ?? '', /Restricted mode/);
  assert.equal(cards(at([]))?.obstacle, undefined);
});

test('of an edited state the keys that differ are replaced, whatever their reducers', () => {
  const state = { list: ['a'], same: { b: 1 }, gone: 1 };
  assert.deepEqual(changes(state, { list: ['b'], same: { b: 1 }, added: 2 }), {
    list: { __overwrite__: ['b'] },
    added: { __overwrite__: 2 },
  });
});
