import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fitWidth, textWidth } from '../../../src/runner/report/textWidth.ts';

describe('textWidth()', () => {
  for (const [what, text, columns] of [
    ['plain text', 'plain', 5],
    ['characters that are wide', '日本', 4],
    ['a sign that Unicode made wide later', '☰', 2],
    ['a family, which is one emoji', '👨‍👩‍👧', 2],
    ['a letter with a mark on it', 'e\u0301', 1],
    ['halfwidth kana with a mark of their own', 'ｶﾞ', 2],
    ['colours, which take no place', '\u001b[31mred\u001b[0m', 3],
  ] as const) {
    it(`counts the columns of ${what}`, () => assert.equal(textWidth(text), columns));
  }
});

describe('fitWidth()', () => {
  it('gives no text more columns than it may have, and leaves those alone that fit', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '日', '👨‍👩‍👧', 'e\u0301', ' ') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, columns) => {
        const fitted = fitWidth(given, columns);
        assert.ok(textWidth(fitted) <= columns);
        if (textWidth(given) <= columns) assert.equal(fitted, given);
        else assert.ok(fitted.endsWith('…'));
      }),
    );
  });
});
