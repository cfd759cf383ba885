// Savers and stores that were written for LangGraph.js keep threads and items of our graphs.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import {
  BaseStore,
  InMemoryStore,
  MemorySaver,
  type Operation,
} from '@langchain/langgraph-checkpoint';
import * as theirs from '@langchain/langgraph';
import {
  Annotation,
  Command,
  InMemoryStore as OwnStore,
  MemorySaver as OwnSaver,
  START,
  Send,
  StateGraph,
  asLangGraphSaver,
  entrypoint,
  getStore,
  interrupt,
  task,
} from '../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says } from '../engine/support.ts';
import { RowSaver } from './rowSaver.ts';

const config = { configurable: { thread_id: 'one' } };

const asking = new StateGraph(LogState)
  .addNode('ask', () => ({ log: [interrupt<string, string>('Name?')] }))
  .addNode('after', says('after'))
  .addEdge(START, 'ask')
  .addEdge('ask', 'after');

for (const Saver of [MemorySaver, RowSaver]) {
  describe(`a ${Saver.name} of LangGraph.js`, () => {
    it('keeps a question until it is answered, also by another graph of the same file', async () => {
      const checkpointer = new Saver();
      const paused = await asking.compile({ checkpointer }).invoke({ log: ['begun'] }, config);
      assert.deepEqual(paused.log, ['begun']);
      const later = asking.compile({ checkpointer });
      const answered = await later.invoke(new Command({ resume: 'Ada' }), config);
      assert.deepEqual(answered, { log: ['begun', 'Ada', 'after'] });
    });

    it('keeps what tasks sent by Send have done when one of them fails', async () => {
      const checkpointer = new Saver();
      const seen: string[] = [];
      let isBroken = true;
      const graph = new StateGraph(LogState)
        .addNode('each', (item: unknown) => {
          seen.push(String(item));
          if (item === 'b' && isBroken) throw new Error('broken');
          return { log: [String(item)] };
        })
        .addConditionalEdges(START, () => ['a', 'b', 'c'].map((item) => new Send('each', item)))
        .compile({ checkpointer });
      await assert.rejects(graph.invoke({}, config), /broken/);
      isBroken = false;
      assert.deepEqual(await graph.invoke(null, config), { log: ['a', 'b', 'c'] });
      assert.deepEqual(seen, ['a', 'b', 'b', 'c']);
    });

    it('keeps the history, and goes on from any point of it', async () => {
      const checkpointer = new Saver();
      const graph = asking.compile({ checkpointer });
      await graph.invoke({}, config);
      await graph.invoke(new Command({ resume: 'Ada' }), config);
      const history = await collect(graph.getStateHistory(config));
      assert.deepEqual(
        history.map(({ next, values }) => [...next, ...(values.log ?? [])]),
        [['Ada', 'after'], ['after', 'Ada'], ['ask'], ['__start__']],
      );
      const again = await graph.invoke(null, history[1]!.config);
      assert.deepEqual(again, { log: ['Ada', 'after'] });
      await graph.updateState(config, { log: ['more'] });
      assert.deepEqual((await graph.getState(config)).values.log, ['Ada', 'after', 'more']);
    });

    it('keeps a question of a graph inside', async () => {
      const checkpointer = new Saver();
      const graph = new StateGraph(LogState)
        .addNode('inner', asking.compile())
        .addEdge(START, 'inner')
        .compile({ checkpointer });
      await graph.invoke({}, config);
      const { tasks } = await graph.getState(config, { subgraphs: true });
      assert.deepEqual(
        tasks[0]!.interrupts.map(({ value }) => value as unknown),
        ['Name?'],
      );
      assert.deepEqual(await graph.invoke(new Command({ resume: 'Ada' }), config), {
        log: ['Ada', 'after'],
      });
    });

    it('keeps results of tasks of an entrypoint', async () => {
      let count = 0;
      const once = task('once', () => ++count);
      const workflow = entrypoint({ name: 'workflow', checkpointer: new Saver() }, async () => {
        const first = await once();
        return `${first} ${interrupt<string, string>('Go on?')}`;
      });
      await workflow.invoke('x', config);
      assert.equal(await workflow.invoke(new Command({ resume: 'yes' }), config), '1 yes');
    });

    it('is told by the graph as it was given', () => {
      const checkpointer = new Saver();
      const graph = asking.compile({ checkpointer });
      assert.equal(graph.checkpointer, checkpointer);
      const other = new Saver();
      graph.checkpointer = other;
      assert.equal(graph.checkpointer, other);
    });
  });
}

describe('a saver of LangGraph.js', () => {
  it('makes runs of one thread take turns, whichever graph they are of', async () => {
    const checkpointer = new MemorySaver();
    const open = () =>
      new StateGraph(LogState)
        .addNode('a', says('a'))
        .addEdge(START, 'a')
        .compile({ checkpointer });
    await Promise.all([open().invoke({}, config), open().invoke({}, config)]);
    assert.deepEqual((await open().getState(config)).values.log, ['a', 'a']);
  });

  it('is given only what changed as new', async () => {
    const checkpointer = new RowSaver();
    const State = Annotation.Root({ list: Annotation<string[]>(), n: Annotation<number>() });
    const graph = new StateGraph(State)
      .addNode('a', () => ({ n: 1 }))
      .addNode('b', () => ({ n: 2 }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer });
    await graph.invoke({ list: ['x'], n: 0 }, config);
    assert.equal(checkpointer.count('list'), 1);
    assert.equal(checkpointer.count('n'), 3);
  });

  it('stores what differs in two branches from one checkpoint apart', async () => {
    const graph = asking.compile({ checkpointer: new RowSaver() });
    await graph.invoke({}, config);
    const { config: from } = await graph.getState(config);
    const left = await graph.updateState(from, { log: ['left'] }, 'after');
    const right = await graph.updateState(from, { log: ['right'] }, 'after');
    assert.deepEqual((await graph.getState(left)).values.log, ['left']);
    assert.deepEqual((await graph.getState(right)).values.log, ['right']);
  });

  it('without a method that is needed is refused by compile', async () => {
    const half = { getTuple: async () => undefined, putWrites: async () => {} };
    const error = await failsWith('INVALID_OPTION', () =>
      asking.compile({ checkpointer: half as never }),
    );
    mentions(error, 'list()');
  });

  for (const method of ['getTuple', 'put', 'putWrites', 'list'] as const) {
    it(`that fails in ${method} fails the call by an error that names it`, async () => {
      const checkpointer = new MemorySaver();
      const graph = asking.compile({ checkpointer });
      const cause = new Error('connection lost');
      if (method === 'list') {
        mock.method(checkpointer, 'list', async function* () {
          throw cause;
        });
      } else mock.method(checkpointer, method, () => Promise.reject(cause));
      const error = await failsWith('STORAGE_FAILED', async () => {
        await graph.invoke({}, config);
        await collect(graph.getStateHistory(config));
      });
      mentions(error, `MemorySaver.${method}()`, 'connection lost', '"one"');
      assert.equal(error.cause, cause);
    });
  }

  it('that throws what is no error fails the call by an error that says so', async () => {
    const checkpointer = new MemorySaver();
    mock.method(checkpointer, 'put', () => Promise.reject('no'));
    const graph = asking.compile({ checkpointer });
    mentions(
      await failsWith('STORAGE_FAILED', graph.invoke({}, config)),
      'MemorySaver.put()',
      'no',
    );
  });

  it('that never answers fails the call by an error that names it', async (t) => {
    const checkpointer = new MemorySaver();
    const asked = Promise.withResolvers<void>();
    mock.method(checkpointer, 'getTuple', () => {
      asked.resolve();
      return new Promise(() => {});
    });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const run = failsWith('STORAGE_FAILED', asking.compile({ checkpointer }).invoke({}, config));
    await asked.promise;
    t.mock.timers.tick(30_000);
    mentions(await run, 'MemorySaver.getTuple()', '30 seconds');
  });

  it('that answers late is waited for', async () => {
    const checkpointer = new MemorySaver();
    const put = checkpointer.put.bind(checkpointer);
    const late = Promise.withResolvers<void>();
    mock.method(checkpointer, 'put', async (...args: Parameters<typeof put>) => {
      await late.promise;
      return put(...args);
    });
    const run = asking.compile({ checkpointer }).invoke({}, config);
    late.resolve();
    await run;
    const paused = await asking.compile({ checkpointer }).getState(config);
    assert.deepEqual(paused.next, ['ask']);
  });

  it('that has lost a value fails the next call by an error that names the key', async () => {
    const checkpointer = new RowSaver();
    const graph = asking.compile({ checkpointer });
    await graph.invoke({ log: ['begun'] }, config);
    checkpointer.lose('log');
    const error = await failsWith('STORAGE_FAILED', graph.invoke(null, config));
    mentions(error, '"log"', 'RowSaver', '"one"');
  });

  it('that has lost what tasks have done runs them again', async () => {
    const checkpointer = new RowSaver();
    const graph = asking.compile({ checkpointer });
    await graph.invoke({}, config);
    checkpointer.lose('writes');
    const paused = await graph.invoke(null, config);
    assert.equal((paused as { __interrupt__?: unknown[] }).__interrupt__?.length, 1);
  });

  it('that gives something else fails the call by an error that shows it', async () => {
    const checkpointer = new MemorySaver();
    mock.method(checkpointer, 'getTuple', async () => 'gone');
    const graph = asking.compile({ checkpointer });
    mentions(await failsWith('STORAGE_FAILED', graph.invoke({}, config)), '"gone"', 'MemorySaver');
  });

  it('without deleteThread says so when a thread is to be deleted', async () => {
    const checkpointer = new MemorySaver();
    Object.assign(checkpointer, { deleteThread: undefined });
    const graph = asking.compile({ checkpointer });
    await graph.invoke({}, config);
    const { toCheckpointer } = await import('../../src/engine/checkpoint/adaptedSaver.ts');
    const error = await failsWith('STORAGE_FAILED', async () =>
      toCheckpointer(checkpointer).deleteThread('one'),
    );
    mentions(error, 'deleteThread()');
  });
});

describe('a store of LangGraph.js', () => {
  /** Keeps nothing, and tells what it is asked. */
  class TellingStore extends BaseStore {
    readonly asked: unknown[] = [];

    override async batch<const Op extends Operation[]>(operations: Op): Promise<any> {
      this.asked.push(...operations);
      return operations.map((operation) => ('namespacePrefix' in operation ? [] : null));
    }
  }

  const remembering = new StateGraph(LogState)
    .addNode('note', async ({ log }, { store }) => {
      await store!.put(['users', 'ada'], 'likes', { food: 'pears' });
      await store!.put(['users', 'ada'], 'old', { food: 'plums' });
      await store!.delete(['users', 'ada'], 'old');
      return { log: [...log] };
    })
    .addNode('recall', async () => {
      const store = getStore()!;
      const [found] = await store.search(['users'], { filter: { food: 'pears' } });
      const names = await store.listNamespaces({ prefix: ['users'] });
      const item = await store.get(['users', 'ada'], 'likes');
      return { log: [found!.key, names.join(), String(item?.value['food'])] };
    })
    .addEdge(START, 'note')
    .addEdge('note', 'recall');

  it('is what nodes find, given to compile', async () => {
    const store = new InMemoryStore();
    const graph = remembering.compile({ store });
    assert.deepEqual((await graph.invoke({})).log, ['likes', 'users,ada', 'pears']);
    assert.equal((await store.get(['users', 'ada'], 'likes'))?.value['food'], 'pears');
  });

  it('is what nodes find, given to a call', async () => {
    const store = new InMemoryStore();
    const { log } = await remembering.compile().invoke({}, { store });
    assert.deepEqual(log, ['likes', 'users,ada', 'pears']);
  });

  it('may be any class that has BaseStore as its base', async () => {
    const store = new TellingStore();
    const graph = new StateGraph(LogState)
      .addNode('note', async (_, { store }) => {
        await store!.put(['a'], 'k', { n: 1 });
        await store!.search(['a']);
      })
      .addEdge(START, 'note')
      .compile({ store });
    await graph.invoke({});
    assert.deepEqual(
      store.asked.map((operation) => Object.keys(operation as object)[0]),
      ['namespace', 'namespacePrefix'],
    );
  });

  it('that fails fails the node', async () => {
    const store = new InMemoryStore();
    mock.method(store, 'put', () => Promise.reject(new Error('connection lost')));
    await assert.rejects(remembering.compile({ store }).invoke({}), /connection lost/);
  });
});

describe('what was made here and handed to LangGraph.js', () => {
  const counting = (options: object) =>
    new theirs.StateGraph(
      theirs.Annotation.Root({ n: theirs.Annotation<number>({ reducer: (a, b) => a + b }) }),
    )
      .addNode('add', async (_, { store }) => {
        const known = await store!.get(['counts'], 'calls');
        const calls = ((known?.value['calls'] as number | undefined) ?? 0) + 1;
        await store!.put(['counts'], 'calls', { calls });
        return { n: calls };
      })
      .addEdge(theirs.START, 'add')
      .compile(options);

  it('keeps threads and items there', async () => {
    const saver = new OwnSaver();
    const store = new OwnStore();
    const graph = counting({ checkpointer: asLangGraphSaver(saver), store });
    assert.equal((await graph.invoke({ n: 10 }, config)).n, 11);
    assert.equal((await graph.invoke({ n: 10 }, config)).n, 23);
    assert.deepEqual((await store.search(['counts']))[0]!.value, { calls: 2 });
    const steps = await collect(graph.getStateHistory(config));
    assert.deepEqual(
      steps.map(({ metadata }) => metadata!.step),
      [4, 3, 2, 1, 0, -1],
    );
    const { log } = await new StateGraph(
      Annotation.Root({ n: Annotation<number>(), log: Annotation<string>() }),
    )
      .addNode('add', ({ n }) => ({ log: `found ${n}` }))
      .addEdge(START, 'add')
      .compile({ checkpointer: saver })
      .invoke({}, config);
    assert.equal(log, 'found 23');
  });

  it('does several things at once in order, and lists namespaces', async () => {
    const store = new OwnStore();
    const put = (namespace: string[]) => ({ namespace, key: 'k', value: { n: 1 } });
    const results = await store.batch([
      put(['a', 'x']),
      put(['b', 'x']),
      { namespacePrefix: ['a'] },
      { matchConditions: [{ matchType: 'prefix', path: ['b'] }], limit: 10, offset: 0 },
      { namespace: ['a', 'x'], key: 'k', value: null },
      { namespace: ['a', 'x'], key: 'k' },
    ]);
    assert.deepEqual(results.slice(3), [[['b', 'x']], undefined, null]);
    assert.equal(results[2].length, 1);
  });

  it('asks for the name of a thread', async () => {
    await failsWith('MISSING_THREAD_ID', asLangGraphSaver(new OwnSaver()).getTuple({}));
  });
});
