import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, START, StateGraph } from '../../src/engine/index.ts';
import { failsWith, settle } from './support.ts';

const State = Annotation.Root({ n: Annotation<number>() });

/** A graph whose runs wait until their gate is opened, by input. */
function gated() {
  const gates = new Map<number, PromiseWithResolvers<number>>();
  const stopped: number[] = [];
  const graph = new StateGraph(State)
    .addNode('wait', async ({ n }, { signal }) => {
      const gate = Promise.withResolvers<number>();
      gates.set(n, gate);
      signal.addEventListener('abort', () => stopped.push(n));
      return { n: await gate.promise };
    })
    .addEdge(START, 'wait')
    .compile();
  return { graph, gates, stopped };
}
const inputs = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

describe('batch()', () => {
  it('gives the outputs in the order of the inputs, whichever run ends first', async () => {
    const { graph, gates } = gated();
    const all = graph.batch(inputs(3));
    await settle();
    for (const n of [2, 0, 1]) gates.get(n)!.resolve(n * 10);
    assert.deepEqual(await all, [{ n: 0 }, { n: 10 }, { n: 20 }]);
  });

  it('runs as many at once as maxConcurrency says, in the config or in the options', async () => {
    for (const [config, options] of [
      [{ maxConcurrency: 2 }, {}],
      [{}, { maxConcurrency: 2 }],
    ]) {
      const { graph, gates } = gated();
      const all = graph.batch(inputs(5), config, options);
      for (let n = 0; n < 5; n++) {
        await settle();
        assert.equal(gates.size, Math.min(n + 2, 5));
        gates.get(n)!.resolve(n);
      }
      assert.deepEqual(await all, inputs(5));
    }
  });

  it('stops the others when one fails, and starts no more', async () => {
    const { graph, gates, stopped } = gated();
    const all = graph.batch(inputs(4), {}, { maxConcurrency: 2 });
    await settle();
    gates.get(1)!.reject(new Error('no luck'));
    await assert.rejects(all, /no luck/);
    await settle();
    assert.deepEqual(stopped.toSorted(), [0, 1]);
    assert.deepEqual([...gates.keys()], [0, 1]);
  });

  it('returns errors in the places of outputs if asked to', async () => {
    const { graph, gates } = gated();
    const all = graph.batch(inputs(2), {}, { returnExceptions: true });
    await settle();
    gates.get(0)!.reject(new Error('no luck'));
    gates.get(1)!.resolve(7);
    const [error, output] = await all;
    assert.ok(error instanceof Error && error.message === 'no luck');
    assert.deepEqual(output, { n: 7 });
  });

  it('takes one config for each input', async () => {
    const graph = new StateGraph(State)
      .addNode('add', ({ n }, { configurable }) => ({ n: n + configurable['more'] }))
      .addEdge(START, 'add')
      .compile();
    const configs = [{ configurable: { more: 1 } }, { configurable: { more: 10 } }];
    assert.deepEqual(await graph.batch(inputs(2), configs), [{ n: 1 }, { n: 11 }]);
  });

  it('refuses a maxConcurrency that is no number of runs', async () => {
    await failsWith('INVALID_CONFIG', gated().graph.batch(inputs(1), {}, { maxConcurrency: 0 }));
  });
});
