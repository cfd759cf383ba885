import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uri } from '../../fakes/vscode.ts';

const { renamed, toRename } = await import('../../../src/extension/graphs/rename.ts');

/** A rename of paths on disk. */
function rename(...pairs: readonly [from: string, to: string][]) {
  const files = pairs.map(([from, to]) => ({ oldUri: Uri.file(from), newUri: Uri.file(to) }));
  return toRename(files as never);
}

test('a file has its new path, and what only begins with its name has not', () => {
  const move = rename(['/a/x.graph.ts', '/b/y.graph.ts']);
  assert.equal(move('/a/x.graph.ts'), '/b/y.graph.ts');
  for (const path of ['/a/x.graph.tsx', '/a/x.graph', '/a', '/b/y.graph.ts']) {
    assert.equal(move(path), path);
  }
});

test('everything below a folder moves with it', () => {
  const move = rename(['/a/old', '/a/new']);
  assert.equal(move('/a/old/deep/x.graph.ts'), '/a/new/deep/x.graph.ts');
  assert.equal(move('/a/older/x.graph.ts'), '/a/older/x.graph.ts');
});

test('of a folder and a file in it that move at once, that of the file counts', () => {
  const move = rename(['/a', '/b'], ['/a/x.ts', '/c/x.ts']);
  assert.deepEqual(['/a/x.ts', '/a/y.ts'].map(move), ['/c/x.ts', '/b/y.ts']);
});

test('files that change places are moved once', () => {
  const move = rename(['/a.ts', '/b.ts'], ['/b.ts', '/a.ts']);
  assert.deepEqual(['/a.ts', '/b.ts'].map(move), ['/b.ts', '/a.ts']);
});

test('documents that are no files on disk are none of our business', () => {
  const files = [{ oldUri: new Uri('other', '/a.ts'), newUri: new Uri('other', '/b.ts') }];
  assert.equal(toRename(files as never)('/a.ts'), '/a.ts');
});

test('renamed() gives what names a file its new path, and leaves what names none', () => {
  const move = rename(['/a.ts', '/b.ts']);
  assert.deepEqual(renamed({ file: '/a.ts', exportName: 'g' }, move), {
    file: '/b.ts',
    exportName: 'g',
  });
  assert.deepEqual(renamed({ exportName: 'g' } as { file?: string }, move), { exportName: 'g' });
});
