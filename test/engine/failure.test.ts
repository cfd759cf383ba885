import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import {
  Annotation,
  MemorySaver,
  START,
  StateGraph,
  isSuperstepError,
  type RunEvent,
} from '../../src/engine/index.ts';
import { toErrorInfo } from '../../src/engine/model/errorInfo.ts';
import { LogState, failsWith, mentions, says, thrownBy } from './support.ts';

/** Answers no question about itself. */
function hostileProxy(): object {
  const refuse = () => {
    throw new Error('refused');
  };
  return new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse });
}

test('toErrorInfo() describes an object whose getters throw', () => {
  const error = Object.defineProperty(new Error('shown'), 'cause', {
    get: () => {
      throw new Error('refused');
    },
  });
  assert.equal(toErrorInfo(error).message, 'shown');
  assert.equal(toErrorInfo(error).cause, undefined);
  assert.equal(toErrorInfo(hostileProxy()).name, 'Error');
});

test('a node that throws a proxy which refuses every question fails the run like any other', async () => {
  const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
    .addNode('hostile', () => {
      throw hostileProxy();
    })
    .addEdge(START, 'hostile')
    .compile();
  const types: RunEvent['type'][] = [];
  await assert.rejects(graph.invoke({}, { onEvent: ({ type }) => types.push(type) }), {
    code: 'NON_ERROR_THROWN',
    message: /Node "hostile" threw/,
  });
  assert.deepEqual(types.slice(-2), ['taskFailed', 'runFailed']);
});

/** Graphs in which something other than a node throws. */
const faults: Readonly<Record<string, (thrown: unknown) => Promise<unknown>>> = {
  'a router of START': (thrown) =>
    new StateGraph(LogState)
      .addNode('a', says('a'))
      .addConditionalEdges(START, () => {
        throw thrown;
      })
      .compile()
      .invoke({}),
  'the default of a key': (thrown) => {
    const fails = () => {
      throw thrown;
    };
    return new StateGraph(Annotation.Root({ n: Annotation({ reducer: Math.max, default: fails }) }))
      .addNode('a', () => ({ n: 1 }))
      .addEdge(START, 'a')
      .compile()
      .invoke({});
  },
  'a checkpointer': (thrown) => {
    class Broken extends MemorySaver {
      override put(): never {
        throw thrown;
      }
    }
    return new StateGraph(LogState)
      .addNode('a', says('a'))
      .addEdge(START, 'a')
      .compile({ checkpointer: new Broken() })
      .invoke({}, { configurable: { thread_id: '1' } });
  },
  'an observer': (thrown) =>
    new StateGraph(LogState)
      .addNode('a', says('a'))
      .addEdge(START, 'a')
      .compile()
      .invoke(
        {},
        {
          onEvent: () => {
            throw thrown;
          },
        },
      ),
  'a node that is tried again': (thrown) =>
    new StateGraph(LogState)
      .addNode(
        'a',
        () => {
          throw thrown;
        },
        { retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false } },
      )
      .addEdge(START, 'a')
      .compile()
      .invoke({}),
};

for (const [where, run] of Object.entries(faults)) {
  test(`what ${where} throws is an Error for the caller, whatever it is`, async () => {
    for (const thrown of [undefined, null, 'text', Symbol('s'), Object.create(null) as object]) {
      const error = await failsWith('NON_ERROR_THROWN', run(thrown));
      assert.equal(error.cause, thrown);
      mentions(error, 'is not an Error');
    }
    const own = new RangeError('own');
    assert.equal(await thrownBy(run(own)), own);
  });
}

test('an error of another realm is an error', async () => {
  const foreign = runInNewContext('new TypeError("foreign")') as Error;
  assert.equal(foreign instanceof Error, false);
  const graph = new StateGraph(LogState)
    .addNode('a', () => {
      throw foreign;
    })
    .addEdge(START, 'a')
    .compile();
  const error = await thrownBy(graph.invoke({}));
  assert.equal(error, foreign);
  assert.equal(isSuperstepError(error), false);
});
