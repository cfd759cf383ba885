// States that LangGraph.js has declared, in graphs of ours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as theirs from '@langchain/langgraph';
import { LastValue, Topic } from '@langchain/langgraph/channels';
import type { MessagesAnnotation } from '../../src/engine/index.ts';
import { Annotation, START, StateGraph } from '../../src/engine/index.ts';
import { failsWith } from '../engine/support.ts';

const Theirs = theirs.Annotation.Root({
  last: theirs.Annotation<number>,
  list: theirs.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => ['start'] }),
});

const graphOf = (state: unknown) =>
  new StateGraph(state as typeof own)
    .addNode('write', () => ({ last: 2, list: ['written'] }))
    .addEdge(START, 'write')
    .compile();
const own = Annotation.Root({ last: Annotation<number>(), list: Annotation<string[]>() });

describe('a graph takes', () => {
  const expected = { last: 2, list: ['start', 'begun', 'written'] };

  it('a state that Annotation.Root of LangGraph.js has made', async () => {
    assert.deepEqual(await graphOf(Theirs).invoke({ list: ['begun'] }), expected);
  });

  it('its spec, alone and in a state of ours', async () => {
    assert.deepEqual(await graphOf(Theirs.spec).invoke({ list: ['begun'] }), expected);
    const State = Annotation.Root({ ...(Theirs.spec as object), more: Annotation<string>() });
    assert.deepEqual(await graphOf(State).invoke({ list: ['begun'], more: 'm' } as never), {
      ...expected,
      more: 'm',
    });
  });

  it('channels of last values and reducers as fields', async () => {
    const concat = (a: string[], b: string[]) => a.concat(b);
    const State = Annotation.Root({
      last: new LastValue<number>(),
      list: () => new theirs.BinaryOperatorAggregate(concat, () => ['start']),
    } as never);
    assert.deepEqual(await graphOf(State).invoke({ list: ['begun'] }), expected);
  });

  it('MessagesAnnotation of LangGraph.js', async () => {
    const state = theirs.MessagesAnnotation as unknown as typeof MessagesAnnotation;
    const graph = new StateGraph(state)
      .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'Hello' }] }))
      .addEdge(START, 'answer')
      .compile();
    const { messages } = await graph.invoke({ messages: 'Hi' });
    assert.deepEqual(
      messages.map((message) => [message.getType(), message.content]),
      [
        ['human', 'Hi'],
        ['ai', 'Hello'],
      ],
    );
  });

  it('no channel of another kind, and says which key has it', async () => {
    for (const field of [new Topic(), () => 1, class {}]) {
      const error = await failsWith('INVALID_SCHEMA', () =>
        Annotation.Root({ odd: field } as never),
      );
      assert.match(error.message, /field "odd"/);
    }
  });
});
