import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseProject, projectOf, readProject } from '../../src/loader/langGraphJson.ts';

const file = resolve('/p/langgraph.json');
const parse = (value: unknown) => parseProject(JSON.stringify(value, undefined, 2), file);

describe('parseProject()', () => {
  it('reads graphs in both forms, and the path of the variables', () => {
    const { graphs, env, problems } = parse({
      dependencies: ['.'],
      graphs: {
        agent: './src/agent.ts:graph',
        'my-flow': { path: 'flow.mjs:$make', description: 'x' },
      },
      env: './.env.local',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      graphs.map(({ name, file, exportName }) => [name, file, exportName]),
      [
        ['agent', resolve('/p/src/agent.ts'), 'graph'],
        ['my-flow', resolve('/p/flow.mjs'), '$make'],
      ],
    );
    assert.equal(env, resolve('/p/.env.local'));
    const { line1, column1, endColumn1 } = graphs[0]!.range;
    assert.deepEqual([line1, column1, endColumn1 - column1], [6, 14, 22]);
  });

  it('reads variables that stand in it', () => {
    const { env } = parse({ graphs: {}, env: { A: 'x', PORT: 1 } });
    assert.deepEqual(env, { A: 'x', PORT: '1' });
  });

  it('warns at its place of a store, which graphs are not given', () => {
    const graphs = { agent: './src/agent.ts:graph' };
    const { problems, graphs: found } = parse({ graphs, store: { index: { dims: 3 } } });
    assert.equal(found.length, 1);
    const [{ severity, message, range }] = problems as [(typeof problems)[0]];
    assert.equal(severity, 'warning');
    assert.match(message, /has a "store", which its graphs are not given here: pass one/);
    assert.equal(range!.line1, 5);
  });

  for (const [what, value, message] of [
    ['a list', [], /has no "graphs"/],
    ['no graphs', { env: '.env' }, /has no "graphs"/],
    [
      'a graph without export',
      { graphs: { a: './a.ts' } },
      /"a" as ".\/a.ts": it must be FILE:EXPORT/,
    ],
    ['a graph that is a number', { graphs: { a: 1 } }, /"a" as 1/],
    ['an object without path', { graphs: { a: {} } }, /"a" as nothing/],
    ['a graph in Python', { graphs: { a: './a.py:graph' } }, /neither TypeScript nor JavaScript/],
    ['odd variables', { graphs: {}, env: 1 }, /"env" as 1/],
  ] as const) {
    it(`tells of ${what}`, () => {
      const { graphs, problems } = parse(value);
      assert.deepEqual(graphs, []);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!.message, message);
      assert.equal(problems[0]!.code, 'INVALID_LANGGRAPH_JSON');
      assert.equal(problems[0]!.file, file);
    });
  }

  it('tells what is no JSON, and where', () => {
    const { problems } = parseProject('{\n  "graphs": {},\n}', file);
    assert.match(problems[0]!.message, /^langgraph\.json is no JSON/);
    assert.equal(problems[0]!.range?.line1, 3);
  });
});

async function project(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'superstep-project-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe('readProject()', () => {
  it('leaves out what is not there, and tells of it at its place', async (t) => {
    const root = await project(t, {
      'langgraph.json': JSON.stringify(
        {
          graphs: { fine: './a.ts:graph', gone: './b.ts:graph', other: './a.ts:missing' },
          env: 'no.env',
        },
        undefined,
        2,
      ),
      'a.ts': 'export const graph = 1;',
    });
    const { graphs, problems } = await readProject(join(root, 'langgraph.json'));
    assert.deepEqual(
      graphs.map(({ name }) => name),
      ['fine'],
    );
    const told = problems.map(({ severity, message, range }) => [severity, message, range?.line1]);
    assert.deepEqual(told.sort(), [
      ['error', 'langgraph.json gives "gone" in "./b.ts", which does not exist', 4],
      [
        'error',
        'langgraph.json gives "other" as the export "missing" of "./a.ts", which has no such name',
        5,
      ],
      [
        'warning',
        `langgraph.json names "${join(root, 'no.env')}" for its variables, which does not exist`,
        undefined,
      ],
    ]);
  });

  it('trusts a file that passes on what others export', async (t) => {
    const root = await project(t, {
      'langgraph.json': JSON.stringify({ graphs: { a: './a.ts:graph' } }),
      'a.ts': `export * from './b.ts';`,
    });
    const { graphs, problems } = await readProject(join(root, 'langgraph.json'));
    assert.deepEqual([graphs.length, problems], [1, []]);
  });

  it('tells of a file that is not there', async () => {
    const { problems } = await readProject(join(tmpdir(), 'superstep-none', 'langgraph.json'));
    assert.match(problems[0]!.message, /^langgraph\.json cannot be read/);
  });
});

describe('projectOf()', () => {
  it('finds the project above a file, if it names the file', async (t) => {
    const root = await project(t, {
      'langgraph.json': JSON.stringify({ graphs: { a: './src/deep/a.ts:graph' } }),
      'src/deep/a.ts': '',
      'src/b.ts': '',
    });
    assert.equal(
      (await projectOf(join(root, 'src/deep/a.ts')))?.file,
      join(root, 'langgraph.json'),
    );
    assert.equal(await projectOf(join(root, 'src/b.ts')), undefined);
  });

  it('looks no further than the root of a repository', async (t) => {
    const root = await project(t, {
      'langgraph.json': JSON.stringify({ graphs: { a: './repo/a.ts:graph' } }),
      'repo/a.ts': '',
      'repo/.git/HEAD': '',
    });
    assert.equal(await projectOf(join(root, 'repo/a.ts')), undefined);
  });
});
