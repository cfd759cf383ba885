import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  answerForm,
  askedBeside,
  readInput,
  readJson,
  toAnswer,
  type FormInput,
} from '../../src/protocol/answerForm.ts';
import { interrupt, review, schema } from '../webview/sampleQuestions.ts';

/** Labels of the options, part by part, with the kind of what is typed. */
function options(value: unknown): string[][] {
  return answerForm(value).parts.map((part) =>
    part.options.map(({ label, input }) => (input ? `${label}: ${input.kind}` : label)),
  );
}

/** What is typed for the only option. */
function inputOf(value: unknown, part = 0, option = 0): FormInput {
  return answerForm(value).parts[part]!.options[option]!.input!;
}

test('a text is answered with a text, and so is an object that asks by one', () => {
  for (const value of ['Your name?', { question: 'Sure?' }, { prompt: 'Say' }, { message: 'Hm' }]) {
    assert.deepEqual(options(value), [['Answer: text']], JSON.stringify(value));
  }
  assert.equal(toAnswer('Name?', { choices: [{ option: 0, input: 'Ann' }] }), 'Ann');
});

test('anything else is answered with JSON', () => {
  for (const value of [undefined, null, 4, [], {}, { data: 1 }, [{}], { options: [] }]) {
    assert.deepEqual(options(value), [['Answer: json']], JSON.stringify(value));
  }
});

test('choices are buttons, and the answer is what stands behind one', () => {
  const value = { question: 'Which?', options: ['a', 2, { label: 'Yes', value: { ok: true } }] };
  assert.deepEqual(options(value), [['a', '2', 'Yes']]);
  assert.deepEqual(toAnswer(value, { choices: [{ option: 2 }] }), { ok: true });
  assert.equal(toAnswer(value, { choices: [{ option: 1 }] }), 2);
  const many = { options: Array.from({ length: 101 }, (_, index) => index) };
  assert.deepEqual(options(many), [['Answer: json']]);
});

test('beside a form stands what the form does not show, and a text that is left as it is', () => {
  assert.equal(askedBeside({ question: 'Which?', options: ['a', 'b'] }), 'Which?');
  const more = { question: 'Which?', price: 4 };
  assert.deepEqual(askedBeside({ ...more, choices: [1, 2] }), more);
  assert.equal(askedBeside({ message: 'Book', schema: { type: 'boolean' } }), 'Book');
  assert.deepEqual(askedBeside({ schema: { type: 'string' } }), {});
  const { config, ...request } = interrupt;
  assert.ok(config);
  assert.deepEqual(askedBeside(interrupt), request);
  assert.deepEqual(askedBeside(review), { actionRequests: review.actionRequests });
  for (const value of [{ options: [] }, { question: 'Sure?' }, [interrupt], 'Hm', null, schema]) {
    assert.equal(askedBeside(value), value);
  }
});

test("LangGraph's HumanInterrupt is answered with a list, for one request as for several", () => {
  const all = ['Accept', 'Edit: json', 'Respond: text', 'Ignore'];
  assert.deepEqual(options(interrupt), [all]);
  assert.deepEqual(options([interrupt, interrupt]), [all, all]);
  const args = interrupt.action_request;
  const given = (option: number, input?: unknown) =>
    toAnswer(interrupt, { choices: [{ option, input }] });
  assert.deepEqual(given(0), [{ type: 'accept', args }]);
  const edited = { to: 'bob@example.com' };
  assert.deepEqual(given(1, edited), [{ type: 'edit', args: { ...args, args: edited } }]);
  assert.deepEqual(given(2, 'No'), [{ type: 'response', args: 'No' }]);
  assert.deepEqual(given(3), [{ type: 'ignore', args: null }]);
  const only = { ...interrupt, config: { allow_accept: false, allow_ignore: true } };
  assert.deepEqual(options(only), [['Ignore']]);
  assert.deepEqual(options({ ...interrupt, config: {} }), [['Answer: json']]);
});

test("LangChain's request for review is answered with a decision for each action", () => {
  assert.deepEqual(options(review), [
    ['Approve', 'Edit: json', 'Reject: text'],
    ['Approve', 'Reject: text'],
  ]);
  assert.deepEqual(
    answerForm(review).parts.map(({ title }) => title),
    ['pay', 'delete'],
  );
  const choices = [
    { option: 1, input: { amount: 5 } },
    { option: 1, input: 'Not that' },
  ];
  assert.deepEqual(toAnswer(review, { choices }), {
    decisions: [
      { type: 'edit', editedAction: { name: 'pay', args: { amount: 5 } } },
      { type: 'reject', message: 'Not that' },
    ],
  });
  const rest = [{ option: 0 }, { option: 1, input: '' }];
  assert.deepEqual(toAnswer(review, { choices: rest }), {
    decisions: [{ type: 'approve' }, { type: 'reject' }],
  });
});

test('arguments with a schema are edited in fields, unless the schema does not name them all', () => {
  const withSchema = (properties: object) => ({
    actionRequests: [{ name: 'pay', args: { amount: 10 } }],
    reviewConfigs: [{ actionName: 'pay', argsSchema: { type: 'object', properties } }],
  });
  const input = inputOf(withSchema({ amount: { type: 'number' } }), 0, 1);
  assert.equal(input.kind, 'fields');
  assert.deepEqual(readInput(input, { amount: '5' }), { value: { amount: 5 } });
  assert.equal(inputOf(withSchema({ other: { type: 'number' } }), 0, 1).kind, 'json');
});

test('a JSON schema is a form, wherever the question carries it', () => {
  for (const value of [schema, { schema }, { question: 'Who?', responseSchema: schema }]) {
    const input = inputOf(value);
    assert.ok(input.kind === 'fields');
    assert.deepEqual(
      input.fields.map(({ key, type, isRequired }) => `${key} ${type}${isRequired ? '!' : ''}`),
      ['name string!', 'age integer', 'sure boolean', 'size choice!', 'tags json'],
    );
  }
  const typed = { name: 'Ann', age: '', sure: 'true', size: '1', tags: '["a"]' };
  assert.deepEqual(readInput(inputOf(schema), typed), {
    value: { name: 'Ann', sure: true, size: 'M', tags: ['a'] },
  });
  assert.deepEqual(options({ schema: { type: 'boolean' } }), [['Yes', 'No']]);
  assert.deepEqual(options({ schema: { enum: ['a', 'b'] } }), [['a', 'b']]);
  assert.deepEqual(options({ schema: { type: 'string' } }), [['Answer: text']]);
  assert.deepEqual(options({ schema: { type: 'array' } }), [['Answer: json']]);
});

test('what does not fit a field is said, with its name', () => {
  const good = { name: 'Ann', size: '0' };
  const wrong: [typed: Record<string, string>, error: RegExp][] = [
    [{ age: '4.5' }, /^age: a whole number/],
    [{ age: 'x' }, /^age: a number/],
    [{ sure: 'maybe' }, /^sure: choose/],
    [{ size: '7' }, /^size: choose/],
    [{ size: '' }, /^size: choose/],
    [{ tags: '[' }, /^tags: JSON/],
  ];
  for (const [typed, error] of wrong) {
    const read = readInput(inputOf(schema), { ...good, ...typed });
    assert.ok('error' in read);
    assert.match(read.error, error);
  }
});

test('JSON is checked before it is sent, and null is no answer', () => {
  assert.deepEqual(readJson(' {"a": 1} '), { value: { a: 1 } });
  assert.deepEqual(readJson('false'), { value: false });
  for (const [text, error] of [
    ['', /Type an answer/],
    ['yes', /not valid JSON/],
    ['null', /null/],
  ] as const) {
    const read = readJson(text);
    assert.ok('error' in read);
    assert.match(read.error, error);
  }
  assert.ok('error' in readInput(inputOf('Name?'), ''));
});

test('an answer in the place of the form is taken as it is; one that does not fit it is refused', () => {
  assert.deepEqual(toAnswer(review, { value: [1] }), [1]);
  for (const choices of [[], [{ option: 9 }], [{ option: 0 }, { option: 0 }, { option: 0 }]]) {
    assert.throws(() => toAnswer(review, { choices }), /does not belong to the question/);
  }
});

test('any value has a form whose every option gives an answer', () => {
  const hostile = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
  const likely = fc.record(
    {
      question: fc.anything(),
      options: fc.array(fc.anything()),
      schema: fc.record({ type: fc.constant('object'), properties: fc.object() }),
      config: fc.dictionary(fc.constantFrom('allow_accept', 'allow_edit'), fc.boolean()),
      action_request: fc.record({ action: fc.string(), args: fc.anything() }),
      actionRequests: fc.array(fc.record({ name: fc.string(), args: fc.anything() })),
      reviewConfigs: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(hostile, likely, fc.array(likely)), (value) => {
      const { parts } = answerForm(value);
      assert.ok(parts.length > 0);
      for (const { options } of parts) {
        assert.ok(options.length > 0);
        for (const { label } of options) assert.ok(label.length <= 201);
      }
      structuredClone(parts);
      toAnswer(value, { choices: parts.map(({ options }) => ({ option: options.length - 1 })) });
    }),
  );
});
