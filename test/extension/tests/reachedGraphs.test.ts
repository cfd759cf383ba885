import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { FakeDocument } from '../../fakes/vscode.ts';
import type { GraphReach } from '../../../src/protocol/graphReach.ts';

const { ReachedGraphs } = await import('../../../src/extension/tests/reachedGraphs.ts');

const target = { file: '/dir/a.graph.ts', exportName: 'graph' };
const ofA = { file: '/dir/a.graph.ts', name: 'one' };
const ofOther = { file: '/dir/b.graph.test.ts', name: 'two' };
const coverage = (node: number, edge: number) => ({
  nodes: { n: node },
  edges: [{ source: 'n', target: '__end__', conditional: true, count: edge }],
});

let shown: (GraphReach | undefined)[];
let reached: InstanceType<typeof ReachedGraphs>;

beforeEach(() => {
  shown = [];
  reached = new ReachedGraphs((of, reach) => {
    assert.deepEqual(of, target);
    shown.push(reach);
  });
});

afterEach(() => reached.dispose());

const last = () => {
  const { tests, stale, nodes, edges } = shown.at(-1)!;
  return [tests, stale, nodes['n'], edges[0]!.count];
};

test('what tests of several files have reached of a graph is added up, each as it ran last', () => {
  reached.add(ofA, target, coverage(1, 0));
  reached.ended(ofA.file, [ofA.file]);
  assert.deepEqual(last(), [1, 0, 1, 0]);
  reached.add(ofOther, target, coverage(2, 2));
  reached.ended(ofOther.file, [ofOther.file, target.file]);
  assert.deepEqual(last(), [2, 0, 3, 2]);
  reached.add(ofA, target, coverage(5, 1));
  reached.ended(ofA.file, [ofA.file]);
  assert.deepEqual(last(), [2, 0, 7, 3]);
});

test('a test whose code was saved since it ran is stale, until it runs again', async () => {
  reached.add(ofA, target, coverage(1, 0));
  reached.ended(ofA.file, [ofA.file]);
  reached.add(ofOther, target, coverage(2, 2));
  reached.ended(ofOther.file, [ofOther.file, '/dir/helper.ts']);
  await new FakeDocument('/dir/helper.ts').save();
  assert.deepEqual(last(), [2, 1, 3, 2]);
  const told = shown.length;
  await new FakeDocument('/dir/elsewhere.ts').save();
  assert.equal(shown.length, told);
  reached.add(ofOther, target, coverage(2, 2));
  reached.ended(ofOther.file, [ofOther.file, '/dir/helper.ts']);
  assert.deepEqual(last(), [2, 0, 3, 2]);
});

test('a test that its file has no more counts no more, and without any nothing is known', () => {
  reached.add(ofA, target, coverage(1, 0));
  reached.ended(ofA.file, [ofA.file], new Set(['one']));
  reached.ended(ofA.file, [ofA.file], new Set(['another']));
  assert.equal(shown.at(-1), undefined);
});
