import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Annotation,
  MessagesAnnotation,
  START,
  StateGraph,
  entrypoint,
  getWriter,
  task,
} from '../../../src/engine/index.ts';
import { LogState, collect, recorder, says, settle, thrownBy } from '../support.ts';

/** Writes to the stream, then to the state, in each of two supersteps. */
const inner = new StateGraph(LogState)
  .addNode('x', (_, { writer }) => (writer('from x'), { log: ['x'] }))
  .addNode('y', (_, { writer }) => (writer('from y'), { log: ['y'] }))
  .addEdge(START, 'x')
  .addEdge('x', 'y')
  .compile({ name: 'inner' });

/** A graph with one node, with this for its code. */
function calling(body: () => unknown) {
  return new StateGraph(LogState)
    .addNode('caller', async () => (await body()) as any)
    .addEdge(START, 'caller')
    .compile({ name: 'outer' });
}

const MODES = ['updates', 'values', 'custom'] as const;

/** Chunks with the ids left out of their namespaces, except for the numbers of calls. */
function named(chunks: readonly any[]): any[] {
  return chunks.map(([namespace, ...rest]) => [
    namespace.map((part: string) => part.split(':')[0]).join('/'),
    ...rest,
  ]);
}

describe('a stream inside a node', () => {
  it('is of values unless it says otherwise', async () => {
    let chunks: unknown;
    await calling(async () => void (chunks = await collect(inner.stream({})))).invoke({});
    assert.deepEqual(chunks, [{ log: ['x'] }, { log: ['x', 'y'] }]);
  });

  it('is of the mode that its graph was given', async () => {
    const graph = inner.withConfig({ streamMode: 'custom' } as any);
    let chunks: unknown;
    await calling(async () => void (chunks = await collect(graph.stream({})))).invoke({});
    assert.deepEqual(chunks, ['from x', 'from y']);
  });

  it('is of values inside a functional task too', async () => {
    const calls = task('calls', () => collect<any>(inner.stream({})));
    const workflow = entrypoint('workflow', () => calls());
    assert.deepEqual((await workflow.invoke({})).at(-1), { log: ['x', 'y'] });
  });

  it('reaches the stream around it, under the calling node', async () => {
    const graph = calling(async () => void (await collect(inner.stream({}))));
    const chunks = await collect<any>(graph.stream({}, { streamMode: MODES, subgraphs: true }));
    assert.deepEqual(named(chunks), [
      ['caller', 'custom', 'from x'],
      ['caller', 'updates', { x: { log: ['x'] } }],
      ['caller', 'values', { log: ['x'] }],
      ['caller', 'custom', 'from y'],
      ['caller', 'updates', { y: { log: ['y'] } }],
      ['caller', 'values', { log: ['x', 'y'] }],
      ['', 'updates', { caller: {} }],
    ]);
  });

  it('reaches it with what is written to it alone, where subgraphs are not shown', async () => {
    const graph = calling(async () => void (await collect(inner.stream({}))));
    assert.deepEqual(await collect(graph.stream({}, { streamMode: MODES })), [
      ['custom', 'from x'],
      ['custom', 'from y'],
      ['updates', { caller: {} }],
    ]);
  });

  it('yields to the node what it yields outside, whether subgraphs are shown or not', async () => {
    let shown: any;
    let plain: any;
    const nested = new StateGraph(LogState).addNode('sub', inner).addEdge(START, 'sub').compile();
    const graph = calling(async () => {
      shown = await collect(nested.stream({}, { streamMode: 'updates', subgraphs: true }));
      plain = await collect(nested.stream({}, { streamMode: ['updates', 'custom'] }));
    });
    await collect(graph.stream({}));
    assert.deepEqual(plain, [
      ['custom', 'from x'],
      ['custom', 'from y'],
      ['updates', { sub: { log: ['x', 'y'] } }],
    ]);
    assert.deepEqual(named(shown), [
      ['caller/sub', { x: { log: ['x'] } }],
      ['caller/sub', { y: { log: ['y'] } }],
      ['caller', { sub: { log: ['x', 'y'] } }],
    ]);
  });

  it('reaches all streams around it, two deep', async () => {
    let middle: any[] = [];
    const between = new StateGraph(LogState)
      .addNode('between', async () => void (await collect(inner.stream({}))))
      .addEdge(START, 'between')
      .compile();
    const config = { streamMode: 'custom', subgraphs: true } as const;
    const graph = calling(async () => void (middle = await collect(between.stream({}, config))));
    const chunks = named(await collect<any>(graph.stream({}, config)));
    assert.deepEqual(chunks, [
      ['caller/between', 'from x'],
      ['caller/between', 'from y'],
    ]);
    assert.deepEqual(named(middle), chunks);
  });

  it('keeps apart from others at the same time', async () => {
    const each = [[], []] as any[][];
    const config = { streamMode: ['custom', 'updates'], subgraphs: true } as const;
    const graph = calling(() =>
      Promise.all(
        each.map(async (list) => list.push(...(await collect(inner.stream({}, config))))),
      ).then(() => ({})),
    );
    const chunks = named(await collect<any>(graph.stream({}, config)));
    const [first, second] = each.map(named);
    const of = (namespace: string) => [
      [namespace, 'custom', 'from x'],
      [namespace, 'updates', { x: { log: ['x'] } }],
      [namespace, 'custom', 'from y'],
      [namespace, 'updates', { y: { log: ['y'] } }],
    ];
    assert.deepEqual(first, of('caller'));
    assert.deepEqual(second, of('caller/1'));
    assert.deepEqual(
      chunks.filter(([namespace]) => namespace === 'caller'),
      first,
    );
    assert.deepEqual(
      chunks.filter(([namespace]) => namespace === 'caller/1'),
      second,
    );
  });

  it('shows its messages outside', async () => {
    const talk = new StateGraph(MessagesAnnotation)
      .addNode('say', () => ({ messages: [new AIMessage({ content: 'hi', id: 'm' })] }))
      .addEdge(START, 'say')
      .compile();
    const graph = calling(async () => void (await collect(talk.stream({ messages: [] }))));
    const config = { streamMode: 'messages', subgraphs: true } as const;
    const [[namespace, [message, metadata]]] = (await collect(graph.stream({}, config))) as any;
    assert.equal(namespace.length, 1);
    assert.equal(message.text, 'hi');
    assert.equal(metadata.langgraph_node, 'say');
    assert.equal(metadata.langgraph_checkpoint_ns.split('|')[0], namespace[0]);
  });

  it('is told to the observers around it as a part of the calling task', async () => {
    const seen = recorder();
    let chunks: any;
    const graph = calling(async () => void (chunks = await collect(inner.stream({}))));
    await graph.invoke({}, { onEvent: seen.onEvent });
    const [caller, x, y] = seen.of('taskStarted').map((event) => event.task);
    assert.equal(x!.parent, caller!.id);
    assert.equal(y!.nodeId, 'caller:y');
    assert.deepEqual(
      seen.events.filter(({ type }) => type.startsWith('run')).map(({ type }) => type),
      ['runStarted', 'runFinished'],
    );
    assert.ok(seen.events.every(({ time }) => time >= 0));
    assert.equal(chunks.length, 2);
  });

  it('is told to its own observer only, if it brings one', async () => {
    const own = recorder();
    const around = recorder();
    let chunks: any;
    const graph = calling(
      async () => void (chunks = await collect(inner.stream({}, { onEvent: own.onEvent }))),
    );
    await graph.invoke({}, { onEvent: around.onEvent });
    assert.equal(own.events[0]?.type, 'runStarted');
    assert.deepEqual(own.of('taskStarted')[0]?.task.path, ['x']);
    assert.equal(around.of('taskStarted').length, 1);
    assert.equal(chunks.length, 2);
  });

  it('throws the errors of its graph in the node, which may catch them', async () => {
    const failing = calling(() => {
      throw new RangeError('boo');
    });
    const outer = (isCaught: boolean) =>
      calling(async () => {
        const error = await thrownBy(() => collect(failing.stream({})));
        if (!isCaught) throw error;
        return { log: [(error as Error).message] };
      });
    assert.deepEqual(await collect(outer(true).stream({})), [{ caller: { log: ['boo'] } }]);
    const seen: any[] = [];
    const config = { streamMode: 'tasks', subgraphs: true } as const;
    const error = await thrownBy(async () => {
      for await (const chunk of await outer(false).stream({}, config)) seen.push(chunk);
    });
    assert.ok(error instanceof RangeError);
    assert.deepEqual(
      named(seen)
        .filter(([, chunk]) => chunk.error)
        .map(([namespace, chunk]) => [namespace, chunk.error.message]),
      [
        ['caller', 'boo'],
        ['', 'boo'],
      ],
    );
  });

  it('stops its run when it is left, and the run around goes on', async () => {
    let signal: AbortSignal | undefined;
    const endless = new StateGraph(LogState)
      .addNode('x', says('x'))
      .addNode('hangs', (_, config) => {
        signal = config.signal;
        return new Promise<never>(() => {});
      })
      .addEdge(START, 'x')
      .addEdge('x', 'hangs')
      .compile();
    const graph = calling(async () => {
      for await (const _ of await endless.stream({})) {
        await settle();
        break;
      }
      return { log: ['left'] };
    });
    const chunks = named(await collect<any>(graph.stream({}, { subgraphs: true })));
    assert.equal(signal?.aborted, true);
    assert.deepEqual(chunks, [
      ['caller', { x: { log: ['x'] } }],
      ['', { caller: { log: ['left'] } }],
    ]);
  });

  it('of an entrypoint shows its result as a value, inside and outside', async () => {
    const double = task('double', (n: number) => {
      getWriter()?.('doubling');
      return n * 2;
    });
    const workflow = entrypoint('workflow', async (n: number) => (await double(n)) + 1);
    let chunks: any;
    const graph = calling(async () => void (chunks = await collect(workflow.stream(3))));
    const config = { streamMode: MODES, subgraphs: true } as const;
    assert.deepEqual(named(await collect<any>(graph.stream({}, config))), [
      ['caller/workflow', 'custom', 'doubling'],
      ['caller', 'updates', { double: 6 }],
      ['caller', 'updates', { workflow: 7 }],
      ['caller', 'values', 7],
      ['', 'updates', { caller: {} }],
    ]);
    assert.deepEqual(chunks, [7]);
  });
});

describe('runs at the same time inside a stream', () => {
  it('all go on when a reader that was far behind has caught up', async () => {
    const chatty = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }, { writer }) => {
        for (let i = 0; i < 6000; i++) writer(n);
        return { n: n + 1 };
      })
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < 3 ? 'count' : []), ['count'])
      .compile();
    const graph = calling(async () => {
      await Promise.all([0, 0, 0].map((n) => chatty.invoke({ n })));
    });
    const stream = await graph.stream({}, { streamMode: 'custom' });
    await stream.next();
    await settle();
    assert.equal((await collect(stream)).length, 3 * 3 * 6000 - 1);
  });
});
