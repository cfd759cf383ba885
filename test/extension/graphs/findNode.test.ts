import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNode, findNodeItself } from '../../../src/extension/graphs/findNode.ts';
import type { StaticGraph } from '../../../src/loader/source/staticGraph.ts';

function place(line1: number) {
  return { line1, column1: 1, endLine1: line1, endColumn1: 10 };
}

const inner: StaticGraph = {
  localName: 'inner',
  kind: 'graph',
  range: place(1),
  nodes: [{ name: 'search', range: place(2) }],
  edges: [],
  compiled: true,
};

const outer: StaticGraph = {
  ...inner,
  exportName: 'outer',
  localName: 'outer',
  range: place(10),
  nodes: [
    { name: 'research', range: place(11), subgraph: 'inner' },
    { name: 'imported', range: place(12), subgraph: 'elsewhere' },
    { name: 'a', range: place(13), definition: { ...place(13), endLine1: 15 } },
    { name: 'a:b', range: place(14) },
  ],
};

const cases: [nodeId: string, line1: number][] = [
  ['research', 11],
  ['research:search', 2],
  ['imported:deep:down', 12],
  ['research:unknown', 11],
  ['a:b', 14],
  ['nowhere', 10],
];

for (const [nodeId, line1] of cases) {
  test(`findNode() finds "${nodeId}" on line ${line1}`, () => {
    assert.equal(findNode([inner, outer], 'outer', nodeId)?.line1, line1);
  });
}

test('findNodeItself() finds a node only where the text tells where it stands', () => {
  const flow: StaticGraph = {
    ...outer,
    exportName: 'flow',
    kind: 'entrypoint',
    range: place(20),
    nodes: [],
  };
  const found = (nodeId: string, exportName = 'outer') =>
    findNodeItself([inner, outer, flow], exportName, nodeId)?.line1;
  assert.deepEqual(
    ['research', 'research:search', 'a:b', 'imported:deep:down', 'nowhere'].map((id) => found(id)),
    [11, 2, 14, undefined, undefined],
  );
  assert.deepEqual([found('flow', 'flow'), found('flow:task', 'flow')], [20, undefined]);
  assert.equal(findNodeItself([outer], 'outer', 'a')?.endLine1, 15);
  assert.equal(found('a', 'other'), undefined);
});

test('findNode() finds nothing in a text without graphs', () => {
  assert.equal(findNode([], 'outer', 'research'), undefined);
});
