import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import '../../fakes/vscode.ts';

const { copyExample, headline } = await import('../../../src/extension/newFiles/openExample.ts');

const examples = join(import.meta.dirname, '../../../examples');

function makeFolder(t: TestContext, files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'superstep-example-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('copyExample copies once, beside what differs, and overwrites nothing', async (t) => {
  const from = makeFolder(t, { 'a.graph.ts': 'new' });
  const to = makeFolder(t, { 'a.graph.ts': 'mine' });
  const copy = await copyExample(from, 'a.graph.ts', to);
  assert.equal(copy, join(to, 'a-2.graph.ts'));
  assert.equal(await copyExample(from, 'a.graph.ts', to), copy);
  assert.equal(readFileSync(join(to, 'a.graph.ts'), 'utf8'), 'mine');
  assert.deepEqual(readdirSync(to).sort(), ['a-2.graph.ts', 'a.graph.ts']);
});

test('copyExample brings the examples along that an example imports', async (t) => {
  const from = makeFolder(t, {
    'all.graph.ts': "import { part } from './part.graph.ts';\n",
    'part.graph.ts': 'export const part = 1;\n',
  });
  const to = makeFolder(t);
  await copyExample(from, 'all.graph.ts', to);
  assert.deepEqual(readdirSync(to).sort(), ['all.graph.ts', 'part.graph.ts']);
});

test('headline is the first sentence of the comment that a file begins with', () => {
  assert.equal(
    headline('// It shows this:\n// and that. More.\n\ncode();'),
    'It shows this: and that',
  );
  assert.equal(headline('// One line.\n//\n// More.\n'), 'One line');
  assert.equal(headline('// Many `Send`s at once.\n'), 'Many Sends at once');
  assert.equal(headline('code();'), '');
});

test('every example says what it shows in one sentence', () => {
  for (const name of readdirSync(examples).filter((name) => name.endsWith('.graph.ts'))) {
    const said = headline(readFileSync(join(examples, name), 'utf8'));
    assert.ok(said.length > 20 && said.length < 130, `${name}: ${said}`);
  }
});
