import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from 'vscode';
import '../../fakes/vscode.ts';

const { isMissing } = await import('../../../src/extension/newFiles/missingTypes.ts');

const says = (message: string, code: number, source = 'ts') =>
  isMissing({ message, code, source } as Diagnostic);

test('isMissing knows what TypeScript says of our packages, and leaves others alone', () => {
  const missing = (name: string) =>
    `Cannot find module '${name}' or its corresponding type declarations.`;
  for (const name of ['superstep', 'superstep/openai', 'superstep/sqlite', 'zod']) {
    assert.equal(says(missing(name), 2307), true, name);
  }
  assert.equal(says(`Cannot find module 'zod'. Did you mean to set …?`, 2792), true);
  for (const name of ['lodash', 'superstep-other', 'zod-to-json-schema', './superstep']) {
    assert.equal(says(missing(name), 2307), false, name);
  }
  assert.equal(says(missing('zod'), 2307, 'superstep'), false);
  assert.equal(says(missing('zod'), 1005), false);
});
