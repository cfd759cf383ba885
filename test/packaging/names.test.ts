import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../host/install.ts';

/** Entries of the library that export functions, built and as they are written. */
const entries = {
  'index.js': 'src/engine/index.ts',
  'sqlite.js': 'src/engine/sqlite.ts',
  'openai.js': 'src/openai/index.ts',
  'prebuilt.js': 'src/prebuilt/index.ts',
  'testing.js': 'src/testing/index.ts',
  'remote.js': 'src/remote/index.ts',
  'restate.js': 'src/restate/index.ts',
  'bullmq.js': 'src/bullmq/index.ts',
};

async function namesIn(path: string): Promise<Record<string, string>> {
  const exports = (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>;
  const functions = Object.entries(exports).filter(([, value]) => typeof value === 'function');
  return Object.fromEntries(functions.map(([key, value]) => [key, (value as () => void).name]));
}

describe('names in the built library', () => {
  for (const [entry, source] of Object.entries(entries)) {
    test(`classes and functions of ${entry} have the names of the source`, async () => {
      const names = await namesIn(`dist/${entry}`);
      assert.ok(Object.keys(names).length > 0);
      assert.deepEqual(names, await namesIn(source));
    });
  }

  test('no function is given its name while the library runs, which would double the cost of a run', () => {
    const index = readFileSync(join(root, 'dist/index.js'), 'utf8');
    const chunks = [...index.matchAll(/from "\.\/(chunks\/[^"]+)"/g)].map(([, path]) => path!);
    const texts = chunks.map((path) => readFileSync(join(root, 'dist', path), 'utf8'));
    assert.match(texts.join(''), /class SuperstepTasks|SuperstepTasks = class/);
    assert.doesNotMatch(texts.join(''), /\b__name\(/);
  });
});
