import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import {
  AbortError,
  Annotation,
  END,
  MemorySaver,
  START,
  Send,
  StateGraph,
  append,
  taskOf,
  type NodeConfig,
} from '../../src/engine/index.ts';
import { LogState, failsWith, mentions, recorder, says, settle, thrownBy } from './support.ts';

/** A node that never ends by itself; `started` tells when it runs. */
function endless() {
  const started = Promise.withResolvers<AbortSignal>();
  const node = (_: unknown, { signal }: NodeConfig) => {
    started.resolve(signal);
    return new Promise<undefined>(() => {});
  };
  return { node, started: started.promise };
}

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

describe('a run of synchronous nodes lets timers have their turn', () => {
  const Count = Annotation.Root({
    n: Annotation<number>(),
    list: Annotation<number[]>({ reducer: append }),
  });
  /** Aborts by a timer, and expects the run to be stopped by it. */
  async function stopsByTimer(run: (signal: AbortSignal) => Promise<unknown>) {
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns === 3) controller.abort();
    });
    try {
      await failsWith('ABORTED', run(controller.signal));
    } finally {
      clearInterval(timer);
    }
  }
  /** Maps `node` over so many tasks that the timer fires long before the last. */
  const mapping = (node: () => any, payload: unknown = 0) => {
    let ran = 0;
    const graph = new StateGraph(Count)
      .addNode('map', () => (ran++, node()))
      .addConditionalEdges(
        START,
        () => new Array<Send<'map'>>(300_000).fill(new Send('map', payload)),
        ['map'],
      )
      .compile();
    return { graph, ran: () => ran };
  };

  it('in an endless loop', async () => {
    const graph = new StateGraph(Count)
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addNode('b', async () => {})
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'b', ['b', END])
      .addEdge('b', 'a')
      .compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, recursionLimit: Infinity }));
  });

  it('in an endless loop of a subgraph', async () => {
    const sub = new StateGraph(Count)
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'a')
      .addEdge('a', 'a')
      .compile();
    const graph = new StateGraph(Count).addNode('sub', sub).addEdge(START, 'sub').compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, recursionLimit: Infinity }));
  });

  it('in a superstep of many synchronous tasks', async () => {
    const { graph, ran } = mapping(() => undefined);
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal }));
    assert.ok(ran() < 300_000);
  });

  for (const maxConcurrency of [1, 100]) {
    it(`in a superstep of many async tasks, ${maxConcurrency} at once`, async () => {
      const { graph, ran } = mapping(async () => undefined);
      await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, maxConcurrency }));
      assert.ok(ran() < 300_000);
    });
  }

  it('in a superstep of many subgraphs, one at once', async () => {
    let ran = 0;
    const sub = new StateGraph(Count)
      .addNode('i', () => void ran++)
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(Count)
      .addNode('map', sub)
      .addConditionalEdges(START, () => new Array<Send<'map'>>(300_000).fill(new Send('map', {})), [
        'map',
      ])
      .compile();
    await stopsByTimer((signal) => graph.invoke({ n: 0 }, { signal, maxConcurrency: 1 }));
    assert.ok(ran < 300_000);
  });
});

describe('a failing node', () => {
  it('fails the run at once, with its own error, and aborts the signal of its siblings', async () => {
    const cause = new RangeError('broken');
    const sibling = endless();
    const graph = new StateGraph(LogState)
      .addNode('breaks', async () => {
        await sibling.started;
        throw cause;
      })
      .addNode('sibling', sibling.node)
      .addEdge(START, 'breaks')
      .addEdge(START, 'sibling')
      .compile();
    await assert.rejects(graph.invoke({}), (error) => error === cause);
    const signal = await sibling.started;
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason, cause);
  });

  it('is told with path, superstep and attempt, from inside a sent subgraph too', async () => {
    const cause = new RangeError('broken');
    const sub = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('first', () => {})
      .addNode('breaks', ({ n }) => {
        if (n === 1) throw cause;
      })
      .addEdge(START, 'first')
      .addEdge('first', 'breaks')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addConditionalEdges(START, () => [0, 1].map((n) => new Send('sub', { n })), ['sub'])
      .compile();
    const seen = recorder();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    const where = { node: 'breaks', path: ['sub[1]', 'breaks'], superstep: 2, attempt: 1 };
    assert.deepEqual(taskOf(cause), where);
    assert.deepEqual(seen.of('runFailed')[0]?.failure, where);
    assert.equal(seen.of('runFailed')[0]?.error.name, 'RangeError');
  });

  it('is reported first, its siblings as cancelled, its parents as failed, then the run', async () => {
    const sub = new StateGraph(LogState)
      .addNode('breaks', async () => {
        await settle();
        throw new Error('broken');
      })
      .addNode('inner', endless().node)
      .addEdge(START, 'breaks')
      .addEdge(START, 'inner')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addNode('outer', endless().node)
      .addEdge(START, 'sub')
      .addEdge(START, 'outer')
      .compile();
    const seen = recorder();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    assert.deepEqual(seen.lines().slice(-5), [
      'taskFailed sub/breaks',
      'taskFailed sub/inner (cancelled)',
      'taskFailed sub',
      'taskFailed outer (cancelled)',
      'runFailed',
    ]);
    const started = new Set(seen.of('taskStarted').map(({ task }) => task.id));
    const ended = seen.of('taskFailed').map(({ task }) => task.id);
    assert.deepEqual(new Set(ended), started);
    assert.equal(ended.length, started.size);
  });

  it('drops what siblings return later: no result, no event, no unhandled rejection', async () => {
    const gate = Promise.withResolvers<void>();
    const graph = new StateGraph(LogState)
      .addNode('breaks', () => {
        throw new Error('first');
      })
      .addNode('later', async (_, { writer }) => {
        await gate.promise;
        writer('late');
        return { log: ['late'] };
      })
      .addNode('rejects', async () => {
        await gate.promise;
        throw new Error('second');
      })
      .addEdge(START, 'later')
      .addEdge(START, 'rejects')
      .addEdge(START, 'breaks')
      .compile();
    const seen = recorder();
    const before = await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    assert.equal((before as Error).message, 'first');
    const count = seen.events.length;
    gate.resolve();
    await settle();
    assert.equal(seen.events.length, count);
    assert.equal(seen.events.at(-1)?.type, 'runFailed');
  });

  it('keeps the siblings that did not start from starting', async () => {
    const ran: string[] = [];
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw new Error('a');
      })
      .addNode('b', () => void ran.push('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    await thrownBy(graph.invoke({}));
    assert.deepEqual(ran, []);
  });

  for (const thrown of ['text', null, undefined, 7, { message: 'object' }]) {
    it(`that throws ${JSON.stringify(thrown)} gives an error with node and value`, async () => {
      const graph = new StateGraph(LogState)
        .addNode('odd', () => {
          throw thrown;
        })
        .addEdge(START, 'odd')
        .compile();
      const error = await failsWith('NON_ERROR_THROWN', graph.invoke({}));
      mentions(error, '"odd"');
      assert.equal(error.cause, thrown);
      assert.deepEqual(error.details, { nodes: ['odd'], value: thrown });
      assert.equal(taskOf(error)?.node, 'odd');
    });
  }

  it('may throw an error that cannot be changed', async () => {
    const frozen = Object.freeze(new Error('frozen'));
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw frozen;
      })
      .addEdge(START, 'a')
      .compile();
    await assert.rejects(graph.invoke({}), (error) => error === frozen);
    assert.equal(taskOf(frozen)?.node, 'a');
  });

  it('may throw an error with a field called task, which it keeps', async () => {
    class JobError extends Error {
      task = 'job 7';
    }
    for (const error of [
      new JobError('failed'),
      Object.defineProperty(new Error('locked'), 'task', { value: 'job 7' }) as JobError,
    ]) {
      const seen = recorder();
      const graph = new StateGraph(LogState)
        .addNode('a', () => {
          throw error;
        })
        .addEdge(START, 'a')
        .compile();
      await assert.rejects(
        graph.invoke({}, { onEvent: seen.onEvent }),
        (thrown) => thrown === error,
      );
      assert.equal(error.task, 'job 7');
      assert.equal(taskOf(error)?.node, 'a');
      assert.equal(seen.of('runFailed')[0]?.failure?.node, 'a');
    }
  });

  it('may throw the same error again in another run', async () => {
    const error = new Error('always the same');
    const failing = (name: string) =>
      new StateGraph(LogState)
        .addNode(name, () => {
          throw error;
        })
        .addEdge(START, name)
        .compile();
    await thrownBy(failing('one').invoke({}));
    assert.equal(taskOf(error)?.node, 'one');
    await thrownBy(failing('two').invoke({}));
    assert.equal(taskOf(error)?.node, 'two');
  });

  it('shows causes and members of its error as data', async () => {
    const error = new AggregateError([new Error('one', { cause: 'text' }), 'two'], 'both', {
      cause: Object.assign(new Error('cause'), { code: 'ECODE' }),
    });
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw error;
      })
      .addEdge(START, 'a')
      .compile();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    const info = seen.of('taskFailed')[0]!.error;
    assert.equal(info.message, 'both');
    assert.equal(info.cause?.code, 'ECODE');
    assert.equal(info.errors?.[0]?.cause?.message, '"text"');
    assert.equal(info.errors?.[1]?.message, '"two"');
  });
});
