import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  MemorySaver,
  START,
  Send,
  StateGraph,
  entrypoint,
  task,
  taskOf,
  type NodeTimeoutError,
  type NodeConfig,
  type NodePolicyOptions,
} from '../../../src/engine/index.ts';
import { GRAPH, type GraphHandle } from '../../../src/engine/model/graphHandle.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { failsWith, mentions, settle, withEffects } from '../support.ts';

const State = Annotation.Root({ n: Annotation<number>() });

function oneNode(node: (config: NodeConfig) => unknown, options: NodePolicyOptions = {}) {
  return new StateGraph(State)
    .addNode('node', ((_: unknown, config: NodeConfig) => node(config)) as any, options)
    .addEdge(START, 'node')
    .compile();
}

const forever = () => new Promise<never>(() => {});

/** A clock that stands still, and what makes a graph use it. */
function still() {
  const clock = new FakeClock();
  return { clock, on: withEffects({ clock }) };
}

describe('the timeout of a node', () => {
  it('fails it, with node, kind, limit and time', async () => {
    const { clock, on } = still();
    const running = failsWith('NODE_TIMEOUT', on(oneNode(forever, { timeout: 100 })).invoke({}));
    await clock.advance(100);
    const error = (await running) as NodeTimeoutError;
    const { node, kind, timeout, elapsed } = error;
    assert.deepEqual([node, kind, timeout, elapsed], ['node', 'run', 100, 100]);
    mentions(error, '"node"', '100 ms');
    assert.equal(taskOf(error)?.node, 'node');
    assert.equal(clock.pending, 0);
  });

  it('goes by the clock of a host, in graphs inside too', async () => {
    const clock = new FakeClock();
    const inner = oneNode(forever, { timeout: 100 });
    const outer = oneNode(() => inner.invoke({}));
    const handle = (outer as unknown as Record<symbol, GraphHandle>)[GRAPH]!;
    const hosted = handle.forHost!({ clock }) as typeof outer;
    const running = failsWith('NODE_TIMEOUT', hosted.invoke({}));
    await clock.advance(100);
    await running;
    assert.equal(clock.pending, 0);
  });

  it('aborts the signal of the attempt', async () => {
    const { clock, on } = still();
    let signal: AbortSignal | undefined;
    const graph = oneNode(
      (given) => {
        ({ signal } = given);
        return forever();
      },
      { timeout: 100 },
    );
    const running = failsWith('NODE_TIMEOUT', on(graph).invoke({}));
    await clock.advance(99);
    assert.equal(signal?.aborted, false);
    await clock.advance(1);
    assert.equal(signal?.aborted, true);
    await running;
  });

  it('can be given to a task with what it is sent, and takes the place of that of its node', async () => {
    for (const timeout of [50, { runTimeout: 50 }]) {
      for (const own of [undefined, 100, 10]) {
        const { clock, on } = still();
        const graph = new StateGraph(State)
          .addNode('node', forever, own === undefined ? {} : { timeout: own })
          .addConditionalEdges(START, () => new Send('node', {}, { timeout }), ['node'])
          .compile();
        const running = failsWith('NODE_TIMEOUT', on(graph).invoke({}));
        await clock.advance(50);
        const error = (await running) as NodeTimeoutError;
        assert.deepEqual([error.timeout, error.elapsed], [50, 50]);
        assert.equal(clock.pending, 0);
      }
    }
  });

  it('of a send is kept with its run, and is checked where it is made', async () => {
    const { clock, on } = still();
    const graph = new StateGraph(State)
      .addNode('node', forever)
      .addConditionalEdges(START, () => new Send('node', { n: 1 }, { timeout: 50 }), ['node'])
      .compile({ checkpointer: new MemorySaver(), interruptBefore: ['node'] });
    const thread = { configurable: { thread_id: '1' } };
    await on(graph).invoke({}, thread);
    const running = failsWith('NODE_TIMEOUT', on(graph).invoke(null, thread));
    await settle();
    await clock.advance(50);
    await running;
    await failsWith('INVALID_POLICY', () => new Send('node', {}, { timeout: -1 }));
  });

  it('does nothing to a node that is in time, and leaves no timer', async () => {
    const { clock, on } = still();
    const graph = oneNode(async () => ({ n: 1 }), {
      timeout: { runTimeout: 100, idleTimeout: 50 },
    });
    assert.deepEqual(await on(graph).invoke({}), { n: 1 });
    assert.equal(clock.pending, 0);
  });

  it('holds for each attempt, and can be retried', async () => {
    const { clock, on } = still();
    let attempts = 0;
    const graph = oneNode(() => (++attempts < 3 ? forever() : { n: attempts }), {
      timeout: 100,
      retryPolicy: { initialInterval: 10, backoffFactor: 1, jitter: false },
    });
    const running = on(graph).invoke({});
    await clock.advance(220);
    assert.deepEqual(await running, { n: 3 });
    assert.equal(clock.pending, 0);
  });

  it('leaves no timer when the run is aborted', async () => {
    const { clock, on } = still();
    const controller = new AbortController();
    const graph = oneNode(forever, { timeout: { runTimeout: 100, idleTimeout: 50 } });
    const running = on(graph).invoke({}, { signal: controller.signal });
    await settle();
    assert.equal(clock.pending, 2);
    controller.abort();
    await failsWith('ABORTED', running);
    await settle();
    assert.equal(clock.pending, 0);
  });

  it('stops a subgraph, and what runs in it', async () => {
    const { clock, on } = still();
    let signal: AbortSignal | undefined;
    const inner = oneNode((given) => {
      ({ signal } = given);
      return forever();
    });
    const outer = new StateGraph(State)
      .addNode('inner', inner, { timeout: 100 })
      .addEdge(START, 'inner')
      .compile();
    const running = failsWith('NODE_TIMEOUT', on(outer).invoke({}));
    await clock.advance(100);
    await running;
    assert.equal(signal?.aborted, true);
  });

  it('stops a graph that the node calls, and the tasks that it calls', async () => {
    const { clock, on } = still();
    const signals: AbortSignal[] = [];
    const inner = oneNode(({ signal }) => {
      signals.push(signal);
      return forever();
    });
    const hangs = task('hangs', () => forever());
    const graph = oneNode(
      async ({ signal }) => {
        signals.push(signal);
        await Promise.all([inner.invoke({}), hangs()]);
      },
      { timeout: 100 },
    );
    const running = failsWith('NODE_TIMEOUT', on(graph).invoke({}));
    await clock.advance(100);
    await running;
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
  });

  it('goes for tasks and for the bodies of entrypoints', async () => {
    const { clock, on } = still();
    const slow = task({ name: 'slow', timeout: 100 }, () => forever());
    const caught = entrypoint('caught', () => slow().catch((error: Error) => error.name));
    const first = on(caught).invoke({});
    await clock.advance(100);
    assert.equal(await first, 'NodeTimeoutError');
    const body = entrypoint({ name: 'body', timeout: 100 }, () => forever());
    const second = failsWith('NODE_TIMEOUT', on(body).invoke({}));
    await clock.advance(100);
    mentions(await second, '"body"');
  });
});

describe('the idle timeout of a node', () => {
  /** A node that shows progress at 80 and at 160 ms, and then no more. */
  async function idleAfter(
    progress: (config: NodeConfig) => unknown,
    refreshOn: 'auto' | 'heartbeat' = 'auto',
  ): Promise<number> {
    const { clock, on } = still();
    const graph = oneNode(
      async (given) => {
        for (let i = 0; i < 2; i++) {
          await new Promise<void>((resolve) => clock.after(80, resolve));
          void progress(given);
        }
        await forever();
      },
      { timeout: { idleTimeout: 100, refreshOn } },
    );
    const running = failsWith('NODE_TIMEOUT', on(graph).invoke({}));
    await clock.advance(1000);
    const error = (await running) as NodeTimeoutError;
    assert.equal(error.kind, 'idle');
    assert.equal(clock.pending, 0);
    return error.elapsed;
  }

  const quick = task('quick', () => 1);
  const inner = oneNode(() => ({ n: 1 }));

  it('begins again with every sign of life', async () => {
    assert.equal(await idleAfter(() => {}), 100);
    assert.equal(await idleAfter(({ heartbeat }) => heartbeat()), 260);
    assert.equal(await idleAfter(({ writer }) => writer('x')), 260);
    assert.equal(await idleAfter(() => quick()), 260);
    assert.equal(await idleAfter(() => inner.invoke({})), 260);
  });

  it('begins again with heartbeats only, if asked to', async () => {
    assert.equal(await idleAfter(({ writer }) => writer('x'), 'heartbeat'), 100);
    assert.equal(await idleAfter(({ heartbeat }) => heartbeat(), 'heartbeat'), 260);
  });
});

describe('the timeout of a run', () => {
  it('aborts it', async () => {
    const { clock, on } = still();
    const running = failsWith('RUN_TIMEOUT', on(oneNode(forever)).invoke({}, { timeout: 100 }));
    await clock.advance(100);
    const error = await running;
    assert.equal(error.name, 'TimeoutError');
    mentions(error, '100 ms', 'graph');
  });

  it('leaves no timer behind', async () => {
    const { clock, on } = still();
    await on(oneNode(() => ({ n: 1 }))).invoke({}, { timeout: 100 });
    assert.equal(clock.pending, 0);
  });

  it('is checked', async () => {
    for (const timeout of [-1, NaN, 'x' as any]) {
      mentions(
        await failsWith('INVALID_CONFIG', oneNode(forever).invoke({}, { timeout })),
        'timeout',
      );
    }
  });
});
