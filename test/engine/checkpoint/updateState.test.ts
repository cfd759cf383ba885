import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  END,
  MemorySaver,
  START,
  StateGraph,
  interrupt,
  type Checkpointer,
} from '../../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says } from '../support.ts';

const onThread = (thread_id: string) => ({ configurable: { thread_id } });
const config = onThread('1');

/** a, then b and c at once, then d. */
function diamond(nodes: { b?: () => unknown; c?: () => unknown } = {}, saver?: Checkpointer) {
  return new StateGraph(LogState)
    .addNode('a', says('a'))
    .addNode('b', (nodes.b ?? says('b')) as never)
    .addNode('c', (nodes.c ?? says('c')) as never)
    .addNode('d', says('d'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('a', 'c')
    .addEdge(['b', 'c'], 'd')
    .compile({ checkpointer: saver ?? new MemorySaver() });
}

function loop(checkpointer: Checkpointer, limit = 3) {
  return new StateGraph(LogState)
    .addNode('step', ({ log }) => ({ log: [`${log.length}`] }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ log }) => (log.length < limit ? 'step' : END), ['step', END])
    .compile({ checkpointer });
}

describe('updateState()', () => {
  it('writes as the node that ran last, and what follows from it runs next', async () => {
    const graph = diamond();
    await graph.invoke({}, { ...config, interruptBefore: ['b'] });
    await graph.updateState(config, { log: ['u'] });
    const { values, next, metadata } = await graph.getState(config);
    assert.deepEqual([values, next, metadata!.source], [{ log: ['a', 'u'] }, ['b', 'c'], 'update']);
  });

  it('goes through reducers, checks and routers', async () => {
    const graph = loop(new MemorySaver(), 3);
    await graph.invoke({}, { ...config, interruptAfter: ['step'] });
    await graph.updateState(config, { log: ['u'] });
    assert.deepEqual((await graph.getState(config)).next, ['step']);
    await graph.updateState(config, { log: ['v'] });
    const { values, next } = await graph.getState(config);
    assert.deepEqual([values, next], [{ log: ['0', 'u', 'v'] }, []]);
  });

  it('acts as the node it is told; START begins anew, END ends', async () => {
    const graph = diamond();
    await graph.invoke({}, { ...config, interruptBefore: ['b'] });
    await graph.updateState(config, { log: ['u'] }, 'd');
    assert.deepEqual((await graph.getState(config)).next, []);
    await graph.updateState(config, { log: ['v'] }, START);
    assert.deepEqual((await graph.getState(config)).next, ['a']);
    await graph.updateState(config, null, END);
    const { values, next } = await graph.getState(config);
    assert.deepEqual([values, next], [{ log: ['a', 'u', 'v'] }, []]);
  });

  it('is refused if several nodes ran last, and for a node that does not exist', async () => {
    const graph = diamond();
    await graph.invoke({}, { ...config, interruptBefore: ['d'] });
    const error = await failsWith('AMBIGUOUS_UPDATE', graph.updateState(config, {}));
    mentions(error, '"b"', '"c"', 'asNode');
    assert.equal(error.name, 'InvalidUpdateError');
    await failsWith('UNKNOWN_NODE', graph.updateState(config, {}, 'bb' as never));
  });

  it('keeps what is done of a superstep that is not complete, and gives up the rest', async () => {
    const graph = diamond({ c: () => ({ log: [interrupt('?')] }) });
    await graph.invoke({}, config);
    await graph.updateState(config, { log: ['u'] }, 'c');
    const { values, next } = await graph.getState(config);
    assert.deepEqual([values, next], [{ log: ['a', 'b', 'u'] }, ['d']]);
    assert.equal((await graph.invoke(null, config)).log.join(''), 'abud');
  });

  it('works on a thread that has nothing stored', async () => {
    const graph = diamond();
    await graph.updateState(config, { log: ['u'] });
    assert.deepEqual((await graph.getState(config)).next, ['a']);
    await graph.updateState(onThread('2'), { log: ['u'] }, 'a');
    assert.deepEqual((await graph.getState(onThread('2'))).next, ['b', 'c']);
  });

  it('in bulk applies the updates of a superstep together, and makes a checkpoint of each', async () => {
    const graph = diamond();
    const written = await graph.bulkUpdateState(config, [
      { updates: [{ values: { log: ['in'] }, asNode: START }] },
      { updates: [{ values: { log: ['A'] }, asNode: 'a' }] },
      {
        updates: [
          { values: { log: ['B'] }, asNode: 'b' },
          { values: { log: ['C'] }, asNode: 'c' },
        ],
      },
    ]);
    const states = await collect(graph.getStateHistory(config));
    assert.deepEqual(
      states.map(({ values, next }) => [values.log.join(''), next]),
      [
        ['inABC', ['d']],
        ['inA', ['b', 'c']],
        ['in', ['a']],
      ],
    );
    assert.deepEqual(states[0]!.config, written);
    assert.equal((await graph.invoke(null, config)).log.join(''), 'inABCd');
  });

  for (const [what, supersteps] of [
    ['nothing at all', []],
    ['a superstep without updates', [{ updates: [] }]],
    ['START beside a node', [{ updates: [{ asNode: START }, { asNode: 'a' }] }]],
    ['an input without values', [{ updates: [{ asNode: '__input__' }] }]],
    ['an input beside a node', [{ updates: [{ asNode: 'a' }, { asNode: '__input__' }] }]],
  ] as const) {
    it(`in bulk is refused with ${what}, and writes nothing`, async () => {
      const graph = diamond();
      await failsWith('AMBIGUOUS_UPDATE', graph.bulkUpdateState(config, supersteps));
      assert.deepEqual(await collect(graph.getStateHistory(config)), []);
    });
  }

  it('makes a join complete as its node would', async () => {
    const graph = diamond();
    await graph.invoke({}, { ...config, interruptBefore: ['b'] });
    await graph.updateState(config, { log: ['B'] }, 'b');
    assert.deepEqual((await graph.getState(config)).next, []);
    await graph.updateState(config, { log: ['C'] }, 'c');
    assert.deepEqual((await graph.getState(config)).next, ['d']);
  });

  it('from before the first superstep keeps the input', async () => {
    const graph = diamond();
    await graph.invoke({ log: ['in'] }, config);
    const first = (await collect(graph.getStateHistory(config))).at(-1)!;
    assert.deepEqual([first.values, first.next], [{ log: [] }, ['__start__']]);
    for (const asNode of [undefined, START, 'a'] as const) {
      await graph.updateState(first.config, { log: ['u'] }, asNode);
      const { values, next } = await graph.getState(config);
      assert.deepEqual(values, { log: ['in', 'u'] });
      assert.deepEqual(next, asNode === 'a' ? ['b', 'c'] : ['a']);
    }
    await graph.updateState(first.config, null, START);
    assert.equal((await graph.invoke(null, config)).log.join(' '), 'in a b c d');
  });
});
