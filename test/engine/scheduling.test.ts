import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  END,
  START,
  Send,
  StateGraph,
  append,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, recorder, says, settle } from './support.ts';

type Edge = readonly [source: string | readonly string[], target: string];

/** A graph of nodes that write their names to `log`, wired by pairs; `options` by node name. */
function logGraph(names: string, edges: readonly Edge[], options: Record<string, object> = {}) {
  const builder = new StateGraph(LogState) as any;
  for (const name of names.split(' ')) builder.addNode(name, says(name), options[name]);
  for (const [source, target] of edges) builder.addEdge(source, target);
  return builder.compile() as CompiledStateGraph;
}

const runs = async (graph: CompiledStateGraph) =>
  ((await graph.invoke({})).log as string[]).join(' ');

describe('a superstep', () => {
  it('starts a node once, however many edges name it', async () => {
    const graph = logGraph('a b c', [
      [START, 'a'],
      [START, 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ]);
    assert.equal(await runs(graph), 'a b c');
  });

  it('shows all tasks the state as it was at its start', async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const graph = new StateGraph(LogState)
      .addNode('fast', () => {
        gate.resolve();
        return { log: ['fast'] };
      })
      .addNode('slow', async ({ log }) => {
        seen.push(`at start ${log.join()}`);
        await gate.promise;
        await settle();
        seen.push(`at end ${log.join()}`);
        return { log: ['slow'] };
      })
      .addNode('after', ({ log }) => void seen.push(`after ${log.join()}`))
      .addEdge(START, 'fast')
      .addEdge(START, 'slow')
      .addEdge('fast', 'after')
      .compile();
    await graph.invoke({ log: ['in'] });
    assert.deepEqual(seen, ['at start in', 'at end in', 'after in,fast,slow']);
  });

  it('waits for all of its tasks before anything follows', async () => {
    const slow = Promise.withResolvers<void>();
    const order: string[] = [];
    const graph = new StateGraph(LogState)
      .addNode('quick', () => void order.push('quick'))
      .addNode('slow', async () => {
        await slow.promise;
        order.push('slow');
      })
      .addNode('next', () => void order.push('next'))
      .addEdge(START, 'quick')
      .addEdge(START, 'slow')
      .addEdge('quick', 'next')
      .compile();
    const running = graph.invoke({});
    await settle();
    assert.deepEqual(order, ['quick']);
    slow.resolve();
    await running;
    assert.deepEqual(order, ['quick', 'slow', 'next']);
  });

  it('is followed by the edges of a node that wrote nothing', async () => {
    const graph = new StateGraph(LogState)
      .addNode('silent', () => {})
      .addNode('next', says('next'))
      .addEdge(START, 'silent')
      .addEdge('silent', 'next')
      .compile();
    assert.equal(await runs(graph), 'next');
  });

  it('is the last when nothing is triggered; END is not needed', async () => {
    assert.equal(
      await runs(
        logGraph('a b', [
          [START, 'a'],
          ['a', 'b'],
        ]),
      ),
      'a b',
    );
  });

  it('goes on with other branches where one reaches END', async () => {
    const graph = logGraph('a b c', [
      [START, 'a'],
      [START, 'b'],
      ['a', END],
      ['b', 'c'],
    ]);
    assert.equal(await runs(graph), 'a b c');
  });

  it('applies writes by node name in code-unit order, never by finishing order', async () => {
    const names = ['zeta', 'b9', 'alpha', 'b10', 'Mid', 'ä'];
    const builder = new StateGraph(LogState) as any;
    const gates = names.map(() => Promise.withResolvers<void>());
    names.forEach((name, i) => {
      builder.addNode(name, () => gates[i]!.promise.then(says(name))).addEdge(START, name);
    });
    const running = builder.compile().invoke({});
    for (const gate of gates) {
      gate.resolve();
      await settle();
    }
    assert.equal((await running).log.join(' '), 'Mid alpha b10 b9 zeta ä');
  });

  it('takes nodes that are synchronous, async, or return any thenable', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => ({ log: ['sync'] }))
      .addNode('b', async () => ({ log: ['async'] }))
      .addNode('c', (() => ({
        then: (resolve: (value: unknown) => void) => resolve({ log: ['thenable'] }),
      })) as any)
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    assert.equal(await runs(graph), 'sync async thenable');
  });

  it('runs the parts of a sequence one after another', async () => {
    const graph = new StateGraph(LogState)
      .addSequence([
        ['one', says('one')],
        ['two', says('two')],
        ['three', says('three')],
      ])
      .addEdge(START, 'one')
      .compile();
    assert.equal(await runs(graph), 'one two three');
  });

  it('knows no difference between wiring before and after the nodes', async () => {
    const graph = new StateGraph(LogState) as any;
    graph.addEdge(START, 'a').addEdge('a', 'b').addNode('b', says('b')).addNode('a', says('a'));
    assert.equal(await runs(graph.compile()), 'a b');
  });
});

describe('joins', () => {
  const uneven: Edge[] = [
    [START, 'a'],
    ['a', 'b'],
    ['b', 'b2'],
    ['a', 'c'],
  ];

  it('by plain edges run once for branches of equal length', async () => {
    const graph = logGraph('a b c d', [
      [START, 'a'],
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'd'],
      ['c', 'd'],
    ]);
    assert.equal(await runs(graph), 'a b c d');
  });

  it('by plain edges run twice for branches of different length', async () => {
    const graph = logGraph('a b b2 c d', [...uneven, ['b2', 'd'], ['c', 'd']]);
    assert.equal(await runs(graph), 'a b c b2 d d');
  });

  it('by a barrier run once, after both', async () => {
    const graph = logGraph('a b b2 c d', [...uneven, [['b2', 'c'], 'd']]);
    assert.equal(await runs(graph), 'a b c b2 d');
  });

  it('by a barrier never run if one source never runs', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addNode('d', says('d'))
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'b', ['b', 'c'])
      .addEdge(['b', 'c'], 'd')
      .compile();
    assert.equal(await runs(graph), 'a b');
  });

  it('by a barrier count a source once that ran twice, and arm again after they fired', async () => {
    // b runs in supersteps 1 and 2, c in 2: d fires in 3. Then a second round through `again`.
    let rounds = 0;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addNode('d', says('d'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('a', 'b')
      .addEdge('a', 'c')
      .addEdge(['b', 'c'], 'd')
      .addConditionalEdges('d', () => (++rounds < 2 ? ['a', 'b'] : END), ['a', 'b', END])
      .compile();
    assert.equal(await runs(graph), 'a b b c d a b b c d');
  });

  it('by a barrier and a plain edge are two triggers', async () => {
    const graph = logGraph('a b b2 c d', [...uneven, [['b2', 'c'], 'd'], ['c', 'd']]);
    assert.equal(await runs(graph), 'a b c b2 d d');
  });

  it('by two barriers fire each by itself', async () => {
    const graph = logGraph('a b b2 c d', [...uneven, [['b', 'c'], 'd'], [['b2', 'c'], 'd']]);
    assert.equal(await runs(graph), 'a b c b2 d d');
  });

  it('take a barrier that names a source twice as if it named it once', async () => {
    assert.equal(
      await runs(
        logGraph('a d', [
          [START, 'a'],
          [['a', 'a'], 'd'],
        ]),
      ),
      'a d',
    );
  });

  it('by a barrier after mapped tasks run once', async () => {
    const graph = new StateGraph(LogState)
      .addNode('map', ((x: string) => ({ log: [x] })) as any)
      .addNode('other', says('other'))
      .addNode('join', says('join'))
      .addEdge(START, 'other')
      .addConditionalEdges(START, () => [new Send('map', 'x'), new Send('map', 'y')], ['map'])
      .addEdge(['map', 'other'], 'join')
      .compile();
    assert.equal(await runs(graph), 'other x y join');
  });
});

describe('a deferred node', () => {
  it('waits until no other task is left, then runs once', async () => {
    const graph = logGraph(
      'a b b2 c d',
      [
        [START, 'a'],
        ['a', 'b'],
        ['b', 'b2'],
        ['a', 'c'],
        ['b2', 'd'],
        ['c', 'd'],
      ],
      { d: { defer: true } },
    );
    assert.equal(await runs(graph), 'a b c b2 d');
  });

  it('runs together with others that are ready, and what follows runs as usual', async () => {
    const graph = logGraph(
      'a d e f',
      [
        [START, 'a'],
        [START, 'd'],
        ['a', 'e'],
        ['d', 'f'],
        ['e', 'f'],
      ],
      { d: { defer: true }, e: { defer: true } },
    );
    const seen = recorder();
    await graph.invoke({}, { onEvent: seen.onEvent });
    assert.equal(await runs(graph), 'a d e f');
    assert.deepEqual(
      seen.of('superstepStarted').map((event) => event.tasks),
      [1, 2, 1],
    );
  });

  it('waits also when a barrier names it', async () => {
    const graph = logGraph(
      'a b c x y d',
      [
        [START, 'a'],
        ['a', 'b'],
        ['a', 'c'],
        ['a', 'x'],
        ['x', 'y'],
        [['b', 'c'], 'd'],
      ],
      { d: { defer: true } },
    );
    assert.equal(await runs(graph), 'a b c x y d');
  });

  it('waits for what other nodes send', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('map', ((x: string) => ({ log: [x] })) as any)
      .addNode('last', says('last'), { defer: true })
      .addEdge(START, 'a')
      .addEdge(START, 'last')
      .addConditionalEdges('a', () => [new Send('map', 'x'), new Send('map', 'y')], ['map'])
      .addEdge('map', 'last')
      .compile();
    assert.equal(await runs(graph), 'a x y last');
  });

  it('can run again in a loop', async () => {
    let rounds = 0;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('d', says('d'), { defer: true })
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('a', 'd')
      .addConditionalEdges('d', () => (++rounds < 3 ? 'a' : END), ['a', END])
      .compile();
    assert.equal(await runs(graph), 'a b d a b d a b d');
  });

  it('runs at once if nothing else is there', async () => {
    assert.equal(await runs(logGraph('d', [[START, 'd']], { d: { defer: true } })), 'd');
  });
});

describe('concurrent writes', () => {
  const state = Annotation.Root({
    plain: Annotation<string>(),
    list: Annotation<string[]>({ reducer: append, default: () => [] }),
  });

  it('of a key without reducer are an error that names key, nodes and the cure', async () => {
    for (const second of ['other', 'same']) {
      const graph = new StateGraph(state)
        .addNode('left', () => ({ plain: 'same' }))
        .addNode('right', () => ({ plain: second }))
        .addEdge(START, 'left')
        .addEdge(START, 'right')
        .compile();
      const error = await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', graph.invoke({}));
      assert.equal(error.name, 'InvalidUpdateError');
      mentions(error, '"plain"', '"left"', '"right"', 'reducer');
      assert.deepEqual(error.details.nodes, ['left', 'right']);
      assert.equal(error.details.key, 'plain');
    }
  });

  it('by several sent tasks of one node name it', async () => {
    const graph = new StateGraph(state)
      .addNode('map', () => ({ plain: 'x' }))
      .addConditionalEdges(START, () => [1, 2, 3].map((n) => new Send('map', n)), ['map'])
      .compile();
    const error = await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', graph.invoke({}));
    mentions(error, '3', '"map"', '"plain"');
  });

  it('leave the state of the superstep before, which the failed run reports', async () => {
    const seen = recorder();
    const graph = new StateGraph(state)
      .addNode('first', () => ({ plain: 'first' }))
      .addNode('left', () => ({ plain: 'l', list: ['l'] }))
      .addNode('right', () => ({ plain: 'r' }))
      .addEdge(START, 'first')
      .addEdge('first', 'left')
      .addEdge('first', 'right')
      .compile();
    await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', graph.invoke({}, { onEvent: seen.onEvent }));
    assert.deepEqual(seen.of('runFailed')[0]?.state, { plain: 'first', list: [] });
  });

  it('of one task are not concurrent with those of earlier supersteps', async () => {
    const graph = new StateGraph(state)
      .addNode('a', () => ({ plain: 'a' }))
      .addNode('b', () => ({ plain: 'b' }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile();
    assert.equal((await graph.invoke({ plain: 'in' })).plain, 'b');
  });

  it('call the reducer with operands in task order', async () => {
    const calls: string[] = [];
    const folded = Annotation.Root({
      text: Annotation<string>({
        reducer: (a, b) => {
          calls.push(`${a}+${b}`);
          return `(${a}${b})`;
        },
        default: () => '',
      }),
    });
    const graph = new StateGraph(folded)
      .addNode('b', async () => ({ text: 'b' }))
      .addNode('a', async () => {
        await settle();
        return { text: 'a' };
      })
      .addNode('c', () => ({ text: 'c' }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    assert.equal((await graph.invoke({})).text, '(((a)b)c)');
    assert.deepEqual(calls, ['+a', '(a)+b', '((a)b)+c']);
  });

  it('name key and nodes where the reducer throws, and keep its error as cause', async () => {
    const cause = new RangeError('too long');
    const failing = Annotation.Root({
      log: Annotation<string[]>({
        reducer: () => {
          throw cause;
        },
        default: () => [],
      }),
    });
    const graph = new StateGraph(failing)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const error = await failsWith('REDUCER_FAILED', graph.invoke({}));
    assert.equal(error.cause, cause);
    mentions(error, '"log"', '"a"', '"b"', 'too long');
    assert.deepEqual(error.details, { nodes: ['a', 'b'], key: 'log' });
    const early = await failsWith('REDUCER_FAILED', graph.invoke({ log: ['in'] }));
    mentions(early, '"log"', 'the input');
  });
});

describe('a reducer that is async', () => {
  it('is an error that names key and node', async () => {
    const state = Annotation.Root({
      n: Annotation<any>({ reducer: async (_, b) => b, default: () => 0 }),
    });
    const graph = new StateGraph(state)
      .addNode('a', () => ({ n: 1 }))
      .addEdge(START, 'a')
      .compile();
    mentions(await failsWith('REDUCER_FAILED', graph.invoke({})), '"n"', '"a"', 'promise');
  });
});

describe('recursionLimit', () => {
  /** Runs `supersteps` supersteps, then stops. */
  const counter = (supersteps: number) =>
    new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < supersteps ? 'count' : END), ['count', END])
      .compile({ name: 'counter' });

  it('is 25 supersteps by default', async () => {
    assert.deepEqual(await counter(25).invoke({ n: 0 }), { n: 25 });
    const error = await failsWith('GRAPH_RECURSION_LIMIT', counter(26).invoke({ n: 0 }));
    assert.equal(error.name, 'GraphRecursionError');
    mentions(error, '25', '"counter"', '"count"', 'recursionLimit');
    assert.deepEqual(error.details.nodes, ['count']);
  });

  it('throws only if work is left', async () => {
    for (const limit of [1, 3, 40]) {
      assert.deepEqual(await counter(limit).invoke({ n: 0 }, { recursionLimit: limit }), {
        n: limit,
      });
      await failsWith(
        'GRAPH_RECURSION_LIMIT',
        counter(limit + 1).invoke({ n: 0 }, { recursionLimit: limit }),
      );
    }
  });

  it('keeps the chunks streamed before', async () => {
    const chunks: unknown[] = [];
    await failsWith('GRAPH_RECURSION_LIMIT', async () => {
      for await (const chunk of await counter(9).stream({ n: 0 }, { recursionLimit: 2 }))
        chunks.push(chunk);
    });
    assert.deepEqual(chunks, [{ count: { n: 1 } }, { count: { n: 2 } }]);
  });

  for (const wrong of [0, -1, 1.5, NaN, '3']) {
    it(`cannot be ${JSON.stringify(wrong)}`, async () => {
      const error = await failsWith(
        'INVALID_CONFIG',
        counter(1).invoke({ n: 0 }, { recursionLimit: wrong as number }),
      );
      mentions(error, 'recursionLimit', String(wrong));
      assert.equal(error.details.key, 'recursionLimit');
    });
  }

  it('may be Infinity', async () => {
    assert.deepEqual(await counter(300).invoke({ n: 0 }, { recursionLimit: Infinity }), { n: 300 });
  });

  it('counts the supersteps of each subgraph by itself', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('sub', counter(4))
      .addNode('after', ({ n }) => ({ n: n * 10 }))
      .addEdge(START, 'sub')
      .addEdge('sub', 'after')
      .compile();
    assert.deepEqual(await graph.invoke({ n: 0 }, { recursionLimit: 4 }), { n: 40 });
    await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({ n: 0 }, { recursionLimit: 3 }));
  });

  it('counts the waiting of deferred nodes as no superstep', async () => {
    const graph = logGraph(
      'a b d',
      [
        [START, 'a'],
        ['a', 'b'],
        ['a', 'd'],
      ],
      { d: { defer: true } },
    );
    assert.deepEqual(await collect(graph.stream({}, { recursionLimit: 3 })), [
      { a: { log: ['a'] } },
      { b: { log: ['b'] } },
      { d: { log: ['d'] } },
    ]);
  });
});
