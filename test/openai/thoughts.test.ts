// What models think before they answer: kept, told apart from the text, and sent back where it is wanted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  AIMessage,
  HumanMessage,
  MessagesAnnotation,
  START,
  StateGraph,
  ToolMessage,
} from '../../src/engine/index.ts';
import { ToolNode, tool, toolsCondition } from '../../src/openai/index.ts';
import { ThinkTags } from '../../src/openai/thoughts.ts';
import { collect, failsWith } from '../engine/support.ts';
import { fails, says, sends, type ModelRequest, type Reply } from '../fakes/modelServer.ts';
import { clientOf, DONE, event, serve, streams } from './support.ts';

const now = tool(() => '12:00', { name: 'now' });
const call = [{ index: 0, id: 'a', type: 'function', function: { name: 'now', arguments: '{}' } }];
const details = [
  { type: 'reasoning.text', text: 'I should look', signature: 'abc', index: 0 },
  { type: 'reasoning.encrypted', data: 'xyz', index: 1 },
];

/** In each field: as a whole answer has it, and as pieces of a stream have it. */
const fields: Record<string, readonly [whole: unknown, pieces: readonly unknown[]]> = {
  reasoning_content: ['I should look', ['I should ', 'look']],
  reasoning: ['I should look', ['I should ', 'look']],
  reasoning_details: [
    details,
    [
      [{ type: 'reasoning.text', text: 'I should ', index: 0 }],
      [{ type: 'reasoning.text', text: 'look', index: 0 }],
      [{ type: 'reasoning.text', text: '', signature: 'abc', index: 0 }, details[1]],
    ],
  ],
};

/** A model that thinks, looks at the clock, and refuses to go on without its thoughts. */
function thinker(field: string): { readonly choose: (request: ModelRequest) => Reply } {
  const [whole, pieces] = fields[field]!;
  return {
    choose: ({ body }) => {
      const said = body.messages.findLast(({ role }: { role: string }) => role === 'assistant');
      if (said !== undefined) {
        return said[field] === undefined
          ? fails(400, {
              message: `The ${field} in the thinking mode must be passed back to the API.`,
            })
          : says('noon');
      }
      if (!body.stream) {
        return sends(200, {
          choices: [{ message: { content: null, [field]: whole, tool_calls: call } }],
        });
      }
      const thoughts = pieces.map((piece) => event({ [field]: piece }));
      return streams(...thoughts, event({ tool_calls: call }), event({}, 'tool_calls'), DONE);
    },
  };
}

describe('thoughts', () => {
  for (const [field, [whole]] of Object.entries(fields)) {
    for (const streaming of [false, true]) {
      it(`go back with the calls of tools (${field}, ${streaming ? 'streamed' : 'whole'})`, async () => {
        const server = await serve(thinker(field));
        const model = clientOf(server, { streaming }).bindTools([now]);
        const graph = new StateGraph(MessagesAnnotation)
          .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
          .addNode('tools', new ToolNode([now]))
          .addEdge(START, 'model')
          .addConditionalEdges('model', toolsCondition)
          .addEdge('tools', 'model')
          .compile();
        const { messages } = await graph.invoke({ messages: 'When?' });
        assert.deepEqual(
          messages.map(({ text }) => text),
          ['When?', '', '12:00', 'noon'],
        );
        assert.deepEqual(messages[1]?.additional_kwargs, { [field]: whole });
        assert.deepEqual(server.requests[1]?.body.messages[1][field], whole);
        assert.equal(server.requests.length, 2);
      });
    }

    it(`are told in pieces apart from the text, and are whole when the pieces are joined (${field})`, async () => {
      const server = await serve(thinker(field));
      const model = clientOf(server);
      const chunks = await collect(model.stream('When?'));
      assert.ok(chunks.filter((chunk) => chunk.additional_kwargs[field] !== undefined).length > 1);
      const message = chunks.reduce((sum, chunk) => sum.concat(chunk));
      assert.equal(message.text, '');
      const answer = new ToolMessage({ content: '12:00', tool_call_id: 'a' });
      assert.equal((await model.invoke(['When?', message, answer])).text, 'noon');
      assert.deepEqual(server.requests[1]?.body.messages[1][field], whole);
    });
  }

  it('are pieces of their own in streamMode "messages"', async () => {
    const server = await serve(thinker('reasoning'));
    const model = clientOf(server);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addEdge(START, 'model')
      .compile();
    const seen: unknown[] = [];
    for await (const [message] of await graph.stream(
      { messages: 'When?' },
      { streamMode: 'messages' },
    )) {
      const { reasoning_content } = message.additional_kwargs;
      if (reasoning_content !== undefined) seen.push([message.text, reasoning_content]);
    }
    assert.deepEqual(seen, [
      ['', 'I should '],
      ['', 'look'],
    ]);
  });

  const asked = new AIMessage({
    content: '',
    tool_calls: [{ name: 'now', args: {}, id: 'a' }],
    additional_kwargs: { reasoning_content: 'Hm' },
  });
  const turn = [
    new HumanMessage('When?'),
    asked,
    new ToolMessage({ content: '12:00', tool_call_id: 'a' }),
  ];
  const said = new AIMessage({ content: 'noon', additional_kwargs: { reasoning_content: 'Aha' } });
  const thoughtsIn = ({ body }: ModelRequest) =>
    body.messages
      .filter(({ role }: { role: string }) => role === 'assistant')
      .map((message: Record<string, unknown>) => message['reasoning_content']);

  it('of turns with tools go back in all later turns, those of others never', async () => {
    const server = await serve(says('Yes'));
    const model = clientOf(server);
    await model.invoke([...turn, said, new HumanMessage('Sure?')]);
    await model.invoke([new HumanMessage('Hi'), said, new HumanMessage('Sure?')]);
    assert.deepEqual(server.requests.map(thoughtsIn), [['Hm', 'Aha'], [undefined]]);
  });

  for (const error of [
    { message: "'messages.2' : property 'reasoning_content' is unsupported" },
    {
      message: 'Extra inputs are not permitted',
      loc: ['body', 'messages', 2, 'reasoning_content'],
    },
  ]) {
    it(`are left out for a server that refuses them, from then on: ${JSON.stringify(error)}`, async () => {
      const refusing = ({ body }: ModelRequest): Reply =>
        JSON.stringify(body).includes('reasoning_content')
          ? sends(422, 'loc' in error ? { detail: [error] } : { error })
          : says('noon');
      const server = await serve({ choose: refusing });
      const model = clientOf(server);
      const [one, other] = await model.batch([turn, turn]);
      assert.deepEqual([one?.text, other?.text], ['noon', 'noon']);
      const before = server.requests.length;
      await model.invoke(turn);
      assert.equal(server.requests.length, before + 1);
      assert.equal(server.requests.at(-1)?.body.messages[1].tool_calls.length, 1);
    });
  }

  it('of messages that never had any are sent empty to a server that insists', async () => {
    const server = await serve(thinker('reasoning_content'));
    const bare = new AIMessage({ content: '', tool_calls: asked.tool_calls });
    assert.equal((await clientOf(server).invoke([turn[0]!, bare, turn[2]!])).text, 'noon');
    assert.deepEqual(server.requests.map(thoughtsIn), [[undefined], ['']]);
  });

  it('that are empty go back too, with calls of tools', async () => {
    for (const streaming of [false, true]) {
      const delta = { content: null, reasoning_content: '', tool_calls: call };
      const reply = streaming
        ? streams(event(delta, 'tool_calls'), DONE)
        : sends(200, { choices: [{ message: delta }] });
      const server = await serve([reply, says('noon')]);
      const model = clientOf(server);
      const message = streaming
        ? (await collect(model.stream('When?'))).reduce((sum, chunk) => sum.concat(chunk))
        : await model.invoke('When?');
      await model.invoke(['When?', message, turn[2]!]);
      assert.deepEqual(thoughtsIn(server.requests[1]!), ['']);
    }
  });

  it('are not asked for or left out for ever, if a server does not know what it wants', async () => {
    const choose = (request: ModelRequest): Reply =>
      thoughtsIn(request)[0] === undefined
        ? fails(400, { message: 'reasoning_content is missing' })
        : fails(400, { message: 'reasoning_content is unsupported' });
    const server = await serve({ choose });
    await failsWith('MODEL_REQUEST_REFUSED', clientOf(server).invoke(turn));
    assert.equal(server.requests.length, 3);
  });
});

describe('thoughts between tags', () => {
  it('are no text, and go back before it with calls of tools', async () => {
    const content = '<think>Hm.</think>\n\nLet me see';
    for (const streaming of [false, true]) {
      const reply = streaming
        ? streams(
            ...[...content].map((char) => event({ content: char })),
            event({ tool_calls: call }, 'tool_calls'),
            DONE,
          )
        : sends(200, { choices: [{ message: { content, tool_calls: call } }] });
      const server = await serve([reply, says('noon')]);
      const model = clientOf(server, { streaming });
      const message = await model.invoke('When?');
      assert.equal(message.text, 'Let me see');
      assert.deepEqual(message.additional_kwargs, { think: 'Hm.' });
      await model.invoke([
        'When?',
        message,
        new ToolMessage({ content: '12:00', tool_call_id: 'a' }),
      ]);
      assert.equal(server.requests[1]?.body.messages[1].content, content);
    }
  });

  it('are those at the beginning only', async () => {
    const server = await serve([says('Say <think> twice</think>'), says('<'), says(' \n')]);
    const model = clientOf(server, { streaming: true });
    for (const text of ['Say <think> twice</think>', '<', ' \n']) {
      const chunks = await collect(model.stream('Hi'));
      assert.equal(chunks.map((chunk) => chunk.text).join(''), text);
    }
  });

  it('are the same however they are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '<', '/', 'think>', ' ', '<th') });
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(fc.nat(40)),
        fc.boolean(),
        (inner, after, cuts, isTagged) => {
          const whole = isTagged ? `<think>${inner}</think>${after}` : `.${inner}${after}`;
          const read = (pieces: readonly string[]) => {
            const tags = new ThinkTags();
            const found = [...pieces.map((piece) => tags.add(piece)), tags.end()];
            return [
              found.map((each) => each.text).join(''),
              found.map((each) => each.thought).join(''),
            ];
          };
          const places = [0, ...cuts.filter((cut) => cut < whole.length), whole.length];
          places.sort((one, other) => one - other);
          const pieces = places.slice(1).map((end, i) => whole.slice(places[i], end));
          assert.deepEqual(read(pieces), read([whole]));
          if (!isTagged) assert.deepEqual(read(pieces), [whole, '']);
          else if (!inner.includes('</think>'))
            assert.deepEqual(read(pieces), [after.trimStart(), inner]);
        },
      ),
    );
  });
});
