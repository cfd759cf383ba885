import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  MemorySaver,
  START,
  StateGraph,
  interrupt,
  task,
} from '../../src/engine/index.ts';

const State = Annotation.Root({ n: Annotation<number>() });

function oneNode(node: () => any) {
  return new StateGraph(State).addNode('only', node).addEdge(START, 'only');
}

/** A handler that writes down what it is told. */
function recorder(more: object = {}) {
  const told: string[] = [];
  return {
    told,
    name: 'recorder',
    handleChainStart: (...args: unknown[]) => void told.push(`begins ${String(args[7])}`),
    handleChainEnd: () => void told.push('ends'),
    handleChainError: (error: object) => void told.push(`fails ${error.constructor.name}`),
    ...more,
  };
}

describe('callbacks', () => {
  it('are told of retries as of one run, of tasks, and of pauses as of what did not end', async () => {
    const { told, ...handler } = recorder();
    let tries = 0;
    const work = task('work', () => (++tries < 2 ? Promise.reject(new Error('again')) : tries));
    const graph = new StateGraph(State)
      .addNode('only', async () => ({ n: await work() }), {
        retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false },
      })
      .addNode('ask', () => ({ n: interrupt('?') }))
      .addEdge(START, 'only')
      .addEdge('only', 'ask')
      .compile({ name: 'g', checkpointer: new MemorySaver() });
    await graph.invoke({}, { callbacks: [handler], configurable: { thread_id: '1' } });
    assert.deepEqual(told, [
      ...['begins g', 'begins __start__', 'ends', 'begins only', 'begins work', 'fails Error'],
      ...['begins work', 'ends', 'ends', 'begins ask', 'fails InterruptSignal', 'ends'],
    ]);
  });

  it('that throw or reject lose nothing, and are waited for', async (t) => {
    const errors = t.mock.method(console, 'error', () => {});
    let isDone = false;
    const graph = oneNode(() => ({ n: 1 })).compile();
    const callbacks = [
      { name: 'throws', handleChainStart: () => assert.fail('thrown') },
      { name: 'rejects', handleChainEnd: () => Promise.reject(new Error('rejected')) },
      { name: 'slow', handleChainEnd: () => new Promise(setImmediate).then(() => (isDone = true)) },
    ];
    assert.deepEqual(await graph.invoke({}, { callbacks }), { n: 1 });
    assert.ok(isDone);
    const texts = errors.mock.calls.map(({ arguments: [text] }) => String(text));
    assert.ok(texts.some((text) => /throws, handleChainStart: .*thrown/.test(text)));
    assert.ok(texts.some((text) => /rejects, handleChainEnd: .*rejected/.test(text)));
  });
});
