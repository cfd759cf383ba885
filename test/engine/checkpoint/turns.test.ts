import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  MemorySaver,
  START,
  StateGraph,
  interrupt,
  Command,
} from '../../../src/engine/index.ts';
import { LogState, failsWith, mentions, says, settle } from '../support.ts';

const onThread = (thread_id: string) => ({ configurable: { thread_id } });
const config = onThread('1');

/** a, then b, which waits until it is let go; the graph tells how often each of them has started. */
function gated(checkpointer: MemorySaver | undefined = new MemorySaver()) {
  const gates: PromiseWithResolvers<void>[] = [];
  const gate = async () => {
    const open = Promise.withResolvers<void>();
    gates.push(open);
    await open.promise;
    return { log: ['b'] };
  };
  const graph = new StateGraph(LogState)
    .addNode('a', says('a'))
    .addNode('b', gate)
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer });
  return { graph, gates };
}

describe('calls on one thread', () => {
  it('take turns, and each goes on from what the one before has left', async () => {
    const { graph, gates } = gated();
    const first = graph.invoke({ log: ['1'] }, config);
    const second = graph.invoke({ log: ['2'] }, config);
    await settle();
    assert.equal(gates.length, 1);
    gates[0]!.resolve();
    assert.deepEqual(await first, { log: ['1', 'a', 'b'] });
    await settle();
    gates[1]!.resolve();
    assert.deepEqual(await second, { log: ['1', 'a', 'b', '2', 'a', 'b'] });
  });

  it('wait in the order in which they were made, updates of the state too', async () => {
    const { graph, gates } = gated();
    const first = graph.invoke({}, config);
    const update = graph.updateState(config, { log: ['u'] }, 'b');
    const second = graph.invoke({ log: ['2'] }, config);
    await settle();
    gates[0]!.resolve();
    await Promise.all([first, update]);
    await settle();
    gates[1]!.resolve();
    assert.deepEqual(await second, { log: ['a', 'b', 'u', '2', 'a', 'b'] });
  });

  it('go on after one that failed', async () => {
    const { graph, gates } = gated();
    const first = graph.invoke({}, config);
    const second = graph.invoke(null, config);
    await settle();
    gates[0]!.reject(new Error('no luck'));
    await assert.rejects(first, /no luck/);
    await settle();
    gates[1]!.resolve();
    assert.deepEqual(await second, { log: ['a', 'b'] });
  });

  it('can be aborted while they wait, and then hold nobody up', async () => {
    const { graph, gates } = gated();
    const stop = new AbortController();
    const first = graph.invoke({}, config);
    const second = graph.invoke({}, { ...config, signal: stop.signal });
    const third = graph.invoke({}, config);
    stop.abort();
    await assert.rejects(second, { name: 'AbortError' });
    await settle();
    gates[0]!.resolve();
    assert.deepEqual(await first, { log: ['a', 'b'] });
    await settle();
    gates[1]!.resolve();
    assert.deepEqual(await third, { log: ['a', 'b', 'a', 'b'] });
  });

  it('of a batch come in its order', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', async () => (await settle(), { log: ['a'] }))
      .addEdge(START, 'a')
      .compile({ checkpointer: new MemorySaver() });
    const results = await graph.batch([{ log: ['1'] }, { log: ['2'] }], config);
    assert.deepEqual(results, [{ log: ['1', 'a'] }, { log: ['1', 'a', '2', 'a'] }]);
  });

  it('do not wait for what was left paused', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', () => ({ log: [interrupt<string>('?')] }))
      .addEdge(START, 'asks')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    assert.deepEqual(await graph.invoke(new Command({ resume: 'yes' }), config), { log: ['yes'] });
  });
});

describe('calls on different threads', () => {
  it('do not wait for each other, nor do those with other checkpointers', async () => {
    const { graph, gates } = gated();
    const other = gated();
    const runs = [graph.invoke({}, config), graph.invoke({}, onThread('2'))];
    runs.push(other.graph.invoke({}, config));
    await settle();
    assert.equal(gates.length + other.gates.length, 3);
    for (const gate of [...gates, ...other.gates]) gate.resolve();
    for (const result of await Promise.all(runs)) assert.deepEqual(result, { log: ['a', 'b'] });
  });
});

describe('a call that would wait for itself', () => {
  const State = Annotation.Root({ log: LogState.spec.log, by: Annotation<string>() });
  const saver = new MemorySaver();
  const simple = new StateGraph(State)
    .addNode('calls', says('works'))
    .addEdge(START, 'calls')
    .compile({ checkpointer: saver });
  const calling = (action: () => Promise<unknown>) =>
    new StateGraph(State)
      .addNode('calls', async () => {
        await action();
        return {};
      })
      .addEdge(START, 'calls')
      .compile({ checkpointer: saver });

  it('is refused: an update of the state by a node of the same run', async () => {
    const graph = calling(() => simple.updateState(config, {}, 'calls'));
    mentions(await failsWith('THREAD_BUSY', graph.invoke({}, config)), 'thread "1"', 'thread_id');
  });

  it('is refused: a run on the same thread, over one on another', async () => {
    const middle = calling(() => simple.invoke({}, onThread('outer')));
    const graph = calling(() => middle.invoke({}, onThread('middle')));
    await failsWith('THREAD_BUSY', graph.invoke({}, onThread('outer')));
  });

  it('is refused: two runs that call each other’s thread', async () => {
    const both = Promise.withResolvers<void>();
    let inside = 0;
    const meeting = (other: string) =>
      calling(async () => {
        if (++inside === 2) both.resolve();
        await both.promise;
        await simple.invoke({}, onThread(other));
      });
    const results = await Promise.allSettled([
      meeting('y').invoke({}, onThread('x')),
      meeting('x').invoke({}, onThread('y')),
    ]);
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
    );
    assert.deepEqual(reasons, ['THREAD_BUSY']);
  });

  it('is not: several calls of one node on another thread', async () => {
    const graph = calling(async () => {
      await simple.batch([{ log: ['1'] }, { log: ['2'] }], onThread('shared'));
    });
    await graph.invoke({}, onThread('sharing'));
    const { values } = await simple.getState(onThread('shared'));
    assert.deepEqual(values.log, ['1', 'works', '2', 'works']);
  });
});
