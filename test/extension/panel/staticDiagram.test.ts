import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { staticDiagram } from '../../../src/extension/panel/staticDiagram.ts';
import { findGraphs } from '../../../src/loader/source/findGraphs.ts';
import { createTestRunner } from '../../runner/testRunner.ts';

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
  const { title, nodes, mermaid } = staticDiagram(outer, { graphs, file: '/w/x.graph.ts' });
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
    staticDiagram(outer, { graphs, file: '/w/x.graph.ts' }).nodes.map(({ id }) => id),
    ['__start__', 'sub', 'last one', '__end__'],
  );
});

test('staticDiagram() calls a graph without a name as its export, or as its file', () => {
  const titles = [
    'export const plan =',
    'export const graph =',
    'export default',
    'const left =',
  ].map((start) => {
    const { graphs } = findGraphs(
      `import { START, StateGraph } from 'superstep';
         ${start} new StateGraph(S).addNode('a', f).addEdge(START, 'a').compile();`,
      'x.graph.ts',
    );
    return graphs.map((graph) => staticDiagram(graph, { graphs, file: '/w/trip.graph.ts' }).title);
  });
  assert.deepEqual(titles, [['plan'], ['trip'], ['trip'], ['left']]);
});

test('staticDiagram() draws the examples as they are drawn once they are loaded', async (t) => {
  const folder = join(import.meta.dirname, '../../../examples');
  const runner = createTestRunner(t);
  let drawn = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.graph.ts'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    // The graphs of other files are not in the text.
    if (/from '\.\/.*\.graph\.ts'/.test(text)) continue;
    const { graphs } = findGraphs(text, name);
    for (const loaded of (await runner.describe(join(folder, name))).graphs) {
      const graph = graphs.find(({ exportName }) => exportName === loaded.exportName);
      assert.ok(graph, name);
      const { mermaid, nodes } = staticDiagram(graph, { graphs, file: name });
      assert.deepEqual({ mermaid, nodes }, { mermaid: loaded.mermaid, nodes: loaded.nodes }, name);
      drawn++;
    }
  }
  assert.ok(drawn >= 4);
});
