import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import * as esbuildWasm from 'esbuild-wasm';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { GraphBundler } from '../../src/loader/bundle/bundleGraph.ts';
import { LoadError } from '../../src/loader/loadError.ts';
import type { Problem } from '../../src/loader/problem.ts';
import { copyFixture, createBundler, createFolder, evaluateInWorker, shipped } from './support.ts';

/** Writes a tree of files into a new folder. */
async function write(files: Record<string, string>): Promise<string> {
  const folder = await createFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function problemsOf(build: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await build;
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error.problems;
  }
  return [];
}

describe('GraphBundler', () => {
  const bundler = createBundler();

  it('tells of a build that fails which files may mend it, missing ones included', async () => {
    const folder = await write({
      'x.graph.ts': `import './good.ts'; import './bad.ts'; import { c } from './gone'; export { c };`,
      'good.ts': `import './gone.js';`,
      'bad.ts': 'const = 1;',
    });
    const failure = await bundler
      .build(join(folder, 'x.graph.ts'))
      .catch((error: unknown) => error);
    assert.ok(failure instanceof LoadError);
    const inputs = new Set(failure.inputs?.map((path) => basename(path)));
    for (const name of ['x.graph.ts', 'good.ts', 'bad.ts', 'gone.ts', 'gone.js']) {
      assert.ok(inputs.has(name), name);
    }
    await writeFile(join(folder, 'gone.ts'), 'export const c = 1;');
    await writeFile(join(folder, 'bad.ts'), 'export const b = 1;');
    assert.deepEqual((await bundler.build(join(folder, 'x.graph.ts'))).exports, ['c']);
  });

  it('warns of decorators whose types the config asks for, at the first of each file', async () => {
    const text = `/**
 * @param none
 */
const mail = 'a @b'; class Service {
  constructor(@Inject readonly n: number) {}
}
function Inject(_target: unknown, _key: unknown, _index: number) {}
export { Service, mail };`;
    const onOneLine = 'const d: any = () => {}; @d class A {} export { A };';
    const options = { experimentalDecorators: true, emitDecoratorMetadata: true };
    const folder = await write({
      'x.graph.ts': text,
      'line.graph.ts': onOneLine,
      'plain.graph.ts': `/** @param none */\nexport const a = 1;`,
      'tsconfig.json': JSON.stringify({ compilerOptions: options }),
    });
    const warningsOf = async (name: string) => (await bundler.build(join(folder, name))).warnings;
    const [warning, ...others] = await warningsOf('x.graph.ts');
    assert.equal(others.length, 0);
    assert.equal(warning?.severity, 'warning');
    assert.match(warning?.message ?? '', /emitDecoratorMetadata has no effect/);
    assert.deepEqual([warning?.range?.line1, warning?.range?.column1], [5, 15]);
    const [onLine] = await warningsOf('line.graph.ts');
    assert.equal(onLine?.range?.column1, onOneLine.indexOf('@d') + 1);
    assert.deepEqual(await warningsOf('plain.graph.ts'), []);

    delete (options as Partial<typeof options>).emitDecoratorMetadata;
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
    assert.deepEqual(await warningsOf('x.graph.ts'), []);
  });

  it('tells the exports in the order of the source, however they are written', async () => {
    const folder = await write({
      'x.graph.ts': `const one = 1, b = 2;
export { one as zebra, one as "strange name" };
export const z$1 = b, y = 3;
export default one;
export function émile() {}
export class a {}
export { b };`,
    });
    const { exports } = await bundler.build(join(folder, 'x.graph.ts'));
    const order = ['zebra', 'strange name', 'z$1', 'default', 'émile', 'a', 'b'];
    assert.deepEqual(
      exports.filter((name) => name !== 'y'),
      order,
    );
  });

  it('builds again with what has changed, under another URL', async () => {
    const folder = await write({
      'x.graph.ts': `import { a } from './a.ts'; export const actual: number = a;`,
      'a.ts': 'export const a = 1;',
    });
    const file = join(folder, 'x.graph.ts');
    const first = await bundler.build(file);
    await writeFile(join(folder, 'a.ts'), 'export const a = 22;');
    const second = await bundler.build(file);
    assert.notEqual(first.url, second.url);
    assert.equal((await evaluateInWorker(first)).actual, 1);
    assert.equal((await evaluateInWorker(second)).actual, 22);
  });

  it('recovers after a build that failed', async () => {
    const folder = await write({ 'x.graph.ts': 'export const actual = ;' });
    const file = join(folder, 'x.graph.ts');
    assert.equal((await problemsOf(bundler.build(file))).length, 1);
    await writeFile(file, 'export const actual = 1;');
    assert.equal((await evaluateInWorker(await bundler.build(file))).actual, 1);
  });

  it('gives each of several builds at once the file as it is when it starts', async () => {
    const folder = await write({ 'x.graph.ts': 'export const actual = 1;' });
    const file = join(folder, 'x.graph.ts');
    const first = bundler.build(file);
    const second = first.then(() => writeFile(file, 'export const actual = 2;'));
    const third = second.then(() => bundler.build(file));
    const overlay = bundler.build(file, { contents: 'export const actual = 3;' });
    const bundles = await Promise.all([first, third, overlay]);
    assert.deepEqual(
      bundles.map(({ code }) => /actual = (\d)/.exec(code)?.[1]),
      ['1', '2', '3'],
    );
  });

  it('takes given text in place of the file, also for its problems', async () => {
    const folder = await write({ 'x.graph.ts': 'export const a = 1;' });
    const file = join(folder, 'x.graph.ts');
    const [problem] = await problemsOf(bundler.build(file, { contents: '\n\nlet = = 1' }));
    assert.equal(problem?.range?.line1, 3);
    const { code } = await bundler.build(file);
    assert.match(code, /a = 1/);
  });

  it('has what was built ahead there for the next build of that text, until a file changes', async () => {
    const folder = await write({
      'x.graph.ts': `import { a } from './a.ts'; export const actual: number = a;`,
      'a.ts': 'export const a = 1;',
    });
    const file = join(folder, 'x.graph.ts');
    const contents = `import { a } from './a.ts'; export const actual: number = 10 * a;`;
    // Nobody has told of this change: only what was built ahead has the old number.
    const buildAhead = async () => {
      await writeFile(join(folder, 'a.ts'), 'export const a = 1;');
      await bundler.buildAhead(file, contents);
      await writeFile(join(folder, 'a.ts'), 'export const a = 22;');
    };
    const next = async (options?: { contents: string }) =>
      (await evaluateInWorker(await bundler.build(file, options))).actual;
    await buildAhead();
    assert.equal(await next({ contents }), 10);
    assert.equal(await next({ contents }), 220, 'it is for one build');
    await buildAhead();
    assert.equal(await next(), 22, 'another text');
    assert.equal(await next({ contents }), 220);
    await buildAhead();
    bundler.fileChanged();
    assert.equal(await next({ contents }), 220);
    await bundler.buildAhead(file, 'export const = ;');
    assert.equal(await next({ contents }), 220, 'one that fails leaves nothing');
  });

  it('names the files whose change matters', async () => {
    const folder = await copyFixture('features/tsconfigPaths');
    const { inputs } = await bundler.build(join(folder, 'main.graph.ts'));
    assert.equal(inputs[0], join(folder, 'main.graph.ts'));
    assert.deepEqual(
      inputs.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/')).sort(),
      [
        'config/base.json',
        'lib/base.ts',
        'lib/nested/index.ts',
        'lib/nested/own/tool.ts',
        'lib/nested/tsconfig.json',
        'lib/tool.ts',
        'main.graph.ts',
        'tsconfig.json',
      ],
    );
  });

  it('bundles a package of the workspace that is linked as a source', async () => {
    const folder = await write({
      'app/x.graph.ts': `import { a } from '@org/lib'; export const actual = a;`,
      'lib/package.json': '{ "name": "@org/lib", "main": "src/index.ts", "type": "module" }',
      'lib/src/index.ts': `import { b } from 'b'; export const a: string = 'a' + b;`,
      'lib/node_modules/b/index.js': `exports.b = 'b';`,
    });
    const file = join(folder, 'app/x.graph.ts');
    await mkdir(join(folder, 'app/node_modules/@org'), { recursive: true });
    await symlink(join(folder, 'lib'), join(folder, 'app/node_modules/@org/lib'), 'junction');
    const bundle = await bundler.build(file);
    assert.ok(bundle.inputs.includes(join(folder, 'lib/src/index.ts')));
    assert.equal((await evaluateInWorker(bundle)).actual, 'ab');
  });

  it('tells problems, inputs and stacks under the path that the user opened', async () => {
    const folder = await write({
      'real/app/x.graph.ts': `import { a } from '../lib/a'; export const actual = a();`,
      'real/lib/a.ts': `export const a = (): number => { throw new Error('a'); };`,
    });
    await symlink(join(folder, 'real'), join(folder, 'link'), 'junction');
    const file = join(folder, 'link/app/x.graph.ts');
    const lib = join(folder, 'link/lib/a.ts');
    const bundle = await bundler.build(file);
    assert.deepEqual(bundle.inputs, [file, lib]);
    const { problems } = await evaluateInWorker(bundle);
    assert.equal(problems?.[0]?.file, lib);

    await writeFile(lib, 'export const = 1;');
    assert.equal((await problemsOf(bundler.build(file)))[0]?.file, lib);
    const [own] = await problemsOf(bundler.build(file, { contents: 'const = 1;' }));
    assert.equal(own?.file, file);
  });

  it('prefers a linked copy of a package that is shipped', async () => {
    const folder = await write({
      'app/x.graph.ts': `export { copy as actual } from 'superstep';`,
      'lib/package.json': '{ "name": "superstep", "exports": "./index.js", "type": "module" }',
      'lib/index.js': `export const copy = 'linked';`,
    });
    await mkdir(join(folder, 'app/node_modules'));
    await symlink(join(folder, 'lib'), join(folder, 'app/node_modules/superstep'), 'junction');
    const bundle = await bundler.build(join(folder, 'app/x.graph.ts'));
    assert.deepEqual(bundle.inputs.length, 1);
    assert.equal((await evaluateInWorker(bundle)).actual, 'linked');
  });

  it('gives warnings along with the bundle', async () => {
    const folder = await write({ 'x.graph.ts': `export const a = '😀' + (typeof b === 'nul');` });
    const { warnings } = await bundler.build(join(folder, 'x.graph.ts'));
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0]?.severity, 'warning');
    assert.equal(warnings[0].file, join(folder, 'x.graph.ts'));
    assert.deepEqual(warnings[0].range?.column1, 39);
  });

  it('says in one message why something cannot be a graph file', async () => {
    const folder = await write({
      'folder.ts/x': '',
      'binary.graph.ts': 'a\0b',
      'notes.md': '# Notes',
      'big.graph.ts': `const a = '${'x'.repeat(10 * 1024 * 1024)}';`,
    });
    for (const [name, code, message] of [
      ['gone.graph.ts', 'FILE_NOT_FOUND', /gone\.graph\.ts" does not exist/],
      ['binary.graph.ts/x.ts', 'FILE_NOT_FOUND', /does not exist/],
      ['folder.ts', 'FILE_UNREADABLE', /Cannot read "folder\.ts": it is a folder\./],
      ['binary.graph.ts', 'FILE_UNREADABLE', /"binary\.graph\.ts" holds binary data/],
      ['notes.md', 'FILE_UNREADABLE', /must be TypeScript or JavaScript/],
      ['big.graph.ts', 'FILE_UNREADABLE', /has 10\.0 MB; a graph file may have 5\.0 MB/],
    ] as const) {
      const problems = await problemsOf(bundler.build(join(folder, name)));
      assert.equal(problems.length, 1, name);
      assert.equal(problems[0]?.code, code);
      assert.match(problems[0].message, message);
      assert.equal(problems[0].file, join(folder, name));
    }
  });

  it('notices that a file was deleted', async () => {
    const folder = await write({ 'x.graph.ts': 'export const a = 1;' });
    const file = join(folder, 'x.graph.ts');
    await bundler.build(file);
    await rm(file);
    assert.equal((await problemsOf(bundler.build(file)))[0]?.code, 'FILE_NOT_FOUND');
  });

  it('stops when it is told to, before and while it builds', async () => {
    const reason = new Error('enough');
    const folder = await write({ 'x.graph.ts': 'export const a = 1;' });
    const file = join(folder, 'x.graph.ts');
    await assert.rejects(bundler.build(file, { signal: AbortSignal.abort(reason) }), reason);

    const abort = new AbortController();
    const stopping = new GraphBundler({
      shipped,
      loadEsbuild: async () => {
        abort.abort(reason);
        return esbuild;
      },
    });
    await assert.rejects(stopping.build(file, { signal: abort.signal }), reason);
    await stopping.dispose();
  });

  it('keeps building after its process has died', async () => {
    const folder = await write({ 'x.graph.ts': 'export const actual = 1;' });
    const file = join(folder, 'x.graph.ts');
    const own = createBundler();
    await own.build(file);
    await esbuild.stop();
    assert.match((await own.build(file)).code, /actual = 1/);
  });

  it('says so when it cannot start, and tries again with the next build', async () => {
    const folder = await write({ 'x.graph.ts': 'export const a = 1;' });
    const file = join(folder, 'x.graph.ts');
    let tries = 0;
    const own = new GraphBundler({
      shipped,
      loadEsbuild: async () => {
        if (tries++ === 0) throw new Error('no such module');
        return esbuild;
      },
    });
    after(() => own.dispose());
    const [problem] = await problemsOf(own.build(file));
    assert.equal(problem?.code, 'BUNDLER_FAILED');
    assert.match(problem.message, /Cannot bundle x\.graph\.ts: no such module/);
    assert.match((await own.build(file)).code, /a = 1/);
    await own.build(file);
    assert.equal(tries, 2);
  });

  it('keeps many files apart and frees those it has not built for long', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `${i}.graph.ts`);
    const folder = await write(
      Object.fromEntries(names.map((name, i) => [name, `export const actual = ${i};`])),
    );
    for (const name of [...names, ...names]) {
      const { code } = await bundler.build(join(folder, name));
      assert.match(code, new RegExp(`actual = ${name.charAt(0)}`));
    }
  });

  it('refuses to build once it is disposed', async () => {
    const own = createBundler();
    await own.dispose();
    await assert.rejects(own.build('/x.graph.ts'), /disposed/);
  });
});

describe('GraphBundler with esbuild-wasm', () => {
  const bundler = new GraphBundler({ loadEsbuild: async () => esbuildWasm, shipped });
  after(async () => {
    await bundler.dispose();
    await esbuildWasm.stop();
  });

  it('makes the same bundles', async () => {
    const file = join(await copyFixture('features/modulesOfAllKinds'), 'main.graph.mts');
    const other = createBundler();
    const [wasm, native] = [await bundler.build(file), await other.build(file)];
    assert.ok(wasm.code === native.code);
    assert.deepEqual(wasm.imports, native.imports);
    assert.equal(basename(wasm.inputs[0] ?? ''), 'main.graph.mts');
  });
});
