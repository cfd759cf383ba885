import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture, superstep } from './superstep.ts';

const file = fixture('threads.graph.ts');
const thread = ['--thread', 'none'];

/** What a command is wrong in, or fails at; what other tests of single commands hold is left out. */
const endings: readonly (readonly [code: number, args: readonly string[]])[] = [
  [2, ['history', 'nowhere.ts', ...thread]],
  [2, ['state', file, '--graph', 'nope', ...thread]],
  [2, ['history', file, '--graph', 'nope', ...thread]],
  [2, ['state', file, ...thread]],
  [2, ['run', file, ...thread, '--input', 'null']],
  [2, ['threads', file, '--nope']],
  [1, ['run', 'broken.ts']],
  [1, ['draw', 'broken.ts']],
  [1, ['list', 'broken.ts']],
  [1, ['check', 'broken.ts']],
  [1, ['state', 'broken.ts', ...thread]],
  [1, ['history', 'broken.ts', ...thread]],
  [0, ['list', file]],
];

test('commands exit with 2 if they are wrong, and with 1 if they fail', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'superstep-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'broken.ts'), "import { START } from 'superstep';\nconst x = {;\n");
  for (const [wanted, args] of endings) {
    const { code, stderr } = await superstep(t, args, { cwd });
    assert.equal(code, wanted, `${args.join(' ')}\n${stderr}`);
  }
});
