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
  interrupt,
  isInterrupted,
  task,
  type Interrupt,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, recorder, says } from '../support.ts';

const onThread = (thread_id: string) => ({ configurable: { thread_id } });
const config = onThread('1');

function questions(result: unknown): readonly Interrupt[] {
  assert.ok(isInterrupted(result), `not paused: ${JSON.stringify(result)}`);
  return result[INTERRUPT];
}

/** A graph of one node that asks one question after another. */
function asking(...asked: readonly unknown[]) {
  let runs = 0;
  const graph = new StateGraph(Annotation.Root({ answers: Annotation<unknown[]>() }))
    .addNode('ask', () => {
      runs++;
      return { answers: asked.map((question) => interrupt(question)) };
    })
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  return { graph, runs: () => runs };
}

describe('interrupt()', () => {
  it('pauses the run with the question, and returns the answer when the run is resumed', async () => {
    const { graph, runs } = asking('who?');
    const paused = await graph.invoke({}, config);
    assert.deepEqual(Object.keys(paused), [INTERRUPT]);
    assert.equal(questions(paused)[0]!.value, 'who?');
    assert.deepEqual(await graph.invoke(new Command({ resume: 'me' }), config), {
      answers: ['me'],
    });
    assert.equal(runs(), 2);
  });

  it('gives the n-th call the n-th answer, running the node again from its top', async () => {
    const { graph, runs } = asking('a?', 'b?', 'c?');
    await graph.invoke({}, config);
    const second = await graph.invoke(new Command({ resume: 1 }), config);
    assert.equal(questions(second)[0]!.value, 'b?');
    await graph.invoke(new Command({ resume: 2 }), config);
    const result = await graph.invoke(new Command({ resume: 3 }), config);
    assert.deepEqual(result, { answers: [1, 2, 3] });
    assert.equal(runs(), 4);
  });

  for (const answer of [0, '', false, [], [1, [2]], { a: undefined }, new Map([[1, 2]])]) {
    it(`hands over the answer ${JSON.stringify(answer)} as it was given`, async () => {
      const { graph } = asking('?');
      await graph.invoke({}, config);
      const result = await graph.invoke(new Command({ resume: answer }), config);
      assert.deepEqual(result, { answers: [answer] });
    });
  }

  it('lets siblings finish, keeps what they wrote, and does not run them again', async () => {
    const ran: string[] = [];
    const graph = new StateGraph(LogState)
      .addNode('asks', () => ({ log: [interrupt('?')] }))
      .addNode('works', async () => {
        await new Promise(setImmediate);
        ran.push('works');
        return { log: ['worked'] };
      })
      .addEdge(START, 'asks')
      .addEdge(START, 'works')
      .compile({ checkpointer: new MemorySaver() });
    const paused = await graph.invoke({}, config);
    assert.deepEqual(paused.log, ['worked']);
    assert.equal(questions(paused).length, 1);
    const state = await graph.getState(config);
    assert.deepEqual([state.values, state.next], [{ log: ['worked'] }, ['asks']]);
    const result = await graph.invoke(new Command({ resume: 'answered' }), config);
    assert.deepEqual(result, { log: ['answered', 'worked'] });
    assert.deepEqual(ran, ['works']);
  });

  it('needs a checkpointer', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', () => ({ log: [interrupt('?')] }))
      .addEdge(START, 'asks')
      .compile();
    const error = await failsWith('MISSING_CHECKPOINTER', graph.invoke({}));
    mentions(error, '"asks"', 'checkpointer');
  });

  it('is refused outside of a node and in a router of START', async () => {
    await failsWith('INTERRUPT_OUTSIDE_NODE', () => interrupt('?'));
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => interrupt('?'), ['a'])
      .compile({ checkpointer: new MemorySaver() });
    await failsWith('INTERRUPT_OUTSIDE_NODE', graph.invoke({}, config));
  });

  it('stops the task even if the node catches what it threw, and warns of that', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', () => {
        try {
          return { log: [interrupt('?')] };
        } catch {
          return { log: ['swallowed'] };
        }
      })
      .addEdge(START, 'asks')
      .compile({ checkpointer: new MemorySaver() });
    const seen = recorder();
    const paused = await graph.invoke({}, { ...config, onEvent: seen.onEvent });
    assert.equal(questions(paused).length, 1);
    assert.deepEqual(
      seen.of('warning').map(({ code, task }) => [code, task?.node]),
      [['INTERRUPT_CAUGHT', 'asks']],
    );
    const result = await graph.invoke(new Command({ resume: 'answered' }), config);
    assert.deepEqual(result, { log: ['answered'] });
  });

  it('is no failure: it is not retried, and no error handler sees it', async () => {
    let handled = 0;
    let runs = 0;
    const graph = new StateGraph(LogState)
      .addNode(
        'asks',
        () => {
          runs++;
          return { log: [interrupt('?')] };
        },
        {
          retryPolicy: { maxAttempts: 3, initialInterval: 0, jitter: false },
          errorHandler: () => {
            handled++;
            return { log: ['handled'] };
          },
        },
      )
      .addEdge(START, 'asks')
      .compile({ checkpointer: new MemorySaver() });
    questions(await graph.invoke({}, config));
    assert.deepEqual([runs, handled], [1, 0]);
    assert.deepEqual(await graph.invoke(new Command({ resume: 'a' }), config), { log: ['a'] });
  });

  it('keeps its answers when the node fails after them', async () => {
    let fails = true;
    const graph = new StateGraph(LogState)
      .addNode('asks', () => {
        const answer = interrupt<string>('?');
        if (fails) throw new Error('down');
        return { log: [answer] };
      })
      .addEdge(START, 'asks')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    await assert.rejects(graph.invoke(new Command({ resume: 'kept' }), config), /down/);
    const [task] = (await graph.getState(config)).tasks;
    assert.deepEqual(task?.error, { name: 'Error', message: 'down' });
    fails = false;
    assert.deepEqual(await graph.invoke(null, config), { log: ['kept'] });
  });

  it('can ask in a router of a node, which is part of the task', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => interrupt<string, 'b' | 'c'>('where to?'), ['b', 'c'])
      .compile({ checkpointer: new MemorySaver() });
    questions(await graph.invoke({}, config));
    assert.deepEqual(await graph.invoke(new Command({ resume: 'c' }), config), { log: ['a', 'c'] });
  });
});

describe('several interrupts at once', () => {
  const sends = (count: number) => {
    const runs: number[] = [];
    const graph = new StateGraph(LogState)
      .addNode('w', (n: any) => {
        runs.push(n as number);
        return { log: [`${n}:${interrupt(n)}`] };
      })
      .addConditionalEdges(START, () => Array.from({ length: count }, (_, n) => new Send('w', n)), [
        'w',
      ])
      .compile({ checkpointer: new MemorySaver() });
    return { graph, runs };
  };

  it('come in task order, each with an id that it keeps until it is answered', async () => {
    const { graph } = sends(3);
    const asked = questions(await graph.invoke({}, config));
    assert.deepEqual(
      asked.map(({ value }) => value as number),
      [0, 1, 2],
    );
    assert.equal(new Set(asked.map(({ id }) => id)).size, 3);
    const left = await graph.invoke(new Command({ resume: { [asked[1]!.id]: 'b' } }), config);
    assert.deepEqual(left.log, ['1:b']);
    assert.deepEqual(questions(left), [asked[0], asked[2]]);
  });

  it('are answered one by one or all together; what still waits is not run in vain', async () => {
    const { graph, runs } = sends(3);
    const asked = questions(await graph.invoke({}, config));
    await graph.invoke(new Command({ resume: { [asked[2]!.id]: 'c' } }), config);
    assert.deepEqual(runs, [0, 1, 2, 2]);
    const rest = { [asked[0]!.id]: 'a', [asked[1]!.id]: 'b' };
    const result = await graph.invoke(new Command({ resume: rest }), config);
    assert.deepEqual(result, { log: ['0:a', '1:b', '2:c'] });
    assert.deepEqual(runs, [0, 1, 2, 2, 0, 1]);
  });

  it('are not all given one plain answer: that is refused with their ids', async () => {
    const { graph, runs } = sends(2);
    const asked = questions(await graph.invoke({}, config));
    const error = await failsWith(
      'AMBIGUOUS_RESUME',
      graph.invoke(new Command({ resume: 'x' }), config),
    );
    mentions(error, asked[0]!.id, asked[1]!.id);
    assert.deepEqual(runs, [0, 1]);
    const result = await graph.invoke(
      new Command({ resume: { [asked[0]!.id]: 'x', [asked[1]!.id]: 'y' } }),
      config,
    );
    assert.deepEqual(result, { log: ['0:x', '1:y'] });
  });

  it('take a plain answer for the last one that waits', async () => {
    const { graph } = sends(2);
    const asked = questions(await graph.invoke({}, config));
    await graph.invoke(new Command({ resume: { [asked[0]!.id]: 'x' } }), config);
    const result = await graph.invoke(new Command({ resume: 'y' }), config);
    assert.deepEqual(result, { log: ['0:x', '1:y'] });
  });

  it('refuse an answer for an id that does not wait', async () => {
    const { graph } = sends(2);
    await graph.invoke({}, config);
    const resume = { ['0'.repeat(32)]: 'x' };
    const error = await failsWith('STALE_ANSWER', graph.invoke(new Command({ resume }), config));
    mentions(error, '0'.repeat(32));
  });
});

describe('resuming', () => {
  it('an unknown thread, or one that waits for nothing, is refused', async () => {
    const { graph } = asking('?');
    const resume = new Command({ resume: 1 });
    await failsWith('NOTHING_TO_RESUME', graph.invoke(resume, onThread('unknown')));
    await graph.invoke({}, config);
    await graph.invoke(resume, config);
    await failsWith('NOTHING_TO_RESUME', graph.invoke(resume, config));
  });

  it('with null is refused, for it says nothing', async () => {
    const { graph } = asking('?');
    await graph.invoke({}, config);
    const error = await failsWith(
      'EMPTY_INPUT',
      graph.invoke(new Command({ resume: null }), config),
    );
    mentions(error, 'thread "1"', 'null is no answer');
    const empty = await failsWith('EMPTY_INPUT', graph.invoke(new Command({}), config));
    mentions(empty, 'no resume, no update and no goto');
  });

  it('a thread that stopped at a breakpoint tells to go on with null', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addEdge(START, 'a')
      .compile({ checkpointer: new MemorySaver(), interruptBefore: ['a'] });
    await graph.invoke({}, config);
    const error = await failsWith(
      'NOTHING_TO_RESUME',
      graph.invoke(new Command({ resume: 1 }), config),
    );
    mentions(error, 'invoke(null');
  });

  it('can bring an update, which is written first', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', ({ log }) => ({ log: [`${interrupt('?')} after ${log.join()}`] }))
      .addEdge(START, 'asks')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ log: ['in'] }, config);
    const command = new Command({ resume: 'a', update: { log: ['update'] } });
    const result = await graph.invoke(command, config);
    assert.deepEqual(result, { log: ['in', 'update', 'a after in,update'] });
  });

  it('from an older checkpoint answers the question anew, on a branch of its own', async () => {
    const { graph } = asking('?');
    await graph.invoke({}, config);
    const paused = await graph.getState(config);
    await graph.invoke(new Command({ resume: 'first' }), config);
    const again = await graph.invoke(new Command({ resume: 'second' }), paused.config);
    assert.deepEqual(again, { answers: ['second'] });
    const ends = (await collect(graph.getStateHistory(config)))
      .filter(({ next }) => next.length === 0)
      .map(({ values }) => values);
    assert.deepEqual(ends, [{ answers: ['second'] }, { answers: ['first'] }]);
  });

  it('without an answer, as new input, starts again from START with what was done', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', ({ log }) => (log.includes('skip') ? {} : { log: [interrupt('?')] }))
      .addNode('works', says('works'))
      .addEdge(START, 'asks')
      .addEdge(START, 'works')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ log: ['in'] }, config);
    const result = await graph.invoke({ log: ['skip'] }, config);
    assert.deepEqual(result, { log: ['in', 'works', 'skip', 'works'] });
  });

  it('null runs what waits again, which asks again', async () => {
    const { graph, runs } = asking('?');
    const first = questions(await graph.invoke({}, config));
    const second = questions(await graph.invoke(null, config));
    assert.deepEqual(second, first);
    assert.equal(runs(), 2);
  });
});

describe('a question that waits while the state is updated', () => {
  const State = Annotation.Root({ log: LogState.spec.log, x: Annotation<number>() });
  const asks = (options: object) =>
    new StateGraph(State)
      .addSequence({
        works: says('works'),
        asks: ({ x }) => ({ log: [`${interrupt('?')} with ${x}`] }),
        ends: says('ends'),
      })
      .addEdge(START, 'works')
      .compile(options);

  for (const by of ['a plain answer', 'its id'] as const) {
    it(`is still asked, and answered by ${by}, in a node that sees the update`, async () => {
      const graph = asks({ checkpointer: new MemorySaver() });
      const [asked] = questions(await graph.invoke({}, config));
      for (const x of [1, 2]) await graph.updateState(config, { x });
      assert.deepEqual((await graph.getState(config)).tasks[0]!.interrupts, [asked]);
      const resume = by === 'its id' ? { [asked!.id]: 'yes' } : 'yes';
      const { log } = await graph.invoke(new Command({ resume }), config);
      assert.deepEqual(log, ['works', 'yes with 2', 'ends']);
    });
  }

  it('keeps the answers to questions before it', async () => {
    const { graph } = asking('one?', 'two?');
    await graph.invoke({}, config);
    await graph.invoke(new Command({ resume: 1 }), config);
    await graph.updateState(config, {}, START);
    const done = await graph.invoke(new Command({ resume: 2 }), config);
    assert.deepEqual(done, { answers: [1, 2] });
  });

  it('is answered inside a subgraph whose state was updated', async () => {
    const graph = new StateGraph(State)
      .addNode('sub', asks({}), { returns: 'updates' })
      .addEdge(START, 'sub')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    const { tasks } = await graph.getState(config, { subgraphs: true });
    await graph.updateState((tasks[0]!.state as StateSnapshot).config, { x: 7 });
    const { log } = await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(log, ['works', 'yes with 7', 'ends']);
  });

  it('is answered in a functional task, which its node calls again', async () => {
    const ask = task('ask', async () => interrupt<string>('?'));
    const graph = new StateGraph(State)
      .addNode('calls', async ({ x }) => ({ log: [`${await ask()} with ${x}`] }))
      .addEdge(START, 'calls')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    await graph.updateState(config, { x: 7 });
    const { log } = await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(log, ['yes with 7']);
  });

  it('of a sent task stays open only if the same is sent to it again', async () => {
    const graph = new StateGraph(State)
      .addNode('sends', says('sends'))
      .addNode('asks', ({ x }) => ({ log: [`${interrupt('?')} with ${x}`] }))
      .addEdge(START, 'sends')
      .addConditionalEdges('sends', ({ x }) => [
        new Send('asks', { x }),
        new Send('asks', { x: 0 }),
      ])
      .compile({ checkpointer: new MemorySaver() });
    const [, second] = questions(await graph.invoke({ x: 1 }, config));
    await graph.updateState(config, { x: 2 });
    const { tasks } = await graph.getState(config);
    assert.deepEqual(
      tasks.map(({ interrupts }) => interrupts),
      [[], [second]],
    );
  });

  for (const [what, asNode] of [
    ['the node that asked counts as done', 'asks'],
    ['an earlier node is to run again', START],
  ] as const) {
    it(`is gone when ${what}, and an answer to it is refused`, async () => {
      const graph = asks({ checkpointer: new MemorySaver() });
      await graph.invoke({}, config);
      await graph.updateState(config, { x: 1 }, asNode);
      const resumed = graph.invoke(new Command({ resume: 'yes' }), config);
      const error = await failsWith('NOTHING_TO_RESUME', resumed);
      mentions(error, 'since updateState', 'invoke(null');
    });
  }

  it('is asked again by a subgraph that starts again', async () => {
    const graph = new StateGraph(State)
      .addNode('sub', asks({}), { returns: 'updates' })
      .addEdge(START, 'sub')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    await graph.updateState(config, { x: 7 }, START);
    await failsWith('NOTHING_TO_RESUME', graph.invoke(new Command({ resume: 'yes' }), config));
    await graph.invoke(null, config);
    const { log } = await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.deepEqual(log, ['works', 'yes with 7', 'ends']);
  });
});

describe('streams of a run that pauses', () => {
  const graph = new StateGraph(LogState)
    .addNode('a', says('a'))
    .addNode('asks', () => ({ log: [interrupt('?')] }))
    .addEdge(START, 'a')
    .addEdge('a', 'asks')
    .compile({ checkpointer: new MemorySaver() });

  it('tell the question in updates and in values, and end', async () => {
    const chunks = await collect(
      graph.stream({}, { ...onThread('s'), streamMode: ['updates', 'values'] as const }),
    );
    const asked = (await graph.getState(onThread('s'))).tasks[0]!.interrupts;
    assert.deepEqual(chunks, [
      ['updates', { a: { log: ['a'] } }],
      ['values', { log: ['a'] }],
      ['updates', { [INTERRUPT]: asked }],
      ['values', { [INTERRUPT]: asked }],
    ]);
  });

  it('tell what was done before as kept, and not as tasks that run', async () => {
    const graph = new StateGraph(LogState)
      .addNode('asks', () => ({ log: [interrupt('?')] }))
      .addNode('works', says('works'))
      .addEdge(START, 'asks')
      .addEdge(START, 'works')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    const { onEvent, of } = recorder();
    const resume = new Command({ resume: 'yes' });
    const chunks = await collect(graph.stream(resume, { ...config, onEvent }));
    assert.deepEqual(chunks, [
      { works: { log: ['works'] }, __metadata__: { cached: true } },
      { asks: { log: ['yes'] } },
    ]);
    const [recalled] = of('taskRecalled');
    assert.deepEqual([recalled!.task.node, recalled!.updates], ['works', [{ log: ['works'] }]]);
    assert.deepEqual(
      of('taskStarted').map(({ task }) => task.node),
      ['asks'],
    );
  });

  it('begin with the state that they go on from, in values and for observers', async () => {
    const goesOn = { configurable: { thread_id: 'goes on' } };
    await graph.invoke({}, goesOn);
    const { onEvent, of } = recorder();
    const resume = new Command({ resume: 'yes', update: { log: ['u'] } });
    const values = await collect(
      graph.stream(resume, { ...goesOn, streamMode: 'values', onEvent }),
    );
    assert.deepEqual(values, [{ log: ['a', 'u'] }, { log: ['a', 'u', 'yes'] }]);
    const [continued] = of('continued');
    assert.deepEqual(
      [continued!.path, continued!.superstep, continued!.state],
      [[], 1, { log: ['a', 'u'] }],
    );
    const done = await collect(graph.stream(null, { ...goesOn, streamMode: 'values' }));
    assert.deepEqual(done, [{ log: ['a', 'u', 'yes'] }]);
  });

  it('tell observers that the task waits, and that the run is over for now', async () => {
    const seen = recorder();
    await graph.invoke({}, { ...onThread('o'), onEvent: seen.onEvent });
    const types = seen.events.map(({ type }) => type).filter((type) => type !== 'checkpointMade');
    assert.deepEqual(types.slice(-4), [
      'taskStarted',
      'taskInterrupted',
      'interrupted',
      'runFinished',
    ]);
  });

  it('tell observers that the run is not done, and the output without what it waits for', async () => {
    const { onEvent, of } = recorder();
    await graph.invoke({}, { ...onThread('not done'), onEvent });
    const [finished] = of('runFinished');
    assert.equal(finished!.isPaused, true);
    assert.deepEqual(finished!.output, { log: ['a'] });
    const answered = recorder();
    const config = { ...onThread('not done'), onEvent: answered.onEvent };
    await graph.invoke(new Command({ resume: 'yes' }), config);
    assert.equal(answered.of('runFinished')[0]!.isPaused, undefined);
  });

  it('tell observers once more of a question that an answer to another leaves open', async () => {
    const two = new StateGraph(LogState)
      .addNode('left', () => ({ log: [interrupt<string, string>('Left?')] }))
      .addNode('right', () => ({ log: [interrupt<string, string>('Right?')] }))
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile({ checkpointer: new MemorySaver() });
    const asked = recorder();
    await two.invoke({}, { ...onThread('two'), onEvent: asked.onEvent });
    const [left, right] = asked.of('taskInterrupted');
    assert.equal(left!.askedAt, undefined);
    const answered = recorder();
    const resume = { [left!.interrupts[0]!.id]: 'yes' };
    const config = { ...onThread('two'), onEvent: answered.onEvent };
    await two.invoke(new Command({ resume }), config);
    const open = answered.of('taskInterrupted');
    assert.deepEqual(
      open.map(({ task, interrupts }) => [task.node, interrupts]),
      [['right', right!.interrupts]],
    );
    assert.equal(typeof open[0]!.askedAt, 'number');
    assert.equal(answered.of('runFinished')[0]!.isPaused, true);
  });
});

describe('interruptBefore and interruptAfter', () => {
  const ran: string[] = [];
  const node = (name: string) => () => {
    ran.push(name);
    return { log: [name] };
  };
  const build = () => {
    ran.length = 0;
    return new StateGraph(LogState)
      .addSequence({ a: node('a'), b: node('b'), c: node('c') })
      .addEdge(START, 'a');
  };

  it('pause before a node; null goes on', async () => {
    const graph = build().compile({ checkpointer: new MemorySaver(), interruptBefore: ['b'] });
    assert.deepEqual(await graph.invoke({}, config), { log: ['a'], [INTERRUPT]: [] });
    assert.deepEqual((await graph.getState(config)).next, ['b']);
    assert.deepEqual(await graph.invoke(null, config), { log: ['a', 'b', 'c'] });
    assert.deepEqual(ran, ['a', 'b', 'c']);
  });

  it('pause after a node, the last one too', async () => {
    const graph = build().compile({ checkpointer: new MemorySaver(), interruptAfter: ['b', 'c'] });
    assert.deepEqual(await graph.invoke({}, config), { log: ['a', 'b'], [INTERRUPT]: [] });
    assert.deepEqual(await graph.invoke(null, config), { log: ['a', 'b', 'c'], [INTERRUPT]: [] });
    assert.deepEqual(await graph.invoke(null, config), { log: ['a', 'b', 'c'] });
  });

  it('take "*" for all nodes, and values of the call instead of those of the graph', async () => {
    const graph = build().compile({ checkpointer: new MemorySaver(), interruptBefore: '*' });
    assert.deepEqual(await graph.invoke({}, config), { [INTERRUPT]: [] });
    assert.deepEqual(await graph.invoke(null, config), { log: ['a'], [INTERRUPT]: [] });
    const rest = await graph.invoke(null, { ...config, interruptBefore: [] });
    assert.deepEqual(rest, { log: ['a', 'b', 'c'] });
  });

  it('tell observers at which nodes, inside a subgraph too', async () => {
    const graph = build().compile({ checkpointer: new MemorySaver(), interruptBefore: ['b'] });
    const seen = recorder();
    const stops = () => seen.of('interrupted').map(({ path, breakpoint }) => [path, breakpoint]);
    await graph.invoke({}, { ...onThread('told'), onEvent: seen.onEvent });
    assert.deepEqual(stops(), [[[], { when: 'before', nodes: ['b'] }]]);
    const inner = build().compile({ interruptAfter: '*' });
    const outer = new StateGraph(LogState)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile({ checkpointer: new MemorySaver() });
    seen.events.length = 0;
    await outer.invoke({}, { ...onThread('inside'), onEvent: seen.onEvent });
    assert.deepEqual(stops(), [
      [['inner'], { when: 'after', nodes: ['a'] }],
      [[], undefined],
    ]);
  });

  it('refuse unknown nodes, and a graph without checkpointer', async () => {
    await failsWith('UNKNOWN_NODE', () => build().compile({ interruptBefore: ['aa'] }));
    const graph = build().compile();
    await failsWith('MISSING_CHECKPOINTER', graph.invoke({}, { interruptBefore: ['a'] }));
    const kept = build().compile({ checkpointer: new MemorySaver() });
    const error = await failsWith(
      'UNKNOWN_NODE',
      kept.invoke({}, { ...config, interruptAfter: ['bb'] }),
    );
    mentions(error, '"bb"', 'interruptAfter');
  });
});
