// Tasks that wait for a worker thread: they have not started. There is one thread in this file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  InMemoryStore,
  Send,
  SeveralFailuresError,
  type RunEvent,
  type StoreItem,
} from '../../../src/engine/index.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { failsWith, recorder, thrownBy, withEffects } from '../support.ts';
import { graph as deadOnArrival } from './deadOnArrival.ts';
import { graph, type Item } from './seatGraphs.ts';

const send = (node: string, item: Item) => new Send(node, item);
const names = (count: number) => Array.from({ length: count }, (_, n) => `item ${n}`);

/** A store that gives an answer only when a test says so. */
class GatedStore extends InMemoryStore {
  readonly #asked = Promise.withResolvers<void>();
  readonly #open = Promise.withResolvers<void>();
  /** Resolves when a task has asked. */
  readonly asked = this.#asked.promise;

  override async get(namespace: readonly string[], key: string): Promise<StoreItem | null> {
    if (namespace[0] === 'gate') {
      this.#asked.resolve();
      await this.#open.promise;
    }
    return super.get(namespace, key);
  }

  open(): void {
    this.#open.resolve();
  }
}

/** A store that tells when a task has begun to hang. */
function hungStore() {
  const told = Promise.withResolvers<void>();
  const store = new InMemoryStore();
  const put = store.put.bind(store);
  store.put = async (...args) => {
    await put(...args);
    if (args[0][0] === 'hung') told.resolve();
  };
  return { store, hung: told.promise };
}

/** The largest number of tasks of the nodes that were under way at once. */
function peak(events: readonly RunEvent[], nodes: readonly string[]): number {
  let open = 0;
  let most = 0;
  for (const event of events) {
    if (!('task' in event) || !event.task || !nodes.includes(event.task.node)) continue;
    if (event.type === 'taskStarted') most = Math.max(most, ++open);
    if (event.type === 'taskFinished' || event.type === 'taskRetrying') open--;
  }
  return most;
}

describe('a task that waits for a worker thread', () => {
  it('starts when there is one', async () => {
    const { events, onEvent, of } = recorder();
    const sends = names(20).map((name) => send('work', { name }));
    const { done } = await graph.invoke({ sends }, { threads: 1, onEvent });
    assert.deepEqual(done, names(20));
    assert.equal(of('taskStarted').length, 20);
    assert.equal(peak(events, ['work']), 1);
  });

  it('starts when there is one, if it is called by a node', async () => {
    const { events, onEvent } = recorder();
    const sends = names(5).map((name) => send('call', { name }));
    const { done } = await graph.invoke({ sends }, { threads: 1, onEvent });
    assert.deepEqual(
      done,
      names(5).flatMap((name) => [`${name} 1 marked`, `${name} 2 marked`]),
    );
    assert.equal(peak(events, ['mark']), 1);
    assert.equal(peak(events, ['call']), 5);
  });

  it('lets others have its place among those of the run', async () => {
    const store = new GatedStore();
    const { events, onEvent } = recorder();
    const sends = [
      send('work', { name: 'long', waits: true }),
      ...names(3).map((name) => send('work', { name })),
      send('here', { name: 'quick' }),
    ];
    const config = { threads: 1, maxConcurrency: 2, store };
    const seen = Promise.withResolvers<void>();
    const running = graph.invoke(
      { sends },
      {
        ...config,
        onEvent(event) {
          onEvent(event);
          if (event.type === 'taskFinished' && event.task.node === 'here') seen.resolve();
        },
      },
    );
    await store.asked;
    await seen.promise;
    assert.equal(peak(events, ['work']), 1);
    store.open();
    await running;
  });

  it('has its whole time then', async () => {
    const clock = new FakeClock();
    const store = new GatedStore();
    const sends = [
      send('work', { name: 'long', waits: true }),
      new Send('work', { name: 'short' }, { timeout: 1000 }),
    ];
    const running = withEffects({ clock })(graph).invoke({ sends }, { threads: 1, store });
    await store.asked;
    await clock.advance(5000);
    store.open();
    assert.deepEqual((await running).done, ['long', 'short']);
    assert.equal(clock.pending, 0);
  });

  it('waits again before it is tried again', async () => {
    const store = new InMemoryStore();
    const { events, onEvent, of } = recorder();
    const sends = names(4).map((name) => send('again', { name, failures: 2 }));
    const { done } = await graph.invoke({ sends }, { threads: 1, store, onEvent });
    assert.deepEqual(done, names(4));
    assert.equal(of('taskStarted').length, 12);
    assert.equal(peak(events, ['again']), 1);
  });

  it('fails when its time is over, though it computes, and the next has another thread', async () => {
    const clock = new FakeClock();
    const { invoke } = withEffects({ clock })(graph);
    const { store, hung } = hungStore();
    const sends = [send('timed', { name: 'hangs', hangs: true })];
    const running = failsWith('NODE_TIMEOUT', invoke({ sends }, { threads: 1, store }));
    await hung;
    await clock.advance(1000);
    await running;
    const next = [send('timed', { name: 'next' })];
    assert.deepEqual((await invoke({ sends: next }, { threads: 1, store })).done, ['next']);
    assert.equal(clock.pending, 0);
  });

  it('has its whole time again when it is tried again, though its thread has to end first', async () => {
    const clock = new FakeClock();
    const { store, hung } = hungStore();
    const { onEvent, of } = recorder();
    const sends = [send('timedTwice', { name: 'hangs', hangs: true })];
    const config = { threads: 1, store, onEvent };
    const running = withEffects({ clock })(graph).invoke({ sends }, config);
    await hung;
    await clock.advance(1000);
    assert.deepEqual((await running).done, ['hangs']);
    assert.deepEqual(
      of('taskStarted').map(({ attempt }) => attempt),
      [1, 2],
    );
    assert.equal(clock.pending, 0);
  });

  it('is not heard of if the run stops before', async () => {
    const store = new GatedStore();
    const stop = new AbortController();
    const { onEvent, of } = recorder();
    const sends = [
      send('work', { name: 'long', waits: true }),
      ...names(3).map((name) => send('work', { name })),
      send('call', { name: 'call' }),
    ];
    const config = { threads: 1, store, onEvent, signal: stop.signal };
    const running = thrownBy(graph.invoke({ sends }, config));
    await store.asked;
    stop.abort();
    await running;
    const started = of('taskStarted').map(({ task }) => task.node);
    assert.deepEqual(started, ['work', 'call']);
    assert.equal(of('taskFailed').length, 2);
    store.open();
    assert.deepEqual((await graph.invoke({ sends: [sends[1]!] }, { threads: 1 })).done, ['item 0']);
  });

  it('leaves its thread to others if its run stops while it is told that it starts', async () => {
    for (const node of ['work', 'again', 'call']) {
      const stop = new AbortController();
      const stopped = thrownBy(
        graph.invoke(
          { sends: [send(node, { name: 'stopped' })] },
          {
            ...{ threads: 1, signal: stop.signal },
            onEvent(event) {
              const isIt = event.type === 'taskStarted' && event.task.node !== 'call';
              if (isIt) stop.abort();
            },
          },
        ),
      );
      await stopped;
      const next = { sends: [send('work', { name: 'next' })] };
      const { done } = await graph.invoke(next, { threads: 1 });
      assert.deepEqual(done, ['next'], node);
    }
  });

  it('comes to its turn in whatever mix with others, under whatever cap', async () => {
    const node = fc.constantFrom('work', 'capped', 'again', 'here', 'call', 'inner');
    const mixes = fc.array(node, { minLength: 1, maxLength: 8 });
    const caps = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(mixes, caps, async (nodes, maxConcurrency) => {
        const { events, onEvent } = recorder();
        const sends = nodes.map((to, n) => send(to, { name: `${n}` }));
        const config = { threads: 1, onEvent, ...(maxConcurrency && { maxConcurrency }) };
        const { done } = await graph.invoke({ sends }, config);
        const expected = nodes.flatMap((to, n) => {
          if (to === 'call') return [`${n} 1 marked`, `${n} 2 marked`];
          return to === 'inner' ? [`${n} 1`, `${n} 2`] : [`${n}`];
        });
        assert.deepEqual(done, expected);
        assert.ok(peak(events, ['work', 'capped', 'again', 'mark']) <= 1);
      }),
      { numRuns: 40 },
    );
  });

  it('fails if each thread ends while it loads the module', async () => {
    const error = await thrownBy(deadOnArrival.invoke({}, { onError: 'settle' }));
    assert.ok(error instanceof SeveralFailuresError);
    const codes = error.errors.map((each) => (each as { code?: unknown }).code);
    assert.deepEqual(codes, ['WORKER_ENDED', 'WORKER_ENDED']);
  });
});
