import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldText, parseField } from '../../../src/extension/panel/parseField.ts';

const read: [text: string, type: string, value: unknown][] = [
  ['plain "text"', 'string', 'plain "text"'],
  ['', 'string', ''],
  ['12', 'string', '12'],
  ['4.5', 'number', 4.5],
  ['7', 'integer', 7],
  ['true', 'boolean', true],
  ['["a"]', 'string[]', ['a']],
  ['{"a": 1}', 'object', { a: 1 }],
  ['hello', 'messages', [{ role: 'user', content: 'hello' }]],
  ['[{"role":"user","content":"hi"}]', 'messages', [{ role: 'user', content: 'hi' }]],
  ['12', 'any', 12],
  ['word', 'any', 'word'],
  ['"quoted"', '"quoted" | "other"', 'quoted'],
];

for (const [text, type, value] of read) {
  test(`parseField() reads ${JSON.stringify(text)} for ${type}`, () => {
    assert.deepEqual(parseField(text, type), { value });
  });
}

const refused: [text: string, type: string][] = [
  ['four', 'number'],
  ['"4"', 'number'],
  ['4.5', 'integer'],
  ['yes', 'boolean'],
  ['a, b', 'string[]'],
  ['{"a": 1}', 'string[]'],
  ['[1]', 'object'],
  ['{"a": ', 'any'],
];

for (const [text, type] of refused) {
  test(`parseField() refuses ${JSON.stringify(text)} for ${type} and says what is wanted`, () => {
    const parsed = parseField(text, type);
    assert.ok('error' in parsed);
    assert.ok(parsed.error.startsWith(`${type}: `), parsed.error);
  });
}

test('fieldText() gives the text that parseField() reads back', () => {
  for (const [, type, value] of read) {
    assert.deepEqual(parseField(fieldText(value, type), type), { value });
  }
  assert.equal(fieldText(undefined, 'number'), '');
});
