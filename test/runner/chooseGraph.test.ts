import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseGraph } from '../../src/runner/chooseGraph.ts';

const chosen = (names: string[], name?: string) =>
  chooseGraph(
    names.map((each) => ({
      exportName: each.replace('?', ''),
      ...(each.endsWith('?') && { hint: 'a builder' }),
    })),
    name,
  );

test('a graph that is named is the one, whatever others there are', () => {
  assert.equal(chosen(['a', 'graph'], 'a').graph?.exportName, 'a');
  assert.equal(chosen(['a', 'graph'], 'b').graph, undefined);
});

test('without a name it is the only one, then "graph", then the default export', () => {
  assert.equal(chosen(['a']).graph?.exportName, 'a');
  const { graph, others } = chosen(['a', 'default', 'graph']);
  assert.equal(graph?.exportName, 'graph');
  assert.deepEqual(others, ['a', 'default']);
  assert.equal(chosen(['a', 'default']).graph?.exportName, 'default');
  assert.equal(chosen(['a', 'b']).graph, undefined);
});

test('a graph that the file compiles itself comes before its builders', () => {
  assert.equal(chosen(['a?', 'b']).graph?.exportName, 'b');
  assert.equal(chosen(['a?', 'b?']).graph, undefined);
});
