import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, Command, START, Send, StateGraph } from '../../src/engine/index.ts';
import { LogState, collect, recorder, says, settle, thrownBy } from './support.ts';

const Own = Annotation.Root({ own: Annotation<string>() });

/** Two nodes one after another, as a subgraph that shares nothing. */
const pair = () =>
  new StateGraph(Own)
    .addNode('x', async () => {
      await settle();
      return { own: 'x' };
    })
    .addNode('y', () => ({ own: 'y' }))
    .addEdge(START, 'x')
    .addEdge('x', 'y')
    .compile({ name: 'pair' });

/** The events of a run of that subgraph. */
async function runOfPair() {
  const seen = recorder();
  const outer = new StateGraph(LogState).addNode('p', pair()).addEdge(START, 'p').compile();
  await outer.invoke({}, { onEvent: seen.onEvent });
  return seen;
}

describe('events', () => {
  it('tell a run in the order in which it happened', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', async () => {
        await settle();
        return { log: ['b'] };
      })
      .addNode('c', () => {})
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'c')
      .compile({ name: 'told' });
    const output = await graph.invoke({ log: ['in'] }, { onEvent: seen.onEvent });
    assert.deepEqual(seen.lines(), [
      'runStarted',
      'superstepFinished 0',
      'superstepStarted 1',
      'taskStarted a',
      'taskWrote a',
      'taskFinished a',
      'taskStarted b',
      'taskWrote b',
      'taskFinished b',
      'superstepFinished 1',
      'superstepStarted 2',
      'taskStarted c',
      'taskFinished c',
      'superstepFinished 2',
      'runFinished',
    ]);
    const [start] = seen.of('runStarted');
    assert.equal(start!.graph, 'told');
    assert.deepEqual(start!.input, { log: ['in'] });
    assert.ok(Math.abs(start!.startedAt - Date.now()) < 60_000);
    assert.deepEqual(
      seen.of('superstepFinished').map(({ written }) => written),
      [['log'], ['log'], []],
    );
    assert.deepEqual(seen.of('superstepFinished').at(-1)!.state, { log: ['in', 'a', 'b'] });
    assert.deepEqual(seen.of('taskStarted').at(-1)!.input, { log: ['in', 'a', 'b'] });
    assert.deepEqual(
      seen.of('taskWrote').map(({ update }) => update),
      [{ log: ['a'] }, { log: ['b'] }],
    );
    assert.equal(seen.of('runFinished')[0]!.output, output);
  });

  it('say beforehand how many tasks each node was sent', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('mapped', () => {})
      .addNode('other', () => {})
      .addNode('plain', () => {})
      .addEdge(START, 'plain')
      .addConditionalEdges(
        START,
        () => (['mapped', 'other', 'mapped'] as const).map((node) => new Send(node, {})),
        ['mapped', 'other'],
      )
      .addEdge('mapped', 'plain')
      .compile();
    await graph.invoke({}, { onEvent: seen.onEvent });
    assert.deepEqual(
      seen.of('superstepStarted').map(({ tasks, sends }) => ({ tasks, sends })),
      [
        { tasks: 4, sends: { mapped: 2, other: 1 } },
        { tasks: 1, sends: undefined },
      ],
    );
  });

  it('have times that never run backwards', async () => {
    const seen = await runOfPair();
    const times = seen.events.map(({ time }) => time);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(times[0]! >= 0);
    for (const { durationMs } of seen.of('taskFinished')) assert.ok(durationMs >= 0);
  });

  it('do not report the input if it wrote nothing, nor updates that are empty', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', () => ({}))
      .addNode('b', (): object => ({ unknown: 1 }))
      .addNode('c', () => null)
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    await graph.invoke({}, { onEvent: seen.onEvent });
    assert.deepEqual(seen.of('taskWrote'), []);
    assert.deepEqual(
      seen.of('superstepFinished').map(({ superstep }) => superstep),
      [1],
    );
  });

  it('name the branch of each task, in parallel subgraphs and sends', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('left', pair())
      .addNode('right', pair())
      .addNode('mapped', pair())
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .addConditionalEdges(START, () => [new Send('mapped', {}), new Send('mapped', {})], [
        'mapped',
      ])
      .compile();
    await graph.invoke({}, { onEvent: seen.onEvent });
    const started = seen.of('taskStarted').map(({ task }) => task);
    assert.deepEqual(
      started.map(({ path }) => path.join('/')).sort(),
      ['left', 'mapped[0]', 'mapped[1]', 'right'].flatMap((each) => [
        each,
        `${each}/x`,
        `${each}/y`,
      ]),
    );
    assert.deepEqual(
      started.map(({ id }) => id),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    for (const { path, nodeId, parent, node, superstep } of started) {
      assert.equal(nodeId, path.map((part) => part.replace(/\[\d+\]$/, '')).join(':'));
      assert.equal(node, nodeId.split(':').at(-1));
      assert.equal(superstep, node === 'y' ? 2 : 1);
      const outer = started.find(({ path: other }) => other.join() === path.slice(0, -1).join());
      assert.equal(parent, outer?.id);
    }
    const steps = seen.of('superstepStarted').filter(({ path }) => path.join() === 'mapped[1]');
    assert.deepEqual(
      steps.map(({ superstep, tasks }) => [superstep, tasks]),
      [
        [1, 1],
        [2, 1],
      ],
    );
  });

  it('say of every task that started how it ended, also where nodes fail', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('bad', async () => {
        await settle();
        throw new Error('bad');
      })
      .addNode('good', pair())
      .addEdge(START, 'good')
      .addEdge(START, 'bad')
      .compile();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    const started = seen.of('taskStarted').map(({ task }) => task.id);
    const ended = [...seen.of('taskFinished'), ...seen.of('taskFailed')].map(({ task }) => task.id);
    assert.deepEqual(ended.toSorted(), started.toSorted());
    assert.equal(seen.events.at(-1)!.type, 'runFailed');
  });

  it('report a run that fails before its first superstep', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => {
        throw new Error('no way');
      }, ['a'])
      .compile();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    assert.deepEqual(seen.lines(), ['runStarted', 'runFailed']);
  });

  it('report several updates of one task one by one', async () => {
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', () => [new Command({ update: { log: ['1'] } }), { log: ['2'] }])
      .addEdge(START, 'a')
      .compile();
    await graph.invoke({}, { onEvent: seen.onEvent });
    assert.deepEqual(
      seen.of('taskWrote').map(({ update }) => update),
      [{ log: ['1'] }, { log: ['2'] }],
    );
  });

  it('carry what nodes pass to the writer, at once and with their task', async () => {
    const seen = recorder();
    const sub = new StateGraph(Own)
      .addNode('i', (_, { writer }) => {
        writer({ half: true });
        writer('done');
      })
      .addEdge(START, 'i')
      .compile();
    await new StateGraph(LogState)
      .addNode('sub', sub)
      .addEdge(START, 'sub')
      .compile()
      .invoke({}, { onEvent: seen.onEvent });
    assert.deepEqual(
      seen.of('custom').map(({ value, task }) => [value, task.path.join('/')]),
      [
        [{ half: true }, 'sub/i'],
        ['done', 'sub/i'],
      ],
    );
  });

  it('are data that survive JSON', async () => {
    const seen = await runOfPair();
    assert.deepEqual(JSON.parse(JSON.stringify(seen.events)), seen.events);
  });
});

describe('an observer that throws', () => {
  const types = [
    ...['runStarted', 'superstepStarted', 'taskStarted', 'taskWrote', 'custom', 'taskFinished'],
    ...['superstepFinished', 'runFinished'],
  ];
  for (const type of types) {
    it(`at ${type} fails the run with its error, and hears no more`, async () => {
      const graph = new StateGraph(LogState)
        .addNode('a', async (_, { writer }) => {
          await settle();
          writer(1);
          return { log: ['a'] };
        })
        .addNode('b', says('b'))
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .addEdge('a', 'b')
        .compile();
      const error = new Error('observer');
      let calls = 0;
      const onEvent = (event: { type: string }) => {
        if (calls > 0 || event.type === type) calls++;
        if (event.type === type) throw error;
      };
      await assert.rejects(graph.invoke({}, { onEvent }), error);
      assert.equal(calls, 1);
    });
  }

  it('later, since it is asynchronous, fails the run all the same', async () => {
    const graph = new StateGraph(LogState)
      .addNode('waits', () => new Promise<never>(() => {}))
      .addEdge(START, 'waits')
      .compile();
    const error = new Error('observer');
    const onEvent: () => unknown = async () => {
      await settle();
      throw error;
    };
    await assert.rejects(graph.invoke({}, { onEvent }), error);
  });

  it('in a subgraph or at the failure of a node still lets the run end', async () => {
    for (const type of ['taskFailed', 'runFailed', 'superstepFinished']) {
      const sub = new StateGraph(LogState)
        .addNode('fine', says('fine'))
        .addNode('breaks', async () => {
          throw new Error('node');
        })
        .addEdge(START, 'fine')
        .addEdge('fine', 'breaks')
        .compile();
      const graph = new StateGraph(LogState).addNode('sub', sub).addEdge(START, 'sub').compile();
      const onEvent = (event: { type: string }) => {
        if (event.type === type) throw new Error('observer');
      };
      await assert.rejects(graph.invoke({}, { onEvent }), /node|observer/);
    }
  });
});

describe('stream', () => {
  const two = () =>
    new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', (_, { writer }) => (writer('hello'), { log: ['b'] }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile();

  it('of updates has one chunk a task, as it finishes', async () => {
    const gates = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    const graph = new StateGraph(LogState)
      .addNode('a', () => gates.a.promise.then(says('a')))
      .addNode('b', () => gates.b.promise.then(says('b')))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const chunks = await graph.stream({});
    const first = chunks.next();
    gates.b.resolve();
    assert.deepEqual((await first).value, { b: { log: ['b'] } });
    gates.a.resolve();
    assert.deepEqual(await collect(chunks), [{ a: { log: ['a'] } }]);
  });

  it('of values has the state after the input and after each superstep that wrote', async () => {
    assert.deepEqual(await collect(two().stream({ log: ['in'] }, { streamMode: 'values' })), [
      { log: ['in'] },
      { log: ['in', 'a'] },
      { log: ['in', 'a', 'b'] },
    ]);
    assert.deepEqual(await collect(two().stream({}, { streamMode: 'values' })), [
      { log: ['a'] },
      { log: ['a', 'b'] },
    ]);
    const silent = new StateGraph(LogState)
      .addNode('a', () => {})
      .addEdge(START, 'a')
      .compile();
    assert.deepEqual(await collect(silent.stream({}, { streamMode: 'values' })), []);
  });

  it('of custom has what nodes write', async () => {
    assert.deepEqual(await collect(two().stream({}, { streamMode: 'custom' })), ['hello']);
  });

  it('of several modes tags its chunks, updates before values', async () => {
    assert.deepEqual(
      await collect(two().stream({}, { streamMode: ['values', 'updates', 'custom'] })),
      [
        ['updates', { a: { log: ['a'] } }],
        ['values', { log: ['a'] }],
        ['custom', 'hello'],
        ['updates', { b: { log: ['b'] } }],
        ['values', { log: ['a', 'b'] }],
      ],
    );
    assert.deepEqual((await collect(two().stream({}, { streamMode: ['updates'] })))[0], [
      'updates',
      { a: { log: ['a'] } },
    ]);
  });

  it('shows subgraphs under their namespace on demand', async () => {
    const graph = new StateGraph(LogState)
      .addNode('outer', pair())
      .addNode('send', pair())
      .addEdge(START, 'outer')
      .addConditionalEdges(START, () => [new Send('send', {}), new Send('send', {})], ['send'])
      .compile();
    const flat = await collect<any>(graph.stream({}));
    assert.deepEqual(
      flat.map((chunk) => Object.keys(chunk)[0]),
      ['outer', 'send', 'send'],
    );
    const deep = await collect<any>(graph.stream({}, { subgraphs: true } as any));
    assert.equal(deep.length, 9);
    const namespaces = new Set(deep.map(([namespace]) => namespace.join('|')));
    assert.equal(namespaces.size, 4);
    for (const namespace of namespaces) assert.match(namespace, /^$|^(outer|send):/);
    const tagged = await collect<any>(
      graph.stream({}, { subgraphs: true, streamMode: ['updates'] } as any),
    );
    assert.deepEqual(tagged.at(-1), [[], 'updates', { send: {} }]);
  });

  it('throws what the run throws, after the chunks before', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', () => {
        throw new RangeError('b');
      })
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile();
    const chunks: unknown[] = [];
    await assert.rejects(async () => {
      for await (const chunk of await graph.stream({})) chunks.push(chunk);
    }, RangeError);
    assert.deepEqual(chunks, [{ a: { log: ['a'] } }]);
  });

  it('throws for a bad input from its iteration', async () => {
    const chunks = await two().stream(null as any);
    await assert.rejects(chunks.next(), { code: 'EMPTY_INPUT' });
  });

  it('stops the run when its reader leaves', async () => {
    const ran: string[] = [];
    let signal: AbortSignal | undefined;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', (_, config) => {
        ran.push('b');
        ({ signal } = config);
        return new Promise<undefined>(() => {});
      })
      .addNode('c', () => void ran.push('c'))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('b', 'c')
      .compile();
    for await (const _ of await graph.stream({})) break;
    await settle();
    if (signal) assert.equal(signal.aborted, true);
    assert.ok(!ran.includes('c'));
    const again = await graph.stream({});
    await again.next();
    await settle();
    await again.return(undefined);
    assert.equal(signal!.aborted, true);
  });

  it('hands chunks to a slow reader in order, none lost', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < 50 ? 'count' : []), ['count'])
      .compile();
    const seen: number[] = [];
    for await (const { count } of await graph.stream({ n: 0 }, { recursionLimit: 100 })) {
      await settle();
      seen.push(count!.n as number);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });

  it('still tells the observer of the call, and the one of withConfig', async () => {
    for (const configured of [false, true]) {
      const seen = recorder();
      const graph = configured ? two().withConfig({ onEvent: seen.onEvent }) : two();
      await collect(graph.stream({}, configured ? {} : { onEvent: seen.onEvent }));
      assert.equal(seen.events.at(-1)?.type, 'runFinished');
    }
  });
});
