import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  INTERRUPT,
  MemorySaver,
  START,
  Send,
  StateGraph,
  entrypoint,
  interrupt,
  isInterrupted,
  task,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { LogState, failsWith, says } from '../support.ts';

const config = { configurable: { thread_id: '1' } };
const checkpointer = () => new MemorySaver();

/** A graph that works, asks, and works; it counts how often each node runs. */
function inner(options: { checkpointer?: boolean } = {}) {
  const ran: string[] = [];
  const note = (name: string) => ran.push(name);
  const graph = new StateGraph(
    Annotation.Root({
      own: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
      log: LogState.spec.log,
    }),
  )
    .addSequence({
      first: () => {
        note('first');
        return { own: ['first'] };
      },
      asks: ({ own }) => {
        note('asks');
        return { log: [`${interrupt('?')} after ${own.join()}`] };
      },
      last: () => {
        note('last');
        return { own: ['last'] };
      },
    })
    .addEdge(START, 'first')
    .compile(options);
  return { graph, ran };
}

const open = (result: unknown) =>
  (result as { [INTERRUPT]?: { id: string; value: unknown }[] })[INTERRUPT] ?? [];

describe('a subgraph that fails once, and is tried again', () => {
  for (const isCalled of [false, true]) {
    it(`keeps the answer to a question of the second attempt, ${isCalled ? 'called' : 'as a node'}`, async () => {
      let tries = 0;
      const inner = new StateGraph(LogState)
        .addNode('first', () => ({ log: ['first'] }))
        .addNode('ask', () => {
          if (++tries === 1) throw new Error('no luck');
          return { log: [`answer ${String(interrupt('sure?'))}`] };
        })
        .addEdge(START, 'first')
        .addEdge('first', 'ask')
        .compile();
      const action = async () => ({ log: (await inner.invoke({})).log });
      const graph = new StateGraph(LogState)
        .addNode('sub', isCalled ? action : inner, {
          retryPolicy: { initialInterval: 0, jitter: false },
        })
        .addEdge(START, 'sub')
        .compile({ checkpointer: new MemorySaver() });
      assert.ok(isInterrupted(await graph.invoke({}, config)));
      assert.deepEqual(await graph.invoke(new Command({ resume: 'yes' }), config), {
        log: ['first', 'answer yes'],
      });
    });
  }
});

describe('a kept subgraph whose task is tried again', () => {
  /** Counts its runs; fails when it is told to, after it has counted. */
  const counter = () => {
    let failures = 0;
    const graph = new StateGraph(
      Annotation.Root({
        count: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
        log: LogState.spec.log,
      }),
    )
      .addSequence({
        count: () => ({ count: 1 }),
        tell: ({ count }) => {
          if (failures-- > 0) throw new Error('no luck');
          return { log: [`count ${count}`] };
        },
      })
      .addEdge(START, 'count')
      .compile({ checkpointer: true });
    return { graph, fail: (times: number) => (failures = times) };
  };
  const retryPolicy = { initialInterval: 0, jitter: false, maxAttempts: 3 };

  for (const failures of [1, 2]) {
    it(`stands where it stood before the first of ${failures} failed attempts`, async () => {
      const { graph: child, fail } = counter();
      const graph = new StateGraph(LogState)
        .addNode('child', child, { returns: 'updates', retryPolicy })
        .addEdge(START, 'child')
        .compile({ checkpointer: checkpointer() });
      fail(failures);
      assert.deepEqual(await graph.invoke({}, config), { log: ['count 1'] });
      fail(failures);
      assert.deepEqual(await graph.invoke({}, config), { log: ['count 1', 'count 2'] });
    });
  }

  it('does so at the first of several calls in one node, and later calls go on from it', async () => {
    const { graph: child, fail } = counter();
    const twice = async () => {
      await child.invoke({});
      return { log: (await child.invoke({})).log.slice(-1) };
    };
    const graph = new StateGraph(LogState)
      .addNode('twice', twice, { retryPolicy })
      .addEdge(START, 'twice')
      .compile({ checkpointer: checkpointer() });
    await graph.invoke({}, config);
    fail(1);
    assert.deepEqual(await graph.invoke({}, config), { log: ['count 2', 'count 4'] });
  });

  it('does so for a functional task, and keeps what its caller did before', async () => {
    const { graph: child, fail } = counter();
    let calls = 0;
    const counts = task({ name: 'counts', retry: retryPolicy }, async () => {
      if (++calls === 1) fail(1);
      return (await child.invoke({})).log.at(-1);
    });
    const workflow = entrypoint({ name: 'workflow', checkpointer: checkpointer() }, async () => {
      await child.invoke({});
      return counts();
    });
    assert.equal(await workflow.invoke({}, config), 'count 2');
    assert.equal(calls, 2);
  });

  it('goes on inside after the failure of all attempts, and counts once', async () => {
    const { graph: child, fail } = counter();
    const graph = new StateGraph(LogState)
      .addNode('child', child, { returns: 'updates', retryPolicy })
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    fail(4);
    await assert.rejects(graph.invoke({}, config), /no luck/);
    assert.deepEqual(await graph.invoke(null, config), { log: ['count 1'] });
  });
});

describe('a subgraph that interrupts', () => {
  it('pauses the graph around, and goes on inside when it is answered', async () => {
    const { graph: child, ran } = inner();
    const graph = new StateGraph(LogState)
      .addSequence({ before: says('before'), child, after: says('after') })
      .addEdge(START, 'before')
      .compile({ checkpointer: checkpointer() });
    const paused = await graph.invoke({}, config);
    assert.deepEqual(
      open(paused).map(({ value }) => value),
      ['?'],
    );
    const result = await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(result.log, ['before', 'before', 'yes after first', 'after']);
    assert.deepEqual(ran, ['first', 'asks', 'asks', 'last']);
  });

  it('does so when it is called inside a node, whose code runs again from its top', async () => {
    const { graph: child, ran } = inner();
    let calls = 0;
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => {
        calls++;
        const { log } = await child.invoke({});
        return { log };
      })
      .addEdge(START, 'caller')
      .compile({ checkpointer: checkpointer() });
    assert.equal(open(await graph.invoke({}, config)).length, 1);
    const result = await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(result.log, ['yes after first']);
    assert.deepEqual([calls, ran], [2, ['first', 'asks', 'asks', 'last']]);
  });

  it('does so at each of several calls in one node', async () => {
    const { graph: child, ran } = inner();
    const graph = new StateGraph(LogState)
      .addNode('caller', async () => {
        const one = await child.invoke({});
        const two = await child.invoke({});
        return { log: [...one.log, ...two.log] };
      })
      .addEdge(START, 'caller')
      .compile({ checkpointer: checkpointer() });
    await graph.invoke({}, config);
    assert.equal(open(await graph.invoke(new Command({ resume: 1 }), config)).length, 1);
    const result = await graph.invoke(new Command({ resume: 2 }), config);
    assert.deepEqual(result.log, ['1 after first', '2 after first']);
    assert.deepEqual(ran, ['first', 'asks', 'asks', 'last', 'first', 'asks', 'asks', 'last']);
  });

  it('does so at any depth, and in parallel, each branch answered by its id', async () => {
    const { graph: child } = inner();
    const middle = new StateGraph(LogState)
      .addNode('child', child)
      .addEdge(START, 'child')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('left', middle)
      .addNode('right', middle)
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile({ checkpointer: checkpointer() });
    const asked = open(await graph.invoke({}, config));
    assert.equal(asked.length, 2);
    const half = await graph.invoke(new Command({ resume: { [asked[1]!.id]: 'R' } }), config);
    assert.deepEqual(open(half), [asked[0]]);
    const result = await graph.invoke(new Command({ resume: 'L' }), config);
    assert.deepEqual(result.log, ['L after first', 'R after first']);
  });

  it('does so as the target of sends', async () => {
    const { graph: child, ran } = inner();
    const graph = new StateGraph(LogState)
      .addNode('child', child)
      .addConditionalEdges(
        START,
        () => [1, 2].map((n) => new Send('child', { own: [`own ${n}`] })),
        ['child'],
      )
      .compile({ checkpointer: checkpointer() });
    const asked = open(await graph.invoke({}, config));
    const resume = { [asked[0]!.id]: 'A', [asked[1]!.id]: 'B' };
    const result = await graph.invoke(new Command({ resume }), config);
    assert.deepEqual(result.log, ['A after own 1,first', 'B after own 2,first']);
    assert.equal(ran.filter((name) => name === 'first').length, 2);
  });

  it('cannot be one with checkpointer: false, and runs again as a whole', async () => {
    const { graph: child } = inner({ checkpointer: false });
    const graph = new StateGraph(LogState)
      .addNode('child', child)
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    await failsWith('MISSING_CHECKPOINTER', graph.invoke({}, config));
  });

  it('pauses at its own breakpoints', async () => {
    const child = new StateGraph(LogState)
      .addSequence({ a: says('a'), b: says('b') })
      .addEdge(START, 'a')
      .compile({ interruptBefore: ['b'] });
    const graph = new StateGraph(LogState)
      .addNode('child', child)
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    assert.deepEqual(await graph.invoke({}, config), { [INTERRUPT]: [] });
    assert.deepEqual(await graph.invoke(null, config), { log: ['a', 'b'] });
  });
});

describe('the state of a subgraph', () => {
  it('is found from the task that it runs for', async () => {
    const { graph: child } = inner();
    const graph = new StateGraph(LogState)
      .addNode('child', child)
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    await graph.invoke({}, config);
    const [task] = (await graph.getState(config)).tasks;
    const { configurable } = task!.state as { configurable: { checkpoint_ns: string } };
    assert.match(configurable.checkpoint_ns, /^child:[0-9a-f]{32}$/);
    const state = await graph.getState({ configurable });
    assert.deepEqual([state.values, state.next], [{ own: ['first'], log: [] }, ['asks']]);
    const deep = await graph.getState(config, { subgraphs: true });
    assert.deepEqual((deep.tasks[0]!.state as StateSnapshot).values, state.values);
    assert.deepEqual(Object.keys(state.metadata!.parents), ['']);
  });

  it('can be updated while it waits', async () => {
    const { graph: child } = inner();
    const graph = new StateGraph(LogState)
      .addNode('child', child)
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    await graph.invoke({}, config);
    const [task] = (await graph.getState(config)).tasks;
    const at = task!.state as { configurable: Record<string, any> };
    await graph.updateState(at, { own: ['updated'] } as object);
    const paused = await graph.invoke(null, config);
    const resume = { [open(paused)[0]!.id]: 'yes' };
    const result = await graph.invoke(new Command({ resume }), config);
    assert.deepEqual(result.log, ['yes after first,updated']);
  });

  it('starts afresh at each call by default, and is kept with checkpointer: true', async () => {
    for (const kept of [undefined, true] as const) {
      const child = new StateGraph(
        Annotation.Root({
          count: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
          log: LogState.spec.log,
        }),
      )
        .addNode('count', () => ({ count: 1 }))
        .addNode('tell', ({ count }) => ({ log: [`count ${count}`] }))
        .addEdge(START, 'count')
        .addEdge('count', 'tell')
        .compile(kept ? { checkpointer: kept } : {});
      const graph = new StateGraph(LogState)
        .addNode('child', child, { returns: 'updates' })
        .addEdge(START, 'child')
        .compile({ checkpointer: checkpointer() });
      await graph.invoke({}, config);
      const { log } = await graph.invoke({}, config);
      assert.deepEqual(log, ['count 1', kept ? 'count 2' : 'count 1']);
      const other = await graph.invoke({}, { configurable: { thread_id: 'other' } });
      assert.deepEqual(other.log, ['count 1']);
    }
  });

  it('that is kept can interrupt too', async () => {
    const { graph: child, ran } = inner({ checkpointer: true });
    const graph = new StateGraph(LogState)
      .addNode('child', child, { returns: 'updates' })
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    await graph.invoke({}, config);
    await graph.invoke(new Command({ resume: 'one' }), config);
    assert.equal(open(await graph.invoke({}, config)).length, 1);
    const result = await graph.invoke(new Command({ resume: 'two' }), config);
    assert.deepEqual(result.log, ['one after first', 'two after first,last,first']);
    assert.equal(ran.length, 8);
  });

  it('that is kept goes back in time with the graph around it', async () => {
    const Counter = Annotation.Root({
      count: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
      log: LogState.spec.log,
    });
    const child = new StateGraph(Counter)
      .addSequence({
        count: () => ({ count: 1 }),
        tell: ({ count }) => ({ log: [`count ${count}`] }),
      })
      .addEdge(START, 'count')
      .compile({ checkpointer: true });
    const graph = new StateGraph(LogState)
      .addNode('child', child, { returns: 'updates' })
      .addEdge(START, 'child')
      .compile({ checkpointer: checkpointer() });
    const ends: unknown[] = [];
    for (let i = 0; i < 3; i++) ends.push(await graph.invoke({}, config));
    const starts: StateSnapshot[] = [];
    for await (const state of graph.getStateHistory(config)) {
      if (state.next[0] === 'child') starts.unshift(state);
    }
    for (const [i, { config: past }] of starts.entries()) {
      assert.deepEqual(await graph.invoke(null, past), ends[i]);
    }
  });

  it('cannot be kept where there is no graph around', async () => {
    const { graph } = inner({ checkpointer: true });
    await failsWith('MISSING_CHECKPOINTER', graph.invoke({}, config));
  });
});

describe('a subgraph whose run was cut', () => {
  /** A node, then a subgraph of two; `fails` makes the last one fail. */
  const nested = (fails: () => boolean) => {
    const ran: string[] = [];
    const node = (name: string) => () => {
      ran.push(name);
      if (name === 'b' && fails()) throw new Error('down');
      return { log: [name] };
    };
    const child = new StateGraph(LogState)
      .addSequence({ a: node('a'), b: node('b') })
      .addEdge(START, 'a')
      .compile();
    const graph = new StateGraph(LogState)
      .addSequence({ before: node('before'), child })
      .addEdge(START, 'before')
      .compile({ checkpointer: checkpointer() });
    return { graph, ran };
  };

  it('goes on from its last superstep when the graph around is taken up', async () => {
    let fails = true;
    const { graph, ran } = nested(() => fails);
    await assert.rejects(graph.invoke({}, config), /down/);
    fails = false;
    await graph.invoke(null, config);
    assert.deepEqual(ran, ['before', 'a', 'b', 'b']);
  });

  it('runs as a whole in a replay', async () => {
    const { graph, ran } = nested(() => false);
    const whole = await graph.invoke({}, config);
    ran.length = 0;
    for await (const state of graph.getStateHistory(config)) {
      if (state.next[0] !== 'child') continue;
      assert.deepEqual(await graph.invoke(null, state.config), whole);
      break;
    }
    assert.deepEqual(ran, ['a', 'b']);
  });

  it('hands a command for its parent on only once', async () => {
    let fails = true;
    let asked = 0;
    const child = new StateGraph(LogState)
      .addNode('leaves', () => {
        asked++;
        return new Command({ graph: Command.PARENT, update: { log: ['left'] }, goto: 'target' });
      })
      .addEdge(START, 'leaves')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('child', child, { ends: ['target'] })
      .addNode('sibling', () => {
        if (fails) throw new Error('down');
        return {};
      })
      .addNode('target', says('target'))
      .addEdge(START, 'child')
      .addEdge(START, 'sibling')
      .compile({ checkpointer: checkpointer() });
    await assert.rejects(graph.invoke({}, { ...config, onError: 'settle' }), /down/);
    fails = false;
    assert.deepEqual(await graph.invoke(null, config), { log: ['left', 'target'] });
    assert.equal(asked, 1);
  });
});
