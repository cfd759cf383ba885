// Errors about writes name who wrote: a node, or what came with the call.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { Command, END, MemorySaver, START, StateGraph } from '../../../src/engine/index.ts';
import { failsWith, mentions } from '../support.ts';

const State = z.object({ n: z.number() });
const config = { configurable: { thread_id: '1' } };
const wrong = { n: 'x' } as never;

function graph() {
  return new StateGraph(State)
    .addNode('a', () => ({}))
    .addEdge(START, 'a')
    .compile({ name: 'g', checkpointer: new MemorySaver() });
}

describe('an error about a write', () => {
  it('names the command of the call, and no node', async () => {
    const error = await failsWith(
      'VALIDATION_FAILED',
      graph().invoke(new Command({ update: wrong }), config),
    );
    mentions(error, 'the command of the call', 'key "n"', '"x"');
    assert.deepEqual(error.details.nodes, []);
  });

  it('names the command where its goto has no node, or its update is no update', async () => {
    const nowhere = graph().invoke(new Command({ goto: 'zz' as never }), config);
    const error = await failsWith('UNKNOWN_DESTINATION', nowhere);
    mentions(error, 'goto of the command of the call', '"zz"');
    assert.deepEqual(error.details.nodes, []);
    const none = graph().invoke(new Command({ update: 3 as never }), config);
    mentions(await failsWith('INVALID_GRAPH_NODE_RETURN_VALUE', none), 'the command of the call');
  });

  it('names updateState(), or the node that it stands for', async () => {
    for (const asNode of [undefined, START, END] as const) {
      const error = await failsWith(
        'VALIDATION_FAILED',
        graph().updateState(config, wrong, asNode),
      );
      mentions(error, 'the call of updateState()');
      assert.deepEqual(error.details.nodes, []);
    }
    const error = await failsWith('VALIDATION_FAILED', graph().updateState(config, wrong, 'a'));
    mentions(error, 'node "a"');
    assert.deepEqual(error.details.nodes, ['a']);
  });

  it('names the input, also where a node has the name that once stood for it', async () => {
    const named = new StateGraph(State)
      .addNode('__input__', () => wrong)
      .addEdge(START, '__input__')
      .compile();
    const error = await failsWith('VALIDATION_FAILED', named.invoke({ n: 1 }));
    assert.deepEqual(error.details.nodes, ['__input__']);
    mentions(await failsWith('VALIDATION_FAILED', named.invoke(wrong)), 'the input');
  });
});
