import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Command,
  HumanMessage,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  ToolMessage,
  interrupt,
  pushMessage,
  type BaseMessage,
} from '../../src/engine/index.ts';
import { ToolNode, tool, toolsCondition, type Tool } from '../../src/openai/index.ts';
import * as z from 'zod';
import { SqliteSaver } from '../../src/engine/sqlite.ts';
import { failsWith, mentions, recorder, settle, thrownBy } from '../engine/support.ts';
import { says, sends } from '../fakes/modelServer.ts';
import { clientOf, serve } from './support.ts';

const add = tool(({ a, b }) => a + b, {
  name: 'add',
  description: 'Adds two numbers',
  schema: z.object({ a: z.number(), b: z.number().default(1) }),
});

/** A model's message that asks for these calls. */
function asks(...calls: readonly [name: string, args: Record<string, unknown>][]): AIMessage {
  const tool_calls = calls.map(([name, args], i) => ({ id: `c${i}`, name, args }));
  return new AIMessage({ content: '', tool_calls });
}

const texts = (messages: readonly BaseMessage[]) =>
  messages.map(({ type, text }) => `${type}: ${text}`);

/** What the calls were answered, in short. */
async function answers(tools: readonly Tool[], message: BaseMessage, options = {}) {
  const { messages } = (await new ToolNode(tools, options).invoke({ messages: [message] })) as {
    messages: ToolMessage[];
  };
  return messages.map(({ text, status, tool_call_id, name }) => [tool_call_id, name, status, text]);
}

describe('a tool', () => {
  it('is called with arguments that are checked, defaults filled in', async () => {
    assert.equal(await add.invoke({ a: 1 }), 2);
    const error = await thrownBy(add.invoke({ a: 'one' } as never));
    assert.ok(error instanceof TypeError);
    mentions(error, 'add', 'a:', '"one"');
  });

  it('answers a call by a message', async () => {
    const call = { type: 'tool_call', id: 'c1', name: 'add', args: { a: 1 } } as const;
    const message = await add.invoke(call);
    assert.ok(message instanceof ToolMessage);
    assert.deepEqual([message.text, message.tool_call_id, message.name], ['2', 'c1', 'add']);
  });

  it('may take a JSON Schema, or no arguments', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const half = tool(({ n }: { n: number }) => n / 2, { name: 'half', schema });
    assert.equal(await half.invoke({ n: 4 }), 2);
    mentions((await thrownBy(half.invoke({ n: 0.5 }))) as Error, 'half', 'n:', '0.5');
    assert.equal(await tool(() => 'Twelve', { name: 'clock' }).invoke({}), 'Twelve');
  });

  it('must have a name that models accept', () => {
    assert.throws(() => tool(() => 1, { name: 'my tool' }), /named "my tool": use 1 to 64 letters/);
  });
});

describe('a ToolNode', () => {
  it('answers the calls in their order, though they run at once', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = tool(() => promise, { name: 'slow' });
    const quick = tool(() => resolve('waited for the other'), { name: 'quick' });
    assert.deepEqual(await answers([slow, quick], asks(['slow', {}], ['quick', {}])), [
      ['c0', 'slow', 'success', 'waited for the other'],
      ['c1', 'quick', 'success', ''],
    ]);
  });

  it('tells the model of errors, of arguments that do not fit and of tools that do not exist', async () => {
    const fail = tool(() => Promise.reject(new RangeError('Too far')), { name: 'fail' });
    const [failed, misfit, unknown] = await answers(
      [add, fail],
      asks(['fail', {}], ['add', { a: 'one' }], ['subtract', {}]),
    );
    assert.deepEqual(failed?.slice(0, 3), ['c0', 'fail', 'error']);
    assert.match(failed?.[3] ?? '', /Too far/);
    assert.equal(misfit?.[2], 'error');
    assert.match(misfit?.[3] ?? '', /a: .*"one"/);
    assert.match(unknown?.[3] ?? '', /no tool "subtract"; there are: add, fail/);
  });

  it('tells the model of arguments that were no JSON', async () => {
    const invalid = [{ id: 'c9', name: 'add', args: '{"a":', error: 'Unexpected end' }];
    const message = new AIMessage({
      content: '',
      additional_kwargs: { invalid_tool_calls: invalid },
    });
    const [answer] = await answers([add], message);
    assert.deepEqual(answer?.slice(0, 3), ['c9', 'add', 'error']);
    assert.match(answer?.[3] ?? '', /not valid JSON: Unexpected end/);
  });

  it('fails with the error of a tool, or says it otherwise, if it is told to', async () => {
    const error = new RangeError('Too far');
    const fail = tool(() => Promise.reject(error), { name: 'fail' });
    assert.equal(
      await thrownBy(answers([fail], asks(['fail', {}]), { handleToolErrors: false })),
      error,
    );
    const handleToolErrors = (thrown: unknown) => `It said: ${(thrown as Error).message}`;
    const [answer] = await answers([fail], asks(['fail', {}]), { handleToolErrors });
    assert.deepEqual(answer, ['c0', 'fail', 'error', 'It said: Too far']);
  });

  it('takes a list of messages too, and answers what is not answered yet', async () => {
    const message = asks(['add', { a: 1 }], ['add', { a: 2 }]);
    const done = new ToolMessage({ content: '2', tool_call_id: 'c0' });
    const result = (await new ToolNode([add]).invoke([message, done])) as ToolMessage[];
    assert.deepEqual(
      result.map(({ text, tool_call_id }) => [tool_call_id, text]),
      [['c1', '3']],
    );
  });

  it('says so if no message of a model is there', async () => {
    await assert.rejects(
      new ToolNode([add]).invoke({ messages: [new HumanMessage('Hi')] }),
      /no message of a model/,
    );
  });

  it('is a node like any other: its tools get the config, and may pause the run', async () => {
    const ask = tool(
      (_, { signal, toolCallId }) => {
        assert.ok(signal instanceof AbortSignal);
        return `${toolCallId}: ${interrupt<string>('Really?')}`;
      },
      { name: 'ask' },
    );
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('tools', new ToolNode([ask]))
      .addEdge(START, 'tools')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    const paused: any = await graph.invoke({ messages: [asks(['ask', {}])] }, config);
    assert.equal(paused.__interrupt__[0].value, 'Really?');
    const { messages } = await graph.invoke(new Command({ resume: 'Yes' }), config);
    assert.equal(messages.at(-1)?.text, 'c0: Yes');
  });

  for (const [how, makeSaver] of [
    ['MemorySaver', () => new MemorySaver()],
    ['SqliteSaver', () => new SqliteSaver(':memory:')],
  ] as const) {
    it(`hands each tool the answer to its own question, and runs none again that is done (${how})`, async () => {
      const runs: string[] = [];
      let asksLater = '';
      const asking = (name: string) =>
        tool(
          async () => {
            runs.push(name);
            if (name === asksLater) await settle();
            return `${name}: ${interrupt<string>(`ask ${name}`)}`;
          },
          { name },
        );
      const pay = tool(
        () => {
          runs.push('pay');
          pushMessage({ role: 'assistant', content: 'Paying', id: 'p' });
          return 'paid';
        },
        { name: 'pay' },
      );
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('tools', new ToolNode([asking('a'), asking('b'), pay]))
        .addEdge(START, 'tools')
        .compile({ checkpointer: makeSaver() });
      for (const [thread_id, byOne] of [
        ['all', false],
        ['one by one', true],
      ] as const) {
        const config = { configurable: { thread_id } };
        runs.length = 0;
        asksLater = 'b';
        const calls = asks(['a', {}], ['b', {}], ['pay', {}]);
        let result: any = await graph.invoke({ messages: [calls] }, config);
        asksLater = 'a';
        const questions = result.__interrupt__ as { id: string; value: string }[];
        assert.deepEqual(questions.map(({ value }) => value).sort(), ['ask a', 'ask b']);
        const answers = questions.map(({ id, value }) => ({ [id]: `to ${value}` }));
        const given = byOne ? answers.toReversed() : [Object.assign({}, ...answers) as object];
        for (const each of given)
          result = await graph.invoke(new Command({ resume: each }), config);
        assert.deepEqual(
          (result.messages as BaseMessage[]).slice(1).map(({ text }) => text),
          ['Paying', 'a: to ask a', 'b: to ask b', 'paid'],
        );
        assert.equal(runs.filter((name) => name === 'pay').length, 1);
      }
    });
  }

  it('is told to observers as one task, whether or not it is stored', async () => {
    const told: string[][] = [];
    for (const checkpointer of [undefined, new MemorySaver()]) {
      const seen = recorder();
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('tools', new ToolNode([add]))
        .addEdge(START, 'tools')
        .compile(checkpointer && { checkpointer });
      const input = { messages: [asks(['add', { a: 1 }], ['add', { a: 2 }])] };
      await graph.invoke(input, {
        configurable: { thread_id: '1' },
        maxConcurrency: 1,
        onEvent: seen.onEvent,
      });
      told.push(seen.lines().filter((line) => !line.includes('checkpointMade')));
    }
    assert.deepEqual(told[1], told[0]);
  });

  it('does not make an answer of the end of a run', async () => {
    const stop = new AbortController();
    const wait = tool(
      (_, { signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          stop.abort(new Error('Enough'));
        }),
      { name: 'wait' },
    );
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('tools', new ToolNode([wait]))
      .addEdge(START, 'tools')
      .compile();
    const input = { messages: [asks(['wait', {}])] };
    await failsWith('ABORTED', graph.invoke(input, { signal: stop.signal }));
  });

  it('takes commands of tools for updates', async () => {
    const go = tool(() => new Command({ update: { messages: ['Gone'] } }), { name: 'go' });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('tools', new ToolNode([go, add]))
      .addEdge(START, 'tools')
      .compile();
    const asked = asks(['go', {}], ['add', { a: 1 }]);
    const { messages } = await graph.invoke({ messages: [asked] });
    assert.deepEqual(
      messages.slice(1).map(({ text }) => text),
      ['Gone', '2'],
    );
  });
});

describe('an agent', () => {
  it('goes round between model and tools until the model is done', async () => {
    const server = await serve([
      says({ toolCalls: [{ id: 'x', name: 'add', args: '{"a":1,"b":2}' }] }),
      says('It is 3.'),
    ]);
    const model = clientOf(server).bindTools([add]);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode('tools', new ToolNode([add]))
      .addEdge(START, 'model')
      .addConditionalEdges('model', toolsCondition)
      .addEdge('tools', 'model')
      .compile();
    const { messages } = await graph.invoke({ messages: '1 + 2?' });
    assert.deepEqual(texts(messages), ['human: 1 + 2?', 'ai: ', 'tool: 3', 'ai: It is 3.']);
    assert.deepEqual(server.requests[1]?.body.messages.slice(1), [
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'x', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } },
        ],
      },
      { role: 'tool', content: '3', tool_call_id: 'x' },
    ]);
  });

  it('takes the messages of a node that asks a model by other means', async () => {
    const call = {
      id: 'x',
      type: 'function',
      function: { name: 'add', arguments: '{"a":1,"b":2}' },
    };
    const asked = { role: 'assistant', content: null, refusal: null, tool_calls: [call] };
    const { content: _, ...silent } = asked;
    for (const raw of [asked, silent]) {
      const server = await serve([says('It is 3.')]);
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('raw', () => ({ messages: [raw] }))
        .addNode('tools', new ToolNode([add]))
        .addNode('model', async ({ messages }) => ({
          messages: [await clientOf(server).invoke(messages)],
        }))
        .addEdge(START, 'raw')
        .addConditionalEdges('raw', toolsCondition)
        .addEdge('tools', 'model')
        .compile();
      const { messages } = await graph.invoke({ messages: '1 + 2?' });
      assert.deepEqual(texts(messages), ['human: 1 + 2?', 'ai: ', 'tool: 3', 'ai: It is 3.']);
      const sent = [
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', content: '3', tool_call_id: 'x' },
      ];
      assert.deepEqual(server.requests[0]?.body.messages.slice(1), sent);
      await clientOf(server).invoke([raw, { role: 'tool', tool_call_id: 'x', content: '3' }]);
      assert.deepEqual(server.requests[1]?.body.messages, sent);
    }
  });

  it('has its tools called also where the state keeps messages as they came', async () => {
    const call = { id: 'x', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const messages: any[] = [{ role: 'assistant', content: null, tool_calls: [call] }];
    assert.equal(toolsCondition({ messages }), 'tools');
    const { messages: added } = await new ToolNode([add]).invoke({ messages });
    assert.deepEqual(texts(added), ['tool: 2']);
  });

  for (const id of ['call_0', '', null, undefined]) {
    it(`calls the tool in each turn, though the server gives all calls the id ${JSON.stringify(id)}`, async () => {
      const asksAgain = (n: number) =>
        sends(200, {
          choices: [
            {
              message: {
                content: null,
                tool_calls: [{ id, function: { name: 'add', arguments: `{"a":${n}}` } }],
              },
            },
          ],
        });
      const server = await serve([asksAgain(1), asksAgain(2), asksAgain(3), says('Done')]);
      const model = clientOf(server).bindTools([add]);
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode('tools', new ToolNode([add]))
        .addEdge(START, 'model')
        .addConditionalEdges('model', toolsCondition)
        .addEdge('tools', 'model')
        .compile();
      const { messages } = await graph.invoke({ messages: 'Go on' });
      assert.deepEqual(
        messages.filter(({ type }) => type === 'tool').map(({ text }) => text),
        ['2', '3', '4'],
      );
      const ids = messages.flatMap((message) => (message as AIMessage).tool_calls ?? []);
      assert.equal(new Set(ids.map((call) => call.id)).size, 3);
      assertAnswered(server.requests.at(-1)!.body.messages);
    });
  }
});

/** Each call has an id of its own, and its answer comes next. */
function assertAnswered(messages: readonly Record<string, any>[]): void {
  const asked = messages.flatMap(({ tool_calls: calls = [] }) =>
    (calls as { id: string }[]).map(({ id }) => id),
  );
  const answered = messages
    .filter(({ role }) => role === 'tool')
    .map((each) => each.tool_call_id as string);
  assert.equal(new Set(asked).size, asked.length);
  assert.ok(asked.every((id) => id !== ''));
  assert.deepEqual(answered, asked);
}

describe('calls that others have given the same ids', () => {
  const call = (n: number, id?: string) => ({
    name: 'add',
    args: { a: n },
    ...(id !== undefined && { id }),
  });
  const answer = (content: string, tool_call_id: string) =>
    new ToolMessage({ content, tool_call_id, name: 'add' });

  for (const id of ['x', '', undefined]) {
    it(`are all called and answered (${JSON.stringify(id)})`, async () => {
      const first = new AIMessage({ content: '', tool_calls: [call(1, id), call(2, id)] });
      const second = new AIMessage({ content: '', tool_calls: [call(3, id)] });
      const history = [first, answer('2', id ?? ''), answer('3', id ?? ''), second];
      const node = new ToolNode([add]);
      const told = (await node.invoke([first])) as ToolMessage[];
      assert.deepEqual(
        told.map(({ text }) => text),
        ['2', '3'],
      );
      const [last] = (await node.invoke(history)) as ToolMessage[];
      assert.equal(last?.text, '4');
      assert.equal(toolsCondition(history), 'tools');
      const server = await serve(says('Done'));
      await clientOf(server).invoke([new HumanMessage('Go'), ...history, last]);
      await clientOf(server).invoke([new HumanMessage('Go'), ...history, last]);
      const [sent, again] = server.requests.map(({ body }) => body.messages);
      assertAnswered(sent);
      assert.deepEqual(
        sent
          .filter(({ role }: { role: string }) => role === 'tool')
          .map((each: { content: string }) => each.content),
        ['2', '3', '4'],
      );
      // The same conversation is the same request, which servers may know already.
      assert.deepEqual(again, sent);
    });
  }

  it('are those of one message that have no answer yet', async () => {
    const asked = new AIMessage({ content: '', tool_calls: [call(1, 'x'), call(2, 'x')] });
    const told = (await new ToolNode([add]).invoke([asked, answer('2', 'x')])) as ToolMessage[];
    assert.deepEqual(
      told.map(({ text }) => text),
      ['3'],
    );
  });
});
