import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  END,
  START,
  Send,
  StateGraph,
  entrypoint,
  isGraphBubbleUp,
  isParentCommand,
  task,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says } from './support.ts';

const logOf = async (graph: any, input: object = {}) => (await graph.invoke(input)).log.join(', ');

describe('Command', () => {
  it('updates and goes on, besides the edges of its node', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => new Command({ update: { log: ['a'] }, goto: 'c' }), { ends: ['c'] })
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile();
    assert.equal(await logOf(graph), 'a, b, c');
  });

  it('goes to END, to a list, to sends', async () => {
    const going = (goto: any) =>
      (new StateGraph(LogState) as any)
        .addNode('a', () => new Command({ goto }), { ends: ['b', 'c', 'any', END] })
        .addNode('b', says('b'))
        .addNode('c', says('c'))
        .addNode('any', (x: string) => ({ log: [x] }))
        .addEdge(START, 'a')
        .compile();
    assert.equal(await logOf(going(END)), '');
    assert.equal(await logOf(going(['c', 'b', 'c'])), 'b, c');
    assert.equal(await logOf(going([new Send('any', 'x'), 'b'])), 'b, x');
    assert.equal(await logOf(going([])), '');
  });

  it('may go where its node has not declared', async () => {
    const graph = (new StateGraph(LogState) as any)
      .addNode('a', () => new Command({ goto: 'c' }), { ends: ['b'] })
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addEdge(START, 'a')
      .addEdge('b', 'c')
      .compile();
    assert.equal(await logOf(graph), 'c');
  });

  it('stands in a list with plain updates, applied in order', async () => {
    const graph = (new StateGraph(LogState) as any)
      .addNode('a', () => [
        { log: ['1'] },
        new Command({ update: { log: ['2'] }, goto: 'b' }),
        null,
        new Command({ update: { log: ['3'] }, goto: 'c' }),
        { log: ['4'] },
      ])
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => [], ['b', 'c'])
      .compile();
    assert.equal(await logOf(graph), '1, 2, 3, 4, b, c');
    assert.deepEqual((await collect<any>(graph.stream({})))[0], {
      a: [{ log: ['1'] }, { log: ['2'] }, { log: ['3'] }, { log: ['4'] }],
    });
  });

  it('in a list gives one update in the stream where no key comes twice', async () => {
    const State = Annotation.Root({ a: Annotation<number>(), b: Annotation<number>() });
    const graph = new StateGraph(State)
      .addNode('n', () => [new Command({ update: { a: 1 } }), { b: 2 }])
      .addEdge(START, 'n')
      .compile();
    assert.deepEqual(await collect(graph.stream({})), [{ n: { a: 1, b: 2 } }]);
  });

  it('that writes one plain key twice is a concurrent write of its own node', async () => {
    const State = Annotation.Root({ a: Annotation<number>() });
    const graph = new StateGraph(State)
      .addNode('n', () => [new Command({ update: { a: 1 } }), { a: 2 }])
      .addEdge(START, 'n')
      .compile();
    const error = await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', graph.invoke({}));
    mentions(error, '"a"', '"n"');
  });

  it('has an error for a goto that does not exist, with a hint', async () => {
    for (const goto of ['worker_', new Send('worker_', 1), ['worker', 'worker_']]) {
      const graph = (new StateGraph(LogState) as any)
        .addNode('a', () => new Command({ goto: goto as any }), { ends: ['worker'] })
        .addNode('worker', says('worker'))
        .addEdge(START, 'a')
        .compile();
      const error = await failsWith('UNKNOWN_DESTINATION', graph.invoke({}));
      mentions(error, '"a"', '"worker_"', 'did you mean "worker"');
      assert.deepEqual(error.details, { nodes: ['a'], value: 'worker_' });
    }
  });

  it('has an error for an update that is no object', async () => {
    for (const update of ['text', 7, new Date()]) {
      const graph = new StateGraph(LogState)
        .addNode('a', () => new Command<any>({ update }))
        .addEdge(START, 'a')
        .compile();
      const error = await failsWith('INVALID_GRAPH_NODE_RETURN_VALUE', graph.invoke({}));
      mentions(error, '"a"');
    }
  });

  it('is checked like any update', async () => {
    const { z } = await import('zod');
    const graph = new StateGraph(z.object({ n: z.number() }))
      .addNode('a', () => new Command<any>({ update: { n: 'x' } }))
      .addEdge(START, 'a')
      .compile();
    mentions(await failsWith('VALIDATION_FAILED', graph.invoke({})), '"a"', '"n"');
  });
});

describe('Command.PARENT', () => {
  const Inner = Annotation.Root({ log: LogState.spec.log, own: Annotation<string>() });
  /** A subgraph whose node `i` returns `command`, after writing something of its own. */
  const sub = (command: any) =>
    new StateGraph(Inner)
      .addNode('i0', () => ({ log: ['lost'], own: 'lost' }))
      .addNode('i', () => command)
      .addNode('never', says('never'))
      .addEdge(START, 'i0')
      .addEdge('i0', 'i')
      .addEdge('i', 'never')
      .compile();
  const around = (inner: any) =>
    (new StateGraph(LogState) as any)
      .addNode('sub', inner)
      .addNode('static', says('static'))
      .addNode('target', says('target'))
      .addNode('any', (x: string) => ({ log: [x] }))
      .addEdge(START, 'sub')
      .addEdge('sub', 'static')
      .addConditionalEdges('sub', () => [], ['target', 'any'])
      .compile({ name: 'outer' });

  it('updates and routes the parent in place of the output of the subgraph', async () => {
    const command = new Command({ graph: Command.PARENT, update: { log: ['up'] }, goto: 'target' });
    assert.equal(await logOf(around(sub(command))), 'up, static, target');
  });

  const up = new Command({ graph: Command.PARENT, update: { log: ['up'] }, goto: 'target' });
  const asTask = task('asTask', (inner: { invoke(input: object): unknown }) => inner.invoke({}));
  const drain = async (inner: { stream(input: object): Promise<AsyncIterable<unknown>> }) => {
    for await (const chunk of await inner.stream({})) void chunk;
  };
  for (const [how, call] of Object.entries({
    invoked: (inner) => inner.invoke({}),
    streamed: drain,
    'run as one of a batch': (inner) => inner.batch([{}, {}]),
    'called by a functional task': (inner) => asTask(inner),
  } satisfies Record<string, (inner: CompiledStateGraph) => Promise<unknown>>)) {
    it(`ends the node in which the subgraph is ${how}, and acts in the graph of that node`, async () => {
      const inner = sub(up);
      const calling = async () => {
        await call(inner);
        return { log: ['after the call'] };
      };
      assert.equal(await logOf(around(calling)), 'up, static, target');
    });
  }

  it('of a graph that is called is neither retried nor handled as an error', async () => {
    let calls = 0;
    const graph = (new StateGraph(LogState) as any)
      .addNode('calls', () => (calls++, sub(up).invoke({})), {
        retryPolicy: { maxAttempts: 3, initialInterval: 0 },
        errorHandler: () => ({ log: ['handled'] }),
      })
      .addNode('target', says('target'))
      .addEdge(START, 'calls')
      .addConditionalEdges('calls', () => [], ['target'])
      .compile();
    assert.equal(await logOf(graph), 'up, target');
    assert.equal(calls, 1);
  });

  it('of a graph that is called can be told from an error where it is caught', async () => {
    const caught: boolean[] = [];
    const graph = around(async () => {
      await sub(up)
        .invoke({})
        .catch((error: unknown) => caught.push(isParentCommand(error), isGraphBubbleUp(error)));
    });
    assert.equal(await logOf(graph), 'static');
    assert.deepEqual(caught, [true, true]);
    assert.ok(!isGraphBubbleUp(new Error('no luck')));
  });

  it('of a graph that an entrypoint calls has no graph to act in', async () => {
    const workflow = entrypoint('workflow', () => sub(up).invoke({}));
    const error = await failsWith('PARENT_AT_ROOT', workflow.invoke({}));
    mentions(error, '"i"', '"graph"');
  });

  it('may send in the parent', async () => {
    const command = new Command({
      graph: Command.PARENT,
      goto: [new Send('any', 'x'), new Send('any', 'y')],
    });
    assert.equal(await logOf(around(sub(command))), 'static, x, y');
  });

  it('at the root is an error that names graph and node', async () => {
    const graph = new StateGraph(LogState)
      .addNode('alone', () => new Command({ graph: Command.PARENT, goto: 'x' }))
      .addEdge(START, 'alone')
      .compile({ name: 'rooted' });
    const error = await failsWith('PARENT_AT_ROOT', graph.invoke({}));
    mentions(error, '"rooted"', '"alone"');
    assert.deepEqual(error.details.nodes, ['alone']);
  });

  it('to a node that the parent lacks names both', async () => {
    const command = new Command({ graph: Command.PARENT, goto: 'targett' });
    const error = await failsWith('UNKNOWN_DESTINATION', around(sub(command)).invoke({}));
    mentions(error, '"sub"', '"targett"', '"outer"', 'did you mean "target"');
  });

  it('reaches one level up only', async () => {
    const command = new Command({ graph: Command.PARENT, update: { log: ['up'] }, goto: 'target' });
    const middle = around(sub(command));
    const outer = new StateGraph(LogState)
      .addNode('middle', middle)
      .addNode('after', says('after'))
      .addEdge(START, 'middle')
      .addEdge('middle', 'after')
      .compile();
    assert.equal(await logOf(outer), 'up, static, target, after');
  });
});
