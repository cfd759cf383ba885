import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Annotation,
  InMemoryCache,
  MemorySaver,
  MessagesAnnotation,
  Overwrite,
  START,
  Send,
  StateGraph,
  append,
  entrypoint,
  task,
  Command,
  type ChunkStream,
} from '../../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says, settle, thrownBy } from '../support.ts';

/** a, then b and c at once. */
const fork = new StateGraph(LogState)
  .addNode('a', says('a'))
  .addNode('b', says('b'))
  .addNode('c', () => undefined)
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .addEdge('a', 'c')
  .compile({ name: 'fork' });

/** Ids and times in chunks, made the same in every run: ids are numbered as they come. */
function plain(chunks: unknown): any {
  const ids: string[] = [];
  const number = (id: string) => {
    if (!ids.includes(id)) ids.push(id);
    return String(ids.indexOf(id) + 1);
  };
  const text = JSON.stringify(chunks)
    .replace(/"\d{4}-\d\d-\d\dT[^"]+Z"/g, '"TIME"')
    .replace(/[0-9a-f]{32}/g, number);
  return JSON.parse(text) as unknown;
}

describe('values', () => {
  it('are the whole state after the input and after each superstep that wrote', async () => {
    const chunks = await collect(fork.stream({ log: ['in'] }, { streamMode: 'values' }));
    assert.deepEqual(chunks, [{ log: ['in'] }, { log: ['in', 'a'] }, { log: ['in', 'a', 'b'] }]);
  });

  it('leave out the input if it wrote nothing', async () => {
    const chunks = await collect(fork.stream({}, { streamMode: 'values' }));
    assert.deepEqual(chunks[0], { log: ['a'] });
  });
});

describe('updates', () => {
  it('are one chunk a task, with {} for a task that wrote nothing', async () => {
    assert.deepEqual(await collect(fork.stream({})), [
      { a: { log: ['a'] } },
      { b: { log: ['b'] } },
      { c: {} },
    ]);
  });

  it('say which results come from the cache', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'), { cachePolicy: true })
      .addEdge(START, 'a')
      .compile({ cache: new InMemoryCache() });
    assert.deepEqual(await collect(graph.stream({})), [{ a: { log: ['a'] } }]);
    assert.deepEqual(await collect(graph.stream({})), [
      { a: { log: ['a'] }, __metadata__: { cached: true } },
    ]);
  });

  it('list the writes of a task that wrote a key twice', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => [new Command({ update: { log: ['x'] } }), { log: ['y'] }])
      .addEdge(START, 'a')
      .compile();
    const twice: any = { a: [{ log: ['x'] }, { log: ['y'] }] };
    assert.deepEqual(await collect(graph.stream({})), [twice]);
  });
});

describe('tasks', () => {
  it('tell each start and each end', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', (text: any) => ({ log: [text] }))
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => [new Send('b', 'x'), new Send('b', 'y')], ['b'])
      .compile();
    assert.deepEqual(plain(await collect(graph.stream({}, { streamMode: 'tasks' }))), [
      { id: '1', name: 'a', input: { log: [] }, triggers: ['branch:to:a'], interrupts: [] },
      { id: '1', name: 'a', result: { log: ['a'] }, interrupts: [], error: null },
      { id: '2', name: 'b', input: 'x', triggers: ['__pregel_push'], interrupts: [] },
      { id: '2', name: 'b', result: { log: ['x'] }, interrupts: [], error: null },
      { id: '3', name: 'b', input: 'y', triggers: ['__pregel_push'], interrupts: [] },
      { id: '3', name: 'b', result: { log: ['y'] }, interrupts: [], error: null },
    ]);
  });

  it('carry the metadata and tags of the call', async () => {
    const config = { streamMode: 'tasks', metadata: { user: 'Ann' }, tags: ['t'] } as const;
    const [first]: any[] = await collect(fork.stream({}, config));
    assert.deepEqual(first.metadata, { user: 'Ann', tags: ['t'] });
  });

  it('tell the error of a task that failed, before the stream throws it', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw new RangeError('boo');
      })
      .addEdge(START, 'a')
      .compile();
    const chunks: any[] = [];
    const error = await thrownBy(async () => {
      for await (const chunk of await graph.stream({}, { streamMode: 'tasks' })) chunks.push(chunk);
    });
    assert.ok(error instanceof RangeError);
    assert.deepEqual(plain(chunks)[1], {
      id: '1',
      name: 'a',
      result: {},
      interrupts: [],
      error: { name: 'RangeError', message: 'boo' },
    });
  });

  it('mark a key that a task wrote several times', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => [{ log: ['x'] }, new Command({ update: { log: ['y'] } }), { log: ['z'] }])
      .addEdge(START, 'a')
      .compile();
    const chunks: any[] = await collect(graph.stream({}, { streamMode: 'tasks' }));
    assert.deepEqual(chunks[1].result, { log: { $writes: [['x'], ['y'], ['z']] } });
  });

  it('of the functional API name their callers, and what they were called with', async () => {
    const double = task('double', async (n: number) => n * 2);
    const workflow = entrypoint('workflow', (n: number) => double(n));
    assert.deepEqual(plain(await collect(workflow.stream(3, { streamMode: 'tasks' }))), [
      { id: '1', name: 'workflow', input: 3, triggers: ['__start__'], interrupts: [] },
      { id: '2', name: 'double', input: [3], triggers: ['__pregel_push'], interrupts: [] },
      { id: '2', name: 'double', result: { double: 6 }, interrupts: [], error: null },
      { id: '1', name: 'workflow', result: { workflow: 6 }, interrupts: [], error: null },
    ]);
  });
});

it('debug is tasks with superstep and time', async () => {
  const chunks = plain(await collect(fork.stream({}, { streamMode: 'debug' })));
  assert.deepEqual(chunks.slice(0, 2), [
    {
      step: 1,
      type: 'task',
      timestamp: 'TIME',
      payload: {
        id: '1',
        name: 'a',
        input: { log: [] },
        triggers: ['branch:to:a'],
        interrupts: [],
      },
    },
    {
      step: 1,
      type: 'task_result',
      timestamp: 'TIME',
      payload: { id: '1', name: 'a', result: { log: ['a'] }, interrupts: [], error: null },
    },
  ]);
  assert.deepEqual(
    chunks.map(({ step }: any) => step),
    [1, 1, 2, 2, 2, 2],
  );
});

describe('messages', () => {
  it('are what tasks write, with where it comes from', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('speak', () => ({ messages: [new AIMessage('hello')] }))
      .addEdge(START, 'speak')
      .compile();
    const config = { streamMode: 'messages', metadata: { user: 'Ann' } } as const;
    const [[message, metadata], ...more] = (await collect(
      graph.stream({ messages: 'hi' }, config),
    )) as [any, any][] as any;
    assert.equal(message.text, 'hello');
    assert.equal(more.length, 0);
    assert.equal(metadata.langgraph_node, 'speak');
    assert.equal(metadata.langgraph_step, 1);
    assert.equal(plain(metadata).langgraph_checkpoint_ns, 'speak:1');
    assert.equal(metadata.user, 'Ann');
  });

  it('come once, though the graph around hands them on', async () => {
    const inner = new StateGraph(MessagesAnnotation)
      .addNode('speak', () => ({ messages: [new AIMessage('hello')] }))
      .addEdge(START, 'speak')
      .compile();
    const outer = new StateGraph(MessagesAnnotation)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile();
    const chunks = await collect(
      outer.stream({ messages: [] }, { streamMode: 'messages', subgraphs: true }),
    );
    assert.equal(chunks.length, 1);
    assert.equal(chunks[0]![1][0].text, 'hello');
  });

  it('come from what the outer graph hands on, where subgraphs are not shown', async () => {
    const inner = new StateGraph(MessagesAnnotation)
      .addNode('speak', () => ({ messages: [new AIMessage('hello')] }))
      .addEdge(START, 'speak')
      .compile();
    const asNode = new StateGraph(MessagesAnnotation).addNode('s', inner).addEdge(START, 's');
    const called = new StateGraph(MessagesAnnotation)
      .addNode('s', (state) => inner.invoke(state))
      .addEdge(START, 's');
    for (const builder of [asNode, called]) {
      const chunks = await collect(
        builder.compile().stream({ messages: 'question' }, { streamMode: 'messages' }),
      );
      assert.deepEqual(
        chunks.map(([message, { langgraph_node }]) => [message.text, langgraph_node]),
        [['hello', 's']],
      );
    }
  });

  it('are not those that a node was given and hands back', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('speak', ({ messages }) => ({ messages: [...messages, new AIMessage('hello')] }))
      .addNode('again', ({ messages }) => ({ messages: [...messages, new AIMessage('bye')] }))
      .addEdge(START, 'speak')
      .addEdge('speak', 'again')
      .compile();
    const chunks = await collect(
      graph.stream({ messages: ['one', 'two'] }, { streamMode: 'messages' }),
    );
    assert.deepEqual(
      chunks.map(([message]) => message.text),
      ['hello', 'bye'],
    );
  });
});

describe('custom chunks', () => {
  it('come from subgraphs too, whether these are shown or not', async () => {
    const inner = new StateGraph(LogState)
      .addNode('work', (_, { writer }) => writer('half way'))
      .addEdge(START, 'work')
      .compile();
    const outer = new StateGraph(LogState).addNode('sub', inner).addEdge(START, 'sub').compile();
    const config = { streamMode: 'custom' } as const;
    assert.deepEqual(await collect(outer.stream({}, config)), ['half way']);
    assert.deepEqual(plain(await collect(outer.stream({}, { ...config, subgraphs: true }))), [
      [['sub:1'], 'half way'],
    ]);
  });
});

describe('streamEvents', () => {
  it('stops the run when it is left early', async () => {
    const gate = Promise.withResolvers<AbortSignal>();
    const graph = new StateGraph(LogState)
      .addNode('waits', (_, { signal }) => {
        gate.resolve(signal);
        return new Promise<undefined>(() => {});
      })
      .addEdge(START, 'waits')
      .compile();
    for await (const { event, name } of graph.streamEvents({}, { version: 'v2' })) {
      if (event === 'on_chain_start' && name === 'waits') break;
    }
    assert.ok((await gate.promise).aborted);
  });

  it('ends with the error of the run', async () => {
    const graph = new StateGraph(LogState)
      .addNode('breaks', () => {
        throw new Error('no luck');
      })
      .addEdge(START, 'breaks')
      .compile();
    await assert.rejects(collect(graph.streamEvents({}, { version: 'v2' })), /no luck/);
  });

  it('refuses versions that it does not know', async () => {
    const version: any = 'v1';
    const error = await failsWith('INVALID_CONFIG', () => fork.streamEvents({}, { version }));
    mentions(error, '"v1"', '"v2"');
  });
});

describe('a stream as a web stream', () => {
  const chunks = [{ a: { log: ['a'] } }, { b: { log: ['b'] } }, { c: {} }];

  it('is read by a reader, which locks it', async () => {
    const stream = await fork.stream({});
    assert.equal(stream.locked, false);
    const reader = stream.getReader();
    assert.equal(stream.locked, true);
    const read: unknown[] = [];
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      read.push(value);
    }
    assert.deepEqual(read, chunks);
  });

  it('is piped through another, and becomes the body of a response', async () => {
    const lines = new TransformStream<object, Uint8Array>({
      transform: (chunk, controller) =>
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(chunk)}\n`)),
    });
    const response = new Response((await fork.stream({})).pipeThrough(lines));
    const text = await response.text();
    assert.deepEqual(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      chunks,
    );
  });

  it('is split in two that tell the same', async () => {
    const [one, two] = (await fork.stream({})).tee();
    assert.deepEqual(await Promise.all([collect(one), collect(two)]), [chunks, chunks]);
  });

  for (const [how, cancel] of [
    ['itself', async (stream: ChunkStream<unknown>) => stream.cancel()],
    ['its reader', async (stream: ChunkStream<unknown>) => stream.getReader().cancel()],
    ['its iterator, by return', async (stream: ChunkStream<unknown>) => stream.return()],
    [
      'its iterator, by throw',
      async (stream: ChunkStream<unknown>) =>
        assert.rejects(stream.throw(new Error('mine')), /mine/),
    ],
    ['its owner', async (stream: ChunkStream<unknown>) => stream[Symbol.asyncDispose]()],
  ] as const) {
    it(`stops the run when ${how} is cancelled, also while a chunk is waited for`, async () => {
      let signal: AbortSignal | undefined;
      const graph = new StateGraph(LogState)
        .addNode('waits', (_, config) => {
          ({ signal } = config);
          return new Promise<object>(() => {});
        })
        .addEdge(START, 'waits')
        .compile();
      const stream = await graph.stream({});
      const first = stream.next().catch((error: Error) => error.name);
      await settle();
      await cancel(stream);
      assert.equal(await first, 'AbortError');
      assert.equal(signal!.aborted, true);
    });
  }
});

describe('several modes at once', () => {
  it('tag each chunk, updates before values', async () => {
    const chunks = await collect(fork.stream({}, { streamMode: ['values', 'updates'] }));
    assert.deepEqual(
      chunks.map(([mode]) => mode),
      ['updates', 'values', 'updates', 'updates', 'values'],
    );
  });

  it('tag even a single one, if it is given as a list', async () => {
    const chunks = await collect(fork.stream({}, { streamMode: ['updates'] }));
    assert.deepEqual(chunks[0], ['updates', { a: { log: ['a'] } }]);
  });

  it('can be set by withConfig, and the call has the last word', async () => {
    const graph = fork.withConfig({ streamMode: ['values'], subgraphs: true });
    const [first] = await collect(graph.stream({}));
    assert.deepEqual(first, [[], 'values', { log: ['a'] }]);
    const [own] = await collect(graph.stream({}, { streamMode: 'updates', subgraphs: false }));
    assert.deepEqual(own, { a: { log: ['a'] } });
    assert.deepEqual(await graph.invoke({}), { log: ['a', 'b'] });
  });

  it('refuse a mode that does not exist', async () => {
    const bad = { streamMode: ['values', 'update'] } as any;
    mentions(await failsWith('INVALID_CONFIG', fork.stream({}, bad)), '"update"', 'updates');
  });
});

describe('subgraphs: true', () => {
  const inner = new StateGraph(LogState).addNode('x', says('x')).addEdge(START, 'x').compile();
  const outer = new StateGraph(LogState)
    .addNode('before', says('before'))
    .addNode('inner', inner)
    .addEdge(START, 'before')
    .addEdge('before', 'inner')
    .compile();

  it('puts the namespace in front', async () => {
    const chunks = plain(await collect(outer.stream({}, { subgraphs: true })));
    assert.deepEqual(
      chunks.map(([namespace, chunk]: any) => [namespace, Object.keys(chunk)[0]]),
      [
        [[], 'before'],
        [['inner:1'], 'x'],
        [[], 'inner'],
      ],
    );
  });

  it('puts it before the mode', async () => {
    const config = { subgraphs: true, streamMode: ['values'] } as const;
    const chunks = plain(await collect(outer.stream({}, config)));
    assert.deepEqual(
      chunks.map(([namespace, mode]: any) => [namespace, mode]),
      [
        [[], 'values'],
        [['inner:1'], 'values'],
        [['inner:1'], 'values'],
        [[], 'values'],
      ],
    );
  });

  it('shows graphs that nodes and tasks call under these', async () => {
    const calls = task('calls', () => inner.invoke({}));
    const graph = new StateGraph(LogState)
      .addNode('node', async () => {
        await inner.invoke({});
        await calls();
        return {};
      })
      .addEdge(START, 'node')
      .compile();
    const chunks = plain(await collect(graph.stream({}, { subgraphs: true })));
    assert.deepEqual(
      chunks.map(([namespace, chunk]: any) => [namespace, Object.keys(chunk)[0]]),
      [
        [['node:1'], 'x'],
        [['node:1', 'calls:2'], 'x'],
        [[], 'calls'],
        [[], 'node'],
      ],
    );
  });

  it('is what it takes to see them', async () => {
    const chunks = await collect(outer.stream({}));
    assert.deepEqual(
      chunks.map((chunk) => Object.keys(chunk)[0]),
      ['before', 'inner'],
    );
  });
});

describe('invoke with a stream mode', () => {
  it('resolves with the list of chunks', async () => {
    assert.deepEqual(
      await fork.invoke({}, { streamMode: 'updates' }),
      await collect(fork.stream({})),
    );
    const tagged = await fork.invoke({}, { streamMode: ['values'] });
    assert.deepEqual(tagged.at(-1), ['values', { log: ['a', 'b'] }]);
  });

  it('resolves with the result for values', async () => {
    assert.deepEqual(await fork.invoke({}, { streamMode: 'values' }), { log: ['a', 'b'] });
  });
});

describe('a stream', () => {
  it('does not start before it is read', async () => {
    let runs = 0;
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        runs++;
      })
      .addEdge(START, 'a')
      .compile();
    const stream = await graph.stream({});
    await settle();
    assert.equal(runs, 0);
    await stream.return(undefined);
    await settle();
    assert.equal(runs, 0);
  });

  it('stops the run when its reader leaves', async () => {
    let signal: AbortSignal | undefined;
    const graph = new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('hangs', (_, config) => {
        ({ signal } = config);
        return new Promise<never>(() => {});
      })
      .addEdge(START, 'a')
      .addEdge('a', 'hangs')
      .compile();
    for await (const chunk of await graph.stream({})) {
      assert.ok(chunk.a);
      await settle();
      break;
    }
    assert.equal(signal?.aborted, true);
  });

  it('holds up a run that is far ahead of its reader, and loses nothing', async () => {
    let steps = 0;
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }, { writer }) => {
        steps++;
        for (let i = 0; i < 3000; i++) writer(n);
        return { n: n + 1 };
      })
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < 20 ? 'count' : []), ['count'])
      .compile();
    const config = { streamMode: 'custom', recursionLimit: 100 } as const;
    const stream = await graph.stream({ n: 0 }, config);
    await stream.next();
    await settle();
    assert.equal(steps, 4);
    assert.equal((await collect(stream)).length, 20 * 3000 - 1);
    assert.equal(steps, 20);
  });

  it('that was left while its run was being stored gives the thread back', async () => {
    const stored = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    class SlowSaver extends MemorySaver {
      override put(...args: Parameters<MemorySaver['put']>): void {
        super.put(...args);
        if (args[1].ran.length === 0) return;
        asked.resolve();
        return stored.promise as never;
      }
    }
    const graph = new StateGraph(LogState)
      .addNode('tells', (_, { writer }) => {
        for (let i = 0; i < 20_000; i++) writer(i);
        return { log: ['tells'] };
      })
      .addNode('after', says('after'))
      .addEdge(START, 'tells')
      .addEdge('tells', 'after')
      .compile({ checkpointer: new SlowSaver() });
    const config = { configurable: { thread_id: '1' }, durability: 'sync' } as const;
    const stream = await graph.stream({}, { ...config, streamMode: 'custom' });
    await stream.next();
    await asked.promise;
    await stream.return();
    stored.resolve();
    assert.deepEqual(await graph.invoke(null, config), { log: ['tells', 'after'] });
  });

  it('that is held up can be left', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }, { writer }) => {
        for (let i = 0; i < 12_000; i++) writer(n);
        return { n: n + 1 };
      })
      .addEdge(START, 'count')
      .addEdge('count', 'count')
      .compile();
    const ended = Promise.withResolvers<void>();
    const stream = await graph.stream(
      { n: 0 },
      {
        streamMode: 'custom',
        onEvent: ({ type }) => {
          if (type === 'runFailed') ended.resolve();
        },
      },
    );
    await stream.next();
    await settle();
    await stream.return(undefined);
    await ended.promise;
  });

  it('shows overwrites as what they are', async () => {
    const State = Annotation.Root({ list: Annotation<string[]>({ reducer: append }) });
    const graph = new StateGraph(State)
      .addNode('a', () => ({ list: new Overwrite(['new']) }))
      .addEdge(START, 'a')
      .compile();
    const [chunk]: any[] = await collect(graph.stream({ list: ['old'] }));
    assert.deepEqual(chunk.a.list.value, ['new']);
  });
});

/** Never called: compiled only. */
export async function inferredTypes(): Promise<void> {
  for await (const chunk of await fork.stream({}, { streamMode: 'values' })) {
    const log: string[] = chunk.log;
    // @ts-expect-error: the state has no such key
    const other: unknown = chunk.other;
    void [log, other];
  }
  for await (const chunk of await fork.stream({})) {
    void chunk.a?.log;
    // @ts-expect-error: there is no such node
    void chunk.d;
    // @ts-expect-error: the state has no such key
    void chunk.a?.other;
  }
  for await (const chunk of await fork.stream({}, { streamMode: ['values', 'custom'] })) {
    if (chunk[0] === 'values') void chunk[1].log.length;
    // @ts-expect-error: this mode was not asked for
    if (chunk[0] === 'updates') void chunk;
  }
  for await (const [namespace, chunk] of await fork.stream({}, { subgraphs: true })) {
    void [namespace.length, chunk.b];
  }
  // @ts-expect-error: there is no such mode
  await fork.stream({}, { streamMode: 'update' });
}
