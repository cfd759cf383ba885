import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  START,
  Send,
  StateGraph,
  taskOf,
  type NodeError,
} from '../../../src/engine/index.ts';
import { LogState, failsWith, mentions, recorder, says, settle, thrownBy } from '../support.ts';

const breaks = () => {
  throw new RangeError('broken');
};

const goTo = (goto: string) => () => new Command({ goto });

/** breaks → next, where something takes the place of a broken node. */
const graphWith = (errorHandler: any, options = {}) =>
  new StateGraph(LogState)
    .addNode('breaks', breaks, { errorHandler, ends: ['rescue'], ...options })
    .addNode('next', says('next'))
    .addNode('rescue', says('rescue'))
    .addEdge(START, 'breaks')
    .addEdge('breaks', 'next')
    .compile();

describe('an error handler', () => {
  it('takes the place of a node that failed, and gets its input, its name and its error', async () => {
    const seen: any[] = [];
    const graph = graphWith((state: unknown, failed: NodeError, config: any) => {
      seen.push(state, failed, config.metadata.langgraph_node);
      return { log: ['handled'] };
    });
    assert.deepEqual(await graph.invoke({ log: ['in'] }), { log: ['in', 'handled'] });
    assert.deepEqual(seen[0], { log: ['in'] });
    assert.equal(seen[1].node, 'breaks');
    assert.ok(seen[1].error instanceof RangeError);
    assert.equal(seen[2], 'breaks');
  });

  it('runs in the same superstep, and the edges of its node are not followed', async () => {
    const { onEvent, of } = recorder();
    await graphWith(() => ({ log: ['handled'] })).invoke({}, { onEvent });
    assert.deepEqual(
      of('superstepFinished').map(({ superstep, state }) => [superstep, state.log]),
      [[1, ['handled']]],
    );
  });

  it('is told of to observers, with the error', async () => {
    const { onEvent, of } = recorder();
    await graphWith(() => new Command({ goto: 'rescue' })).invoke({}, { onEvent });
    assert.deepEqual(
      of('taskFinished').map(({ task, handled }) => [task.node, handled?.name, handled?.message]),
      [
        ['breaks', 'RangeError', 'broken'],
        ['rescue', undefined, undefined],
      ],
    );
  });

  it('routes by a Command', async () => {
    const graph = graphWith(() => new Command({ update: { log: ['handled'] }, goto: 'rescue' }));
    assert.deepEqual(await graph.invoke({}), { log: ['handled', 'rescue'] });
  });

  it('is not followed by the routers of its node either', async () => {
    const graph = new StateGraph(LogState)
      .addNode('breaks', breaks, { errorHandler: () => ({ log: ['handled'] }) })
      .addNode('next', says('next'))
      .addEdge(START, 'breaks')
      .addConditionalEdges('breaks', () => 'next')
      .compile();
    assert.deepEqual(await graph.invoke({}), { log: ['handled'] });
  });

  it('runs once, after the last attempt', async () => {
    let attempts = 0;
    let handled = 0;
    const graph = new StateGraph(LogState)
      .addNode(
        'breaks',
        () => {
          attempts++;
          return breaks();
        },
        {
          errorHandler: () => void handled++,
          retryPolicy: { initialInterval: 0, jitter: false },
        },
      )
      .addEdge(START, 'breaks')
      .compile();
    await graph.invoke({});
    assert.deepEqual([attempts, handled], [3, 1]);
  });

  it('that fails itself fails the run with its own error', async () => {
    const error = await thrownBy(
      graphWith((_: unknown, { error: cause }: NodeError) => {
        throw new TypeError('handler', { cause });
      }).invoke({}),
    );
    assert.ok(error instanceof TypeError);
    assert.equal(taskOf(error)?.node, 'breaks');
  });

  it('is checked like a node in what it returns', async () => {
    const error = await failsWith('INVALID_GRAPH_NODE_RETURN_VALUE', graphWith(() => 7).invoke({}));
    mentions(error, '"breaks"');
  });

  it('gets the payload of a sent task', async () => {
    const graph = new StateGraph(LogState)
      .addNode('breaks', breaks, { errorHandler: (payload: any) => ({ log: [payload] }) })
      .addConditionalEdges(START, () => [new Send('breaks', 'x'), new Send('breaks', 'y')], [
        'breaks',
      ])
      .compile();
    assert.deepEqual(await graph.invoke({}), { log: ['x', 'y'] });
  });

  it('catches what a subgraph fails with', async () => {
    const inner = new StateGraph(LogState)
      .addNode('breaks', breaks)
      .addEdge(START, 'breaks')
      .compile();
    const outer = new StateGraph(LogState)
      .addNode('inner', inner, {
        errorHandler: (_, { error }) => ({ log: [`${error.name} at ${taskOf(error)!.node}`] }),
      })
      .addEdge(START, 'inner')
      .compile();
    assert.deepEqual(await outer.invoke({}), { log: ['RangeError at breaks'] });
  });

  it('does not run when the run is aborted', async () => {
    let handled = false;
    const controller = new AbortController();
    const graph = new StateGraph(LogState)
      .addNode(
        'waits',
        (_, { signal }) =>
          new Promise<never>((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
        { errorHandler: () => void (handled = true) },
      )
      .addEdge(START, 'waits')
      .compile();
    const running = graph.invoke({}, { signal: controller.signal });
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    await settle();
    assert.equal(handled, false);
  });

  it('can be set for all nodes, and switched off for one', async () => {
    const build = (options: object) =>
      new StateGraph(Annotation.Root({ n: Annotation<number>() }))
        .setNodeDefaults({ errorHandler: () => ({ n: 1 }) })
        .addNode('breaks', breaks, options)
        .addEdge(START, 'breaks')
        .compile();
    assert.deepEqual(await build({}).invoke({}), { n: 1 });
    await assert.rejects(build({ errorHandler: false }).invoke({}), RangeError);
  });

  it('may go anywhere if its node does not say where', async () => {
    const build = (options: object) =>
      new StateGraph(LogState)
        .addNode('breaks', breaks, { errorHandler: goTo('rescue'), ...options })
        .addNode('rescue', says('rescue'))
        .addEdge(START, 'breaks')
        .compile();
    assert.deepEqual(await build({}).invoke({}), { log: ['rescue'] });
    for (const options of [{ ends: [] }, { errorHandler: false }]) {
      await failsWith('UNREACHABLE_NODE', () => build(options));
    }
    const byDefault = new StateGraph(LogState)
      .setNodeDefaults({ errorHandler: goTo('rescue') })
      .addNode('breaks', breaks)
      .addNode('rescue', says('rescue'))
      .addEdge(START, 'breaks');
    assert.deepEqual(await byDefault.compile().invoke({}), { log: ['rescue'] });
  });
});
