import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { graphPlaces } from '../../src/lint/graphPlaces.ts';

const text = `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ n: Annotation<number>() });
const inner = new StateGraph(State).addNode('deep', () => ({})).addEdge(START, 'deep').compile();
export const graph = new StateGraph(State)
  .addNode('one', () => ({}))
  .addNode('two', inner)
  .addEdge(START, 'one')
  .addConditionalEdges('one', ({ n }) => (n ? 'two' : END), ['two', END])
  .addEdge(['one', 'two'], 'one')
  .compile();
`;

describe('the places of the parts of a graph', () => {
  const { nodes, edges, routers } = graphPlaces(text, 'a.graph.ts').get('graph')!;
  const at = ({ line1, column1 }: { line1: number; column1: number }) => `${line1}:${column1}`;

  it('are where nodes are added, in subgraphs too', () => {
    assert.deepEqual(
      [...nodes].map(([id, range]) => `${id} ${at(range)}`),
      ['one 5:12', 'two 6:12', 'two:deep 3:45'],
    );
  });

  it('are where edges, joins and the ways of routers are', () => {
    assert.deepEqual(
      edges.map(({ source, target, range }) => `${source} -> ${target} ${at(range)}`),
      [
        'two:__start__ -> two:deep 3:73',
        '__start__ -> one 7:12',
        'one -> one 9:13',
        'two -> one 9:20',
      ],
    );
    assert.deepEqual(
      routers.map(({ source, range, ways }) => ({
        source,
        at: at(range),
        ways: [...ways].map(([target, way]) => `${target} ${at(way)}`),
      })),
      [{ source: 'one', at: '8:24', ways: ['two 8:62', '__end__ 8:69'] }],
    );
  });
});
