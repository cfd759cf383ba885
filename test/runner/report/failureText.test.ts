import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../../src/loader/problem.ts';
import { failureMessage, failureText } from '../../../src/runner/report/failureText.ts';

const range = { line1: 3, column1: 1, endLine1: 3, endColumn1: 9 };
const problem: Problem = { severity: 'error', message: 'm', file: '/dir/a.graph.ts', range };
const error = { name: 'Error', message: 'the file is gone\nfor good' };

test('a failure is told with node and place, short in a notification and whole in the panel', () => {
  const cases = [
    [
      { error, problem, node: 'read' },
      'g failed in node "read": the file is gone (a.graph.ts:3)',
      'In node "read": the file is gone (a.graph.ts:3)\nfor good',
    ],
    [{ error }, 'g failed: the file is gone', 'the file is gone\nfor good'],
    [{ error: { name: 'TypeError', message: '' } }, 'g failed: TypeError', 'TypeError'],
    [
      { problem: { severity: 'error', message: 'm', file: '/a.graph.ts' } as const },
      'g failed: unknown error (a.graph.ts)',
      'unknown error (a.graph.ts)',
    ],
  ] as const;
  for (const [failure, message, text] of cases) {
    assert.equal(failureMessage('g', failure), message);
    assert.equal(failureText(failure), text);
  }
  const long = failureMessage('g', { error: { name: 'Error', message: 'x'.repeat(1000) } });
  assert.equal(long.length, 'g failed: '.length + 300);
});
