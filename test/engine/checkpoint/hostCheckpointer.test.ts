import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Command,
  MemorySaver,
  START,
  StateGraph,
  interrupt,
  type Checkpointer,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';
import { GRAPH, type GraphHandle } from '../../../src/engine/model/graphHandle.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { LogState, failsWith } from '../support.ts';

describe('the checkpointer of a host', () => {
  const asking = new StateGraph(LogState)
    .addNode('ask', () => ({ log: [interrupt<string, string>('Name?')] }))
    .addEdge(START, 'ask');
  const handleOf = (graph: object) => (graph as Record<symbol, GraphHandle>)[GRAPH]!;
  const takesOne = (graph: object) => handleOf(graph).takesCheckpointer?.();
  const keptBy = <Graph extends object>(graph: Graph, checkpointer: Checkpointer) =>
    handleOf(graph).forHost!({ checkpointer }) as Graph;
  const config = { configurable: { thread_id: 'host' } };

  it('keeps the threads of a graph that is compiled without one', async () => {
    const graph = new StateGraph(LogState)
      .addNode('inner', asking.compile())
      .addEdge(START, 'inner')
      .compile();
    assert.equal(takesOne(graph), true);
    const kept = keptBy(graph, new MemorySaver());
    await kept.invoke({}, config);
    const { next, tasks } = await kept.getState(config, { subgraphs: true });
    assert.deepEqual(next, ['inner']);
    assert.deepEqual((tasks[0]!.state as StateSnapshot).next, ['ask']);
    const answered = await kept.invoke(new Command({ resume: 'Ada' }), config);
    assert.deepEqual(answered, { log: ['Ada'] });
  });

  it('is kept by a graph that is handed a clock after it, and neither is in the config of its nodes', async () => {
    let seen: object | undefined;
    const graph = new StateGraph(LogState)
      .addNode('look', (_, config) => {
        seen = config;
        return { log: [interrupt<string, string>('Name?')] };
      })
      .addEdge(START, 'look')
      .compile();
    const saver = new MemorySaver();
    const clock = new FakeClock();
    const kept = handleOf(keptBy(graph, saver)).forHost!({ clock }) as typeof graph;
    await kept.invoke({}, config);
    const saved = saver.get({ threadId: 'host', namespace: '' });
    assert.equal(saved?.checkpoint.createdAt, clock.epoch());
    assert.deepEqual(Object.getOwnPropertySymbols(seen), []);
  });

  it('takes the place of one that is gone with the process', async () => {
    const checkpointer = new MemorySaver();
    const own = asking.compile({ checkpointer });
    assert.equal((own as any)[GRAPH].ownCheckpointer(), checkpointer);
    const kept = keptBy(own, new MemorySaver());
    await kept.invoke({}, config);
    assert.equal(checkpointer.get({ threadId: 'host', namespace: '' }), undefined);
    assert.deepEqual((await kept.getState(config)).next, ['ask']);
    assert.deepEqual(await kept.invoke(new Command({ resume: 'Ada' }), config), { log: ['Ada'] });
  });

  it('is not used by a graph that has its own that is durable, or wants none', async () => {
    using durable = new SqliteSaver(':memory:');
    const own = asking.compile({ checkpointer: durable });
    assert.equal(takesOne(own), false);
    const saver = new MemorySaver();
    await keptBy(own, saver).invoke({}, config);
    assert.equal(saver.get({ threadId: 'host', namespace: '' }), undefined);
    assert.ok(durable.get({ threadId: 'host', namespace: '' }));
    const none = asking.compile({ checkpointer: false });
    assert.equal(takesOne(none), false);
    await failsWith('MISSING_CHECKPOINTER', keptBy(none, saver).invoke({}, config));
  });

  it('is not used by a graph that is called inside a node of one that wants none', async () => {
    const inner = asking.compile();
    const outer = new StateGraph(LogState)
      .addNode('call', async () => ({ log: (await inner.invoke({})).log }))
      .addEdge(START, 'call')
      .compile({ checkpointer: false });
    await failsWith('MISSING_CHECKPOINTER', keptBy(outer, new MemorySaver()).invoke({}, config));
  });
});
