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
import {
  GRAPH,
  HOST_CHECKPOINTER,
  type GraphHandle,
} from '../../../src/engine/model/graphHandle.ts';
import { LogState, failsWith } from '../support.ts';

describe('the checkpointer of a host', () => {
  const asking = new StateGraph(LogState)
    .addNode('ask', () => ({ log: [interrupt<string, string>('Name?')] }))
    .addEdge(START, 'ask');
  const takesOne = (graph: object) =>
    (graph as Record<symbol, GraphHandle>)[GRAPH]!.takesCheckpointer?.();
  const given = (saver: Checkpointer) => ({
    configurable: { thread_id: 'host' },
    [HOST_CHECKPOINTER]: saver,
  });

  it('keeps the threads of a graph that is compiled without one', async () => {
    const graph = new StateGraph(LogState)
      .addNode('inner', asking.compile())
      .addEdge(START, 'inner')
      .compile();
    assert.equal(takesOne(graph), true);
    const config = given(new MemorySaver());
    await graph.invoke({}, config);
    const { next, tasks } = await graph.getState(config, { subgraphs: true });
    assert.deepEqual(next, ['inner']);
    assert.deepEqual((tasks[0]!.state as StateSnapshot).next, ['ask']);
    const answered = await graph.invoke(new Command({ resume: 'Ada' }), config);
    assert.deepEqual(answered, { log: ['Ada'] });
  });

  it('takes the place of one that is gone with the process', async () => {
    const checkpointer = new MemorySaver();
    const own = asking.compile({ checkpointer });
    assert.equal((own as any)[GRAPH].ownCheckpointer(), checkpointer);
    const saver = new MemorySaver();
    await own.invoke({}, given(saver));
    assert.equal(checkpointer.get({ threadId: 'host', namespace: '' }), undefined);
    assert.deepEqual((await own.getState(given(saver))).next, ['ask']);
    assert.deepEqual(await own.invoke(new Command({ resume: 'Ada' }), given(saver)), {
      log: ['Ada'],
    });
  });

  it('is not used by a graph that has its own that is durable, or wants none', async () => {
    using durable = new SqliteSaver(':memory:');
    const own = asking.compile({ checkpointer: durable });
    assert.equal(takesOne(own), false);
    const saver = new MemorySaver();
    const unused = given(saver);
    await own.invoke({}, unused);
    assert.equal(saver.get({ threadId: 'host', namespace: '' }), undefined);
    assert.ok(durable.get({ threadId: 'host', namespace: '' }));
    const none = asking.compile({ checkpointer: false });
    assert.equal(takesOne(none), false);
    await failsWith('MISSING_CHECKPOINTER', none.invoke({}, unused));
  });

  it('is not used by a graph that is called inside a node of one that wants none', async () => {
    const inner = asking.compile();
    const outer = new StateGraph(LogState)
      .addNode('call', async () => ({ log: (await inner.invoke({})).log }))
      .addEdge(START, 'call')
      .compile({ checkpointer: false });
    await failsWith('MISSING_CHECKPOINTER', outer.invoke({}, given(new MemorySaver())));
  });
});
