import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Annotation,
  Command,
  MemorySaver,
  START,
  Send,
  StateGraph,
  interrupt,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import {
  callKey,
  isCall,
  isWithin,
  nameIn,
  orderedCallKey,
  ownerOf,
  taskKey,
  type TaskKey,
} from '../../../src/engine/model/taskKey.ts';
import { LogState, says } from '../support.ts';

const config = { configurable: { thread_id: '1' } };

/** Names that look like what keys are made of. */
const nodeName = fc.string({
  unit: fc.constantFrom('a', '[', ']', '0', '7', '/', '%', '2', 'F', '(', ')'),
  minLength: 1,
  maxLength: 6,
});
const started = fc.record({ node: nodeName, at: fc.integer({ min: -1, max: 2 }) });
const called = fc.record({
  name: fc.string({
    unit: fc.constantFrom('t', '[', ']', '0', '(', ')'),
    minLength: 1,
    maxLength: 4,
  }),
  args: fc.constantFrom('0a', '1b'),
  nth: fc.nat(1),
});

describe('keys of tasks', () => {
  it('are the same for the same task only, whatever nodes and tasks are called', () => {
    const path = fc.tuple(started, fc.array(called, { maxLength: 2 }));
    fc.assert(
      fc.property(path, path, ([own, calls], [other, otherCalls]) => {
        const key = calls.reduce<TaskKey>(callKey, taskKey(own.node, own.at));
        const otherKey = otherCalls.reduce<TaskKey>(callKey, taskKey(other.node, other.at));
        const isSame = JSON.stringify([own, calls]) === JSON.stringify([other, otherCalls]);
        assert.equal(key === otherKey, isSame);
      }),
    );
  });

  it('tell the task they are of, the name, and what is inside what', () => {
    fc.assert(
      fc.property(started, fc.array(called, { maxLength: 3 }), ({ node, at }, calls) => {
        const task = taskKey(node, at);
        let key = task;
        for (const call of calls) {
          const inner = callKey(key, call);
          assert.ok(isWithin(inner, key) && !isWithin(key, inner));
          key = inner;
        }
        assert.equal(ownerOf(key), task);
        assert.equal(isCall(key), calls.length > 0);
        assert.equal(nameIn(key), calls.at(-1)?.name ?? node);
        assert.equal(nameIn(orderedCallKey(key, 'work', 3)), 'work');
      }),
    );
  });

  it('are those of earlier versions for ordinary names', () => {
    assert.deepEqual(
      [taskKey('a', -1), taskKey('a', 3), orderedCallKey(taskKey('a', 3), 't', 1)],
      ['a', 'a[3]', ':a[3]/t[1]'],
    );
  });
});

it('a node named as a sent task of another keeps its own update after a question', async () => {
  const graph = new StateGraph(LogState)
    .addNode('a', () => ({ log: ['sent'] }))
    .addNode('a[0]', says('by edge'))
    .addNode('asks', () => ({ log: [interrupt<string>('?')] }))
    .addEdge(START, 'a[0]')
    .addEdge(START, 'asks')
    .addConditionalEdges(START, () => [new Send('a', {})], ['a'])
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, config);
  const { log } = await graph.invoke(new Command({ resume: 'answer' }), config);
  assert.deepEqual(log, ['by edge', 'answer', 'sent']);
});

for (const name of ['7', 'a[0]', 'x[]']) {
  it(`the state of a kept subgraph is found in a node named ${name}`, async () => {
    const State = Annotation.Root({ log: LogState.spec.log, own: Annotation<string>() });
    const child = new StateGraph(State)
      .addNode('asks', () => ({ own: 'seen', log: [interrupt<string>('?')] }))
      .addNode('first', () => ({ own: 'seen' }))
      .addEdge(START, 'first')
      .addEdge('first', 'asks')
      .compile({ checkpointer: true });
    const graph = new StateGraph(LogState)
      .addNode(name, child, { returns: 'updates' })
      .addEdge(START, name)
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    const { tasks } = await graph.getState(config, { subgraphs: true });
    assert.equal((tasks[0]!.state as StateSnapshot<{ own: string }>).values.own, 'seen');
    assert.deepEqual(await graph.invoke(new Command({ resume: 'yes' }), config), { log: ['yes'] });
  });
}
