import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { AbortError, MemorySaver, START, StateGraph, interrupt } from '../../src/engine/index.ts';
import {
  endless,
  LogState,
  failsWith,
  mentions,
  recorder,
  says,
  settle,
  thrownBy,
} from './support.ts';

function hanging() {
  const { node, started } = endless();
  const graph = new StateGraph(LogState)
    .addNode('hangs', node)
    .addNode('after', says('after'))
    .addEdge(START, 'hangs')
    .addEdge('hangs', 'after')
    .compile();
  return { graph, started };
}

describe('aborting', () => {
  it('before the start runs nothing', async () => {
    let ran = false;
    const graph = new StateGraph(LogState)
      .addNode('a', () => void (ran = true))
      .addEdge(START, 'a')
      .compile();
    const error = await failsWith('ABORTED', graph.invoke({}, { signal: AbortSignal.abort() }));
    assert.ok(error instanceof AbortError);
    assert.equal(error.name, 'AbortError');
    assert.equal(ran, false);
  });

  it('rejects at once although a node never ends, and aborts the signal of the node', async () => {
    const controller = new AbortController();
    const { graph, started } = hanging();
    const running = graph.invoke({}, { signal: controller.signal });
    const nodeSignal = await started;
    assert.equal(nodeSignal.aborted, false);
    const reason = new Error('enough');
    controller.abort(reason);
    const error = await failsWith('ABORTED', running);
    assert.equal(error.cause, reason);
    mentions(error, 'enough');
    assert.equal(nodeSignal.aborted, true);
  });

  it('keeps any reason as cause', async () => {
    for (const reason of ['text', undefined, null, { code: 7 }]) {
      const controller = new AbortController();
      const { graph, started } = hanging();
      const running = graph.invoke({}, { signal: controller.signal });
      await started;
      controller.abort(reason);
      const error = await failsWith('ABORTED', running);
      assert.equal(error.cause, controller.signal.reason);
    }
  });

  it('reaches nodes of subgraphs, and of graphs called inside nodes', async () => {
    const node = endless();
    const inner = new StateGraph(LogState).addNode('i', node.node).addEdge(START, 'i').compile();
    for (const asNode of [inner, async () => void (await inner.invoke({}))]) {
      const graph = new StateGraph(LogState).addNode('sub', asNode).addEdge(START, 'sub').compile();
      const controller = new AbortController();
      const running = graph.invoke({}, { signal: controller.signal });
      const signal = await node.started;
      controller.abort();
      await failsWith('ABORTED', running);
      assert.equal(signal.aborted, true);
    }
  });

  it('starts nothing any more, also where the node goes on and ends', async () => {
    const controller = new AbortController();
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    const graph = new StateGraph(LogState)
      .addNode('deaf', async () => {
        await gate.promise;
        ran.push('deaf');
      })
      .addNode('after', () => void ran.push('after'))
      .addEdge(START, 'deaf')
      .addEdge('deaf', 'after')
      .compile();
    const running = graph.invoke({}, { signal: controller.signal });
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    gate.resolve();
    await settle();
    assert.deepEqual(ran, ['deaf']);
  });

  it('reaches a router of START that has caused it, and never ends', async () => {
    const controller = new AbortController();
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => {
        controller.abort();
        return new Promise<never>(() => {});
      })
      .compile();
    await failsWith('ABORTED', graph.invoke({}, { signal: controller.signal }));
  });

  it('reaches a run whose thread is still being read, of which nothing is stored then', async () => {
    for (const config of [{}, { checkpoint_id: 'old' }]) {
      const read = Promise.withResolvers<undefined>();
      const puts: string[] = [];
      class SlowSaver extends MemorySaver {
        override get(): never {
          return read.promise as never;
        }
        override put(...[, checkpoint]: Parameters<MemorySaver['put']>): void {
          puts.push(checkpoint.id);
        }
      }
      const graph = new StateGraph(LogState)
        .addNode('a', says('a'))
        .addEdge(START, 'a')
        .compile({ checkpointer: new SlowSaver() });
      const controller = new AbortController();
      const running = graph.invoke(
        {},
        { configurable: { thread_id: '1', ...config }, signal: controller.signal },
      );
      await settle();
      controller.abort();
      await failsWith('ABORTED', running);
      read.resolve(undefined);
      await settle();
      assert.deepEqual(puts, []);
    }
  });

  it('reaches a router that never ends, of a node and of START', async () => {
    for (const source of ['a', START] as const) {
      const controller = new AbortController();
      const started = Promise.withResolvers<void>();
      const graph = (new StateGraph(LogState) as any)
        .addNode('a', says('a'))
        .addEdge(START, 'a')
        .addConditionalEdges(source, () => {
          started.resolve();
          return new Promise(() => {});
        }, ['a'])
        .compile();
      const running = graph.invoke({}, { signal: controller.signal });
      await started.promise;
      controller.abort();
      const ended = await Promise.race([
        failsWith('ABORTED', running),
        settle().then(() => 'hangs'),
      ]);
      assert.notEqual(ended, 'hangs', `router of ${source}`);
    }
  });

  it('leaves no listener on the signal of the caller, however the run ends', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = () => getEventListeners(signal, 'abort').length;
    const inner = new StateGraph(LogState).addNode('i', says('i')).addEdge(START, 'i').compile();
    const good = new StateGraph(LogState)
      .addNode('a', inner)
      .addNode('b', async () => void (await inner.invoke({}, { signal })))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const bad = new StateGraph(LogState)
      .addNode('a', () => {
        throw new Error('bad');
      })
      .addEdge(START, 'a')
      .compile();
    await good.invoke({}, { signal });
    assert.equal(listeners(), 0);
    await thrownBy(bad.invoke({}, { signal }));
    assert.equal(listeners(), 0);
    for await (const _ of await good.stream({}, { signal })) break;
    await settle();
    assert.equal(listeners(), 0);
    const { graph, started } = hanging();
    const running = graph.invoke({}, { signal });
    await started;
    assert.equal(listeners(), 1);
    controller.abort();
    await failsWith('ABORTED', running);
    assert.equal(listeners(), 0);
  });

  it('reports open tasks as cancelled, then the run, then nothing', async () => {
    const controller = new AbortController();
    const gate = Promise.withResolvers<void>();
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', async (_, { writer }) => {
        await gate.promise;
        writer('late');
        return { log: ['late'] };
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const seen = recorder();
    const running = graph.invoke({}, { signal: controller.signal, onEvent: seen.onEvent });
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    gate.resolve();
    await settle();
    assert.deepEqual(seen.lines().slice(-2), ['taskFailed b (cancelled)', 'runFailed']);
    const failed = seen.of('runFailed')[0]!;
    assert.equal(failed.cancelled, true);
    assert.equal(failed.error.code, 'ABORTED');
    assert.equal(failed.failure, undefined);
    assert.deepEqual(failed.state, { log: [] });
  });

  it('reports a run that was aborted before its start', async () => {
    const seen = recorder();
    const { graph } = hanging();
    await failsWith(
      'ABORTED',
      graph.invoke({}, { signal: AbortSignal.abort(), onEvent: seen.onEvent }),
    );
    assert.deepEqual(seen.lines(), ['runStarted', 'runFailed']);
  });

  it('works for the signal that withConfig set, for invoke and for stream', async () => {
    const controller = new AbortController();
    controller.abort();
    const graph = hanging().graph.withConfig({ signal: controller.signal });
    await failsWith('ABORTED', graph.invoke({}));
    const ended = await Promise.race([
      failsWith('ABORTED', async () => {
        for await (const _ of await graph.stream({}));
      }),
      settle().then(() => 'hangs'),
    ]);
    assert.notEqual(ended, 'hangs');
  });

  it('of a graph called with a signal of its own leaves the run around it alone', async () => {
    const { graph: inner, started } = hanging();
    const controller = new AbortController();
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => {
        const code = await inner
          .invoke({}, { signal: controller.signal })
          .catch((error: AbortError) => error.code);
        return { log: [code as string] };
      })
      .addEdge(START, 'caller')
      .compile();
    const running = graph.invoke({});
    await started;
    controller.abort();
    assert.deepEqual((await running).log, ['ABORTED']);
  });
});

describe('a run that was aborted', () => {
  for (const method of ['get', 'put', 'putTasks'] as const) {
    for (const durability of ['sync', 'async', 'exit'] as const) {
      it(`ends although ${method} of its saver hangs, with durability ${durability}`, async (t) => {
        const checkpointer = new MemorySaver();
        // Only of such a saver are results of tasks kept one by one.
        Object.defineProperty(checkpointer, 'isDurable', { value: true });
        const asked = Promise.withResolvers<void>();
        t.mock.method(checkpointer, method, () => {
          asked.resolve();
          return new Promise(() => {});
        });
        const graph = new StateGraph(LogState)
          .addNode('asks', () => ({ log: [interrupt<string, string>('?')] }))
          .addEdge(START, 'asks')
          .compile({ checkpointer });
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const controller = new AbortController();
        const config = { configurable: { thread_id: '1' }, signal: controller.signal, durability };
        const run = failsWith('ABORTED', graph.invoke({}, config));
        await asked.promise;
        controller.abort();
        t.mock.timers.tick(5000);
        await run;
      });
    }
  }
});
