import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../host/install.ts';

const dist = join(root, 'dist');

/** What is loaded with a built file: the files of dist/ it imports statically, and all else. */
function startPath(entry: string): { files: string[]; packages: string[]; sources: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    // Static imports stand at the beginning of a line or after the one before.
    const imports = readFileSync(file, 'utf8').matchAll(
      /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{}\s,]*?\bfrom\s*)?"([^"\n]+)"/g,
    );
    for (const [, specifier = ''] of imports) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(join(dist, entry));
  const sources = [...files].flatMap(
    (file) => (JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] }).sources,
  );
  return { files: [...files], packages: [...packages], sources };
}

const heavy = /node_modules\/(esbuild|esbuild-wasm|mermaid|@mermaid-js|zod|openai|@babel)\//;

describe('dist', () => {
  test('extension.js is at most 150 KB', () => {
    assert.ok(statSync(join(dist, 'extension.js')).size <= 150_000);
  });

  for (const entry of ['extension.js', 'worker.js', 'history.js', 'index.js']) {
    test(`${entry} starts without bundler, parser, Mermaid, zod and openai`, () => {
      const { packages, sources } = startPath(entry);
      assert.ok(sources.length > 0);
      assert.deepEqual(
        sources.filter((source) => heavy.test(source)),
        [],
      );
      const outside = packages.filter((name) => !name.startsWith('node:'));
      assert.deepEqual(outside, entry === 'extension.js' ? ['vscode'] : []);
    });
  }

  test('every entry of the library is itself and the engine in one more file', () => {
    const [engine] = startPath('index.js').files.slice(1);
    for (const entry of [
      'index.js',
      'openai.js',
      'sqlite.js',
      'testing.js',
      'remote.js',
      'conformance.js',
    ]) {
      assert.deepEqual(startPath(entry).files, [join(dist, entry), engine]);
    }
    const prebuilt = startPath('prebuilt.js').files;
    assert.deepEqual(
      prebuilt.toSorted(),
      [join(dist, 'openai.js'), join(dist, 'prebuilt.js'), engine].toSorted(),
    );
  });

  test('openai.js starts without openai, and loads the copy that graph files get', () => {
    const { sources, packages } = startPath('openai.js');
    assert.deepEqual(
      sources.filter((source) => heavy.test(source)),
      [],
    );
    assert.deepEqual(
      packages.filter((name) => !name.startsWith('node:')),
      [],
    );
    const text = readFileSync(join(dist, 'openai.js'), 'utf8');
    assert.match(text, /import\("\.\/vendor\/openai\.js"\)/);
    assert.match(text, /"\.\/vendor\/zod\.js"/);
  });

  test('nothing but openai.js has the client of models', () => {
    for (const entry of ['extension.js', 'worker.js', 'index.js', 'cli.js']) {
      const { sources } = startPath(entry);
      // What tells keys from words is no part of it, and is there for all that shows texts.
      const others = /src\/openai\/(?!modelHost|secrets)/;
      const client = sources.filter((source) => others.test(source));
      assert.deepEqual(client, [], entry);
    }
  });

  test('index.js holds the engine only', () => {
    const { sources } = startPath('index.js');
    const foreign = sources.filter((source) => !/(^|\/)src\/engine\//.test(source));
    assert.deepEqual(foreign, []);
  });

  test('no chunk keeps marks of what it has done, which the search for secrets would look through each time', () => {
    const sources = globSync('chunks/*.js.map', { cwd: dist }).flatMap(
      (file) =>
        (JSON.parse(readFileSync(join(dist, file), 'utf8')) as { sources: string[] }).sources,
    );
    assert.ok(sources.some((source) => source.includes('@secretlint/core/')));
    assert.deepEqual(
      sources.filter((source) => source.includes('@secretlint/profiler/')),
      [],
    );
  });

  test('cli.js can be started as a program', { skip: process.platform === 'win32' }, () => {
    const file = join(dist, 'cli.js');
    assert.match(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
    assert.equal(statSync(file).mode & 0o111, 0o111);
  });
});
