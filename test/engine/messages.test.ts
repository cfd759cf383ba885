import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  AIMessage,
  AIMessageChunk,
  BaseMessage,
  HumanMessage,
  MemorySaver,
  MessagesAnnotation,
  MessagesState,
  MessagesValue,
  Overwrite,
  REMOVE_ALL_MESSAGES,
  RemoveMessage,
  START,
  StateGraph,
  StateSchema,
  SystemMessage,
  ToolMessage,
  addMessages,
  coerceMessage,
  isMessage,
  messagesStateReducer,
} from '../../src/engine/index.ts';
import { failsWith, mentions, settle } from './support.ts';

const texts = (list: readonly { text: string }[]) => list.map(({ text }) => text);

describe('addMessages()', () => {
  it('appends one message or several, and gives ids to those without', () => {
    const list = addMessages([], new HumanMessage('1'));
    const more = addMessages(list, [
      new AIMessage('2'),
      new HumanMessage({ content: '3', id: 'mine' }),
    ]);
    assert.deepEqual(texts(more), ['1', '2', '3']);
    assert.ok(more.every(({ id }) => typeof id === 'string' && id !== ''));
    assert.equal(more[2]!.id, 'mine');
    assert.equal(new Set(more.map(({ id }) => id)).size, 3);
    assert.equal(more[0], list[0]);
  });

  it('leaves the list it was given alone', () => {
    const list = Object.freeze(addMessages([], ['a', 'b']));
    addMessages(list, 'c');
    addMessages(list, 'd');
    assert.deepEqual(texts(list), ['a', 'b']);
    assert.deepEqual(texts(addMessages(list, 'e')), ['a', 'b', 'e']);
  });

  it('replaces a message of a known id in place', () => {
    const list = addMessages([], ['a', { role: 'user', content: 'b', id: 'x' }, 'c']);
    const replaced = addMessages(list, { role: 'assistant', content: 'B', id: 'x' });
    assert.deepEqual(texts(replaced), ['a', 'B', 'c']);
    assert.equal(replaced[1]!.type, 'ai');
  });

  it('replaces within one update, too', () => {
    const list = addMessages(
      [],
      [
        { role: 'user', content: 'old', id: 'x' },
        { role: 'user', content: 'new', id: 'x' },
      ],
    );
    assert.deepEqual(texts(list), ['new']);
  });

  it('removes by id, and knows the places of the others after it', () => {
    let list = addMessages(
      [],
      [
        { role: 'user', content: 'a', id: 'a' },
        { role: 'user', content: 'b', id: 'b' },
        { role: 'user', content: 'c', id: 'c' },
      ],
    );
    list = addMessages(list, new RemoveMessage({ id: 'a' }));
    assert.deepEqual(texts(list), ['b', 'c']);
    list = addMessages(list, { role: 'user', content: 'C', id: 'c' });
    assert.deepEqual(texts(list), ['b', 'C']);
    list = addMessages(list, [
      new RemoveMessage({ id: 'c' }),
      { role: 'user', content: 'again', id: 'c' },
    ]);
    assert.deepEqual(texts(list), ['b', 'again']);
  });

  it('has an error for the removal of an unknown id', async () => {
    const error = await failsWith('VALIDATION_FAILED', () =>
      addMessages([], new RemoveMessage({ id: 'ghost' })),
    );
    mentions(error, '"ghost"');
  });

  it('reads strings, pairs and objects', () => {
    const list = addMessages(
      [],
      [
        'plain',
        ['assistant', 'pair'],
        { role: 'system', content: 'object' },
        { type: 'human', content: 'typed' },
        { role: 'tool', content: 'result', tool_call_id: 'call1' },
      ],
    );
    assert.deepEqual(
      list.map(({ type, text }) => `${type} ${text}`),
      ['human plain', 'ai pair', 'system object', 'human typed', 'tool result'],
    );
    assert.equal((list[4] as ToolMessage).tool_call_id, 'call1');
  });

  it('reads one pair as one message, other lists of two strings as two', () => {
    assert.deepEqual(texts(addMessages([], ['user', 'hi'])), ['hi']);
    assert.deepEqual(texts(addMessages([], ['hi', 'there'])), ['hi', 'there']);
  });

  it('is linear in long conversations', () => {
    let list = addMessages([], []);
    for (let i = 0; i < 3_000; i++)
      list = addMessages(list, { role: 'user', content: `${i}`, id: `${i}` });
    assert.equal(list.length, 3_000);
    assert.equal(messagesStateReducer, addMessages);
  });
});

describe('a key of messages', () => {
  it('is filled in node-name order by parallel nodes', async () => {
    const graph = new StateGraph(MessagesState)
      .addNode('b', () => ({ messages: new AIMessage('from b') }))
      .addNode('a', async () => {
        await settle();
        return { messages: [new AIMessage('from a')] };
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const { messages } = await graph.invoke({ messages: [['user', 'hi']] });
    assert.deepEqual(texts(messages), ['hi', 'from a', 'from b']);
  });

  it('can be read and changed by id from node to node', async () => {
    const graph = new StateGraph(new StateSchema({ messages: MessagesValue }))
      .addNode('shorten', ({ messages }) => ({
        messages: [
          new RemoveMessage({ id: messages[0]!.id! }),
          new HumanMessage({ content: 'edited', id: messages[1]!.id }),
        ],
      }))
      .addEdge(START, 'shorten')
      .compile();
    const { messages } = await graph.invoke({ messages: ['one', 'two', 'three'] });
    assert.deepEqual(texts(messages), ['edited', 'three']);
  });

  it('names node and key where an update is no message', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('odd', () => ({ messages: [7] }) as any)
      .addEdge(START, 'odd')
      .compile();
    mentions(await failsWith('VALIDATION_FAILED', graph.invoke({})), '"messages"', '"odd"', '7');
  });

  it('names node and key where a removed id is unknown', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('odd', () => ({ messages: new RemoveMessage({ id: 'ghost' }) }))
      .addEdge(START, 'odd')
      .compile();
    const error = await failsWith('REDUCER_FAILED', graph.invoke({}));
    mentions(error, '"ghost"', '"odd"', '"messages"');
  });

  it('can be overwritten with anything that reads as messages', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('reset', () => ({ messages: new Overwrite([{ role: 'user', content: 'new' }]) }))
      .addEdge(START, 'reset')
      .compile();
    const { messages } = await graph.invoke({ messages: ['old'] });
    assert.deepEqual(texts(messages), ['new']);
    assert.ok(messages[0]!.id);
  });

  it('gives a message one id, which the routers of its node see as well', async () => {
    let routed: string | undefined;
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('say', () => ({ messages: { role: 'assistant', content: 'hi' } }))
      .addEdge(START, 'say')
      .addConditionalEdges('say', ({ messages }) => ((routed = messages[0]!.id), []), [])
      .compile();
    const { messages } = await graph.invoke({});
    assert.equal(messages[0]!.id, routed);
  });

  it('does not give ids to the messages of the caller, who may use them again', async () => {
    const mine = new HumanMessage('hi');
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('echo', () => ({ messages: mine }))
      .addEdge(START, 'echo')
      .compile();
    const { messages } = await graph.invoke({ messages: [mine] });
    assert.deepEqual(texts(messages), ['hi', 'hi']);
    assert.equal(mine.id, undefined);
  });
});

describe('messages', () => {
  it('know their type and text', () => {
    assert.deepEqual(
      [
        new HumanMessage('h'),
        new AIMessage('a'),
        new SystemMessage('s'),
        new ToolMessage({ content: 't', tool_call_id: '1' }),
      ].map((message) => [message.type, message.getType(), message.text]),
      [
        ['human', 'human', 'h'],
        ['ai', 'ai', 'a'],
        ['system', 'system', 's'],
        ['tool', 'tool', 't'],
      ],
    );
    assert.equal(
      new AIMessage({
        content: [{ type: 'text', text: 'a' }, { type: 'image' }, { type: 'text', text: 'b' }],
      }).text,
      'ab',
    );
  });

  it('are plain data in JSON, which reads back as a message', () => {
    const message = new AIMessage({
      content: 'x',
      id: '1',
      tool_calls: [{ name: 'f', args: { a: 1 } }],
    });
    const json = JSON.parse(JSON.stringify(message));
    assert.deepEqual(json, {
      type: 'ai',
      content: 'x',
      id: '1',
      tool_calls: [{ name: 'f', args: { a: 1 } }],
    });
    assert.deepEqual(coerceMessage(json), message);
  });

  it('are printed under a title', () => {
    const lines = new HumanMessage({ content: 'Hello', name: 'Ann' })
      .toFormattedString()
      .split('\n');
    assert.equal(lines[0]!.length, 80);
    assert.match(lines[0]!, /^=+ Human Message =+$/);
    assert.deepEqual(lines.slice(1), ['Name: Ann', '', 'Hello']);
  });

  it('are recognised, also those of LangChain', async () => {
    const { HumanMessage: Theirs } = await import('@langchain/core/messages');
    const theirs = new Theirs('hi');
    assert.ok(isMessage(new AIMessage('')) && isMessage(theirs));
    assert.equal(coerceMessage(theirs as any), theirs);
    for (const other of [null, 'text', { content: 'x' }, 7]) assert.ok(!isMessage(other));
  });

  for (const wrong of [7, null, {}, { role: 'alien', content: '' }, [1, 2]]) {
    it(`cannot be made of ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => coerceMessage(wrong as any), TypeError);
    });
  }
});

describe('messages beside those of LangChain', () => {
  const ours = [
    new HumanMessage('a'),
    new AIMessage('b'),
    new SystemMessage('c'),
    new ToolMessage({ content: 'd', tool_call_id: '1' }),
  ];

  it('pass its type guards and its instanceof, and its messages pass ours', async () => {
    const theirs = await import('@langchain/core/messages');
    const classes = [
      [HumanMessage, theirs.HumanMessage],
      [AIMessage, theirs.AIMessage],
      [SystemMessage, theirs.SystemMessage],
      [ToolMessage, theirs.ToolMessage],
    ] as const;
    for (const [at, message] of ours.entries()) {
      for (const [index, [Ours, Theirs]] of classes.entries()) {
        const isIt = index === at;
        assert.equal(Ours.isInstance(message), isIt);
        assert.equal(message instanceof Ours, isIt);
        assert.equal(Theirs.isInstance(message), isIt);
        assert.equal(message instanceof (Theirs as any), isIt);
        const copy = new (classes[at]![1] as any)({ content: 'x', tool_call_id: '1' });
        assert.equal(Ours.isInstance(copy), isIt);
        assert.equal(copy instanceof Ours, isIt);
      }
      assert.ok(theirs.isBaseMessage(message) && message instanceof BaseMessage);
    }
    assert.ok(AIMessageChunk.isInstance(new AIMessageChunk('a')));
    assert.ok(!AIMessageChunk.isInstance(new AIMessage('a')) && !AIMessage.isInstance('a'));
    assert.ok(RemoveMessage.isInstance(new RemoveMessage({ id: '1' })));
  });

  it('are understood by its models and helpers', async () => {
    const { FakeListChatModel } = await import('@langchain/core/utils/testing');
    const { filterMessages, getBufferString, trimMessages } =
      await import('@langchain/core/messages');
    const model = new FakeListChatModel({ responses: ['good'] });
    assert.equal((await model.invoke(ours as any)).text, 'good');
    assert.equal(getBufferString(ours.slice(0, 3) as any), 'Human: a\nAI: b\nSystem: c');
    assert.equal(filterMessages(ours as any, { includeTypes: ['ai'] }).length, 1);
    const trimmed = await trimMessages(ours.slice(0, 3), {
      maxTokens: 2,
      strategy: 'last',
      tokenCounter: (list: readonly unknown[]) => list.length,
    });
    assert.deepEqual(texts(trimmed as any), ['b', 'c']);
  });

  it('come back from a checkpoint as messages that its guards know', async () => {
    const { AIMessage: Theirs } = await import('@langchain/core/messages');
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('answer', () => ({ messages: new Theirs('yes') }))
      .addEdge(START, 'answer')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await graph.invoke({ messages: 'hi' }, config);
    const { messages } = (await graph.getState(config)).values;
    assert.ok(Theirs.isInstance(messages.at(-1)));
  });
});

describe('REMOVE_ALL_MESSAGES', () => {
  it('deletes what stands before it, in the list and in the update, and keeps what follows', () => {
    const list = Object.freeze(addMessages([], [new HumanMessage('one'), new HumanMessage('two')]));
    const all = new RemoveMessage({ id: REMOVE_ALL_MESSAGES });
    const next = addMessages(list, [new HumanMessage('three'), all, new HumanMessage('four')]);
    assert.deepEqual(texts(next), ['four']);
    assert.deepEqual(texts(addMessages(next, 'five')), ['four', 'five']);
    assert.deepEqual(texts(addMessages([], all)), []);
  });
});

describe('addMessages on lists that branch', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const change = fc.record({
    /** Which of the lists so far, from the newest. */
    from: fc.nat(2),
    update: fc.array(fc.record({ id: ids, isRemoved: fc.boolean() }), { maxLength: 4 }),
  });

  it('gives the same as looking for each id, whichever list it is called on again', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.boolean(), (changes, isFrozen) => {
        const lists: BaseMessage[][] = [[]];
        let count = 0;
        for (const { from, update } of changes) {
          const base = lists.at(-1 - (from % lists.length))!;
          const expected = base.map(({ id, text }) => `${id} ${text}`);
          const messages = update.flatMap(({ id, isRemoved }): BaseMessage[] => {
            const at = expected.findIndex((each) => each.startsWith(id));
            if (isRemoved) {
              if (at === -1) return [];
              expected.splice(at, 1);
              return [new RemoveMessage({ id })];
            }
            const text = String(count++);
            expected.splice(at === -1 ? expected.length : at, 1, `${id} ${text}`);
            return [new HumanMessage({ id, content: text })];
          });
          const list = addMessages(base, messages);
          assert.deepEqual(
            list.map(({ id, text }) => `${id} ${text}`),
            expected,
          );
          lists.push(isFrozen ? (Object.freeze(list) as BaseMessage[]) : list);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
