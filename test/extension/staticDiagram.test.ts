import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staticDiagram } from '../../src/extension/staticDiagram.ts';
import { findGraphs } from '../../src/loader/findGraphs.ts';

const source = `
import { END, START, StateGraph } from 'superstep';
const inner = new StateGraph(S)
  .addNode('one', f).addNode('two', f)
  .addEdge(START, 'one').addEdge('one', 'two').addEdge('two', END)
  .compile();
export const outer = new StateGraph(S)
  .addNode('sub', inner).addNode('last one', f)
  .addEdge(START, 'sub').addEdge('sub', 'last one').addEdge('last one', END)
  .compile({ name: 'whole' });
`;

test('staticDiagram() draws a graph from its text, with its local subgraphs expanded', () => {
  const { graphs } = findGraphs(source, 'x.graph.ts');
  const outer = graphs.find(({ exportName }) => exportName === 'outer');
  assert.ok(outer);
  const { title, nodes, mermaid } = staticDiagram(outer, graphs);
  assert.equal(title, 'whole');
  assert.deepEqual(nodes, [
    { id: '__start__', name: '__start__', mermaidId: '__start__' },
    { id: 'sub:one', name: 'one', mermaidId: 'sub_one' },
    { id: 'sub:two', name: 'two', mermaidId: 'sub_two' },
    { id: 'last one', name: 'last one', mermaidId: 'last_one' },
    { id: '__end__', name: '__end__', mermaidId: '__end__' },
  ]);
  const arrows = mermaid.split('\n').filter((line) => line.includes('-->'));
  assert.deepEqual(
    arrows.map((line) => line.trim()),
    [
      '__start__ --> sub_one;',
      'last_one --> __end__;',
      'sub_two --> last_one;',
      'sub_one --> sub_two;',
    ],
  );
});

test('staticDiagram() draws a graph that contains itself once', () => {
  const { graphs } = findGraphs(source.replace("'sub', inner", "'sub', outer"), 'x.graph.ts');
  const outer = graphs.find(({ exportName }) => exportName === 'outer');
  assert.ok(outer);
  assert.deepEqual(
    staticDiagram(outer, graphs).nodes.map(({ id }) => id),
    ['__start__', 'sub', 'last one', '__end__'],
  );
});
