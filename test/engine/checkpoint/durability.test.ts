import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  END,
  InMemoryStore,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  getPreviousState,
  getStore,
  interrupt,
  task,
  Command,
  INTERRUPT,
  type Checkpoint,
  type Checkpointer,
  type TaskRecord,
  type ThreadAddress,
} from '../../../src/engine/index.ts';
import { LogState, collect, says, settle, thrownBy } from '../support.ts';

const config = { configurable: { thread_id: '1' } };

/** Tells what is put, and puts when it is let. */
class SlowSaver implements Checkpointer {
  readonly isDurable = true;
  readonly log: string[] = [];
  readonly #inner = new MemorySaver();
  /** Lets the oldest put that waits go on. */
  readonly waiting: (() => void)[] = [];
  isSlow = true;
  fails: Error | undefined;

  get(address: ThreadAddress) {
    return this.#inner.get(address);
  }

  list(thread: ThreadAddress, options?: object) {
    return this.#inner.list(thread, options);
  }

  async put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint) {
    await this.#turn();
    this.log.push(`put ${checkpoint.step}`);
    this.#inner.put(thread, checkpoint, parent);
  }

  async putTasks(
    address: ThreadAddress & { checkpointId: string },
    records: readonly TaskRecord[],
  ) {
    await this.#turn();
    this.log.push(`tasks ${records.map(({ task }) => task).join()}`);
    this.#inner.putTasks(address, records);
  }

  deleteThread(threadId: string) {
    this.#inner.deleteThread(threadId);
  }

  async #turn() {
    if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.fails) throw this.fails;
  }
}

function chain(saver: Checkpointer | undefined, log: string[]) {
  const node = (name: string) => () => {
    log.push(`ran ${name}`);
    return { log: [name] };
  };
  return new StateGraph(LogState)
    .addSequence({ a: node('a'), b: node('b') })
    .addEdge(START, 'a')
    .compile(saver && { checkpointer: saver });
}

/** @param isNewestFirst As a database may that has several connections. */
async function letAll(saver: SlowSaver, { isNewestFirst = false } = {}): Promise<void> {
  for (let idle = 0; idle < 3;) {
    await settle();
    const next = isNewestFirst ? saver.waiting.pop() : saver.waiting.shift();
    if (next === undefined) idle++;
    else next();
  }
}

describe('durability', () => {
  it('sync: a superstep begins when the checkpoint before it is stored', async () => {
    const saver = new SlowSaver();
    const done = chain(saver, saver.log).invoke({}, { ...config, durability: 'sync' });
    await letAll(saver);
    await done;
    assert.deepEqual(saver.log, ['put -1', 'put 0', 'ran a', 'put 1', 'ran b', 'put 2']);
  });

  it('async: supersteps do not wait, the end of the run does', async () => {
    const saver = new SlowSaver();
    let isOver = false;
    const done = chain(saver, saver.log)
      .invoke({}, { ...config, durability: 'async' })
      .then(() => (isOver = true));
    await settle();
    assert.deepEqual(saver.log, ['ran a', 'ran b']);
    assert.equal(isOver, false);
    await letAll(saver);
    await done;
    assert.deepEqual(saver.log.slice(2), ['put -1', 'put 0', 'put 1', 'put 2']);
  });

  it('async: a graph inside a task stores nothing before the checkpoint that its task follows from', async () => {
    const saver = new SlowSaver();
    const stored: string[] = [];
    const put = saver.put.bind(saver);
    saver.put = async (thread, checkpoint, parent) => {
      await put(thread, checkpoint, parent);
      stored.push(`${thread.namespace === '' ? 'outer' : 'inner'} ${checkpoint.step}`);
    };
    const graph = new StateGraph(LogState)
      .addNode('before', says('before'))
      .addNode('inside', chain(undefined, []))
      .addEdge(START, 'before')
      .addEdge('before', 'inside')
      .compile({ checkpointer: saver });
    const done = graph.invoke({}, { ...config, durability: 'async' });
    await letAll(saver, { isNewestFirst: true });
    await done;
    assert.deepEqual(stored.slice(0, 3), ['outer -1', 'outer 0', 'outer 1']);
    assert.equal(stored.filter((each) => each.startsWith('inner')).length, 4);
  });

  it('exit: only the last checkpoint is stored', async () => {
    const saver = new SlowSaver();
    saver.isSlow = false;
    const graph = chain(saver, saver.log);
    await graph.invoke({}, { ...config, durability: 'exit' });
    assert.deepEqual(saver.log, ['ran a', 'ran b', 'put 2']);
    await graph.invoke({}, { ...config, durability: 'exit' });
    const states = await collect(graph.getStateHistory(config));
    assert.deepEqual(
      states.map(({ metadata, values }) => [metadata!.step, values.log.join('')]),
      [
        [6, 'abab'],
        [2, 'ab'],
      ],
    );
    assert.deepEqual(states[0]!.parentConfig, states[1]!.config);
  });

  it('exit: a run that pauses or fails can be taken up all the same', async () => {
    let fails = true;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', () => ({ log: [interrupt('?')] }))
      .addNode('c', () => {
        if (fails) throw new Error('down');
        return { log: ['c'] };
      })
      .addNode('side', says('side'))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('a', 'side')
      .addEdge('b', 'c')
      .compile({ checkpointer: new MemorySaver() });
    const exit = { ...config, durability: 'exit' } as const;
    const paused = await graph.invoke({}, exit);
    assert.deepEqual(paused.log, ['a', 'side']);
    await assert.rejects(graph.invoke(new Command({ resume: 'b' }), exit), /down/);
    fails = false;
    assert.deepEqual(await graph.invoke(null, exit), { log: ['a', 'b', 'side', 'c'] });
  });

  it('a checkpoint that cannot be stored fails the run', async () => {
    for (const durability of ['sync', 'async', 'exit'] as const) {
      const saver = new SlowSaver();
      saver.isSlow = false;
      saver.fails = new Error('disk full');
      const error = await thrownBy(chain(saver, []).invoke({}, { ...config, durability }));
      assert.equal(error, saver.fails, durability);
    }
  });

  it('results of siblings are stored while others still run, in case the process dies', async () => {
    for (const durability of ['sync', 'async'] as const) {
      const saver = new SlowSaver();
      saver.isSlow = false;
      let finish = () => {};
      const graph = new StateGraph(LogState)
        .addNode('fast', says('fast'))
        .addNode('slow', async () => {
          await new Promise<void>((resolve) => (finish = resolve));
          return { log: ['slow'] };
        })
        .addEdge(START, 'fast')
        .addEdge(START, 'slow')
        .compile({ checkpointer: saver });
      const done = graph.invoke({}, { ...config, durability });
      await settle();
      assert.deepEqual(saver.log, ['put -1', 'put 0', 'tasks fast']);
      finish();
      await done;
      assert.deepEqual(saver.log.slice(3), ['put 1']);
    }
  });
});

describe('a workflow with a checkpointer', () => {
  it('runs again from its top when it is taken up, but not the tasks that had finished', async () => {
    const ran: string[] = [];
    let fails = true;
    const work = task('work', async (n: number) => {
      ran.push(`work ${n}`);
      return n * 2;
    });
    const breaks = task('breaks', () => {
      ran.push('breaks');
      if (fails) throw new Error('down');
      return 'fine';
    });
    const workflow = entrypoint(
      { name: 'workflow', checkpointer: new MemorySaver() },
      async (n: number) => {
        ran.push('body');
        const doubled = await Promise.all([work(n), work(n + 1)]);
        return [...doubled, await breaks()];
      },
    );
    await assert.rejects(workflow.invoke(1, config), /down/);
    fails = false;
    assert.deepEqual(await workflow.invoke(null as never, config), [2, 4, 'fine']);
    assert.deepEqual(ran, ['body', 'work 1', 'work 2', 'breaks', 'body', 'breaks']);
  });

  it('remembers what it returned or saved', async () => {
    const sum = entrypoint({ name: 'sum', checkpointer: new MemorySaver() }, (n: number) => {
      const total = (getPreviousState<number>() ?? 0) + n;
      return entrypoint.final({ value: `total ${total}`, save: total });
    });
    assert.equal(await sum.invoke(1, config), 'total 1');
    assert.equal(await sum.invoke(2, config), 'total 3');
    assert.equal(await sum.invoke(5, { configurable: { thread_id: 'other' } }), 'total 5');
  });

  it('can ask in its body and in its tasks, several at once', async () => {
    let bodies = 0;
    const review = task('review', (text: string) => `${text}: ${interrupt(text)}`);
    const workflow = entrypoint(
      { name: 'reviews', checkpointer: new MemorySaver() },
      async (texts: string[]) => {
        bodies++;
        const reviews = await Promise.all(texts.map((text) => review(text)));
        return [...reviews, interrupt('all right?')];
      },
    );
    const open = (result: unknown) =>
      (result as { [INTERRUPT]: { id: string; value: string }[] })[INTERRUPT];
    const asked = open(await workflow.invoke(['a', 'b'], config));
    assert.deepEqual(asked.map(({ value }) => value).sort(), ['a', 'b']);
    const resume = Object.fromEntries(asked.map(({ id, value }) => [id, `${value}!`]));
    const last = open(await workflow.invoke(new Command({ resume }), config));
    assert.deepEqual(
      last.map(({ value }) => value),
      ['all right?'],
    );
    const result = await workflow.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(result, ['a: a!', 'b: b!', 'yes']);
    assert.equal(bodies, 3);
  });
});

describe('a store', () => {
  it('reaches nodes of the graph and of graphs inside it, from the graph or from the call', async () => {
    const store = new InMemoryStore();
    const child = new StateGraph(LogState)
      .addNode('inner', async (_, { store }) => {
        await store?.put(['seen'], 'inner', { by: 'config' });
        return {};
      })
      .addEdge(START, 'inner')
      .compile();
    const build = () =>
      new StateGraph(Annotation.Root({ log: LogState.spec.log }))
        .addNode('outer', async () => {
          await getStore()?.put(['seen'], 'outer', { by: 'getStore' });
          return {};
        })
        .addNode('child', child)
        .addEdge(START, 'outer')
        .addEdge('outer', 'child')
        .addEdge('child', END);
    await build().compile({ store }).invoke({});
    assert.deepEqual(
      (await store.search(['seen'])).map(({ key }) => key),
      ['inner', 'outer'],
    );
    await store.delete(['seen'], 'inner');
    await store.delete(['seen'], 'outer');
    await build().compile().invoke({}, { store });
    assert.equal((await store.search(['seen'])).length, 2);
    const own = new InMemoryStore();
    await build().compile({ store: own }).invoke({}, { store });
    assert.equal((await own.search(['seen'])).length, 2);
  });
});
