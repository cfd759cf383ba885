import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { FakeDocument, recorded, workspace } from '../../fakes/vscode.ts';

const { saveFirst } = await import('../../../src/extension/graphs/saveFirst.ts');

const path = '/a.graph.ts';
let document: FakeDocument;

beforeEach(() => {
  recorded.splice(0);
  document = new FakeDocument(path);
  workspace.textDocuments = [document];
});

const save = () => saveFirst(document.uri as never);

test('saveFirst() saves unsaved edits and returns the path', async () => {
  assert.equal(await save(), path);
  assert.deepEqual(recorded, ['save']);
});

test('saveFirst() waits for a save that the editor has begun by itself', async () => {
  document.answers.push(false);
  const saving = save();
  setImmediate(() => document.saved());
  assert.equal(await saving, path);
  assert.deepEqual(recorded, ['save']);
});

test('saveFirst() tells of a document that cannot be saved, after a second attempt', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    document.answers.push(false, false);
    const saving = save();
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.runAll();
    assert.equal(await saving, undefined);
  } finally {
    mock.timers.reset();
  }
  assert.deepEqual(recorded, [
    'save',
    'save',
    '$(error) Nothing was run: could not save a.graph.ts',
  ]);
});
