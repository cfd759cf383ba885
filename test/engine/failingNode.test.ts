import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, START, Send, StateGraph, taskOf } from '../../src/engine/index.ts';
import { endless, LogState, failsWith, mentions, recorder, settle, thrownBy } from './support.ts';

describe('a failing node', () => {
  it('fails the run at once, with its own error, and aborts the signal of its siblings', async () => {
    const cause = new RangeError('broken');
    const sibling = endless();
    const graph = new StateGraph(LogState)
      .addNode('breaks', async () => {
        await sibling.started;
        throw cause;
      })
      .addNode('sibling', sibling.node)
      .addEdge(START, 'breaks')
      .addEdge(START, 'sibling')
      .compile();
    await assert.rejects(graph.invoke({}), (error) => error === cause);
    const signal = await sibling.started;
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason, cause);
  });

  it('is told with path, superstep and attempt, from inside a sent subgraph too', async () => {
    const cause = new RangeError('broken');
    const sub = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('first', () => {})
      .addNode('breaks', ({ n }) => {
        if (n === 1) throw cause;
      })
      .addEdge(START, 'first')
      .addEdge('first', 'breaks')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addConditionalEdges(START, () => [0, 1].map((n) => new Send('sub', { n })), ['sub'])
      .compile();
    const seen = recorder();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    const where = { node: 'breaks', path: ['sub[1]', 'breaks'], superstep: 2, attempt: 1 };
    assert.deepEqual(taskOf(cause), where);
    assert.deepEqual(seen.of('runFailed')[0]?.failure, where);
    assert.equal(seen.of('runFailed')[0]?.error.name, 'RangeError');
  });

  it('is reported first, its siblings as cancelled, its parents as failed, then the run', async () => {
    const sub = new StateGraph(LogState)
      .addNode('breaks', async () => {
        await settle();
        throw new Error('broken');
      })
      .addNode('inner', endless().node)
      .addEdge(START, 'breaks')
      .addEdge(START, 'inner')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addNode('outer', endless().node)
      .addEdge(START, 'sub')
      .addEdge(START, 'outer')
      .compile();
    const seen = recorder();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    assert.deepEqual(seen.lines().slice(-5), [
      'taskFailed sub/breaks',
      'taskFailed sub/inner (cancelled)',
      'taskFailed sub',
      'taskFailed outer (cancelled)',
      'runFailed',
    ]);
    const started = new Set(seen.of('taskStarted').map(({ task }) => task.id));
    const ended = seen.of('taskFailed').map(({ task }) => task.id);
    assert.deepEqual(new Set(ended), started);
    assert.equal(ended.length, started.size);
  });

  it('drops what siblings return later: no result, no event, no unhandled rejection', async () => {
    const gate = Promise.withResolvers<void>();
    const graph = new StateGraph(LogState)
      .addNode('breaks', () => {
        throw new Error('first');
      })
      .addNode('later', async (_, { writer }) => {
        await gate.promise;
        writer('late');
        return { log: ['late'] };
      })
      .addNode('rejects', async () => {
        await gate.promise;
        throw new Error('second');
      })
      .addEdge(START, 'later')
      .addEdge(START, 'rejects')
      .addEdge(START, 'breaks')
      .compile();
    const seen = recorder();
    const before = await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    assert.equal((before as Error).message, 'first');
    const count = seen.events.length;
    gate.resolve();
    await settle();
    assert.equal(seen.events.length, count);
    assert.equal(seen.events.at(-1)?.type, 'runFailed');
  });

  it('keeps the siblings that did not start from starting', async () => {
    const ran: string[] = [];
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw new Error('a');
      })
      .addNode('b', () => void ran.push('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    await thrownBy(graph.invoke({}));
    assert.deepEqual(ran, []);
  });

  for (const thrown of ['text', null, undefined, 7, { message: 'object' }]) {
    it(`that throws ${JSON.stringify(thrown)} gives an error with node and value`, async () => {
      const graph = new StateGraph(LogState)
        .addNode('odd', () => {
          throw thrown;
        })
        .addEdge(START, 'odd')
        .compile();
      const error = await failsWith('NON_ERROR_THROWN', graph.invoke({}));
      mentions(error, '"odd"');
      assert.equal(error.cause, thrown);
      assert.deepEqual(error.details, { nodes: ['odd'], value: thrown });
      assert.equal(taskOf(error)?.node, 'odd');
    });
  }

  it('may throw an error that cannot be changed', async () => {
    const frozen = Object.freeze(new Error('frozen'));
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw frozen;
      })
      .addEdge(START, 'a')
      .compile();
    await assert.rejects(graph.invoke({}), (error) => error === frozen);
    assert.equal(taskOf(frozen)?.node, 'a');
  });

  it('may throw an error with a field called task, which it keeps', async () => {
    class JobError extends Error {
      task = 'job 7';
    }
    for (const error of [
      new JobError('failed'),
      Object.defineProperty(new Error('locked'), 'task', { value: 'job 7' }) as JobError,
    ]) {
      const seen = recorder();
      const graph = new StateGraph(LogState)
        .addNode('a', () => {
          throw error;
        })
        .addEdge(START, 'a')
        .compile();
      await assert.rejects(
        graph.invoke({}, { onEvent: seen.onEvent }),
        (thrown) => thrown === error,
      );
      assert.equal(error.task, 'job 7');
      assert.equal(taskOf(error)?.node, 'a');
      assert.equal(seen.of('runFailed')[0]?.failure?.node, 'a');
    }
  });

  it('may throw the same error again in another run', async () => {
    const error = new Error('always the same');
    const failing = (name: string) =>
      new StateGraph(LogState)
        .addNode(name, () => {
          throw error;
        })
        .addEdge(START, name)
        .compile();
    await thrownBy(failing('one').invoke({}));
    assert.equal(taskOf(error)?.node, 'one');
    await thrownBy(failing('two').invoke({}));
    assert.equal(taskOf(error)?.node, 'two');
  });

  it('shows causes and members of its error as data', async () => {
    const error = new AggregateError([new Error('one', { cause: 'text' }), 'two'], 'both', {
      cause: Object.assign(new Error('cause'), { code: 'ECODE' }),
    });
    const seen = recorder();
    const graph = new StateGraph(LogState)
      .addNode('a', () => {
        throw error;
      })
      .addEdge(START, 'a')
      .compile();
    await thrownBy(graph.invoke({}, { onEvent: seen.onEvent }));
    const info = seen.of('taskFailed')[0]!.error;
    assert.equal(info.message, 'both');
    assert.equal(info.cause?.code, 'ECODE');
    assert.equal(info.errors?.[0]?.cause?.message, '"text"');
    assert.equal(info.errors?.[1]?.message, '"two"');
  });
});
