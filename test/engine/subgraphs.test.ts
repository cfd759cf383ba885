import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  END,
  MemorySaver,
  START,
  Send,
  StateGraph,
  append,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, recorder, says, settle } from './support.ts';

const Lists = Annotation.Root({
  list: Annotation<string[]>({ reducer: append }),
  topic: Annotation<string>(),
});

describe('a subgraph as a node', () => {
  it('gets the keys it shares and gives them back; the others stay private on both sides', async () => {
    let innerSaw: unknown;
    const sub = new StateGraph(
      Annotation.Root({ shared: Annotation<string>(), own: Annotation<string>() }),
    )
      .addNode('i', (state) => {
        innerSaw = state;
        return { shared: `${state.shared}!`, own: 'private' };
      })
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(
      Annotation.Root({
        shared: Annotation<string>(),
        own: Annotation<string>(),
        outer: Annotation<string>(),
      }),
    )
      .addNode('sub', sub)
      .addEdge(START, 'sub')
      .compile();
    assert.deepEqual(await graph.invoke({ shared: 's', outer: 'o' }), {
      shared: 's!',
      own: 'private',
      outer: 'o',
    });
    assert.deepEqual(innerSaw, { shared: 's' });
  });

  it('applies a reduced key that both share twice', async () => {
    const sub = new StateGraph(Lists)
      .addNode('i', () => ({ list: ['s1'] }))
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(Lists).addNode('sub', sub).addEdge(START, 'sub').compile();
    assert.deepEqual(await graph.invoke({ list: ['in'] }), { list: ['in', 'in', 's1'] });
  });

  it('gives back only what its output schema names', async () => {
    const sub = new StateGraph(Lists, { output: Annotation.Root({ topic: Annotation<string>() }) })
      .addNode('i', () => ({ list: ['s1'], topic: 't' }))
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(Lists).addNode('sub', sub).addEdge(START, 'sub').compile();
    assert.deepEqual(await graph.invoke({ list: ['in'] }), { list: ['in'], topic: 't' });
  });

  it('in parallel with another is an error where both give back a plain key, with the cure', async () => {
    const sub = () =>
      new StateGraph(Lists)
        .addNode('i', () => ({ list: ['x'] }))
        .addEdge(START, 'i')
        .compile();
    const graph = new StateGraph(Lists)
      .addNode('left', sub())
      .addNode('right', sub())
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile();
    const error = await failsWith(
      'INVALID_CONCURRENT_GRAPH_UPDATE',
      graph.invoke({ topic: 'same' }),
    );
    mentions(error, '"topic"', '"left"', '"right"', 'output schema');
  });

  it('advances by itself: one superstep of the parent covers the whole run of the child', async () => {
    const order: string[] = [];
    const step = (name: string, wait?: Promise<void>) => async () => {
      await wait;
      order.push(name);
    };
    const gate = Promise.withResolvers<void>();
    const chain = (name: string, wait?: Promise<void>) =>
      new StateGraph(Annotation.Root({ own: Annotation<string>() }))
        .addSequence([
          [`${name}1`, step(`${name}1`, wait)],
          [`${name}2`, step(`${name}2`)],
          [`${name}3`, step(`${name}3`)],
        ])
        .addEdge(START, `${name}1`)
        .compile();
    const graph = new StateGraph(LogState)
      .addNode('quick', chain('q'))
      .addNode('slow', chain('s', gate.promise))
      .addNode('after', step('after'))
      .addEdge(START, 'quick')
      .addEdge(START, 'slow')
      .addEdge('quick', 'after')
      .compile();
    const running = graph.invoke({});
    await settle();
    assert.deepEqual(order, ['q1', 'q2', 'q3']);
    gate.resolve();
    await running;
    assert.deepEqual(order, ['q1', 'q2', 'q3', 's1', 's2', 's3', 'after']);
  });

  it('can be the target of sends, which are its input', async () => {
    const sub = new StateGraph(
      Annotation.Root({
        word: Annotation<string>(),
        log: Annotation<string[]>({ reducer: append }),
      }),
      { output: Annotation.Root({ log: Annotation<string[]>({ reducer: append }) }) },
    )
      .addNode('up', ({ word }) => ({ log: [word.toUpperCase()] }))
      .addNode('twice', ({ word }) => ({ log: [word + word] }))
      .addEdge(START, 'up')
      .addEdge('up', 'twice')
      .compile();
    const graph = new StateGraph(
      Annotation.Root({ log: Annotation<string[]>({ reducer: append }) }),
    )
      .addNode('sub', sub)
      .addConditionalEdges(START, () => ['a', 'b'].map((word) => new Send('sub', { word })), [
        'sub',
      ])
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['A', 'aa', 'B', 'bb']);
  });

  it('cannot be started by a payload that is no object', async () => {
    const sub = new StateGraph(LogState).addNode('i', says('i')).addEdge(START, 'i').compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addConditionalEdges(START, () => new Send('sub', 7), ['sub'])
      .compile();
    const error = await failsWith('INVALID_INPUT', graph.invoke({}));
    mentions(error, '"sub"', '7');
    assert.deepEqual(error.details, { nodes: ['sub'], value: 7 });
  });

  it('can be nested to any depth', async () => {
    let graph: CompiledStateGraph<any, any> = new StateGraph(Lists)
      .addNode('core', ({ topic }) => ({ topic: `${topic}*` }))
      .addEdge(START, 'core')
      .compile();
    for (let level = 0; level < 20; level++) {
      graph = new StateGraph(Lists).addNode('inner', graph).addEdge(START, 'inner').compile();
    }
    assert.equal((await graph.invoke({ topic: 't' })).topic, 't*');
    const seen = recorder();
    await graph.invoke({ topic: 't' }, { onEvent: seen.onEvent });
    const core = seen.of('taskStarted').at(-1)!.task;
    assert.equal(core.nodeId, `${'inner:'.repeat(20)}core`);
    assert.equal(core.path.length, 21);
  });

  it('can be the same compiled graph under two names, at once', async () => {
    const sub = new StateGraph(LogState, { input: Annotation.Root({}) })
      .addNode('i', async () => {
        await settle();
        return { log: ['i'] };
      })
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('one', sub)
      .addNode('two', sub)
      .addEdge(START, 'one')
      .addEdge(START, 'two')
      .compile();
    assert.deepEqual((await graph.invoke({ log: ['in'] })).log, ['in', 'i', 'i']);
  });

  it('lets its errors through unchanged', async () => {
    const cause = new RangeError('inner');
    const sub = new StateGraph(LogState)
      .addNode('i', () => {
        throw cause;
      })
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState).addNode('sub', sub).addEdge(START, 'sub').compile();
    await assert.rejects(graph.invoke({}), (error) => error === cause);
  });

  it('may be a node that routers follow', async () => {
    const sub = new StateGraph(LogState, { input: Annotation.Root({}) })
      .addNode('i', says('i'))
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addNode('after', says('after'))
      .addEdge(START, 'sub')
      .addConditionalEdges('sub', ({ log }) => (log.includes('i') ? 'after' : []), ['after'])
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['i', 'after']);
  });
});

describe('a graph called inside a node', () => {
  const inner = new StateGraph(LogState).addNode('i', says('i')).addEdge(START, 'i').compile();

  it('is a run of its own; its tasks are reported under the calling node', async () => {
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => ({
        log: ['got', ...(await inner.invoke({ log: ['in'] })).log],
      }))
      .addEdge(START, 'caller')
      .compile();
    const seen = recorder();
    const result = await graph.invoke({}, { onEvent: seen.onEvent });
    assert.deepEqual(result.log, ['got', 'in', 'i']);
    assert.deepEqual(seen.lines(), [
      'runStarted',
      'superstepStarted 1',
      'taskStarted caller',
      'superstepFinished caller/0',
      'superstepStarted caller/1',
      'taskStarted caller/i',
      'taskWrote caller/i',
      'taskFinished caller/i',
      'superstepFinished caller/1',
      'taskWrote caller',
      'taskFinished caller',
      'superstepFinished 1',
      'runFinished',
    ]);
    const [callerTask, innerTask] = seen.of('taskStarted').map((event) => event.task);
    assert.equal(innerTask!.parent, callerTask!.id);
    assert.equal(innerTask!.nodeId, 'caller:i');
  });

  it('shows its chunks under the namespace of the calling node', async () => {
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => void (await inner.invoke({})))
      .addEdge(START, 'caller')
      .compile();
    const chunks = await collect<any>(graph.stream({}, { subgraphs: true } as any));
    assert.equal(chunks.length, 2);
    assert.match(chunks[0][0][0], /^caller:/);
    assert.deepEqual(chunks[0][1], { i: { log: ['i'] } });
    assert.deepEqual(chunks[1], [[], { caller: {} }]);
  });

  it('reports to its own observer only, if it brings one', async () => {
    const own = recorder();
    const outer = recorder();
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => void (await inner.invoke({}, { onEvent: own.onEvent })))
      .addEdge(START, 'caller')
      .compile();
    await graph.invoke({}, { onEvent: outer.onEvent });
    assert.equal(own.events[0]?.type, 'runStarted');
    assert.deepEqual(own.of('taskStarted')[0]?.task.path, ['i']);
    assert.deepEqual(
      outer.of('taskStarted').map((event) => event.task.node),
      ['caller'],
    );
  });

  it('inherits context, configurable, tags and metadata of the call around it', async () => {
    let config: any;
    const asking = new StateGraph(LogState)
      .addNode('i', (_, given) => void (config = given))
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => {
        await asking.invoke({}, { configurable: { b: 3 }, metadata: { own: true } });
      })
      .addEdge(START, 'caller')
      .compile();
    await graph.invoke(
      {},
      { context: { user: 'u' }, configurable: { a: 1, b: 2 }, tags: ['t'], metadata: { run: 7 } },
    );
    assert.deepEqual(config.context, { user: 'u' });
    assert.deepEqual(config.configurable, { a: 1, b: 3 });
    assert.deepEqual(config.tags, ['t']);
    assert.equal(config.metadata.run, 7);
    assert.equal(config.metadata.own, true);
  });

  it('takes the config of its node as its own', async () => {
    let inside: any;
    const asking = new StateGraph(LogState)
      .addNode('i', (_, given) => void (inside = given))
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('caller', async (_, config) => void (await asking.invoke({}, config as any)))
      .addEdge(START, 'caller')
      .compile();
    await graph.invoke({}, { context: { user: 'u' }, metadata: { run: 7 } });
    assert.deepEqual(inside.context, { user: 'u' });
    assert.equal(inside.metadata.run, 7);
    assert.equal(inside.metadata.langgraph_node, 'i');
  });

  it('fails its node with its own error, unless the node catches it', async () => {
    const failing = new StateGraph(LogState)
      .addNode('i', () => {
        throw new Error('inner');
      })
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('careful', async () => {
        const message = await failing.invoke({}).catch((error: Error) => error.message);
        return { log: [message as string] };
      })
      .addEdge(START, 'careful')
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['inner']);
  });
});

describe('a graph with a config of its own, as a node', () => {
  const State = Annotation.Root({ n: Annotation<number>(), seen: Annotation<unknown>() });
  const looping = () =>
    new StateGraph(State)
      .addNode('count', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < 40 ? 'count' : END), ['count', END])
      .compile();
  const around = (inner: CompiledStateGraph) =>
    new StateGraph(State).addNode('inner', inner).addEdge(START, 'inner').compile();

  it('runs with it: its limit of supersteps, and not that of the graph around', async () => {
    await failsWith('GRAPH_RECURSION_LIMIT', around(looping()).invoke({ n: 0 }));
    const inner = looping().withConfig({ recursionLimit: 50 });
    assert.equal((await around(inner).invoke({ n: 0 })).n, 40);
  });

  it('joins tags, metadata and configurable with those of the call', async () => {
    const inner = new StateGraph(State)
      .addNode('look', (_, { tags, metadata, configurable }) => ({
        seen: { tags, a: metadata['a'], b: metadata['b'], configurable },
      }))
      .addEdge(START, 'look')
      .compile()
      .withConfig({ tags: ['inner'], metadata: { a: 1 }, configurable: { x: 1 } });
    const { seen } = await around(inner).invoke(
      { n: 0 },
      { tags: ['call'], metadata: { b: 2 }, configurable: { y: 2 } },
    );
    assert.deepEqual(seen, {
      tags: ['call', 'inner'],
      a: 1,
      b: 2,
      configurable: { x: 1, y: 2 },
    });
  });

  it('keeps its cap on tasks at work to itself', async () => {
    let [running, peak] = [0, 0];
    const work = async () => {
      peak = Math.max(peak, ++running);
      await settle();
      running--;
    };
    const inner = new StateGraph(State)
      .addNode('a', work)
      .addNode('b', work)
      .addNode('c', work)
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile()
      .withConfig({ maxConcurrency: 1 });
    await around(inner).invoke({ n: 0 });
    assert.equal(peak, 1);
  });

  it('is stopped, observed and stored by the run around', async () => {
    const { events, onEvent } = recorder();
    const own = recorder();
    const inner = looping().withConfig({ recursionLimit: 50, onEvent: own.onEvent, timeout: 0 });
    const graph = new StateGraph(State)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile({ checkpointer: new MemorySaver() });
    const { n } = await graph.invoke({ n: 38 }, { onEvent, configurable: { thread_id: '1' } });
    assert.equal(n, 40);
    const paths = events.flatMap((event) =>
      event.type === 'taskStarted' ? [event.task.path.join('/')] : [],
    );
    assert.deepEqual(paths, ['inner', 'inner/count', 'inner/count']);
    assert.deepEqual(own.events, []);
  });
});
