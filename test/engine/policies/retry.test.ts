import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  START,
  StateGraph,
  entrypoint,
  task,
  taskOf,
  type NodePolicyOptions,
  type RetryPolicy,
} from '../../../src/engine/index.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { failsWith, mentions, recorder, settle, thrownBy, withEffects } from '../support.ts';

const State = Annotation.Root({ n: Annotation<number>() });

/** A graph of one node that fails so often, and counts its attempts. */
function flaky(times: number, options: NodePolicyOptions, error: unknown = new Error('flaky')) {
  const counter = { attempts: 0 };
  const graph = new StateGraph(State)
    .addNode(
      'flaky',
      () => {
        if (++counter.attempts <= times) throw error;
        return { n: counter.attempts };
      },
      options,
    )
    .addEdge(START, 'flaky')
    .compile();
  return { graph, counter };
}

/** Runs graphs in a time that stands still until the test moves it; their chance is always 0.5. */
function still() {
  const clock = new FakeClock();
  return { clock, on: withEffects({ clock, random: () => 0.5 }) };
}

/** The waits between the attempts of a node that always fails. */
async function waits(retryPolicy: RetryPolicy, error?: unknown): Promise<number[]> {
  const { on, clock } = still();
  const { onEvent, of } = recorder();
  const { graph } = flaky(Infinity, { retryPolicy }, error);
  const running = thrownBy(on(graph).invoke({}, { onEvent }));
  await clock.advance(1e9);
  await running;
  assert.equal(clock.pending, 0);
  return of('taskRetrying').map(({ delayMs }) => delayMs);
}

describe('a retry policy', () => {
  it('runs a node again until it succeeds', async () => {
    const { clock, on } = still();
    const { graph, counter } = flaky(2, { retryPolicy: {} });
    const running = on(graph).invoke({});
    await clock.advance(10_000);
    assert.deepEqual(await running, { n: 3 });
    assert.equal(counter.attempts, 3);
  });

  it('gives up after three attempts by default, with the error of the last', async () => {
    const { clock, on } = still();
    const { graph, counter } = flaky(5, { retryPolicy: {} });
    const running = thrownBy(on(graph).invoke({}));
    await clock.advance(10_000);
    const error = await running;
    assert.equal((error as Error).message, 'flaky');
    assert.equal(counter.attempts, 3);
    assert.equal(taskOf(error)?.attempt, 3);
  });

  it('is not there unless it is given', async () => {
    const { graph, counter } = flaky(1, {});
    await thrownBy(graph.invoke({}));
    assert.equal(counter.attempts, 1);
  });

  it('waits 500 ms and twice as long each time, plus up to a second by chance', async () => {
    assert.deepEqual(await waits({ maxAttempts: 4 }), [1000, 1500, 2500]);
    assert.deepEqual(await waits({ maxAttempts: 4, jitter: false }), [500, 1000, 2000]);
  });

  it('waits as it is told, and no longer than its longest wait', async () => {
    const policy = { maxAttempts: 5, initialInterval: 10, backoffFactor: 10, jitter: false };
    assert.deepEqual(await waits({ ...policy, maxInterval: 500 }), [10, 100, 500, 500]);
  });

  it('drops what a failed attempt wrote to the custom stream afterwards', async () => {
    const gate = Promise.withResolvers<void>();
    let attempts = 0;
    const graph = new StateGraph(State)
      .addNode(
        'late',
        (_, { writer }) => {
          if (++attempts > 1) return { n: 1 };
          writer('in time');
          void gate.promise.then(() => writer('too late'));
          throw new Error('first');
        },
        { retryPolicy: { initialInterval: 0, jitter: false } },
      )
      .addNode('next', async () => {
        gate.resolve();
        await settle();
        return { n: 2 };
      })
      .addEdge(START, 'late')
      .addEdge('late', 'next')
      .compile();
    const { onEvent, of } = recorder();
    await graph.invoke({}, { onEvent });
    assert.deepEqual(
      of('custom').map(({ value }) => value),
      ['in time'],
    );
  });

  it('tells each failed attempt, and numbers the starts', async () => {
    const { onEvent, of, lines } = recorder();
    const { graph } = flaky(1, { retryPolicy: { initialInterval: 0, jitter: false } });
    await graph.invoke({}, { onEvent });
    assert.deepEqual(
      of('taskStarted').map(({ attempt, task: { id } }) => [attempt, id]),
      [
        [1, 1],
        [2, 1],
      ],
    );
    const [retry] = of('taskRetrying');
    assert.deepEqual([retry?.attempt, retry?.error.message], [1, 'flaky']);
    assert.ok(!lines().includes('taskFailed flaky'));
  });

  it('does not wait on when the run is aborted, and leaves no timer', async () => {
    const { clock, on } = still();
    const { graph, counter } = flaky(5, { retryPolicy: {} });
    const controller = new AbortController();
    const running = on(graph).invoke({}, { signal: controller.signal });
    await settle();
    assert.equal(clock.pending, 1);
    controller.abort();
    await failsWith('ABORTED', running);
    await settle();
    assert.equal(clock.pending, 0);
    assert.equal(counter.attempts, 1);
  });

  it('applies to tasks and entrypoints', async () => {
    let attempts = 0;
    const retry = { initialInterval: 0, jitter: false };
    const unsure = task({ name: 'unsure', retry }, () => {
      if (++attempts < 3) throw new Error('again');
      return attempts;
    });
    assert.equal(await entrypoint('workflow', () => unsure()).invoke({}), 3);
    let runs = 0;
    const workflow = entrypoint({ name: 'workflow', retry }, () => {
      if (++runs < 2) throw new Error('again');
      return runs;
    });
    assert.equal(await workflow.invoke({}), 2);
  });

  it('runs a subgraph again as a whole', async () => {
    const { graph: inner, counter } = flaky(1, {});
    const outer = new StateGraph(State)
      .addNode('inner', inner, { retryPolicy: { initialInterval: 0, jitter: false } })
      .addEdge(START, 'inner')
      .compile();
    assert.deepEqual(await outer.invoke({}), { n: 2 });
    assert.equal(counter.attempts, 2);
  });

  it('aborts what a failed attempt left running', async () => {
    let signal: AbortSignal | undefined;
    let attempts = 0;
    const hangs = task('hangs', () => new Promise<void>(() => {}));
    const graph = new StateGraph(State)
      .addNode(
        'node',
        (_, config) => {
          signal ??= config.signal;
          if (++attempts > 1) return { n: 1 };
          void hangs();
          throw new Error('first');
        },
        { retryPolicy: { initialInterval: 0, jitter: false } },
      )
      .addEdge(START, 'node')
      .compile();
    assert.deepEqual(await graph.invoke({}), { n: 1 });
    assert.equal(signal?.aborted, true);
  });
});

describe('by default an attempt is not repeated', () => {
  const hopeless: Record<string, unknown> = {
    'after an abort': Object.assign(new Error('x'), { name: 'AbortError' }),
    'after a message that says so': new Error('Cancelled by user'),
    'after ECONNABORTED': Object.assign(new Error('x'), { code: 'ECONNABORTED' }),
    'when the quota is used up': Object.assign(new Error('x'), {
      error: { code: 'insufficient_quota' },
    }),
  };
  for (const status of [400, 401, 402, 403, 404, 405, 406, 407, 409]) {
    hopeless[`after status ${status}`] = Object.assign(new Error('x'), { status });
    hopeless[`after a response of ${status}`] = Object.assign(new Error('x'), {
      response: { status },
    });
  }
  for (const [what, error] of Object.entries(hopeless)) {
    it(what, async () => assert.deepEqual(await waits({}, error), []));
  }

  it('when the library was used wrongly', async () => {
    let attempts = 0;
    const graph = new StateGraph(State)
      .addNode('bad', () => (attempts++, 'text' as any), { retryPolicy: {} })
      .addEdge(START, 'bad')
      .compile();
    await failsWith('INVALID_GRAPH_NODE_RETURN_VALUE', graph.invoke({}));
    assert.equal(attempts, 1);
  });

  it('though it is after other errors', async () => {
    const worth = [new Error('x'), 'text', null];
    for (const status of [408, 429, 500, 503]) {
      worth.push(Object.assign(new Error('x'), { status }));
    }
    for (const error of worth) assert.equal((await waits({ jitter: false }, error)).length, 2);
  });
});

it('retryOn decides instead, and sees the error', async () => {
  const seen: unknown[] = [];
  const retryOn = (error: Error) => seen.push(error.message) < 2;
  assert.equal((await waits({ maxAttempts: 9, retryOn }, new Error('x'))).length, 1);
  assert.deepEqual(seen, ['x', 'x']);
});

describe('Retry-After', () => {
  const policy = { maxAttempts: 2, jitter: false };
  const failing = (headers: unknown) => Object.assign(new Error('slow down'), { headers });

  it('is honoured in seconds, from Headers and from records', async () => {
    assert.deepEqual(await waits(policy, failing(new Headers({ 'Retry-After': '7' }))), [7000]);
    assert.deepEqual(await waits(policy, failing({ 'Retry-After': '2.5' })), [2500]);
    const response = { response: { headers: { 'retry-after': 3 } } };
    assert.deepEqual(await waits(policy, Object.assign(new Error('x'), response)), [3000]);
  });

  it('is honoured as a date and in milliseconds', async () => {
    const date = new Date(1_700_000_000_000 + 60_000).toUTCString();
    assert.deepEqual(await waits(policy, failing({ 'retry-after': date })), [60_000]);
    assert.deepEqual(await waits(policy, failing({ 'retry-after-ms': '1234' })), [1234]);
  });

  it('never shortens the wait', async () => {
    assert.deepEqual(await waits(policy, failing({ 'retry-after': '0' })), [500]);
    const past = new Date(0).toUTCString();
    assert.deepEqual(await waits(policy, failing({ 'retry-after': past })), [500]);
  });

  it('that cannot be read is ignored', async () => {
    for (const text of ['soon', '', '-1']) {
      assert.deepEqual(await waits(policy, failing({ 'retry-after': text })), [500]);
    }
  });
});

describe('setNodeDefaults', () => {
  const retryPolicy = { initialInterval: 0, jitter: false };

  /** Runs a graph whose node fails once; resolves with the number of attempts. */
  async function attemptsWith(own: NodePolicyOptions): Promise<number> {
    let attempts = 0;
    const graph = new StateGraph(State)
      .addNode(
        'node',
        () => {
          if (++attempts === 1) throw new Error('once');
        },
        own,
      )
      .setNodeDefaults({ retryPolicy })
      .addEdge(START, 'node')
      .compile();
    await graph.invoke({}).catch(() => {});
    return attempts;
  }

  it('holds for nodes that were added before', async () => {
    assert.equal(await attemptsWith({}), 2);
  });

  it('gives way to what a node says', async () => {
    assert.equal(await attemptsWith({ retryPolicy: { maxAttempts: 1 } }), 1);
    assert.equal(await attemptsWith({ retryPolicy: false }), 1);
  });
});

it('a policy out of range is refused when the graph is compiled', async () => {
  const bad: NodePolicyOptions[] = [
    { retryPolicy: { maxAttempts: 0 } },
    { retryPolicy: { initialInterval: -1 } },
    { retryPolicy: { maxInterval: NaN } },
    { timeout: -1 },
    { timeout: { idleTimeout: 'soon' as any } },
    { cachePolicy: { ttl: -1 } },
    { maxConcurrency: 0 },
    { errorHandler: 7 as any },
  ];
  for (const options of bad) {
    const error = await failsWith('INVALID_POLICY', () => flaky(0, options));
    mentions(error, '"flaky"');
  }
});
