import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Annotation, END, START, StateGraph } from '../../src/engine/index.ts';
import { describeStatic } from '../../src/loader/source/describeStatic.ts';
import { findGraphs } from '../../src/loader/source/findGraphs.ts';

function drawStatic(source: string, name: string): string {
  const { graphs } = findGraphs(source, 'x.graph.ts');
  const graph = graphs.find(({ localName }) => localName === name);
  assert.ok(graph);
  return describeStatic(graph, { graphs }).drawMermaid();
}

describe('describeStatic()', () => {
  it('draws the picture that the graph itself draws', () => {
    // Both read this text: the engine by running it, the loader as a string.
    const State = Annotation.Root({ a: Annotation<number>() });
    const node = () => ({});
    const inner = new StateGraph(State)
      .addNode('x', node)
      .addNode('y', node)
      .addEdge(START, 'x')
      .addEdge('x', 'y')
      .compile();
    const drawn = new StateGraph(State)
      .addNode('a', node, { ends: ['late', END] })
      .addNode('end', node)
      .addNode({ sub: inner, late: node })
      .addConditionalEdges(START, () => 'yes' as const, { yes: 'a', no: 'end', late: 'late' })
      .addConditionalEdges('late', () => END)
      .addEdge(['a', 'end'], 'sub')
      .addEdge('sub', END)
      .compile();
    const expected = drawn.getGraph({ xray: true }).drawMermaid();
    const source = readFileSync(import.meta.filename, 'utf8');
    assert.equal(withSortedLines(drawStatic(source, 'drawn')), withSortedLines(expected));
    assert.match(expected, /subgraph sub/);
    assert.match(expected, /yes/);
  });

  it('takes names that occur in edges only, and a graph that is its own node', () => {
    const source = `
      const graph = new StateGraph(S).addNode('a', f).addEdge('nowhere', 'a').compile();
      let loop = new StateGraph(S).addNode({ me: loop, b }).compile();
      const again = new StateGraph(S).addNode({ me: again.compile(), b });`;
    assert.match(drawStatic(source, 'graph'), /nowhere --> a;/);
    assert.doesNotMatch(drawStatic(source, 'loop'), /subgraph/);
    assert.doesNotMatch(drawStatic(source, 'again'), /subgraph/);
  });
});

/** Routers and ends stand in different orders. */
function withSortedLines(text: string): string {
  return text.split('\n').sort().join('\n');
}
