import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extractJson } from '../../../src/openai/structured/extractJson.ts';

describe('extractJson() finds', () => {
  for (const [what, text, value] of [
    ['JSON alone', ' {"a":1}\n', { a: 1 }],
    ['a list', '[1,2]', [1, 2]],
    ['a text', '"yes"', 'yes'],
    ['JSON in a fence', 'Sure:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
    ['JSON in a fence of another name', '```\n{"a":1}\n```', { a: 1 }],
    ['an object with text around it', 'So {"a":1} it is', { a: 1 }],
    ['an object after brackets of prose', 'As in [1], see {b}: {"a":1}', { a: 1 }],
    ['a list where no object is', 'The roles: ["a"]!', ['a']],
    ['an object in what does not close', '{ not JSON: {"a":1}', { a: 1 }],
    ['brackets and quotes in texts', 'x {"a":"} \\" {"} y', { a: '} " {' }],
    ['the answer after the thoughts', '<think>{"a":0}</think>{"a":1}', { a: 1 }],
  ] as const) {
    it(what, () => assert.deepEqual(extractJson(text), { value }));
  }
});

describe('extractJson() finds nothing', () => {
  for (const text of ['', 'No.', '{"a":', '```json\n```', '{]', '"open']) {
    it(`in ${JSON.stringify(text)}`, () => assert.equal(extractJson(text), undefined));
  }

  it('in a very long text of brackets, without going through it again and again', () => {
    assert.equal(extractJson('{['.repeat(200_000)), undefined);
  });
});
