import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../fakes/vscode.ts';

const { findModel } = await import('../../../src/extension/models/editorModels.ts');

const models = [
  { id: 'x-1', family: 'x', name: 'X One' },
  { id: 'gpt-5-mini', family: 'gpt-5-mini', name: 'GPT-5 mini' },
  { id: 'copilot-2', family: 'gpt-5', name: 'GPT-5' },
];

test('findModel finds a model by id, family or name, then by how they begin, else takes the first', () => {
  const found = (wanted: string) => findModel(models, wanted)?.id;
  assert.equal(found('gpt-5-mini'), 'gpt-5-mini');
  assert.equal(found('GPT-5'), 'copilot-2');
  assert.equal(found('x one'), 'x-1');
  assert.equal(found('gpt'), 'gpt-5-mini');
  assert.equal(found('qwen3-max'), 'x-1');
  assert.equal(findModel([], 'any'), undefined);
});
