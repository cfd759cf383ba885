import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { parseCommand } from '../../src/cli/args.ts';
import { SyntaxUsageError } from '../../src/cli/usageError.ts';
import { findFiles } from '../../src/cli/findFiles.ts';
import { start } from './superstep.ts';

const graph = (body: string) => `import { Annotation, START, StateGraph } from 'superstep';
const State = Annotation.Root({ word: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode('say', () => ({ word: 'hello' }))
  ${body}
  .compile();
`;

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'superstep-check-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('good.graph.ts', graph(`.addEdge(START, 'say')`));
  write('deep/bad one.graph.ts', graph(`.addEdge(START, 'sai')`));
  write('deep/broken.graph.ts', `import { StateGraph } from 'superstep';\nnew StateGraph(`);
  write('deep/other.ts', 'export const nothing = 1;');
  write('note.graph.ts', graph(`.addEdge(START, 'say')`).replace('.compile()', ''));
  write('node_modules/x/bad.graph.ts', graph(''));
});

after(() => rmSync(folder, { recursive: true, force: true }));

describe('superstep check', () => {
  it('lists mistakes in the form of compilers, and fails', async (t) => {
    const { code, stdout, stderr } = await start(t, ['check', 'deep/bad one.graph.ts'], {
      cwd: folder,
    }).ended;
    assert.equal(
      stdout.split('\n')[0],
      `${join('deep', 'bad one.graph.ts')}:4:12: error: No path from START leads to "say": compile() refuses the graph. Add an edge, or name it in a path map or in the ends of a node. (unreachable-node)`,
    );
    assert.match(
      stdout,
      /5:19: error: The edge leads to "sai".*did you mean "say"\? \(unknown-node\)/,
    );
    assert.equal(stderr, '2 errors in 1 file with graphs\n');
    assert.equal(code, 1);
  });

  it('looks at all files with graphs below the current folder, and tells of syntax errors', async (t) => {
    const { code, stdout } = await start(t, ['check', '--json'], { cwd: folder }).ended;
    const found = JSON.parse(stdout) as { file: string; rule: string; line1: number }[];
    assert.deepEqual(
      found.map(
        ({ file, rule }) => `${file.slice(folder.length + 1).replaceAll('\\', '/')} ${rule}`,
      ),
      [
        'deep/bad one.graph.ts unreachable-node',
        'deep/bad one.graph.ts unknown-node',
        'deep/broken.graph.ts SYNTAX_ERROR',
        'note.graph.ts not-compiled',
      ],
    );
    assert.equal(code, 1);
  });

  it('does not fail for notes, nor for rules that are switched off', async (t) => {
    const run = (...args: string[]) => start(t, ['check', ...args], { cwd: folder }).ended;
    assert.equal((await run('note.graph.ts')).code, 0);
    assert.equal((await run('note.graph.ts', '--rule', 'not-compiled=warning')).code, 1);
    const off = ['--rule', 'unknown-node=off', '--rule', 'unreachable-node=off'];
    const { code, stderr } = await run('deep/bad*.ts', ...off);
    assert.deepEqual([code, stderr], [0, 'nothing to report in 1 file with graphs\n']);
  });

  it('writes a log of SARIF with places from the current folder', async (t) => {
    const { stdout } = await start(t, ['check', 'deep', '--sarif'], { cwd: folder }).ended;
    const { version, runs } = JSON.parse(stdout) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: any[] }[];
    };
    assert.equal(version, '2.1.0');
    const [{ tool, results }] = runs as [(typeof runs)[0]];
    const wrong = results.find(({ ruleId }) => ruleId === 'unknown-node');
    assert.equal(tool.driver.rules[wrong.ruleIndex]!.id, 'unknown-node');
    const broken = results.find(({ ruleId }) => ruleId === 'SYNTAX_ERROR');
    assert.equal(tool.driver.rules[broken.ruleIndex]!.id, 'SYNTAX_ERROR');
    assert.deepEqual(wrong.locations[0].physicalLocation, {
      artifactLocation: { uri: 'deep/bad%20one.graph.ts', uriBaseId: 'ROOT' },
      region: { startLine: 5, startColumn: 19, endLine: 5, endColumn: 24 },
    });
  });

  it('counts files that define graphs, not those that only mention the package', async (t) => {
    const named = join(folder, 'mentions.ts');
    writeFileSync(named, `import type { RunEvent } from 'superstep';\nexport type E = RunEvent;`);
    t.after(() => rmSync(named));
    const said = async (...paths: string[]) =>
      (await start(t, ['check', ...paths], { cwd: folder }).ended).stderr;
    assert.equal(
      await said('mentions.ts', 'good.graph.ts'),
      'nothing to report in 1 file with graphs\n',
    );
    assert.equal(await said('mentions.ts'), 'no graphs to check\n');
  });

  it('says what it cannot find: files, paths and rules', async (t) => {
    const run = (...args: string[]) => start(t, ['check', ...args], { cwd: folder }).ended;
    const nothing = await run('*.mts');
    assert.deepEqual(
      [nothing.code, nothing.stderr],
      [2, 'superstep: There is no TypeScript or JavaScript file in "*.mts"\n'],
    );
    const missing = await run('missing.graph.ts');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /missing\.graph\.ts" does not exist.*\(FILE_NOT_FOUND\)/);
    const rule = await run('--rule', 'unknown=off');
    assert.equal(rule.code, 2);
    assert.match(rule.stderr, /There is no rule "unknown"; there are concurrent-writes, /);
  });
});

test('findFiles() understands globs, and gives each file once', () => {
  const names = (...paths: string[]) =>
    findFiles(paths.map((path) => join(folder, path))).map(({ path }) =>
      path.slice(folder.length + 1).replaceAll('\\', '/'),
    );
  assert.deepEqual(names('*.graph.ts', 'good.graph.ts'), ['good.graph.ts', 'note.graph.ts']);
  assert.deepEqual(names('**/{good,broken}.graph.?s'), ['deep/broken.graph.ts', 'good.graph.ts']);
  const deep = ['deep/bad one.graph.ts', 'deep/broken.graph.ts', 'deep/other.ts'];
  assert.deepEqual(names('deep/**'), deep);
  assert.deepEqual(names('deep/b[a-q]*.ts', 'deep/[!ab]*.ts'), [deep[0], deep[2]]);
  assert.deepEqual(names('deep/@(broken|other)*'), [deep[1], deep[2]]);
  assert.deepEqual(names('n*_modules/**/*.ts', '*_modules/x/*', '**/nothing.ts'), []);
});

test('findFiles() takes out what a path with an exclamation mark means: a file, a folder or a glob', () => {
  const left = (...paths: string[]) => {
    const cwd = process.cwd();
    process.chdir(folder);
    try {
      return findFiles(paths).map(({ path }) => path.replaceAll('\\', '/'));
    } finally {
      process.chdir(cwd);
    }
  };
  const good = ['good.graph.ts', 'note.graph.ts'];
  assert.deepEqual(left('.', '!deep'), good);
  assert.deepEqual(left('!deep/b*.ts', '!./note.graph.ts', '**/*.ts'), [
    'deep/other.ts',
    'good.graph.ts',
  ]);
  assert.deepEqual(left('good.graph.ts', './good.graph.ts', '!good.graph.ts'), []);
});

test('findFiles() takes a path that is there as it is, though it looks like a glob', () => {
  const odd = join(folder, 'app', '[id]');
  mkdirSync(odd, { recursive: true });
  writeFileSync(join(odd, '{a}.graph.ts'), '');
  const file = { path: join(odd, '{a}.graph.ts'), isNamed: true };
  assert.deepEqual(findFiles([file.path]), [file]);
  assert.deepEqual(findFiles([odd]), [{ ...file, isNamed: false }]);
});

test('parseCommand() reads what concerns check', () => {
  const parse = (line: string) => parseCommand(line.split(' '));
  const plain = { name: 'check', paths: [], format: 'text', rules: [] };
  assert.deepEqual(parse('check'), plain);
  assert.deepEqual(parse('check a.ts src --sarif'), {
    ...plain,
    paths: ['a.ts', 'src'],
    format: 'sarif',
  });
  assert.deepEqual(parse('check --json --rule unused-key=off'), {
    ...plain,
    format: 'json',
    rules: [{ id: 'unused-key', severity: 'off' }],
  });
  assert.throws(() => parse('check --json --sarif'), SyntaxUsageError);
  assert.throws(() => parse('check --rule unused-key'), SyntaxUsageError);
});
