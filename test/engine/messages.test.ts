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

  it('removes once what is removed twice, in one update and by nodes side by side', async () => {
    const list = addMessages([], [new HumanMessage({ id: 'a', content: 'a' }), 'b']);
    const removal = new RemoveMessage({ id: 'a' });
    assert.deepEqual(texts(addMessages(list, [removal, removal])), ['b']);
    const remove = () => ({ messages: [removal] });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('one', remove)
      .addNode('two', remove)
      .addEdge(START, 'one')
      .addEdge(START, 'two')
      .compile();
    assert.deepEqual(texts((await graph.invoke({ messages: list })).messages), ['b']);
  });

  it('takes as removed what stood before the removal of all', () => {
    const list = addMessages([], [new HumanMessage({ id: 'a', content: 'a' })]);
    const all = new RemoveMessage({ id: REMOVE_ALL_MESSAGES });
    const next = addMessages(list, [all, 'b', new RemoveMessage({ id: 'a' })]);
    assert.deepEqual(texts(next), ['b']);
  });

  it('puts a message in the place of the one that its own update has removed', async () => {
    const given = ['a', 'b', 'c'].map((id) => new HumanMessage({ id, content: id }));
    const removal = new RemoveMessage({ id: 'a' });
    const again = new HumanMessage({ id: 'a', content: 'A' });
    const list = addMessages([], given);
    assert.deepEqual(texts(addMessages(list, [removal, again])), ['A', 'b', 'c']);
    assert.deepEqual(texts(addMessages(list, [removal, 'd', again])), ['A', 'b', 'c', 'd']);
    assert.deepEqual(texts(addMessages(addMessages(list, removal), again)), ['b', 'c', 'A']);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('1 removes', () => ({ messages: removal }))
      .addNode('2 adds', () => ({ messages: again }))
      .addEdge(START, '1 removes')
      .addEdge(START, '2 adds')
      .compile();
    assert.deepEqual(texts((await graph.invoke({ messages: given })).messages), ['b', 'c', 'A']);
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

  const lists = fc.array(
    fc.oneof(
      fc
        .record({ text: fc.string(), id: fc.string({ minLength: 1 }) })
        .map(({ text, id }) => new HumanMessage({ content: text, id })),
      fc.record({ text: fc.string(), args: fc.dictionary(fc.string(), fc.jsonValue()) }).map(
        ({ text, args }) =>
          new AIMessage({
            content: [{ type: 'text', text }],
            id: `ai ${text}`,
            tool_calls: [{ name: 'f', args: JSON.parse(JSON.stringify(args)), id: 'c' }],
            additional_kwargs: { reasoning_content: text },
            usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
          }),
      ),
      fc.string().map(
        (text) =>
          new ToolMessage({
            content: text,
            id: `tool ${text}`,
            tool_call_id: 'c',
            status: 'error',
            name: 'f',
          }),
      ),
      fc.string().map((text) => new SystemMessage({ content: text, id: `system ${text}` })),
      fc.string({ minLength: 1 }).map((id) => new RemoveMessage({ id })),
    ),
  );

  it('mean the same as JSON, those that remove others too', () => {
    fc.assert(
      fc.property(lists, lists, (first, second) => {
        const isRemoval = (message: BaseMessage) => message.type === 'remove';
        const base = addMessages(
          [],
          first.filter((message) => !isRemoval(message)),
        );
        const update = [
          ...second.filter((message) => !isRemoval(message)),
          ...base.slice(0, 2).map((message) => new RemoveMessage({ id: message.id! })),
        ];
        assert.deepEqual(
          addMessages(base, JSON.parse(JSON.stringify(update))),
          addMessages(base, update),
        );
        for (const message of [...first, ...second]) {
          assert.deepEqual(coerceMessage(JSON.parse(JSON.stringify(message))), message);
        }
      }),
    );
  });

  it('are read from the JSON of LangChain, as it stores them too', async () => {
    const theirs = await import('@langchain/core/messages');
    const list = [
      new theirs.HumanMessage({ content: 'h', id: '1', name: 'Ann' }),
      new theirs.AIMessage({ content: '', tool_calls: [{ name: 'f', args: { a: 1 }, id: 'c' }] }),
      new theirs.AIMessageChunk('chunk'),
      new theirs.ToolMessage({ content: 't', tool_call_id: 'c', artifact: { rows: 2 } }),
      new theirs.SystemMessage('s'),
    ];
    const ours = [
      new HumanMessage({ content: 'h', id: '1', name: 'Ann' }),
      new AIMessage({
        content: '',
        tool_calls: [{ name: 'f', args: { a: 1 }, id: 'c' }],
      }),
      new AIMessage('chunk'),
      new ToolMessage({
        content: 't',
        tool_call_id: 'c',
        additional_kwargs: { artifact: { rows: 2 } },
      }),
      new SystemMessage('s'),
    ];
    const read = (json: unknown) => coerceMessage(JSON.parse(JSON.stringify(json)));
    assert.deepEqual(list.map(read), ours);
    assert.deepEqual(theirs.mapChatMessagesToStoredMessages(list).map(read), ours);
    const removal = read(new theirs.RemoveMessage({ id: '1' }));
    assert.deepEqual(removal, new RemoveMessage({ id: '1' }));
  });

  it('remove others as plain data of any form', () => {
    const list = addMessages([], [new HumanMessage({ id: 'a', content: 'a' }), 'b']);
    for (const removal of [
      { role: 'remove', id: 'a' },
      { type: 'remove', id: 'a' },
      { type: 'remove', id: 'a', content: '' },
    ]) {
      assert.deepEqual(texts(addMessages(list, removal)), ['b']);
    }
  });

  describe('as a provider has them', () => {
    const raw = (call: object) => ({ id: 'c', type: 'function', function: call });
    const asked = (call: object) =>
      coerceMessage({ role: 'assistant', tool_calls: [raw(call)] }) as AIMessage;

    it('may lack content where they call tools, and have their calls read', () => {
      const call = { name: 'add', arguments: '{"a":1}' };
      for (const content of [{}, { content: null }, { content: '' }]) {
        const message = coerceMessage({ role: 'assistant', ...content, tool_calls: [raw(call)] });
        assert.equal(message.content, '');
        assert.equal(message.text, '');
        assert.deepEqual((message as AIMessage).tool_calls, [
          { name: 'add', args: { a: 1 }, id: 'c', type: 'tool_call' },
        ]);
      }
      const made = new AIMessage({ content: null, tool_calls: [raw(call) as any] });
      assert.deepEqual(made.tool_calls[0]!.args, { a: 1 });
      const old = new AIMessage({ content: '', additional_kwargs: { tool_calls: [raw(call)] } });
      assert.deepEqual(old.tool_calls[0]!.args, { a: 1 });
    });

    for (const [given, args] of [
      ['', {}],
      [undefined, {}],
      [{ a: 1 }, { a: 1 }],
      ['"{\\"a\\":1}"', { a: 1 }],
    ] as const) {
      it(`may have ${JSON.stringify(given)} as the arguments of a call`, () => {
        const { tool_calls: calls } = asked({ name: 'f', arguments: given });
        assert.deepEqual(calls[0]!.args, args);
      });
    }

    it('keep calls whose arguments cannot be read apart from the others', () => {
      for (const wrong of ['{"a":', '[1]', '7']) {
        const { tool_calls: calls, additional_kwargs: more } = asked({
          name: 'f',
          arguments: wrong,
        });
        assert.deepEqual(calls, []);
        const [invalid] = more['invalid_tool_calls'];
        assert.deepEqual([invalid.id, invalid.name, invalid.args], ['c', 'f', wrong]);
        assert.ok(invalid.error);
      }
    });

    it('have a call without id answered under one that is made for it', () => {
      const message = coerceMessage({
        role: 'assistant',
        tool_calls: [1, 2].map(() => ({ function: { name: 'f', arguments: '' } })),
      }) as AIMessage;
      const [first, second] = message.tool_calls.map(({ id }) => id);
      assert.ok(first && second && first !== second);
    });

    it('keep what only a provider knows in their additional fields', () => {
      const { additional_kwargs: more } = coerceMessage({
        role: 'assistant',
        content: 'So.',
        reasoning_content: 'Hm.',
        refusal: null,
        annotations: [],
        additional_kwargs: { mine: 1 },
      });
      assert.deepEqual(more, { mine: 1, reasoning_content: 'Hm.' });
    });

    it('say what is missing where they cannot be read', () => {
      for (const [value, word] of [
        [{ role: 'tool', content: 'x' }, 'tool_call_id'],
        [{ role: 'remove' }, 'id'],
        [{ role: 'user' }, 'content'],
        [{ role: 'function', name: 'f', content: 'x' }, '"function"'],
      ] as const) {
        assert.throws(
          () => coerceMessage(value),
          (error: Error) => error instanceof TypeError && error.message.includes(word),
        );
      }
    });
  });

  it('are made of content alone, too', () => {
    const blocks = [{ type: 'text', text: 'a' }];
    assert.equal(new HumanMessage(blocks).text, 'a');
    assert.equal(new AIMessage(blocks).text, 'a');
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

  it('join their pieces as it joins its own', async () => {
    const { AIMessageChunk: TheirChunk } = await import('@langchain/core/messages');
    const pieces = [
      { content: 'a', additional_kwargs: { reasoning_content: 'Hm', list: [1], other: 1 } },
      { content: 'b', additional_kwargs: { reasoning_content: '. ', list: [2] } },
      { content: '', additional_kwargs: { refusal: 'No' } },
    ];
    const ours = pieces.map((piece) => new AIMessageChunk(piece)).reduce((a, b) => a.concat(b));
    const theirs = pieces.map((piece) => new TheirChunk(piece)).reduce((a, b) => a.concat(b));
    assert.deepEqual(ours.additional_kwargs, theirs.additional_kwargs);
    assert.deepEqual([ours.text, ours.additional_kwargs['reasoning_content']], ['ab', 'Hm. ']);
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
          /** With the places of those that the update removes, which they take if they return. */
          const expected = base.map(({ id, text }) => ({ id, text, isGone: false }));
          const messages = update.flatMap(({ id, isRemoved }): BaseMessage[] => {
            const known = expected.find((each) => each.id === id);
            if (isRemoved) {
              if (known === undefined) return [];
              known.isGone = true;
              return [new RemoveMessage({ id })];
            }
            const text = String(count++);
            if (known) Object.assign(known, { text, isGone: false });
            else expected.push({ id, text, isGone: false });
            return [new HumanMessage({ id, content: text })];
          });
          const list = addMessages(base, messages);
          assert.deepEqual(
            list.map(({ id, text }) => `${id} ${text}`),
            expected.filter(({ isGone }) => !isGone).map(({ id, text }) => `${id} ${text}`),
          );
          assert.equal(new Set(list.map(({ id }) => id)).size, list.length);
          lists.push(isFrozen ? (Object.freeze(list) as BaseMessage[]) : list);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
