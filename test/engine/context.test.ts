import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import {
  Annotation,
  START,
  StateGraph,
  StateSchema,
  entrypoint,
  isSuperstepError,
  type NodeConfig,
} from '../../src/engine/index.ts';
import { collect, failsWith, mentions, recorder } from './support.ts';

const State = Annotation.Root({ seen: Annotation<unknown>() });
const look = (_: unknown, { context }: NodeConfig<any>) => ({ seen: context });

const shape = { user: z.string(), limit: z.number().default(10) };
const schemas = {
  'z.object': z.object(shape),
  'zod 3': z3.object({ user: z3.string(), limit: z3.number().default(10) }),
  StateSchema: new StateSchema(shape),
  'Annotation.Root': Annotation.Root(shape),
  'a schema with a rule for the whole': z.object(shape).refine(({ user }) => user !== 'nobody'),
};

describe('a context schema', () => {
  for (const [form, context] of Object.entries(schemas)) {
    it(`checks config.context and fills in its defaults: ${form}`, async () => {
      const graph = new StateGraph(State, { context: context as typeof schemas.StateSchema })
        .addNode('look', look)
        .addEdge(START, 'look')
        .compile({ name: 'g' });
      const ok = await graph.invoke({}, { context: { user: 'Ada' } });
      assert.deepEqual(ok.seen, { user: 'Ada', limit: 10 });
      const wrong = graph.invoke({}, { context: { user: 'Ada', limit: 'x' as never } });
      const error = await failsWith('VALIDATION_FAILED', wrong);
      mentions(error, 'context', 'graph "g"', 'limit: ');
      assert.equal(error.details.key, 'limit');
      for (const config of [undefined, {}, { context: {} as never }]) {
        mentions(await failsWith('VALIDATION_FAILED', graph.invoke({}, config)), 'user: ');
      }
      const list = graph.invoke({}, { context: [] as never });
      mentions(await failsWith('VALIDATION_FAILED', list), 'expected an object, got []');
    });
  }

  it('may be given in all the places that LangGraph takes it from', async () => {
    const { StateSchema: context } = schemas;
    for (const builder of [
      new StateGraph(State, context),
      new StateGraph(State, schemas['z.object']),
      new StateGraph({ state: State, context }),
      new StateGraph({ state: State }, context),
      new StateGraph({ state: State }, { context }),
    ]) {
      const graph = (builder as StateGraph<typeof State>)
        .addNode('look', look)
        .addEdge(START, 'look')
        .compile();
      assert.deepEqual((await graph.invoke({}, { context: { user: 'u' } })).seen, {
        user: 'u',
        limit: 10,
      });
      await failsWith('VALIDATION_FAILED', graph.invoke({}));
    }
  });

  it('is refused where it is none', async () => {
    await failsWith('INVALID_SCHEMA', () => new StateGraph(State, { context: 7 as never }));
  });

  it('stops streams, batches and runs that go on before anything has happened', async () => {
    let ran = 0;
    const graph = new StateGraph(State, schemas['z.object'])
      .addNode('look', () => void ran++)
      .addEdge(START, 'look')
      .compile();
    const { events, onEvent } = recorder();
    await failsWith('VALIDATION_FAILED', collect(graph.stream({}, { onEvent })));
    await failsWith('VALIDATION_FAILED', graph.batch([{}]));
    assert.equal(ran, 0);
    assert.ok(events.every(({ type }) => type !== 'runStarted'));
    const bound = graph.withConfig({ context: { user: 'bound' } });
    await bound.invoke({});
    assert.equal(ran, 1);
  });

  it('of a subgraph is held against the context of the graph around it', async () => {
    const inner = new StateGraph(State, {
      context: z.object({ user: z.string(), deep: z.number().default(1) }),
    })
      .addNode('look', look)
      .addEdge(START, 'look')
      .compile({ name: 'inner' });
    const outer = new StateGraph(State).addNode('sub', inner).addEdge(START, 'sub').compile();
    assert.deepEqual((await outer.invoke({}, { context: { user: 'u', more: 1 } })).seen, {
      user: 'u',
      deep: 1,
    });
    mentions(await failsWith('VALIDATION_FAILED', outer.invoke({})), 'graph "inner"', 'user: ');
    const called = new StateGraph(State)
      .addNode('call', async () => inner.invoke({}))
      .addEdge(START, 'call')
      .compile();
    assert.equal(((await called.invoke({}, { context: { user: 'u' } })).seen as any).deep, 1);
  });

  it('goes for entrypoints, too', async () => {
    const workflow = entrypoint({ name: 'w', context: z.object(shape) }, (n: number, config) => [
      n,
      config.context.user,
      config.context.limit,
    ]);
    assert.deepEqual(await workflow.invoke(1, { context: { user: 'u' } }), [1, 'u', 10]);
    const error = await failsWith('VALIDATION_FAILED', workflow.invoke(1));
    mentions(error, 'entrypoint "w"', 'context', 'user: ');
    assert.ok(isSuperstepError(error));
  });

  it('is not asked for where there is none', async () => {
    const graph = new StateGraph(State).addNode('look', look).addEdge(START, 'look').compile();
    assert.deepEqual(await graph.invoke({}), { seen: undefined });
    assert.equal((await graph.invoke({}, { context: 'anything' })).seen, 'anything');
  });
});

describe('what a caller keeps in an asynchronous context', () => {
  const storage = new AsyncLocalStorage<string>();
  const read = () => ({ seen: storage.getStore() });

  it('is found in nodes, routers and subgraphs, of each call its own', async () => {
    const routed: unknown[] = [];
    const inner = new StateGraph(State).addNode('read', read).addEdge(START, 'read').compile();
    const graph = new StateGraph(State)
      .addNode('first', async () => {
        await Promise.resolve();
        return read();
      })
      .addNode('inner', inner)
      .addEdge(START, 'first')
      .addConditionalEdges('first', () => (routed.push(storage.getStore()), 'inner'), ['inner'])
      .compile();
    const calls = ['a', 'b'].map((name) => storage.run(name, () => graph.invoke({})));
    assert.deepEqual(await Promise.all(calls), [{ seen: 'a' }, { seen: 'b' }]);
    assert.deepEqual(routed.sort(), ['a', 'b']);
    assert.equal(storage.getStore(), undefined);
  });

  it('is that of the call where a graph is called inside a node', async () => {
    const inner = new StateGraph(State).addNode('read', read).addEdge(START, 'read').compile();
    const graph = new StateGraph(State)
      .addNode('call', () => storage.run('node', () => inner.invoke({})))
      .addEdge(START, 'call')
      .compile();
    assert.deepEqual(await storage.run('caller', () => graph.invoke({})), { seen: 'node' });
  });

  it('is as before in code that goes on after a call that failed at once', async () => {
    const graph = new StateGraph(State)
      .addNode('fail', () => {
        throw new Error('no');
      })
      .addEdge(START, 'fail')
      .compile();
    await storage.run('caller', async () => {
      await assert.rejects(graph.invoke({}));
      assert.equal(storage.getStore(), 'caller');
    });
  });
});
