import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { START, StateGraph, entrypoint, task } from '../../src/engine/index.ts';
import { LogState, says, thrownBy } from './support.ts';

type Settle = (value: unknown) => void;

/** Objects with a `then` that is not that of a promise, and what they come to. */
const odd: Readonly<Record<string, { value: () => unknown; fails?: string }>> = {
  'settles later': {
    value: () => ({
      then: (resolve: Settle) => void setImmediate().then(() => resolve({ log: ['b'] })),
    }),
  },
  'settles twice': {
    value: () => ({
      then(resolve: Settle, reject: Settle) {
        resolve({ log: ['b'] });
        resolve({ log: ['again'] });
        reject(new Error('too late'));
      },
    }),
  },
  'throws in then': {
    value: () => ({
      then() {
        throw new RangeError('no then');
      },
    }),
    fails: 'no then',
  },
  'throws where then is looked up': {
    value: () => ({
      get then() {
        throw new RangeError('no look');
      },
    }),
    fails: 'no look',
  },
};

for (const [what, { value, fails }] of Object.entries(odd)) {
  describe(`an object that ${what}, in place of a promise`, () => {
    // The second task starts when the first has ended: nothing around it would catch what it throws.
    test('is the result of a node', async () => {
      const graph = new StateGraph(LogState)
        .addNode('a', async () => ({ log: ['a'] }))
        .addNode('b', value as never)
        .addNode('c', async () => {
          await setImmediate();
          return { log: ['c'] };
        })
        .addNode('end', says('end'))
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .addEdge(START, 'c')
        .addEdge(['a', 'b', 'c'], 'end')
        .compile();
      const run = graph.invoke({}, { maxConcurrency: 1 });
      if (fails === undefined) {
        assert.deepEqual(await run, { log: ['a', 'b', 'c', 'end'] });
      } else assert.equal(((await thrownBy(run)) as Error).message, fails);
    });

    test('is the result of a task', async () => {
      const first = task('first', async () => setImmediate());
      const second = task('second', value);
      const workflow = entrypoint('workflow', async () => {
        const [, result] = await Promise.allSettled([first(), second()]);
        return result.status === 'fulfilled' ? result.value : (result.reason as Error).message;
      });
      const expected = fails ?? { log: ['b'] };
      assert.deepEqual(await workflow.invoke({}, { maxConcurrency: 1 }), expected);
    });

    test('is the choice of a router', async () => {
      const run = new StateGraph(LogState)
        .addNode('a', says('a'))
        .addEdge(START, 'a')
        .addConditionalEdges('a', value as never)
        .compile()
        .invoke({});
      const { message } = (await thrownBy(run)) as Error;
      assert.match(message, new RegExp(fails ?? 'names \\{"log":\\["b"\\]\\}'));
    });
  });
}
