// The API reference in docs/api is what `npm run docs` makes of the docstrings, and complete.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify, stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '../..');
const kept = join(root, 'docs/api');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>;
};

/** Paths of its pages, and their texts. */
function pagesOf(folder: string): Map<string, string> {
  const paths = globSync('**/*.md', { cwd: folder }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

describe('the API reference', () => {
  let folder = '';
  let told = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'superstep-reference-'));
    const program = join(root, 'node_modules/typedoc/bin/typedoc');
    const args = [program, '--out', folder, '--logLevel', 'Warn'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    told = stripVTControlCharacters(stdout + stderr);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is made without a broken link or an export that nothing is said of', () => {
    assert.equal(told, '');
  });

  it('is the one in docs/api; else run `npm run docs`', () => {
    const [made, here] = [pagesOf(folder), pagesOf(kept)];
    assert.ok(made.size > 100);
    assert.deepEqual([...here.keys()], [...made.keys()]);
    const old = [...made].filter(([path, text]) => here.get(path) !== text);
    assert.deepEqual(
      old.map(([path]) => path),
      [],
    );
  });

  it('has each entry point of the package', () => {
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
    const names = entries.map((entry) => join('superstep', entry));
    const [, list = ''] = readFileSync(join(kept, 'README.md'), 'utf8').split('## Modules');
    const listed = [...list.matchAll(/\[(superstep.*?)\]\(/g)].map(([, name]) => name!);
    assert.deepEqual(listed.sort(), names.sort());
  });

  it('leads nowhere but to pages of its own', () => {
    const pages = pagesOf(kept);
    const gone = [...pages].flatMap(([path, text]) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, to]) => join(path, '..', to!))
        .filter((to) => !pages.has(to))
        .map((to) => `${path}: ${to}`),
    );
    assert.deepEqual(gone, []);
  });
});
