import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseCommand } from '../../src/cli/args.ts';
import { SyntaxUsageError } from '../../src/cli/usageError.ts';
import { start } from './superstep.ts';

const GRAPH = `import { Annotation, END, START, StateGraph } from 'superstep';
export const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
  .addNode('twice', ({ n }) => ({ n: n * 2 }))
  .addNode('zero', () => ({ n: 0 }))
  .addEdge(START, 'twice')
  .addConditionalEdges('twice', ({ n }) => (n > 9 ? 'zero' : END), ['zero', END])
  .compile();
`;

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'superstep-test-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('good.graph.ts', `${GRAPH}export const tests = { 'doubles <it>': { input: { n: 2 } } };\n`);
  write(
    'bad/bad.graph.ts',
    `${GRAPH}export const tests = {
  'says what it is': { input: { n: 2 }, expect: { state: { n: 5 } } },
};
`,
  );
  write(
    'bad/throws.graph.ts',
    `${GRAPH}export const tests = { one: {} };\nthrow new Error('no');\n`,
  );
  write('none/plain.graph.ts', GRAPH);
});

after(() => rmSync(folder, { recursive: true, force: true }));

describe('superstep test', () => {
  it('runs all tests below the current folder, and tells where they fail and what was never reached', async (t) => {
    const { code, stdout, stderr } = await start(t, ['test'], { cwd: folder }).ended;
    const lines = stdout.replace(/\(\d+ ms\)/g, '(time)').split('\n');
    const bad = join('bad', 'bad.graph.ts');
    assert.deepEqual(lines.slice(0, 5), [
      `✖ ${bad} › says what it is (time)`,
      `  ${bad}:9:49: error: AssertionError: The run is not as expected: (ERR_ASSERTION)`,
      '    - state.n is 4, not 5',
      `  - { 'state.n': 5 }`,
      `  + { 'state.n': 4 }`,
    ]);
    assert.match(stdout, /throws\.graph\.ts:9:7: error: no \(UNCAUGHT_ERROR\)/);
    assert.match(stdout, /✔ good\.graph\.ts › doubles <it> \(/);
    assert.match(
      stderr,
      /good\.graph\.ts graph: 1 of 2 nodes, 2 of 3 edges; never: zero, twice -> zero\n/,
    );
    assert.match(stderr, /1 passed, 2 failed\n$/);
    assert.equal(code, 1);
  });

  it('writes JSON, and XML in the form of JUnit', async (t) => {
    const json = await start(t, ['test', 'good.graph.ts', '--reporter', 'json'], { cwd: folder })
      .ended;
    const { passed, tests, coverage } = JSON.parse(json.stdout) as {
      passed: number;
      tests: { name: string; status: string }[];
      coverage: Record<string, { nodes: object }>;
    };
    assert.deepEqual([json.code, passed, tests[0]!.status], [0, 1, 'passed']);
    assert.deepEqual(coverage['good.graph.ts graph']!.nodes, { twice: 1, zero: 0 });
    const junit = await start(t, ['test', 'good*', 'bad/bad*', '--reporter', 'junit'], {
      cwd: folder,
    }).ended;
    assert.equal(junit.code, 1);
    assert.match(junit.stdout, /<testsuites tests="2" failures="1">/);
    assert.match(
      junit.stdout,
      /classname="good\.graph\.ts" name="doubles &lt;it&gt;" time="[\d.]+"\/>/,
    );
    assert.match(
      junit.stdout,
      /<failure message="AssertionError: The run is not as expected:&#10;- /,
    );
  });

  it('says that there are no tests, and that a file which is named has none', async (t) => {
    const nothing = await start(t, ['test', 'none'], { cwd: folder }).ended;
    assert.deepEqual([nothing.code, nothing.stdout], [2, '']);
    assert.match(
      nothing.stderr,
      /^superstep: There are no tests in "none": export them as "tests"/,
    );
    const named = await start(t, ['test', 'none/plain.graph.ts'], { cwd: folder }).ended;
    assert.equal(named.code, 1);
    assert.match(named.stdout, /error: There are no tests in this file.*\(NO_TESTS\)/);
  });
});

describe('the options of test', () => {
  it('are read', () => {
    const given = ['test', 'a', '--update', '--record', 'missing', '--shuffle', '50'];
    assert.deepEqual(parseCommand(given), {
      name: 'test',
      paths: ['a'],
      reporter: 'spec',
      record: 'missing',
      update: true,
      shuffle: 50,
    });
  });

  it('are refused where they have no meaning', () => {
    const refused = (...args: string[]) =>
      assert.throws(() => parseCommand(['test', ...args]), SyntaxUsageError);
    refused('--reporter', 'dots');
    refused('--record', 'none');
    refused('--shuffle', 'many');
    refused('--update=yes');
    refused('--graph', 'graph');
  });
});

it('the tests of the examples pass, of guides as well', async (t) => {
  const cwd = join(import.meta.dirname, '../..');
  const { code, stdout, stderr } = await start(t, ['test', 'examples', 'docs/examples'], { cwd })
    .ended;
  assert.equal(code, 0, stdout + stderr);
  assert.match(stderr, /^6 passed, 0 failed$/m);
});
