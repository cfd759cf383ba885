import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  START,
  Send,
  StateGraph,
  append,
  type CompiledStateGraph,
} from '../../../src/engine/index.ts';
import { failsWith, mentions } from '../support.ts';

const State = Annotation.Root({
  n: Annotation<number>(),
  done: Annotation<boolean>(),
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
});

describe('the error of a run that reached its recursion limit', () => {
  it('names the loop, and what its last round changed and left', async () => {
    const graph = new StateGraph(State)
      .addNode('begin', () => ({ done: false }))
      .addNode('plan', ({ n }) => ({ n: n + 1 }))
      .addNode('act', () => ({ done: false, log: [] }))
      .addEdge(START, 'begin')
      .addEdge('begin', 'plan')
      .addEdge('plan', 'act')
      .addConditionalEdges('act', ({ done }) => (done ? [] : 'plan'), ['plan'])
      .compile();
    const error = await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({ n: 0 }));
    mentions(error, '"plan" → "act" → "plan"', 'changed "n" but not "done" or "log"');
    assert.deepEqual(error.details.nodes, ['plan', 'act']);
  });

  it('says if a round changed nothing at all', async () => {
    const graph = new StateGraph(State)
      .addNode('again', () => ({ n: 1 }))
      .addEdge(START, 'again')
      .addEdge('again', 'again')
      .compile();
    const error = await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({ n: 1 }));
    mentions(error, '"again" → "again"', 'changed nothing');
  });

  it('shows nodes that run side by side as one step of the loop', async () => {
    const graph = new StateGraph(State)
      .addNode('fan', () => ({}))
      .addNode('b', () => ({}))
      .addNode('c', () => ({}))
      .addEdge(START, 'fan')
      .addConditionalEdges('fan', () => [new Send('b', 1), new Send('c', 2), new Send('b', 3)], [
        'b',
        'c',
      ])
      .addEdge('b', 'fan')
      .addEdge('c', 'fan')
      .compile();
    const error = await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({}));
    mentions(error, '"b" + "c" → "fan" → "b" + "c"');
  });

  it('names a graph that calls itself for ever', async () => {
    let calls = 0;
    const graph: CompiledStateGraph = new StateGraph(State)
      .addNode('again', async () => {
        calls++;
        return (await graph.invoke({})) as { n: number };
      })
      .addEdge(START, 'again')
      .compile({ name: 'mirror' });
    const error = await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({}));
    mentions(error, '"mirror"', 'calls its own graph');
    assert.equal(calls, 1001);
  });

  it('names what would run next where there is no loop', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `node${i}`);
    const graph = new StateGraph(State)
      .addSequence(names.map((name) => [name, () => ({ n: 1 })] as const))
      .addEdge(START, 'node0')
      .compile();
    const error = await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({}, { recursionLimit: 5 }));
    mentions(error, '"node5"');
    assert.ok(!error.message.includes('goes round'));
    assert.deepEqual(error.details.nodes, ['node5']);
  });
});
