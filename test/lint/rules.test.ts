import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lintText } from '../../src/lint/lintText.ts';
import { RULES } from '../../src/lint/rules.ts';
import { EXAMPLE_IMPORTS } from '../../src/lint/rulesPage.ts';
import { applyEdits } from '../../src/lint/textEdits.ts';

const file = 'example.graph.ts';

describe('each rule', () => {
  for (const rule of RULES) {
    const text = `${EXAMPLE_IMPORTS}\n${rule.example}\n`;

    it(`${rule.id} reports its example once, and no other rule does`, () => {
      const reports = lintText(text, { file });
      assert.deepEqual(
        reports.map((report) => report.rule),
        [rule.id],
      );
      assert.equal(reports[0]!.severity, rule.severity);
    });

    it(`${rule.id} has nothing to say about its example once a fix is applied`, () => {
      const [report] = lintText(text, { file });
      for (const { title, edits } of report!.fixes) {
        const fixed = applyEdits(text, edits);
        assert.deepEqual(lintText(fixed, { file }), [], `${title}:\n${fixed}`);
      }
    });
  }
});
