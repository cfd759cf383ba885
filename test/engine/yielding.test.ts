import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, END, START, Send, StateGraph, append } from '../../src/engine/index.ts';
import { failsWith } from './support.ts';

describe('a run of synchronous nodes lets timers have their turn', () => {
  const Count = Annotation.Root({
    n: Annotation<number>(),
    list: Annotation<number[]>({ reducer: append }),
  });
  /** Aborts by a timer, and expects the run to be stopped by it. */
  async function stopsByTimer(run: (signal: AbortSignal) => Promise<unknown>) {
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns === 3) controller.abort();
    });
    try {
      await failsWith('ABORTED', run(controller.signal));
    } finally {
      clearInterval(timer);
    }
  }
  /** Maps `node` over so many tasks that the timer fires long before the last. */
  const mapping = (node: () => any, payload: unknown = 0) => {
    let ran = 0;
    const graph = new StateGraph(Count)
      .addNode('map', () => (ran++, node()))
      .addConditionalEdges(
        START,
        () => new Array<Send<'map'>>(300_000).fill(new Send('map', payload)),
        ['map'],
      )
      .compile();
    return { graph, ran: () => ran };
  };

  it('in an endless loop', async () => {
    const graph = new StateGraph(Count)
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addNode('b', async () => {})
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'b', ['b', END])
      .addEdge('b', 'a')
      .compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, recursionLimit: Infinity }));
  });

  it('in an endless loop of a subgraph', async () => {
    const sub = new StateGraph(Count)
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'a')
      .addEdge('a', 'a')
      .compile();
    const graph = new StateGraph(Count).addNode('sub', sub).addEdge(START, 'sub').compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, recursionLimit: Infinity }));
  });

  it('in a superstep of many synchronous tasks', async () => {
    const { graph, ran } = mapping(() => undefined);
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal }));
    assert.ok(ran() < 300_000);
  });

  for (const maxConcurrency of [1, 100]) {
    it(`in a superstep of many async tasks, ${maxConcurrency} at once`, async () => {
      const { graph, ran } = mapping(async () => undefined);
      await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, maxConcurrency }));
      assert.ok(ran() < 300_000);
    });
  }

  it('in a superstep of many subgraphs, one at once', async () => {
    let ran = 0;
    const sub = new StateGraph(Count)
      .addNode('i', () => void ran++)
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(Count)
      .addNode('map', sub)
      .addConditionalEdges(START, () => new Array<Send<'map'>>(300_000).fill(new Send('map', {})), [
        'map',
      ])
      .compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, maxConcurrency: 1 }));
    assert.ok(ran < 300_000);
  });
});
