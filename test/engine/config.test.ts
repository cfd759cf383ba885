// What a call is given besides the graph: its config and its input.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, START, Send, StateGraph, append } from '../../src/engine/index.ts';
import { LogState, collect, says, settle } from './support.ts';

describe('config', () => {
  const Seen = Annotation.Root({ seen: Annotation<any[]>({ reducer: append, default: () => [] }) });
  const asking = () =>
    new StateGraph(Seen)
      .addNode('ask', (_, { context, configurable, tags, metadata, recursionLimit }) => ({
        seen: [{ context, configurable, tags, metadata, recursionLimit }],
      }))
      .addEdge(START, 'ask')
      .compile();

  it('reaches nodes, with the place of the node added to the metadata', async () => {
    const { seen } = await asking().invoke(
      {},
      {
        context: { user: 'u' },
        configurable: { model: 'm' },
        tags: ['t'],
        metadata: { mine: 1 },
        recursionLimit: 9,
      },
    );
    const [{ metadata, ...rest }] = seen as [any];
    assert.deepEqual(rest, {
      context: { user: 'u' },
      configurable: { model: 'm' },
      tags: ['t'],
      recursionLimit: 9,
    });
    assert.equal(metadata.mine, 1);
    assert.equal(metadata.langgraph_node, 'ask');
    assert.equal(metadata.langgraph_step, 1);
  });

  it('of withConfig gives defaults: values of the call win, lists and objects are joined', async () => {
    const graph = asking()
      .withConfig({
        tags: ['a'],
        metadata: { x: 1, y: 1 },
        configurable: { k: 1 },
        recursionLimit: 7,
      })
      .withConfig({ tags: ['b'], configurable: { l: 1 } });
    const { seen } = await graph.invoke(
      {},
      {
        tags: ['c', 'a'],
        metadata: { y: 2 },
        configurable: { k: 2 },
        recursionLimit: undefined as any,
      },
    );
    const [{ metadata, tags, configurable, recursionLimit }] = seen as [any];
    assert.deepEqual(tags, ['a', 'b', 'c']);
    assert.deepEqual([metadata.x, metadata.y], [1, 2]);
    assert.deepEqual(configurable, { k: 2, l: 1 });
    assert.equal(recursionLimit, 7);
  });

  it('of withConfig leaves the graph it was called on alone', async () => {
    const graph = asking();
    graph.withConfig({ tags: ['x'] });
    assert.deepEqual(((await graph.invoke({})).seen as any)[0].tags, []);
  });

  it('lets batch run all inputs at once and keep their order', async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const started: number[] = [];
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('wait', async ({ n }) => {
        started.push(n);
        await gates[n]!.promise;
        return { n: n * 10 };
      })
      .addEdge(START, 'wait')
      .compile();
    const running = graph.batch([{ n: 0 }, { n: 1 }, { n: 2 }]);
    await settle();
    assert.deepEqual(started, [0, 1, 2]);
    for (const n of [2, 1, 0]) gates[n]!.resolve();
    assert.deepEqual(await running, [{ n: 0 }, { n: 10 }, { n: 20 }]);
  });

  for (const cap of [1, 2, 3, 7, 50]) {
    it(`maxConcurrency ${cap} runs all tasks, never more at once`, async () => {
      let running = 0;
      let most = 0;
      const graph = new StateGraph(Seen)
        .addNode('map', (async (n: number) => {
          most = Math.max(most, ++running);
          for (let i = 0; i <= n % 3; i++) await settle();
          running--;
          return { seen: [n] };
        }) as any)
        .addConditionalEdges(
          START,
          () => Array.from({ length: 20 }, (_, i) => new Send('map', i)),
          ['map'],
        )
        .compile();
      const { seen } = await graph.invoke({}, { maxConcurrency: cap });
      assert.deepEqual(
        seen,
        Array.from({ length: 20 }, (_, i) => i),
      );
      assert.equal(most, Math.min(cap, 20));
    });
  }

  it('maxConcurrency lets edge-started tasks run in turn, too', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', async () => ({ log: ['a'] }))
      .addNode('b', says('b'))
      .addNode('c', async () => ({ log: ['c'] }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    assert.deepEqual((await graph.invoke({}, { maxConcurrency: 1 })).log, ['a', 'b', 'c']);
  });

  it('durability is one of three words', async () => {
    await assert.rejects(asking().invoke({}, { durability: 'foo' as never }), {
      code: 'INVALID_CONFIG',
      message: /durability must be "sync", "async" or "exit", got "foo"/,
    });
  });

  for (const wrong of [0, -2, 0.5, NaN]) {
    it(`maxConcurrency cannot be ${wrong}`, async () => {
      await assert.rejects(asking().invoke({}, { maxConcurrency: wrong }), {
        code: 'INVALID_CONFIG',
        message: new RegExp(`maxConcurrency.*${wrong}`),
      });
    });
  }
});

describe('input', () => {
  const graph = new StateGraph(LogState)
    .addNode('a', says('a'))
    .addEdge(START, 'a')
    .compile({ name: 'fed' });

  it('may be empty', async () => {
    assert.deepEqual(await graph.invoke({}), { log: ['a'] });
  });

  it('may come with no config, said in whatever way', async () => {
    for (const none of [undefined, null]) {
      assert.deepEqual(await graph.invoke({}, none as undefined), { log: ['a'] });
      const chunks = await collect(graph.stream({}, none as undefined));
      assert.deepEqual(chunks, [{ a: { log: ['a'] } }]);
    }
  });

  for (const nothing of [null, undefined]) {
    it(`cannot be ${String(nothing)}`, async () => {
      await assert.rejects(graph.invoke(nothing as any), {
        code: 'EMPTY_INPUT',
        name: 'EmptyInputError',
        message: new RegExp(`"fed" on ${String(nothing)}`),
      });
    });
  }

  for (const wrong of ['text', 7, true, ['a'], () => {}]) {
    it(`cannot be ${typeof wrong} ${JSON.stringify(wrong)}`, async () => {
      await assert.rejects(graph.invoke(wrong as any), { code: 'INVALID_INPUT', message: /"fed"/ });
    });
  }
});
