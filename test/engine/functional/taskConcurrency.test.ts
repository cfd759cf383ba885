import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, START, StateGraph, entrypoint, task } from '../../../src/engine/index.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { failsWith, settle, thrownBy, withEffects } from '../support.ts';

/** A clock that stands still, and what makes a graph use it. */
function still() {
  const clock = new FakeClock();
  return { clock, on: withEffects({ clock }) };
}

/** A task whose calls wait until they are let go on, by argument. */
function gatedTask(options: { maxConcurrency?: number } = {}) {
  const gates = new Map<number, PromiseWithResolvers<number>>();
  const gated = task({ name: 'gated', ...options }, async (n: number) => {
    const gate = Promise.withResolvers<number>();
    gates.set(n, gate);
    return gate.promise;
  });
  return { gated, gates };
}

describe('maxConcurrency of a task', () => {
  it('lets so many of its calls run at once, in the order of the calls', async () => {
    const { gated, gates } = gatedTask({ maxConcurrency: 2 });
    const all = entrypoint('all', () => Promise.all([0, 1, 2, 3, 4].map((n) => gated(n))));
    const running = all.invoke(0);
    for (let n = 0; n < 5; n++) {
      await settle();
      assert.deepEqual([...gates.keys()], [0, 1, 2, 3, 4].slice(0, n + 2));
      gates.get(n)!.resolve(n * 10);
    }
    assert.deepEqual(await running, [0, 10, 20, 30, 40]);
  });

  it('holds over all callers of one run, and for each run by itself', async () => {
    const { gated, gates } = gatedTask({ maxConcurrency: 1 });
    const inner = task('inner', (n: number) => gated(n));
    const both = entrypoint('both', (from: number) => Promise.all([inner(from), inner(from + 1)]));
    const first = both.invoke(0);
    const second = both.invoke(10);
    await settle();
    assert.deepEqual([...gates.keys()], [0, 10]);
    for (const n of [0, 10]) gates.get(n)!.resolve(n);
    await settle();
    for (const n of [1, 11]) gates.get(n)!.resolve(n);
    assert.deepEqual(await Promise.all([first, second]), [
      [0, 1],
      [10, 11],
    ]);
  });

  it('holds together with that of the run', async () => {
    const { gated, gates } = gatedTask({ maxConcurrency: 3 });
    const all = entrypoint('all', () => Promise.all([0, 1, 2, 3].map((n) => gated(n))));
    const running = all.invoke(0, { maxConcurrency: 2 });
    for (let n = 0; n < 4; n++) {
      await settle();
      assert.equal(gates.size, Math.min(n + 2, 4));
      gates.get(n)!.resolve(n);
    }
    assert.deepEqual(await running, [0, 1, 2, 3]);
  });

  for (const { cap, options, config } of [
    { cap: 'of the task', options: { maxConcurrency: 2 }, config: {} },
    { cap: 'of the run', options: {}, config: { maxConcurrency: 2 } },
  ]) {
    it(`tells that a call has ended before it tells that another has its place, with the cap ${cap}`, async () => {
      const { gated, gates } = gatedTask(options);
      const all = entrypoint('all', () => Promise.allSettled([0, 1, 2, 3].map((n) => gated(n))));
      let running = 0;
      const atOnce: number[] = [];
      const ended = all.invoke(0, {
        ...config,
        onEvent: (event) => {
          if (!('task' in event) || event.task?.node !== 'gated') return;
          if (event.type === 'taskStarted') atOnce.push(++running);
          if (event.type === 'taskFinished' || event.type === 'taskFailed') running--;
        },
      });
      await settle();
      gates.get(0)!.resolve(0);
      await settle();
      gates.get(1)!.reject(new Error('no luck'));
      await settle();
      for (const n of [2, 3]) gates.get(n)!.resolve(n);
      await ended;
      assert.deepEqual(atOnce, [1, 2, 2, 2]);
    });
  }

  it('goes on after a call that failed', async () => {
    const { gated, gates } = gatedTask({ maxConcurrency: 1 });
    const all = entrypoint('all', () => Promise.allSettled([gated(0), gated(1)]));
    const running = all.invoke(0);
    await settle();
    gates.get(0)!.reject(new Error('no luck'));
    await settle();
    gates.get(1)!.resolve(1);
    const results = (await running) as PromiseSettledResult<number>[];
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
  });

  it('must be a number of calls', async () => {
    await failsWith('INVALID_POLICY', () =>
      task({ name: 'none', maxConcurrency: 0 }, () => undefined),
    );
  });
});

for (const maxConcurrency of [1, 2]) {
  describe(`a task that is tried again, with maxConcurrency ${maxConcurrency}`, () => {
    it('does not keep the places of the calls of its last attempt', async () => {
      const { gated, gates } = gatedTask({ maxConcurrency });
      let attempts = 0;
      const all = entrypoint('all', () => outer());
      const outer = task(
        { name: 'outer', timeout: 1, retry: { maxAttempts: 2, initialInterval: 0, jitter: false } },
        async () => {
          if (attempts++ === 0) return Promise.all([gated(0), gated(1)]); // never let go on
          return plain(7);
        },
      );
      const plain = task('plain', async (n: number) => n);
      const { clock, on } = still();
      const running = on(all).invoke(0, { maxConcurrency });
      await clock.advance(1);
      assert.equal(await running, 7);
      assert.ok(gates.size > 0);
    });

    it('has them back for calls of the same task too', async () => {
      let attempts = 0;
      const stuck = task({ name: 'stuck', maxConcurrency }, (n: number) =>
        attempts === 1 ? new Promise<number>(() => {}) : n,
      );
      const outer = task(
        { name: 'outer', timeout: 1, retry: { maxAttempts: 2, initialInterval: 0, jitter: false } },
        async () => {
          attempts++;
          return Promise.all([stuck(0), stuck(1)]);
        },
      );
      const all = entrypoint('all', () => outer());
      const { clock, on } = still();
      const running = on(all).invoke(0);
      await clock.advance(1);
      assert.deepEqual(await running, [0, 1]);
    });
  });
}

describe('a subgraph that is tried again', () => {
  it('does not keep the places of the nodes of its last attempt', async () => {
    const State = Annotation.Root({ n: Annotation<number>() });
    let attempts = 0;
    const inner = new StateGraph(State)
      .addNode('work', () => (attempts === 1 ? new Promise<never>(() => {}) : { n: attempts }), {
        maxConcurrency: 1,
      })
      .addEdge(START, 'work')
      .compile();
    const graph = new StateGraph(State)
      .addNode(
        'sub',
        () => {
          attempts++;
          return inner.invoke({ n: 0 });
        },
        {
          timeout: 1,
          retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false },
        },
      )
      .addEdge(START, 'sub')
      .compile();
    const { clock, on } = still();
    const running = on(graph).invoke({ n: 0 }, { maxConcurrency: 1 });
    await clock.advance(1);
    assert.deepEqual(await running, { n: 2 });
  });
});

describe('a call that waits for its turn', () => {
  it('is given up with its run', async () => {
    const { gated } = gatedTask({ maxConcurrency: 1 });
    const stop = new AbortController();
    const all = entrypoint('all', () => Promise.all([gated(0), gated(1)]));
    const running = all.invoke(0, { signal: stop.signal });
    await settle();
    stop.abort();
    const error = await thrownBy(running);
    assert.equal((error as Error).name, 'AbortError');
  });
});
