import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  RunControl,
  START,
  StateGraph,
  isSuperstepError,
  taskOf,
  type GraphDrained,
  type SeveralFailuresError,
} from '../../../src/engine/index.ts';
import { LogState, failsWith, mentions, recorder, says, settle, thrownBy } from '../support.ts';

/** a and c fail (c late), b is late too but fine. */
function threeAtOnce() {
  const gate = Promise.withResolvers<void>();
  const ended: string[] = [];
  const graph = new StateGraph(LogState)
    .addNode('a', async () => {
      await settle();
      throw new RangeError('a failed');
    })
    .addNode('b', async (_, { signal }) => {
      await gate.promise;
      ended.push(`b ${signal.aborted}`);
      return { log: ['b'] };
    })
    .addNode('c', async () => {
      await gate.promise;
      throw new TypeError('c failed');
    })
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(START, 'c')
    .compile();
  return { graph, gate, ended };
}

describe('onError: "settle"', () => {
  it('lets the others finish, and throws all failures as one, in task order', async () => {
    const { graph, gate, ended } = threeAtOnce();
    const running = failsWith('SEVERAL_FAILURES', graph.invoke({}, { onError: 'settle' }));
    await settle();
    await settle();
    gate.resolve();
    const error = (await running) as unknown as SeveralFailuresError;
    assert.deepEqual(ended, ['b false']);
    assert.deepEqual(
      error.errors.map((each: Error) => [each.name, taskOf(each)?.node]),
      [
        ['RangeError', 'a'],
        ['TypeError', 'c'],
      ],
    );
    assert.ok(error instanceof AggregateError && isSuperstepError(error));
    mentions(error, 'a failed', 'c failed');
  });

  it('throws a single failure as it is', async () => {
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw new RangeError('a failed');
      })
      .addNode('b', says('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    assert.ok((await thrownBy(graph.invoke({}, { onError: 'settle' }))) instanceof RangeError);
  });

  it('tells how each task really ended', async () => {
    const { graph, gate } = threeAtOnce();
    const { onEvent, lines } = recorder();
    const running = thrownBy(graph.invoke({}, { onError: 'settle', onEvent }));
    await settle();
    await settle();
    gate.resolve();
    await running;
    assert.deepEqual(lines().slice(-5), [
      'taskFailed a',
      'taskWrote b',
      'taskFinished b',
      'taskFailed c',
      'runFailed',
    ]);
  });

  it('goes for subgraphs as well', async () => {
    const { graph: inner, gate } = threeAtOnce();
    gate.resolve();
    const outer = new StateGraph(LogState)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile();
    await failsWith('SEVERAL_FAILURES', outer.invoke({}, { onError: 'settle' }));
  });

  it('is not the default: the first failure stops the run', async () => {
    const { graph, gate, ended } = threeAtOnce();
    assert.ok((await thrownBy(graph.invoke({}))) instanceof RangeError);
    gate.resolve();
    await settle();
    assert.deepEqual(ended, ['b true']);
  });

  it('takes no other words', async () => {
    const { graph } = threeAtOnce();
    await failsWith('INVALID_CONFIG', graph.invoke({}, { onError: 'continue' as any }));
  });
});

describe('a drain', () => {
  const chain = (control: RunControl) =>
    new StateGraph(LogState)
      .addSequence({
        one: (_: unknown, config: any) => {
          config.control.requestDrain('shutting down');
          return { log: ['one'] };
        },
        two: says('two'),
      })
      .addEdge(START, 'one')
      .compile()
      .withConfig({ control });

  it('stops the run before its next superstep, with the reason', async () => {
    const { onEvent, of } = recorder();
    const control = new RunControl();
    const error = (await failsWith(
      'DRAINED',
      chain(control).invoke({}, { onEvent }),
    )) as GraphDrained;
    assert.equal(error.reason, 'shutting down');
    assert.equal(control.drainReason, 'shutting down');
    assert.deepEqual(
      of('taskFinished').map(({ task }) => task.node),
      ['one'],
    );
  });

  it('does nothing to a run with no work left', async () => {
    const control = new RunControl();
    const graph = new StateGraph(LogState)
      .addNode('only', (_, config) => {
        config.control?.requestDrain();
        return { log: ['only'] };
      })
      .addEdge(START, 'only')
      .compile();
    assert.deepEqual(await graph.invoke({}, { control }), { log: ['only'] });
    assert.equal(control.drainRequested, true);
  });

  it('lets a subgraph that is under way come to its end', async () => {
    const control = new RunControl();
    const inner = chain(control);
    const outer = new StateGraph(LogState)
      .addNode('inner', inner)
      .addNode('after', says('after'))
      .addEdge(START, 'inner')
      .addEdge('inner', 'after')
      .compile();
    const { onEvent, of } = recorder();
    await failsWith('DRAINED', outer.invoke({}, { control, onEvent }));
    assert.deepEqual(
      of('taskFinished').map(({ task }) => task.node),
      ['one', 'two', 'inner'],
    );
  });
});
