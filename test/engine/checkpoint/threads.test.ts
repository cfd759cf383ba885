import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  END,
  MemorySaver,
  START,
  Send,
  StateGraph,
  interrupt,
  type Checkpointer,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says, settle } from '../support.ts';

const onThread = (thread_id: string) => ({ configurable: { thread_id } });
const config = onThread('1');

/** a, then b and c at once, then d. */
function diamond(nodes: { b?: () => unknown; c?: () => unknown } = {}, saver?: Checkpointer) {
  return new StateGraph(LogState)
    .addNode('a', says('a'))
    .addNode('b', (nodes.b ?? says('b')) as never)
    .addNode('c', (nodes.c ?? says('c')) as never)
    .addNode('d', says('d'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('a', 'c')
    .addEdge(['b', 'c'], 'd')
    .compile({ checkpointer: saver ?? new MemorySaver() });
}

function loop(checkpointer: Checkpointer, limit = 3) {
  return new StateGraph(LogState)
    .addNode('step', ({ log }) => ({ log: [`${log.length}`] }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ log }) => (log.length < limit ? 'step' : END), ['step', END])
    .compile({ checkpointer });
}

/** Source, step, what runs next and values of each state, oldest first. */
async function story(states: AsyncIterable<StateSnapshot>): Promise<string[]> {
  const all = (await collect(states)).reverse();
  return all.map(({ metadata, next, values }) => {
    const { log } = values as { log?: string[] };
    return `${metadata!.source} ${metadata!.step} [${next.join()}] ${log?.join('') ?? ''}`;
  });
}

describe('a thread', () => {
  it('must be named by a call of a graph that has a checkpointer', async () => {
    const graph = loop(new MemorySaver());
    const error = await failsWith('MISSING_THREAD_ID', graph.invoke({}));
    mentions(error, 'thread_id', 'configurable');
    await failsWith('MISSING_THREAD_ID', graph.invoke({}, onThread('')));
    await failsWith('MISSING_THREAD_ID', graph.getState({}));
    const numbered = await graph.invoke({}, { configurable: { thread_id: 7 } });
    assert.deepEqual(await graph.invoke(null, onThread('7')), numbered);
  });

  it('keeps its state from call to call, apart from other threads', async () => {
    const graph = diamond();
    await graph.invoke({ log: ['1'] }, config);
    const second = await graph.invoke({ log: ['2'] }, config);
    assert.equal(second.log.join(''), '1abcd2abcd');
    const other = await graph.invoke({ log: ['3'] }, onThread('other'));
    assert.equal(other.log.join(''), '3abcd');
  });

  it('counts its steps on', async () => {
    const graph = loop(new MemorySaver(), 2);
    await graph.invoke({}, config);
    await graph.invoke({}, config);
    assert.deepEqual(await story(graph.getStateHistory(config)), [
      'input -1 [__start__] ',
      'loop 0 [step] ',
      'loop 1 [step] 0',
      'loop 2 [] 01',
      'input 3 [__start__] 01',
      'loop 4 [step] 01',
      'loop 5 [] 012',
    ]);
  });

  it('has the recursion limit for each call anew', async () => {
    const graph = loop(new MemorySaver(), 6);
    const limited = { ...config, recursionLimit: 4 };
    await failsWith('GRAPH_RECURSION_LIMIT', graph.invoke({}, limited));
    assert.equal((await graph.invoke(null, limited)).log.length, 6);
  });

  it('that is done returns its state for null and runs nothing', async () => {
    const graph = diamond();
    const done = await graph.invoke({}, config);
    assert.deepEqual(await graph.invoke(null, config), done);
  });

  it('that is unknown has nothing to go on with', async () => {
    await failsWith('EMPTY_INPUT', diamond().invoke(null, config));
    await failsWith('EMPTY_INPUT', diamond().invoke(undefined as never, config));
  });

  it('can be begun by a command that names the first node', async () => {
    const graph = diamond();
    const command = new Command({ goto: 'c', update: { log: ['u'] } });
    assert.deepEqual(await graph.invoke(command, config), { log: ['u', 'c'] });
    assert.deepEqual(await story(graph.getStateHistory(config)), [
      'input -1 [c] u',
      'loop 0 [] uc',
    ]);
  });

  it('is forgotten when it is deleted', async () => {
    const saver = new MemorySaver();
    const graph = loop(saver);
    await graph.invoke({}, config);
    saver.deleteThread('1');
    assert.deepEqual((await graph.getState(config)).values, {});
  });

  it('is gone on with by another graph object, and by a graph that has changed', async () => {
    const saver = new MemorySaver();
    let fails = true;
    const c = () => {
      if (fails) throw new Error('down');
      return { log: ['c'] };
    };
    await assert.rejects(diamond({ c }, saver).invoke({}, config), /down/);
    fails = false;
    const State = Annotation.Root({
      added: Annotation<string>({ reducer: (_, b) => b, default: () => 'default' }),
      ...LogState.spec,
    });
    const changed = new StateGraph(State)
      .addNode('new', says('new'))
      .addNode('c', c)
      .addNode('b', says('b'))
      .addNode('d', ({ added }) => ({ log: [added] }))
      .addEdge(START, 'new')
      .addEdge('new', 'b')
      .addEdge('new', 'c')
      .addEdge(['c', 'b'], 'd')
      .compile({ checkpointer: saver });
    const result = await changed.invoke(null, config);
    assert.equal(result.log.join(' '), 'a b c default');
  });

  it('whose next node is gone says so', async () => {
    const saver = new MemorySaver();
    const c = () => {
      throw new Error('down');
    };
    await assert.rejects(diamond({ c }, saver).invoke({}, config), /down/);
    const other = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addEdge(START, 'a')
      .compile({ checkpointer: saver });
    mentions(await failsWith('UNKNOWN_NODE', other.invoke(null, config)), '"b"');
  });

  it('whose next nodes are gone can be read, gone on with as another node, or begun anew', async () => {
    const saver = new MemorySaver();
    const c = () => ({ log: [interrupt('c?')] });
    await diamond({ c }, saver).invoke({}, config);
    const renamed = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('e', says('e'))
      .addEdge(START, 'a')
      .addEdge('a', 'e')
      .compile({ checkpointer: saver });
    const { values, next, tasks } = await renamed.getState(config);
    assert.deepEqual([values, next], [{ log: ['a', 'b'] }, ['c']]);
    assert.deepEqual(
      tasks.map(({ name, isGone, interrupts }) => [name, isGone, interrupts.length]),
      [
        ['b', true, 0],
        ['c', true, 1],
      ],
    );
    const states = await collect(renamed.getStateHistory(config));
    assert.deepEqual(
      states.map((state) => state.next),
      [['b', 'c'], ['a'], ['__start__']],
    );
    const answer = new Command({ resume: 'yes' });
    await failsWith('UNKNOWN_NODE', renamed.invoke(answer, config));
    await failsWith('UNKNOWN_NODE', renamed.invoke(null, states[0]!.config));
    assert.equal((await collect(renamed.getStateHistory(config))).length, 3);

    await renamed.updateState(config, {}, 'a');
    assert.deepEqual((await renamed.getState(config)).next, ['e']);
    assert.deepEqual((await renamed.invoke(null, config)).log, ['a', 'b', 'e']);
    await renamed.updateState(states[0]!.config, { log: ['u'] }, 'a');
    assert.deepEqual((await renamed.invoke(null, config)).log, ['a', 'u', 'e']);

    const anew = { configurable: { thread_id: 'anew' } };
    await diamond({ c }, saver).invoke({}, anew);
    assert.deepEqual((await renamed.invoke({ log: ['x'] }, anew)).log, ['a', 'b', 'x', 'a', 'e']);
  });

  it('whose sent and deferred tasks are gone keeps the results of the others', async () => {
    const saver = new MemorySaver();
    const sends = [new Send('old', 1), new Send('work', 2), new Send('old', 3)];
    const make = (name: string) =>
      new StateGraph(LogState)
        .addNode('a', () => ({}))
        .addNode(name, async () => {
          await settle();
          throw new Error('down');
        })
        .addNode('work', (item: unknown) => ({ log: [`${item as number}`] }))
        .addNode(`${name} last`, says('last'), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', `${name} last`)
        .addConditionalEdges('a', () => sends, [name, 'work'])
        .compile({ checkpointer: saver });
    await assert.rejects(make('old').invoke({}, config), /down/);
    const renamed = make('new');
    assert.deepEqual((await renamed.getState(config)).values, { log: ['2'] });
    await renamed.updateState(config, { log: ['u'] }, 'work');
    const { values, next } = await renamed.getState(config);
    assert.deepEqual([values, next], [{ log: ['2', 'u'] }, []]);
  });

  it('keeps private keys and joins that are partly complete', async () => {
    const saver = new MemorySaver();
    const Private = Annotation.Root({ secret: Annotation<string>() });
    let fails = true;
    const graph = new StateGraph(LogState)
      .addNode('short', () => ({ log: ['short'], secret: 's' }) as never)
      .addNode('one', says('one'))
      .addNode('two', () => {
        if (fails) throw new Error('down');
        return { log: ['two'] };
      })
      .addNode('join', (state: any) => ({ log: [`joined ${state.secret}`] }), { input: Private })
      .addEdge(START, 'short')
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge(['short', 'two'], 'join')
      .compile({ checkpointer: saver });
    await assert.rejects(graph.invoke({}, config), /down/);
    assert.deepEqual((await graph.getState(config)).values, { log: ['one', 'short'] });
    fails = false;
    assert.deepEqual((await graph.invoke(null, config)).log, ['one', 'short', 'two', 'joined s']);
  });

  it('keeps types of values, and refuses classes it does not know', async () => {
    class Unknown {}
    const State = Annotation.Root({ it: Annotation<unknown>() });
    const make = (it: unknown) =>
      new StateGraph(State)
        .addNode('n', () => ({ it }))
        .addEdge(START, 'n')
        .compile({ checkpointer: new MemorySaver() });
    const value = { when: new Date(0), big: 1n, map: new Map([[1, new Set([NaN])]]) };
    const graph = make(value);
    await graph.invoke({}, config);
    assert.deepEqual((await graph.getState(config)).values, { it: value });
    const error = await failsWith(
      'NOT_SERIALIZABLE',
      make({ deep: [new Unknown()] }).invoke({}, config),
    );
    mentions(error, '"it"', '.deep[0]', 'Unknown');
    assert.equal(error.details.key, 'it');
  });
});

describe('getState()', () => {
  it('has exactly the fields of LangGraph', async () => {
    const graph = diamond();
    const fields = ['config', 'createdAt', 'metadata', 'next', 'parentConfig', 'tasks', 'values'];
    assert.deepEqual(Object.keys(await graph.getState(config)).sort(), fields);
    await graph.invoke({}, config);
    const state = await graph.getState(config);
    assert.deepEqual(Object.keys(state).sort(), fields);
    assert.deepEqual(Object.keys(state.config.configurable), [
      'thread_id',
      'checkpoint_id',
      'checkpoint_ns',
    ]);
    assert.deepEqual(state.metadata, { source: 'loop', step: 3, parents: {}, thread_id: '1' });
    assert.equal(new Date(state.createdAt!).toISOString(), state.createdAt);
  });

  it('of an unknown thread is empty', async () => {
    const { values, next, tasks } = await diamond().getState(config);
    assert.deepEqual([values, next, tasks], [{}, [], []]);
  });

  it('of one checkpoint shows it as it was made', async () => {
    const graph = diamond();
    await graph.invoke({}, config);
    const states = await collect(graph.getStateHistory(config));
    for (const state of states) assert.deepEqual(await graph.getState(state.config), state);
    assert.deepEqual(states[0]!.parentConfig, states[1]!.config);
    assert.equal(states.at(-1)!.parentConfig, undefined);
  });

  it('needs a checkpointer, a thread and a checkpoint that exist', async () => {
    const bare = new StateGraph(LogState).addNode('a', says('a')).addEdge(START, 'a').compile();
    await failsWith('MISSING_CHECKPOINTER', bare.getState(config));
    await failsWith('MISSING_CHECKPOINTER', collect(bare.getStateHistory(config)));
    await failsWith('MISSING_CHECKPOINTER', bare.updateState(config, {}));
    const at = { configurable: { thread_id: '1', checkpoint_id: 'none' } };
    await failsWith('UNKNOWN_CHECKPOINT', diamond().getState(at));
    await failsWith('UNKNOWN_CHECKPOINT', diamond().invoke(null, at));
    await failsWith('UNKNOWN_CHECKPOINT', diamond().updateState(at, {}));
    const inside = { configurable: { thread_id: '1', checkpoint_ns: 'nothing:1' } };
    await failsWith('UNKNOWN_CHECKPOINT', diamond().getState(inside));
  });

  it('shows sends as tasks of their own', async () => {
    const graph = new StateGraph(LogState)
      .addNode('w', (n: any) => ({ log: [interrupt(n)] }))
      .addConditionalEdges(START, () => [new Send('w', 'x'), new Send('w', 'y')], ['w'])
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    const { next, tasks } = await graph.getState(config);
    assert.deepEqual(next, ['w', 'w']);
    assert.deepEqual(
      tasks.map(({ name, path, interrupts }) => [name, path, interrupts[0]!.value as string]),
      [
        ['w', ['__pregel_push', 0, false], 'x'],
        ['w', ['__pregel_push', 1, false], 'y'],
      ],
    );
  });
});

describe('getStateHistory()', () => {
  it('is newest first, and takes limit, before and filter', async () => {
    const graph = loop(new MemorySaver(), 4);
    await graph.invoke({}, config);
    const all = await collect(graph.getStateHistory(config));
    const steps = async (options: object) =>
      (await collect(graph.getStateHistory(config, options))).map(({ metadata }) => metadata!.step);
    assert.deepEqual(await steps({}), [4, 3, 2, 1, 0, -1]);
    assert.deepEqual(await steps({ limit: 2 }), [4, 3]);
    assert.deepEqual(await steps({ limit: 0 }), []);
    assert.deepEqual(await steps({ before: all[2]!.config }), [1, 0, -1]);
    assert.deepEqual(await steps({ filter: { source: 'input' } }), [-1]);
    assert.deepEqual(await steps({ filter: { source: 'loop' }, limit: 2 }), [4, 3]);
  });
});

describe('a failure', () => {
  it('keeps what siblings have finished, and runs only the rest again', async () => {
    const ran: string[] = [];
    let fails = true;
    const graph = diamond({
      b: () => {
        ran.push('b');
        return { log: ['b'] };
      },
      c: async () => {
        await settle();
        ran.push('c');
        if (fails) throw new Error('down');
        return { log: ['c'] };
      },
    });
    await assert.rejects(graph.invoke({}, config), /down/);
    const state = await graph.getState(config);
    assert.deepEqual([state.values, state.next], [{ log: ['a', 'b'] }, ['c']]);
    assert.deepEqual(
      state.tasks.map(({ name, error, result }) => [name, error?.message, result]),
      [
        ['b', undefined, { log: ['b'] }],
        ['c', 'down', undefined],
      ],
    );
    fails = false;
    assert.equal((await graph.invoke(null, config)).log.join(''), 'abcd');
    assert.deepEqual(ran, ['b', 'c', 'c']);
  });

  it('keeps also what siblings finish after it, although the call has failed by then', async () => {
    let finish = () => {};
    let runs = 0;
    let fails = true;
    const graph = diamond({
      b: async () => {
        runs++;
        await new Promise<void>((resolve) => (finish = resolve));
        return { log: ['b'] };
      },
      c: () => {
        if (fails) throw new Error('down');
        return { log: ['c'] };
      },
    });
    await assert.rejects(graph.invoke({}, config), /down/);
    finish();
    await settle();
    fails = false;
    assert.equal((await graph.invoke(null, config)).log.join(''), 'abcd');
    assert.equal(runs, 1);
  });

  it('of sends runs only those again that did not finish', async () => {
    const ran: number[] = [];
    let fails = true;
    const graph = new StateGraph(LogState)
      .addNode('w', (async (n: number) => {
        if (n === 2) await settle();
        ran.push(n);
        if (n === 2 && fails) throw new Error('down');
        return { log: [`${n}`] };
      }) as never)
      .addConditionalEdges(START, () => [1, 2, 3].map((n) => new Send('w', n)), ['w'])
      .compile({ checkpointer: new MemorySaver() });
    await assert.rejects(graph.invoke({}, config), /down/);
    fails = false;
    assert.equal((await graph.invoke(null, config)).log.join(''), '123');
    assert.deepEqual(ran, [1, 3, 2, 2]);
  });

  it('in a router of START leaves the input to be gone on with', async () => {
    let fails = true;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => {
        if (fails) throw new Error('down');
        return 'a';
      }, ['a'])
      .compile({ checkpointer: new MemorySaver() });
    await assert.rejects(graph.invoke({ log: ['in'] }, config), /down/);
    assert.deepEqual((await graph.getState(config)).next, [START]);
    fails = false;
    assert.deepEqual(await graph.invoke(null, config), { log: ['in', 'a'] });
  });

  it('by abort leaves the thread where its last superstep ended', async () => {
    const stop = new AbortController();
    let hangs = true;
    const graph = diamond({
      c: () => {
        if (!hangs) return { log: ['c'] };
        stop.abort();
        return new Promise(() => {});
      },
    });
    await failsWith('ABORTED', graph.invoke({}, { ...config, signal: stop.signal }));
    hangs = false;
    assert.equal((await graph.invoke(null, config)).log.join(''), 'abcd');
  });
});

describe('time travel', () => {
  it('runs from any state to the same end, and changes nothing that was recorded', async () => {
    const graph = diamond();
    const end = await graph.invoke({ log: ['in'] }, config);
    const recorded = await collect(graph.getStateHistory(config));
    for (const state of recorded) {
      assert.deepEqual(await graph.invoke(null, state.config), end);
    }
    const now = await collect(graph.getStateHistory(config));
    assert.deepEqual(now.slice(-recorded.length), recorded);
  });

  it('marks the branch, which follows from the state it begins with', async () => {
    const graph = loop(new MemorySaver(), 2);
    await graph.invoke({}, config);
    const [, second] = await collect(graph.getStateHistory(config));
    await graph.invoke(null, second!.config);
    const [end, fork] = await collect(graph.getStateHistory(config));
    assert.deepEqual(fork!.parentConfig, second!.config);
    assert.deepEqual(end!.parentConfig, fork!.config);
    assert.deepEqual((await story(graph.getStateHistory(config))).slice(-2), [
      'fork 2 [step] 0',
      'loop 3 [] 01',
    ]);
  });

  it('takes new input on top of an older state', async () => {
    const graph = loop(new MemorySaver(), 4);
    await graph.invoke({}, config);
    const states = await collect(graph.getStateHistory(config));
    const early = states.find(({ metadata }) => metadata!.step === 1)!;
    assert.deepEqual(await graph.invoke({ log: ['new'] }, early.config), {
      log: ['0', 'new', '2', '3'],
    });
  });

  it('leaves the thread on the newest branch', async () => {
    const graph = diamond();
    await graph.invoke({}, config);
    const states = await collect(graph.getStateHistory(config));
    const early = states.find(({ next }) => next.includes('b'))!;
    const forked = await graph.updateState(early.config, { log: ['u'] }, 'a');
    assert.deepEqual((await graph.getState(config)).config, forked);
    assert.equal((await graph.invoke(null, config)).log.join(''), 'aubcd');
  });
});

describe('the limit of a history', () => {
  const wrong = [-1, 1.5, NaN, '2' as never, null as never];
  for (const limit of wrong) {
    it(`is refused if it is no count: ${String(limit)}`, async () => {
      const graph = loop(new MemorySaver());
      await graph.invoke({}, config);
      for (const filter of [{}, { source: 'loop' }]) {
        const history = collect(graph.getStateHistory(config, { limit, filter }));
        mentions(await failsWith('INVALID_CONFIG', history), 'limit', 'at least 0');
      }
    });
  }

  it('may be 0, or Infinity for all', async () => {
    const graph = loop(new MemorySaver());
    await graph.invoke({}, config);
    const listed = async (limit: number) =>
      (await collect(graph.getStateHistory(config, { limit }))).length;
    assert.deepEqual([await listed(0), await listed(2), await listed(Infinity)], [0, 2, 5]);
  });
});
