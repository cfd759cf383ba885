// The ladder of structured output: which way is taken, what is repaired, what remains an error.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import * as z3 from 'zod/v3';
import { ModelError, StructuredOutputError } from '../../../src/openai/index.ts';
import { failsWith, mentions } from '../../engine/support.ts';
import { fails, says, sends, type ModelRequest, type Reply } from '../../fakes/modelServer.ts';
import { clientOf, serve } from '../support.ts';

const Person = z.object({ name: z.string(), age: z.int().min(0) });

const noSchema = fails(400, {
  message:
    "'response_format.type' specified in the request is not valid: must be text or json_object",
});
const noJson = fails(400, { message: 'response_format is not supported by this model' });

/** A server that knows some ways only; all that it answers is `text`. */
function knowing(ways: readonly ('schema' | 'json' | 'tools')[], text: string) {
  return ({ body }: ModelRequest): Reply => {
    const format = (body.response_format as { type?: string } | undefined)?.type;
    if (format === 'json_schema') return ways.includes('schema') ? says(text) : noSchema;
    if (format === 'json_object') return ways.includes('json') ? says(text) : noJson;
    if (!ways.includes('tools')) return fails(400, { message: 'tools are not supported' });
    return says({ toolCalls: [{ name: body.tool_choice.function.name, args: text }] });
  };
}

const formatsOf = (requests: readonly ModelRequest[]) =>
  requests.map(({ body }) => body.response_format?.type ?? (body.tools ? 'tool' : 'none'));

const infoOf = (raw: { response_metadata: Record<string, unknown> }) =>
  raw.response_metadata['structured_output'];

describe('a server that holds answers to a schema', () => {
  it('is asked once, with the schema in the strict form', async () => {
    const server = await serve(says('{"name":"Ann","nick":null,"tags":[]}'));
    const schema = z.object({
      name: z.string().min(1).describe('As in the passport'),
      nick: z.string().optional(),
      tags: z.array(z.enum(['a', 'b'])).default(['a']),
    });
    const model = clientOf(server).withStructuredOutput(schema, {
      name: 'person',
      includeRaw: true,
    });
    const { parsed, raw } = await model.invoke('Who?');
    assert.deepEqual(parsed, { name: 'Ann', tags: [] });
    assert.deepEqual(infoOf(raw), { method: 'jsonSchema', requests: 1, repaired: false });
    assert.deepEqual(server.requests[0]?.body.response_format, {
      type: 'json_schema',
      json_schema: {
        name: 'person',
        strict: true,
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'As in the passport' },
            nick: { type: ['string', 'null'] },
            tags: { type: ['array', 'null'], items: { type: 'string', enum: ['a', 'b'] } },
          },
          required: ['name', 'nick', 'tags'],
          additionalProperties: false,
        },
      },
    });
  });

  it('may answer null for what is optional, and keep defaults so', async () => {
    const server = await serve(says('{"a":null,"b":null,"c":null}'));
    const schema = z.object({
      a: z.string().optional(),
      b: z.number().default(7),
      c: z.string().nullable(),
    });
    const value = await clientOf(server).withStructuredOutput(schema).invoke('?');
    assert.deepEqual(value, { b: 7, c: null });
  });

  it('is asked for lists and texts in an object, which is taken off again', async () => {
    const server = await serve([says('{"result":["a","b"]}'), says('{"result":"b"}')]);
    const model = clientOf(server);
    assert.deepEqual(await model.withStructuredOutput(z.array(z.string())).invoke('?'), ['a', 'b']);
    assert.equal(await model.withStructuredOutput(z.enum(['a', 'b'])).invoke('?'), 'b');
  });

  it('is asked for unions and for schemas that refer to themselves', async () => {
    const Tree = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree);
      },
    });
    const tree = { name: 'a', children: [{ name: 'b', children: [] }] };
    const shape = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), r: z.number() }),
      z.object({ kind: z.literal('square'), side: z.number() }),
    ]);
    const square = { kind: 'square', side: 2 };
    const server = await serve([
      says(JSON.stringify(tree)),
      says(JSON.stringify({ result: square })),
      says(JSON.stringify({ result: [tree] })),
    ]);
    const model = clientOf(server);
    assert.deepEqual(await model.withStructuredOutput(Tree).invoke('?'), tree);
    assert.deepEqual(await model.withStructuredOutput(shape).invoke('?'), square);
    assert.deepEqual(await model.withStructuredOutput(z.array(Tree)).invoke('?'), [tree]);
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_schema', 'json_schema']);
  });

  it('is asked in JSON mode for what has no strict form', async () => {
    const server = await serve(says('{"scores":{"a":1}}'));
    const schema = z.object({ scores: z.record(z.string(), z.number()) });
    assert.deepEqual(await clientOf(server).withStructuredOutput(schema).invoke('?'), {
      scores: { a: 1 },
    });
    assert.deepEqual(formatsOf(server.requests), ['json_object']);
  });

  it('gives the message beside the value, with the tokens it took', async () => {
    const server = await serve(says({ pieces: ['{"name":"Ann","age":7}'], usage: [9, 4] }));
    const model = clientOf(server).withStructuredOutput(Person, { includeRaw: true });
    const { raw, parsed } = await model.invoke('?');
    assert.equal(raw.usage_metadata?.total_tokens, 13);
    assert.deepEqual(parsed, { name: 'Ann', age: 7 });
  });

  it('answers several at once in order', async () => {
    const server = await serve({
      choose: ({ body }) => says(`{"name":"${body.messages[0].content}","age":7}`),
    });
    const values = await clientOf(server).withStructuredOutput(Person).batch(['Ann', 'Bob']);
    assert.deepEqual(
      values.map(({ name }) => name),
      ['Ann', 'Bob'],
    );
  });
});

describe('a server without schemas', () => {
  it('is asked in JSON mode, with the schema and the word JSON in the prompt', async () => {
    const server = await serve({ choose: knowing(['json', 'tools'], '{"name":"Ann","age":7}') });
    const model = clientOf(server).withStructuredOutput(Person, { includeRaw: true });
    const { parsed, raw } = await model.invoke([
      ['system', 'Be brief'],
      ['user', 'Who?'],
    ]);
    assert.deepEqual(parsed, { name: 'Ann', age: 7 });
    assert.deepEqual(infoOf(raw), { method: 'jsonMode', requests: 2, repaired: false });
    const [system, user] = server.requests[1]!.body.messages;
    assert.match(system.content, /^Be brief\n\n[^]*JSON Schema[^]*"age":\{"type":"integer"/);
    assert.deepEqual(user, { role: 'user', content: 'Who?' });
  });

  it('is remembered: the next value costs one request, also by another client', async () => {
    const server = await serve({ choose: knowing(['json'], '{"name":"Ann","age":7}') });
    await clientOf(server).withStructuredOutput(Person).invoke('?');
    await clientOf(server).withStructuredOutput(Person).invoke('?');
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_object', 'json_object']);
    await clientOf(server, { model: 'test-2' }).withStructuredOutput(Person).invoke('?');
    assert.deepEqual(formatsOf(server.requests).slice(3), ['json_schema', 'json_object']);
  });

  it('is remembered too if it takes the schema and does not heed it', async () => {
    const choose = ({ body }: ModelRequest) =>
      says(body.response_format.type === 'json_schema' ? 'Ann is 7.' : '{"name":"Ann","age":7}');
    const server = await serve({ choose });
    const model = clientOf(server).withStructuredOutput(Person);
    await model.invoke('?');
    await model.invoke('?');
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_object', 'json_object']);
  });

  it('is remembered too if it takes JSON mode and does not heed that either', async () => {
    const choose = ({ body }: ModelRequest) =>
      says(
        body.tools
          ? { toolCalls: [{ name: 'extract', args: '{"name":"Ann","age":7}' }] }
          : 'Ann is 7.',
      );
    const server = await serve({ choose });
    const model = clientOf(server).withStructuredOutput(Person);
    await model.invoke('?');
    await model.invoke('?');
    const first = ['json_schema', 'json_object', 'json_object', 'tool'];
    assert.deepEqual(formatsOf(server.requests), [...first, 'tool']);
  });

  it('is asked to call a tool if it has no JSON mode either', async () => {
    const server = await serve({ choose: knowing(['tools'], '{"name":"Ann","age":7}') });
    const model = clientOf(server).withStructuredOutput(Person, { includeRaw: true });
    const { parsed, raw } = await model.invoke('?');
    assert.deepEqual(parsed, { name: 'Ann', age: 7 });
    assert.deepEqual(infoOf(raw), { method: 'functionCalling', requests: 3, repaired: false });
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_object', 'tool']);
    assert.deepEqual(server.requests[2]?.body.tool_choice, {
      type: 'function',
      function: { name: 'extract' },
    });
  });

  it('fails with what it said if it knows none of the ways', async () => {
    const server = await serve({ choose: knowing([], '') });
    const error = await failsWith(
      'MODEL_REQUEST_REFUSED',
      clientOf(server).withStructuredOutput(Person).invoke('?'),
    );
    mentions(error, 'response_format');
  });

  it('is not asked in other ways after errors that are about something else', async () => {
    const server = await serve(fails(400, { message: 'The context is too long' }));
    await failsWith(
      'MODEL_REQUEST_REFUSED',
      clientOf(server).withStructuredOutput(Person).invoke('?'),
    );
    assert.equal(server.requests.length, 1);
  });

  for (const [code, reply] of [
    ['MODEL_REQUEST_REFUSED', fails(400, { message: 'The context is too long' })],
    ['MODEL_NOT_FOUND', fails(404, { message: 'There is no json-schema-tools-1' })],
  ] as const) {
    it(`is not taken to refuse a way because the model is named like it (${code})`, async () => {
      const server = await serve(reply);
      const model = clientOf(server, { model: 'json-schema-tools-1' });
      await failsWith(code, model.withStructuredOutput(Person).invoke('?'));
      assert.equal(server.requests.length, 1);
    });
  }
});

describe('the method', () => {
  for (const [method, format] of [
    ['jsonSchema', 'json_schema'],
    ['json_schema', 'json_schema'],
    ['jsonMode', 'json_object'],
    ['json_mode', 'json_object'],
    ['functionCalling', 'tool'],
    ['function_calling', 'tool'],
  ] as const) {
    it(`${method} is the only way that is tried`, async () => {
      const server = await serve({
        choose: knowing(['schema', 'json', 'tools'], '{"name":"Ann","age":7}'),
      });
      await clientOf(server).withStructuredOutput(Person, { method }).invoke('?');
      assert.deepEqual(formatsOf(server.requests), [format]);
      const none = await serve({ choose: knowing([], '') });
      const model = clientOf(none).withStructuredOutput(Person, { method });
      await failsWith('MODEL_REQUEST_REFUSED', model.invoke('?'));
      assert.equal(none.requests.length, 1);
    });
  }

  it('must be known', async () => {
    const server = await serve(says(''));
    assert.throws(
      () => clientOf(server).withStructuredOutput(Person, { method: 'magic' as never }),
      /Unknown method "magic"/,
    );
  });
});

describe('an answer that does not fit', () => {
  const good = '{"name":"Ann","age":7}';

  for (const [what, bad, path, value, issue = `${path}: `] of [
    ['is broken JSON', '{"name":"Ann","age":', '', '{"name":"Ann","age":', 'expected JSON'],
    ['has a value of a wrong type', '{"name":"Ann","age":"seven"}', 'age', 'seven'],
    ['has a number out of range', '{"name":"Ann","age":-1}', 'age', -1],
    ['lacks a key', '{"name":"Ann"}', 'age', undefined],
    ['is empty', '', '', '', 'expected JSON'],
    ['is prose', 'I do not know Ann.', '', 'I do not know Ann.', 'expected JSON'],
  ] as const) {
    it(`${what} is repaired in one more turn, which tells the model what is wrong`, async () => {
      const server = await serve([says(bad), says(good)]);
      const model = clientOf(server).withStructuredOutput(Person, {
        method: 'jsonMode',
        includeRaw: true,
      });
      const { parsed, raw } = await model.invoke('Who?');
      assert.deepEqual(parsed, { name: 'Ann', age: 7 });
      assert.deepEqual(infoOf(raw), { method: 'jsonMode', requests: 2, repaired: true });
      const [, user, assistant, repair] = server.requests[1]!.body.messages;
      assert.equal(user.content, 'Who?');
      assert.deepEqual(assistant, { role: 'assistant', content: bad || '(nothing)' });
      assert.ok(repair.content.includes(`- ${issue}`), repair.content);
    });

    it(`${what} is an error if it cannot be repaired: path, value and raw answer`, async () => {
      const server = await serve(says(bad));
      const model = clientOf(server).withStructuredOutput(Person, { method: 'jsonMode' });
      const error = await failsWith('OUTPUT_PARSING_FAILURE', model.invoke('?'));
      assert.ok(error instanceof StructuredOutputError);
      assert.deepEqual([error.issues[0]?.path, error.issues[0]?.value], [path, value]);
      assert.equal(error.raw, bad);
      assert.equal(error.llmOutput, bad);
      assert.deepEqual(error.tried, ['jsonMode', 'jsonMode']);
      mentions(error, 'test-1', server.host, 'extract', issue, JSON.stringify(bad));
    });
  }

  it('goes down the whole ladder, and no further', async () => {
    const server = await serve({
      choose: knowing(['schema', 'json', 'tools'], '{"name":"Ann","age":-1}'),
    });
    const error = await failsWith(
      'OUTPUT_PARSING_FAILURE',
      clientOf(server).withStructuredOutput(Person).invoke('?'),
    );
    assert.deepEqual(formatsOf(server.requests), [
      'json_schema',
      'json_object',
      'json_object',
      'tool',
    ]);
    mentions(error, 'asked 4 times', 'age', '-1');
  });

  it('is corrected on the next rung, where the model is told what was wrong', async () => {
    const server = await serve([says('{"name":"Ann","age":-1}'), says(good)]);
    const model = clientOf(server).withStructuredOutput(Person, { includeRaw: true });
    const { raw } = await model.invoke('?');
    assert.deepEqual(infoOf(raw), { method: 'jsonMode', requests: 2, repaired: true });
    // The server heeds schemas: the next value is asked for in the same way.
    await model.invoke('?');
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_object', 'json_schema']);
  });

  it('is told of beside the message instead of thrown, with includeRaw', async () => {
    const server = await serve(says('{"name":1}'));
    const model = clientOf(server).withStructuredOutput(Person, {
      method: 'jsonSchema',
      includeRaw: true,
    });
    const { raw, parsed, error } = await model.invoke('?');
    assert.equal(parsed, null);
    assert.equal(raw.text, '{"name":1}');
    assert.equal(error?.code, 'OUTPUT_PARSING_FAILURE');
  });

  it('may be an id out of range or an empty list, which the schema tells', async () => {
    const best = z.object({
      id: z.int().refine((id) => id < 3, 'there are 3 answers, counted from 0'),
    });
    const some = z.object({ roles: z.array(z.string()).min(1) });
    for (const [schema, text, path, what] of [
      [best, '{"id":9}', 'id', 'there are 3 answers'],
      [some, '{"roles":[]}', 'roles', '[]'],
    ] as const) {
      const server = await serve(says(text));
      const model = clientOf(server).withStructuredOutput(schema as z.ZodType, {
        method: 'jsonMode',
      });
      const error = await failsWith('OUTPUT_PARSING_FAILURE', model.invoke('?'));
      mentions(error, path, what);
    }
  });

  it('may be cut off, which no further turn would help', async () => {
    const server = await serve(
      says({ pieces: ['{"name":"An'], finishReason: 'length', usage: [9, 4] }),
    );
    const error = await failsWith(
      'OUTPUT_PARSING_FAILURE',
      clientOf(server).withStructuredOutput(Person).invoke('?'),
    );
    mentions(error, 'cut off after 4 tokens', 'maxTokens');
    assert.equal(server.requests.length, 1);
  });

  it('may be a refusal, or be withheld', async () => {
    for (const [reply, what] of [
      [says({ refusal: 'I would rather not' }), 'I would rather not'],
      [says({ pieces: [''], finishReason: 'content_filter' }), 'filter'],
    ] as const) {
      const server = await serve(reply);
      const error = await failsWith(
        'MODEL_REFUSAL',
        clientOf(server).withStructuredOutput(Person).invoke('?'),
      );
      assert.ok(error instanceof ModelError);
      mentions(error, 'test-1', server.host, what);
      assert.equal(server.requests.length, 1);
    }
  });
});

describe('an answer that fits, if one looks', () => {
  for (const [what, text] of [
    ['in a code fence', '```json\n{"name":"Ann","age":7}\n```'],
    ['in a fence without a language', '```\n{"name":"Ann","age":7}\n```'],
    ['with text around it', 'Here it is [as asked]: {"name":"Ann","age":7}. Anything else?'],
    ['after thoughts', '<think>{"name":"no"}</think>\n{"name":"Ann","age":7}'],
    ['with more than was asked for', '{"name":"Ann","age":7,"more":true}'],
  ] as const) {
    it(`${what} is taken without another turn`, async () => {
      const server = await serve(says(text));
      const value = await clientOf(server).withStructuredOutput(Person).invoke('?');
      assert.deepEqual(value, { name: 'Ann', age: 7 });
      assert.equal(server.requests.length, 1);
    });
  }

  it('takes the arguments of a tool call that are told as text', async () => {
    const server = await serve(says('{"name":"Ann","age":7}'));
    const model = clientOf(server).withStructuredOutput(Person, { method: 'functionCalling' });
    assert.deepEqual(await model.invoke('?'), { name: 'Ann', age: 7 });
  });
});

describe('a schema', () => {
  it('may be a JSON Schema, which answers are held against', async () => {
    const schema = {
      title: 'person',
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
      required: ['name', 'age'],
    };
    const server = await serve([says('{"name":"Ann","age":-1}'), says('{"name":"Ann","age":7}')]);
    const model = clientOf(server).withStructuredOutput(schema, { includeRaw: true });
    const { parsed, raw } = await model.invoke('?');
    assert.deepEqual(parsed, { name: 'Ann', age: 7 });
    assert.deepEqual(infoOf(raw), { method: 'jsonMode', requests: 2, repaired: true });
    assert.equal(server.requests[0]?.body.response_format.json_schema.name, 'person');
  });

  it('may be a function in OpenAI’s form', async () => {
    const parameters = {
      type: 'object',
      properties: { id: { type: 'integer' } },
      required: ['id'],
    };
    const server = await serve(says('{"id":2}'));
    const model = clientOf(server).withStructuredOutput({ name: 'pick', parameters });
    assert.deepEqual(await model.invoke('?'), { id: 2 });
    assert.equal(server.requests[0]?.body.response_format.json_schema.name, 'pick');
  });

  it('may be of zod 3', async () => {
    const schema = z3.object({ name: z3.string(), age: z3.number().int().optional() });
    const server = await serve(says('{"name":"Ann","age":null}'));
    const value = await clientOf(server).withStructuredOutput(schema).invoke('?');
    assert.deepEqual(value, { name: 'Ann' });
  });

  it('may check asynchronously', async () => {
    const schema = z.object({ id: z.int().refine(async (id) => id < 3) });
    const server = await serve([says('{"id":9}'), says('{"id":2}')]);
    assert.deepEqual(await clientOf(server).withStructuredOutput(schema).invoke('?'), { id: 2 });
  });

  it('may have parts that JSON has no type for', async () => {
    const schema = z.object({ at: z.coerce.date() });
    const server = await serve(says('{"at":"2026-01-02"}'));
    const { at } = await clientOf(server).withStructuredOutput(schema).invoke('?');
    assert.equal(at.toISOString(), '2026-01-02T00:00:00.000Z');
  });

  it('of a library without JSON Schema is refused at once, with what helps', async () => {
    const schema = { '~standard': { version: 1, vendor: 'other', validate: () => ({ value: 1 }) } };
    const server = await serve(says(''));
    assert.throws(
      () => clientOf(server).withStructuredOutput(schema as never),
      /No JSON Schema can be made of .* of other: .*pass the JSON Schema itself/,
    );
  });
});

describe('a server that knows none of the usual ways', () => {
  const good = '{"name":"Ann","age":7}';
  /** Refuses formats and forced tools, and answers what is asked in words alone. */
  const plain =
    (text: string, format: Reply, choice: Reply) =>
    ({ body }: ModelRequest): Reply =>
      body.response_format ? format : body.tool_choice ? choice : says(text);
  const noOutput = fails(400, { message: 'The reasoner does not support Json Output.' });
  const noChoice = fails(400, { message: 'Thinking mode does not support this tool_choice' });

  it('is asked in words, and its text is read', async () => {
    const server = await serve({
      choose: plain(`Sure:\n\`\`\`json\n${good}\n\`\`\``, noOutput, noChoice),
    });
    const model = clientOf(server).withStructuredOutput(Person, { includeRaw: true });
    const { parsed, raw } = await model.invoke('Who?');
    assert.deepEqual(parsed, { name: 'Ann', age: 7 });
    assert.deepEqual(infoOf(raw), { method: 'plainText', requests: 4, repaired: false });
    assert.match(server.requests[3]!.body.messages[0].content, /JSON Schema/);
    await model.invoke('Who?');
    assert.deepEqual(formatsOf(server.requests), [
      'json_schema',
      'json_object',
      'tool',
      'none',
      'none',
    ]);
  });

  it('fails with every way that was tried', async () => {
    const prose = await serve({ choose: plain('Ann is 7.', noOutput, noChoice) });
    const error = await failsWith(
      'OUTPUT_PARSING_FAILURE',
      clientOf(prose).withStructuredOutput(Person).invoke('?'),
    );
    mentions(error, 'by plainText', 'refused: jsonSchema, jsonMode, functionCalling');
    const none = await serve(noOutput);
    const refused = await failsWith(
      'OUTPUT_PARSING_FAILURE',
      clientOf(await serve({ choose: plain('{}', noOutput, noChoice) }))
        .withStructuredOutput(Person)
        .invoke('?'),
    );
    mentions(refused, 'plainText');
    // What is said of no way at all is not about the ways.
    await failsWith(
      'MODEL_REQUEST_REFUSED',
      clientOf(none).withStructuredOutput(Person).invoke('?'),
    );
    const all = await serve({ choose: knowing([], '') });
    const every = await failsWith(
      'MODEL_REQUEST_REFUSED',
      clientOf(all).withStructuredOutput(Person).invoke('?'),
    );
    mentions(every, 'jsonSchema ("', 'jsonMode ("', 'functionCalling ("', 'plainText ("');
  });

  it('may fail at a schema instead of refusing it, and is not asked so again and again', async () => {
    const choose = ({ body }: ModelRequest) =>
      body.response_format.type === 'json_schema'
        ? fails(500, { message: 'xgrammar: unsupported schema' })
        : says(good);
    const server = await serve({ choose });
    const model = clientOf(server, { maxRetries: 6 }).withStructuredOutput(Person);
    assert.deepEqual(await model.invoke('Who?'), { name: 'Ann', age: 7 });
    assert.deepEqual(formatsOf(server.requests), ['json_schema', 'json_object']);
  });
});

describe('an answer that says the value in another way', () => {
  const said = (message: object, finish_reason = 'stop') =>
    sends(200, { choices: [{ message, finish_reason }] });
  const call = { id: 'x', function: { name: 'other', arguments: '{"name":"Ann","age":7}' } };
  for (const [what, reply] of [
    [
      'after thoughts whose beginning is not told',
      says('Hm {"name":"no","age":1}\n</think>\n{"name":"Ann","age":7}'),
    ],
    ['where thoughts belong', said({ content: '', reasoning_content: '{"name":"Ann","age":7}' })],
    ['as the arguments of a tool', said({ content: null, tool_calls: [call] })],
    ['with numbers as texts', says('{"name":"Ann","age":"7"}')],
    ['under the name of the schema', says('{"extract":{"name":"Ann","age":7}}')],
    ['in a list', says('[{"name":"Ann","age":7}]')],
    ['in the schema', says('{"type":"object","properties":{"name":"Ann","age":7}}')],
    ['in other quotes', says("{'name': 'Ann', 'age': 7}")],
    ['with a comma too many', says('{"name":"Ann","age":7,}')],
    ['twice', says('{"name":"Ann","age":7}\n{"name":"Ann","age":7}')],
    [
      'whole, though it is said to be cut off',
      said({ content: '{"name":"Ann","age":7}' }, 'length'),
    ],
  ] as const) {
    it(`${what} is taken without another turn`, async () => {
      const server = await serve(reply);
      const value = await clientOf(server).withStructuredOutput(Person).invoke('?');
      assert.deepEqual(value, { name: 'Ann', age: 7 });
      assert.equal(server.requests.length, 1);
    });
  }
});
