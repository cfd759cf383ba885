import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validateJson } from '../../../src/openai/structured/validateJson.ts';

const issues = (value: unknown, schema: object) =>
  validateJson(value, schema as Record<string, unknown>).map(
    ({ path, message, value: seen }) => `${path}|${message}|${JSON.stringify(seen)}`,
  );

describe('validateJson()', () => {
  for (const [value, schema, ...expected] of [
    [1, { type: 'string' }, '|expected string|1'],
    [1.5, { type: 'integer' }, '|expected integer|1.5'],
    [null, { type: ['string', 'null'] }],
    [[], { type: 'object' }, '|expected object|[]'],
    ['c', { enum: ['a', 'b'] }, '|expected one of "a", "b"|"c"'],
    ['c', { const: 'a' }, '|expected "a"|"c"'],
    [{ a: [1] }, { const: { a: [1] } }],
    [0, { minimum: 1 }, '|expected at least 1|0'],
    [9, { maximum: 5 }, '|expected at most 5|9'],
    [1, { exclusiveMinimum: 1 }, '|expected more than 1|1'],
    [5, { exclusiveMaximum: 5 }, '|expected less than 5|5'],
    [3, { multipleOf: 2 }, '|expected a multiple of 2|3'],
    ['', { minLength: 1 }, '|expected at least 1 characters|""'],
    ['abc', { maxLength: 2 }, '|expected at most 2 characters|"abc"'],
    ['abc', { pattern: '^b' }, '|expected a text that matches ^b|"abc"'],
    [[], { minItems: 1 }, '|expected at least 1 items|[]'],
    [[1, 2], { maxItems: 1 }, '|expected at most 1 items|[1,2]'],
    [[1, 'a'], { items: { type: 'number' } }, '[1]|expected number|"a"'],
    [['a', 2], { prefixItems: [{ type: 'string' }], items: false }, '[1]|is not expected|2'],
    [{}, { required: ['a'] }, 'a|is required|undefined'],
    [{ a: 1, b: 1 }, { properties: { a: {} }, additionalProperties: false }, 'b|is not expected|1'],
    [{ a: 'x' }, { additionalProperties: { type: 'number' } }, 'a|expected number|"x"'],
    [{ a: { b: [{ c: 1 }] } }, nested({ type: 'string' }), 'a.b[0].c|expected string|1'],
    [1, { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    [
      1,
      { allOf: [{ minimum: 2 }, { maximum: 0 }] },
      '|expected at least 2|1',
      '|expected at most 0|1',
    ],
    [{ n: 1 }, { $ref: '#/$defs/n', $defs: { n: nested2() } }, 'n|expected string|1'],
    [1, true],
    [0.3, { multipleOf: 0.1 }],
    [0.35, { multipleOf: 0.1 }, '|expected a multiple of 0.1|0.35'],
    ['日👍', { minLength: 2, maxLength: 2 }],
    ['a_b', { pattern: '^a\\_b$' }],
    ['b', { pattern: '^a\\_b$' }, '|expected a text that matches ^a\\_b$|"b"'],
    ['a', { pattern: '(' }],
    [{ 'x-a': 1 }, { patternProperties: { '^x-': {} }, additionalProperties: false }],
    [
      { 'x-a': 1, b: 2 },
      { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
      'x-a|expected string|1',
      'b|is not expected|2',
    ],
  ] as [unknown, object, ...string[]][]) {
    it(`says of ${JSON.stringify(value)} under ${JSON.stringify(schema)}: ${expected.join() || 'fits'}`, () => {
      assert.deepEqual(issues(value, schema), expected);
    });
  }

  it('tells of the choice that comes closest', () => {
    const circle = { type: 'object', properties: { r: { type: 'number' } }, required: ['r'] };
    assert.deepEqual(issues({ r: 'x' }, { anyOf: [{ type: 'string' }, circle] }), [
      'r|expected number|"x"',
    ]);
  });

  it('follows schemas that refer to themselves', () => {
    const tree = { type: 'object', properties: { next: { $ref: '#' } } };
    assert.deepEqual(issues({ next: { next: 1 } }, tree), ['next.next|expected object|1']);
  });

  it('ends with schemas that are nothing but a reference to themselves', () => {
    assert.deepEqual(issues(1, { $ref: '#' }), []);
  });
});

function nested(schema: object): object {
  const items = { properties: { c: schema } };
  return { properties: { a: { properties: { b: { items } } } } };
}

function nested2(): object {
  return { properties: { n: { type: 'string' } } };
}
