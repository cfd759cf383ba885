import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, Command, START, Send, StateGraph, append } from '../../src/engine/index.ts';
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
    const seen = recorder();
    await new StateGraph(LogState)
      .addNode('p', pair())
      .addEdge(START, 'p')
      .compile()
      .invoke({}, { onEvent: seen.onEvent });
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
      .addNode('c', () => ({ log: undefined }))
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
    const seen = recorder();
    await new StateGraph(LogState)
      .addNode('p', pair())
      .addEdge(START, 'p')
      .compile()
      .invoke({}, { onEvent: seen.onEvent });
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

describe('config', () => {
  const Seen = Annotation.Root({ seen: Annotation<any[]>({ reducer: append, default: () => [] }) });
  const asking = () =>
    new StateGraph(Seen)
      .addNode('ask', (_, { context, configurable, tags, metadata, recursionLimit }) => ({
        seen: [{ context, configurable, tags, metadata, recursionLimit }],
      }))
      .addEdge(START, 'ask')
      .compile();

  it('reaches nodes, with the place of the node added to the metadata', async () => {
    const { seen } = await asking().invoke(
      {},
      {
        context: { user: 'u' },
        configurable: { model: 'm' },
        tags: ['t'],
        metadata: { mine: 1 },
        recursionLimit: 9,
      },
    );
    const [{ metadata, ...rest }] = seen as [any];
    assert.deepEqual(rest, {
      context: { user: 'u' },
      configurable: { model: 'm' },
      tags: ['t'],
      recursionLimit: 9,
    });
    assert.equal(metadata.mine, 1);
    assert.equal(metadata.langgraph_node, 'ask');
    assert.equal(metadata.langgraph_step, 1);
  });

  it('of withConfig gives defaults: values of the call win, lists and objects are joined', async () => {
    const graph = asking()
      .withConfig({
        tags: ['a'],
        metadata: { x: 1, y: 1 },
        configurable: { k: 1 },
        recursionLimit: 7,
      })
      .withConfig({ tags: ['b'], configurable: { l: 1 } });
    const { seen } = await graph.invoke(
      {},
      {
        tags: ['c', 'a'],
        metadata: { y: 2 },
        configurable: { k: 2 },
        recursionLimit: undefined as any,
      },
    );
    const [{ metadata, tags, configurable, recursionLimit }] = seen as [any];
    assert.deepEqual(tags, ['a', 'b', 'c']);
    assert.deepEqual([metadata.x, metadata.y], [1, 2]);
    assert.deepEqual(configurable, { k: 2, l: 1 });
    assert.equal(recursionLimit, 7);
  });

  it('of withConfig leaves the graph it was called on alone', async () => {
    const graph = asking();
    graph.withConfig({ tags: ['x'] });
    assert.deepEqual(((await graph.invoke({})).seen as any)[0].tags, []);
  });

  it('lets batch run all inputs at once and keep their order', async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const started: number[] = [];
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('wait', async ({ n }) => {
        started.push(n);
        await gates[n]!.promise;
        return { n: n * 10 };
      })
      .addEdge(START, 'wait')
      .compile();
    const running = graph.batch([{ n: 0 }, { n: 1 }, { n: 2 }]);
    await settle();
    assert.deepEqual(started, [0, 1, 2]);
    for (const n of [2, 1, 0]) gates[n]!.resolve();
    assert.deepEqual(await running, [{ n: 0 }, { n: 10 }, { n: 20 }]);
  });

  for (const cap of [1, 2, 3, 7, 50]) {
    it(`maxConcurrency ${cap} runs all tasks, never more at once`, async () => {
      let running = 0;
      let most = 0;
      const graph = new StateGraph(Seen)
        .addNode('map', (async (n: number) => {
          most = Math.max(most, ++running);
          for (let i = 0; i <= n % 3; i++) await settle();
          running--;
          return { seen: [n] };
        }) as any)
        .addConditionalEdges(
          START,
          () => Array.from({ length: 20 }, (_, i) => new Send('map', i)),
          ['map'],
        )
        .compile();
      const { seen } = await graph.invoke({}, { maxConcurrency: cap });
      assert.deepEqual(
        seen,
        Array.from({ length: 20 }, (_, i) => i),
      );
      assert.equal(most, Math.min(cap, 20));
    });
  }

  it('maxConcurrency lets edge-started tasks run in turn, too', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', async () => ({ log: ['a'] }))
      .addNode('b', says('b'))
      .addNode('c', async () => ({ log: ['c'] }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    assert.deepEqual((await graph.invoke({}, { maxConcurrency: 1 })).log, ['a', 'b', 'c']);
  });

  it('durability is one of three words', async () => {
    await assert.rejects(asking().invoke({}, { durability: 'foo' as never }), {
      code: 'INVALID_CONFIG',
      message: /durability must be "sync", "async" or "exit", got "foo"/,
    });
  });

  for (const wrong of [0, -2, 0.5, NaN]) {
    it(`maxConcurrency cannot be ${wrong}`, async () => {
      await assert.rejects(asking().invoke({}, { maxConcurrency: wrong }), {
        code: 'INVALID_CONFIG',
        message: new RegExp(`maxConcurrency.*${wrong}`),
      });
    });
  }
});

describe('input', () => {
  const graph = new StateGraph(LogState)
    .addNode('a', says('a'))
    .addEdge(START, 'a')
    .compile({ name: 'fed' });

  it('may be empty', async () => {
    assert.deepEqual(await graph.invoke({}), { log: ['a'] });
  });

  for (const nothing of [null, undefined]) {
    it(`cannot be ${String(nothing)}`, async () => {
      await assert.rejects(graph.invoke(nothing as any), {
        code: 'EMPTY_INPUT',
        name: 'EmptyInputError',
        message: /"fed"/,
      });
    });
  }

  for (const wrong of ['text', 7, true, ['a'], () => {}]) {
    it(`cannot be ${typeof wrong} ${JSON.stringify(wrong)}`, async () => {
      await assert.rejects(graph.invoke(wrong as any), { code: 'INVALID_INPUT', message: /"fed"/ });
    });
  }
});
