import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  END,
  START,
  Send,
  StateGraph,
  taskOf,
} from '../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says, settle } from './support.ts';

/** Nodes a, b, c that log their names, `a` first, then whatever the router says. */
function routed(router: (state: any) => any, paths?: any) {
  return (new StateGraph(LogState) as any)
    .addNode('a', says('a'), { ends: ['b', 'c', 'any'] })
    .addNode('b', says('b'))
    .addNode('c', says('c'))
    .addNode('any', (x: unknown) => ({ log: [`any ${String(x)}`] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', router, paths)
    .compile({ name: 'routed' });
}
const logOf = async (graph: any, input: object = {}) => (await graph.invoke(input)).log.join(', ');

describe('a router', () => {
  it('returns a name, END, a Send, or a list that mixes them', async () => {
    assert.equal(await logOf(routed(() => 'b')), 'a, b');
    assert.equal(await logOf(routed(() => END)), 'a');
    assert.equal(await logOf(routed(() => new Send('any', 1))), 'a, any 1');
    assert.equal(
      await logOf(routed(() => ['c', END, new Send('any', 2), 'b', new Send('any', 1)])),
      'a, b, c, any 2, any 1',
    );
  });

  it('may be async', async () => {
    assert.equal(await logOf(routed(async () => ['b', 'c'])), 'a, b, c');
  });

  it('goes nowhere with an empty list', async () => {
    assert.equal(await logOf(routed(() => [])), 'a');
  });

  it('starts a node once that it names twice', async () => {
    assert.equal(await logOf(routed(() => ['b', 'b', 'c', 'b'])), 'a, b, c');
  });

  it('sees the very values that the next superstep sees, folded once, if its node ran alone', async () => {
    const seen: unknown[] = [];
    let folds = 0;
    const tagged = (list: unknown[], tag: string) => (folds++, [...list, { tag }]);
    const State = Annotation.Root({
      list: Annotation<unknown[], string>({ reducer: tagged, default: () => [] }),
    });
    const graph = new StateGraph(State)
      .addNode('a', () => ({ list: 'x' }))
      .addNode('b', ({ list }) => void seen.push(list))
      .addEdge(START, 'a')
      .addConditionalEdges('a', ({ list }) => (seen.push(list), 'b'), ['b'])
      .compile();
    await graph.invoke({});
    assert.equal(folds, 1);
    assert.equal(seen.length, 2);
    assert.equal(seen[0], seen[1]);
  });

  it('does not pass on what it saw to a superstep in which a sibling wrote too', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addConditionalEdges('a', () => END, [END])
      .compile();
    assert.equal(await logOf(graph), 'a, b');
  });

  it('sees the writes of its own node, not those of siblings', async () => {
    const seen: unknown[] = [];
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addConditionalEdges('a', ({ log }) => (seen.push(log), END), [END])
      .addConditionalEdges('b', ({ log }) => (seen.push(log), END), [END])
      .compile();
    await graph.invoke({ log: ['in'] });
    assert.deepEqual(seen, [
      ['in', 'a'],
      ['in', 'b'],
    ]);
  });

  it('sees the state, not the payload, after a sent task', async () => {
    const seen: unknown[] = [];
    const graph = new StateGraph(LogState)
      .addNode('map', ((x: string) => ({ log: [x] })) as any)
      .addConditionalEdges(START, () => [new Send('map', 'x'), new Send('map', 'y')], ['map'])
      .addConditionalEdges('map', (state) => (seen.push(state), END), [END])
      .compile();
    await graph.invoke({ log: ['in'] });
    assert.deepEqual(seen, [{ log: ['in', 'x'] }, { log: ['in', 'y'] }]);
  });

  it('of START sees the input', async () => {
    const graph = new StateGraph(LogState)
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addConditionalEdges(START, ({ log }) => log[0] as 'b' | 'c', ['b', 'c'])
      .compile();
    assert.equal(await logOf(graph, { log: ['c'] }), 'c, c');
  });

  it('shares its node with other routers and edges', async () => {
    const graph = (new StateGraph(LogState) as any)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addNode('d', says('d'))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addConditionalEdges('a', () => ['b', 'c'])
      .addConditionalEdges('a', () => 'd')
      .compile();
    assert.equal(await logOf(graph), 'a, b, c, d');
  });

  it('looks its results up in a path map, also true, false and numbers', async () => {
    const paths = { yes: 'b', true: 'c', 1: 'b', stop: END };
    assert.equal(await logOf(routed(() => 'yes', paths)), 'a, b');
    assert.equal(await logOf(routed(() => true, paths)), 'a, c');
    assert.equal(await logOf(routed(() => 1, paths)), 'a, b');
    assert.equal(await logOf(routed(() => 'stop', paths)), 'a');
    assert.equal(await logOf(routed(() => ['yes', true], paths)), 'a, b, c');
  });

  it('passes sends by the path map', async () => {
    assert.equal(
      await logOf(routed(() => [new Send('any', 0), 'yes'], { yes: 'b' })),
      'a, b, any 0',
    );
  });

  it('has an error for results that its path map lacks, with a hint', async () => {
    const error = await failsWith(
      'INVALID_ROUTE',
      routed(() => 'yess', { yes: 'b', no: 'c' }).invoke({}),
    );
    mentions(error, '"a"', '"yess"', '"yes"', '"no"', 'did you mean "yes"');
    assert.deepEqual(error.details, { nodes: ['a'], value: 'yess' });
    assert.equal(taskOf(error)?.node, 'a');
  });

  for (const nothing of [undefined, null, [undefined]]) {
    for (const paths of [undefined, { yes: 'b' }]) {
      it(`has an error for ${String(JSON.stringify(nothing))} ${paths ? 'with' : 'without'} path map`, async () => {
        const error = await failsWith('INVALID_ROUTE', routed(() => nothing, paths).invoke({}));
        mentions(error, '"a"', 'returned');
        assert.deepEqual(error.details.nodes, ['a']);
      });
    }
  }

  it('has an error for a node that does not exist, with a hint', async () => {
    for (const wrong of ['any_', new Send('any_', 1)]) {
      const error = await failsWith('UNKNOWN_DESTINATION', routed(() => wrong).invoke({}));
      mentions(error, '"a"', '"any_"', '"routed"', 'did you mean "any"');
      assert.deepEqual(error.details, { nodes: ['a'], value: 'any_' });
    }
  });

  it('has an error for a Send to END', async () => {
    const error = await failsWith('UNKNOWN_DESTINATION', routed(() => new Send(END, 1)).invoke({}));
    assert.equal(error.name, 'InvalidUpdateError');
    mentions(error, '"a"', END);
  });

  it('has an error for results that are no name at all', async () => {
    for (const wrong of [7, true, { node: 'b' }]) {
      const error = await failsWith('UNKNOWN_DESTINATION', routed(() => wrong).invoke({}));
      mentions(error, '"a"');
    }
  });

  it('fails its node when it throws', async () => {
    const cause = new Error('no idea');
    const graph = routed(() => {
      throw cause;
    });
    await assert.rejects(graph.invoke({}), cause);
    assert.equal(taskOf(cause)?.node, 'a');
  });

  it('of START that returns nothing says so', async () => {
    const graph = (new StateGraph(LogState) as any)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => undefined)
      .compile();
    mentions(await failsWith('INVALID_ROUTE', graph.invoke({})), 'START');
  });

  it('gets the config of its node', async () => {
    let metadata: any;
    const graph = (new StateGraph(LogState) as any)
      .addNode('a', says('a'))
      .addEdge(START, 'a')
      .addConditionalEdges('a', (_: unknown, config: any) => {
        ({ metadata } = config);
        return END;
      })
      .compile();
    await graph.invoke({}, { metadata: { mine: 1 } });
    assert.equal(metadata.mine, 1);
    assert.equal(metadata.langgraph_node, 'a');
  });
});

describe('Send', () => {
  const Mapped = Annotation.Root({
    log: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    secret: Annotation<string>(),
  });
  const mapper = (sends: () => Send[], node: (x: any) => any = (x) => ({ log: [x] })) =>
    (new StateGraph(Mapped) as any)
      .addNode('map', node)
      .addNode('zebra', (x: any) => ({ log: [`z${x}`] }))
      .addNode('ape', (x: any) => ({ log: [`a${x}`] }))
      .addNode('end', () => ({ log: ['end'] }))
      .addConditionalEdges(START, sends, ['map', 'zebra', 'ape'])
      .addEdge('map', 'end')
      .compile();

  for (const payload of ['text', 0, '', null, false, [1, 2], { a: 1 }, undefined]) {
    it(`gives the node ${String(JSON.stringify(payload))} and nothing else`, async () => {
      const seen: unknown[] = [];
      await mapper(
        () => [new Send('map', payload)],
        (x) => void seen.push(x),
      ).invoke({ secret: 's' });
      assert.deepEqual(seen, [payload]);
    });
  }

  it('keeps the order of sending, also of 25 sends and over several nodes', async () => {
    const numbers = Array.from({ length: 25 }, (_, i) => i);
    const graph = mapper(() => numbers.map((n) => new Send('map', n)));
    assert.deepEqual((await graph.invoke({})).log, [...numbers, 'end']);
    const mixed = mapper(() => [new Send('zebra', 1), new Send('ape', 2), new Send('zebra', 3)]);
    assert.deepEqual((await mixed.invoke({})).log, ['z1', 'a2', 'z3']);
  });

  it('keeps that order whatever finishes first', async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const running = mapper(
      () => [0, 1, 2].map((n) => new Send('map', n)),
      async (n) => {
        await gates[n]!.promise;
        return { log: [n] };
      },
    ).invoke({});
    for (const n of [2, 0, 1]) {
      gates[n]!.resolve();
      await settle();
    }
    assert.deepEqual((await running).log, [0, 1, 2, 'end']);
  });

  it('orders the sends of several tasks by the tasks, then by position', async () => {
    const graph = (new StateGraph(Mapped) as any)
      .addNode('b', () => new Command({ goto: [new Send('map', 'b1'), new Send('map', 'b2')] }))
      .addNode('a', async () => {
        await settle();
        return new Command({ goto: [new Send('map', 'a1'), new Send('map', 'a2')] });
      })
      .addNode('map', (x: string) => ({ log: [x] }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addConditionalEdges(START, () => [], ['map'])
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['a1', 'a2', 'b1', 'b2']);
  });

  it('starts a node beside the same node started by an edge, which comes first', async () => {
    const graph = (new StateGraph(Mapped) as any)
      .addNode('map', (x: any) => ({ log: [typeof x === 'string' ? x : 'state'] }))
      .addEdge(START, 'map')
      .addConditionalEdges(START, () => [new Send('map', 'sent')], ['map'])
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['state', 'sent']);
  });

  it('lets the node after mapped tasks run once', async () => {
    const graph = mapper(() => [1, 2, 3].map((n) => new Send('map', n)));
    assert.deepEqual((await graph.invoke({})).log, [1, 2, 3, 'end']);
  });

  it('can be nested: results come parent first, at any depth and timing', async () => {
    const graph = (new StateGraph(Mapped) as any)
      .addNode('level', async (at: string) => {
        for (let i = at.endsWith('1') ? 2 : 0; i > 0; i--) await settle();
        const goto = at.length < 4 ? ['1', '2'].map((n) => new Send('level', at + n)) : [];
        return new Command({ update: { log: [at] }, goto });
      })
      .addConditionalEdges(START, () => ['x', 'y'].map((n) => new Send('level', n)), ['level'])
      .compile();
    const byLevel = (depth: number): string[] =>
      depth === 0 ? ['x', 'y'] : byLevel(depth - 1).flatMap((at) => [`${at}1`, `${at}2`]);
    assert.deepEqual(
      (await graph.invoke({})).log,
      [0, 1, 2, 3].flatMap((depth) => byLevel(depth)),
    );
  });

  it('gives a chunk of updates for each task', async () => {
    const graph = mapper(() => [1, 2].map((n) => new Send('map', n)));
    assert.deepEqual(await collect(graph.stream({})), [
      { map: { log: [1] } },
      { map: { log: [2] } },
      { end: { log: ['end'] } },
    ]);
  });

  it('is written in JSON as LangGraph writes it', () => {
    assert.equal(
      JSON.stringify(new Send('a', { x: 1 })),
      '{"lg_name":"Send","node":"a","args":{"x":1}}',
    );
  });
});
