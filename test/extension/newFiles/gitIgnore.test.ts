import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ignoreInGit, isSeenByGit } from '../../../src/extension/newFiles/gitIgnore.ts';

function makeFolder(
  t: TestContext,
  { isRepository = true, text }: { isRepository?: boolean; text?: string },
) {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-git-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  if (isRepository) mkdirSync(join(folder, '.git'));
  if (text !== undefined) writeFileSync(join(folder, '.gitignore'), text);
  return folder;
}

test('node_modules is seen by Git in a repository that does not ignore it', async (t) => {
  const seen = async (of: Parameters<typeof makeFolder>[1]) => isSeenByGit(makeFolder(t, of));
  assert.equal(await seen({ isRepository: false }), false);
  assert.equal(await seen({}), true);
  assert.equal(await seen({ text: 'dist\n' }), true);
  for (const text of ['node_modules', 'dist\r\nnode_modules/\r\n', '/node_modules/\n']) {
    assert.equal(await seen({ text }), false, text);
  }
});

test('node_modules is added to what Git ignores, in a line of its own', async (t) => {
  for (const [text, after] of [
    [undefined, 'node_modules/\n'],
    ['dist', 'dist\nnode_modules/\n'],
    ['dist\n', 'dist\nnode_modules/\n'],
  ]) {
    const folder = makeFolder(t, text === undefined ? {} : { text });
    await ignoreInGit(folder);
    assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), after);
    assert.equal(await isSeenByGit(folder), false);
  }
});
