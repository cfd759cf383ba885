import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TestFileOptions, TestResult } from '../../src/runner/tests/testFile.ts';
import { createTestRunner } from './testRunner.ts';

const GRAPH = `import { Annotation, END, START, StateGraph, interrupt } from 'superstep';
import type { GraphTests } from 'superstep/testing';
const State = Annotation.Root({ word: Annotation<string>(), kind: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode('say', ({ word }) => {
    console.log('saying', word);
    return { word: word.toUpperCase() };
  })
  .addNode('ask', () => ({ kind: interrupt<string, string>('Kind?') }))
  .addEdge(START, 'say')
  .addConditionalEdges('say', ({ word }) => (word === 'ASK' ? 'ask' : END), ['ask', END])
  .compile();
export const input = { word: 'hello' };
`;

/** Writes a file with tests, and runs them. */
async function run(
  t: TestContext,
  text: string,
  options: Partial<TestFileOptions> & {
    readonly name?: string;
    readonly loadLimitMs?: number;
  } = {},
) {
  const { name = 'a.graph.ts', loadLimitMs, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'superstep-tests-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  const runner = createTestRunner(t, loadLimitMs === undefined ? {} : { loadLimitMs });
  const again = (more: Partial<TestFileOptions> = {}) => runner.test({ file, ...rest, ...more });
  return { folder, file, again, ...(await again()) };
}

const shown = ({ name, failure, problem }: TestResult) =>
  failure
    ? `${name}: ${failure.error.code ?? failure.error.name} ${basename(problem?.file ?? '')}:${problem?.range?.line1}`
    : `${name}: passed`;

describe('the tests of a graph file', () => {
  it('are run with inputs, answers and stubs, and tell what they have reached', async (t) => {
    const { results, inputs } = await run(
      t,
      `${GRAPH}export const tests = {
  'takes the input of the file': { expect: { state: { word: 'HELLO' }, tookNot: ['say -> ask'] } },
  answers: {
    graph: 'graph',
    input: { word: 'ask' },
    resume: ['good'],
    nodes: { say: { word: 'ASK' } },
    expect: (run) => { if (run.state.kind !== 'good') throw new Error(run.state.kind); },
  },
} satisfies GraphTests;
`,
    );
    assert.deepEqual(results.map(shown), [
      'takes the input of the file: passed',
      'answers: passed',
    ]);
    assert.deepEqual(
      results.map(({ output }) => output),
      [['saying hello'], []],
    );
    assert.deepEqual(results[0]!.coverage, {
      graph: 'graph',
      nodes: { say: 1, ask: 0 },
      edges: [
        { source: '__start__', target: 'say', conditional: false, count: 1 },
        { source: 'say', target: 'ask', conditional: true, count: 0 },
        { source: 'say', target: '__end__', conditional: true, count: 1 },
        ...results[0]!.coverage!.edges.slice(3),
      ],
    });
    assert.deepEqual(
      inputs.map((path) => basename(path)),
      ['a.graph.ts'],
    );
  });

  it('fail at the place in their file, with what should be and what is', async (t) => {
    const { results } = await run(
      t,
      `${GRAPH}export const tests = {
  'expects another word': { expect: { state: { word: 'hello' } } },
  'throws by itself': {
    expect: () => {
      throw new TypeError('not at all');
    },
  },
  'has a wrong option': { expects: {} },
  'is of no graph': { graph: 'other' },
  'waits for an answer': { input: { word: 'ask' } },
} as GraphTests;
`,
    );
    assert.deepEqual(results.map(shown), [
      'expects another word: ERR_ASSERTION a.graph.ts:15',
      'throws by itself: TypeError a.graph.ts:18',
      'has a wrong option: UNKNOWN_OPTION a.graph.ts:21',
      'is of no graph: UNKNOWN_GRAPH a.graph.ts:22',
      'waits for an answer: ERR_ASSERTION a.graph.ts:23',
    ]);
    const [first] = results;
    assert.deepEqual(
      [first!.failure!.expected, first!.failure!.actual],
      ["{ 'state.word': 'hello' }", "{ 'state.word': 'HELLO' }"],
    );
    assert.match(results[2]!.failure!.error.message, /"expects".*did you mean "expect"\?/);
  });

  it('are added by test() for graphs of other files, and may be chosen by name', async (t) => {
    const text = `import { graph } from './b.graph.ts';
import { test } from 'superstep/testing';
test(graph, 'says it', { input: { word: 'hi' }, expect: { state: { word: 'HI' } } });
test(graph, 'fails', { input: { word: 'hi' }, expect: { state: { word: 'hi' } } });
`;
    const { again, folder } = await run(t, `${GRAPH}export const tests = { one: {} };`);
    const file = join(folder, 'b.graph.test.ts');
    writeFileSync(join(folder, 'b.graph.ts'), GRAPH);
    writeFileSync(file, text);
    assert.deepEqual((await again({ file })).results.map(shown), [
      'says it: passed',
      'fails: ERR_ASSERTION b.graph.test.ts:4',
    ]);
    assert.deepEqual((await again({ file, names: ['says it'] })).results.map(shown), [
      'says it: passed',
    ]);
  });

  it('are ended where they never end, or bring their thread down, and the others go on', async (t) => {
    const started: string[] = [];
    const { results } = await run(
      t,
      `${GRAPH}export const tests = {
  loops: { timeoutMs: 300, expect: () => { for (;;); } },
  waits: { timeoutMs: 50, expect: () => new Promise(() => {}) },
  leaves: { expect: () => process.exit(3) },
  passes: {},
} satisfies GraphTests;
`,
      { onStarted: (name) => started.push(name) },
    );
    assert.deepEqual(results.map(shown), [
      'loops: TEST_TIMEOUT a.graph.ts:15',
      'waits: TEST_TIMEOUT a.graph.ts:16',
      'leaves: PROCESS_EXIT a.graph.ts:17',
      'passes: passed',
    ]);
    assert.deepEqual(started, ['loops', 'waits', 'leaves', 'passes']);
  });

  it('are refused where the file throws, never ends or has none', async (t) => {
    await assert.rejects(run(t, `${GRAPH}throw new Error('at load');`), { message: /at load/ });
    await assert.rejects(run(t, `${GRAPH}for (;;);`, { loadLimitMs: 500 }), {
      message: /a\.graph\.ts was not loaded within 0\.5 s/,
    });
    await assert.rejects(run(t, GRAPH), { message: /There are no tests in this file/ });
    await assert.rejects(run(t, `${GRAPH}export const tests = 'all';`), {
      message: /The file exports "all" as "tests": export an object that has tests by name/,
    });
  });

  it('fail where they are no tests, or would hold for every run', async (t) => {
    const { results } = await run(
      t,
      `${GRAPH}export const tests = {
  nothing: null,
  text: { expect: 'done' },
  'a slip': { expect: { stat: { word: 'HELLO' } } },
  'no list': { input: { word: 'ask' }, resume: 'good' },
};`,
    );
    assert.deepEqual(
      results.map(({ name, failure }) => `${name}: ${failure?.error.code}`),
      [
        'nothing: INVALID_OPTION',
        'text: INVALID_OPTION',
        'a slip: UNKNOWN_OPTION',
        'no list: INVALID_OPTION',
      ],
    );
  });

  it('say that the run has failed where a function lets it pass', async (t) => {
    const { results } = await run(
      t,
      `${GRAPH}export const tests = {
  lenient: { nodes: { say: () => { throw new Error('out of words'); } }, expect: () => {} },
};`,
    );
    assert.deepEqual(results[0]!.notes, [
      'the run failed, and the function under expect let it pass: out of words',
    ]);
    assert.equal(results[0]!.failure, undefined);
  });

  it('end at once when they are cancelled', async (t) => {
    const stop = new AbortController();
    const options = { signal: stop.signal, onStarted: () => stop.abort(new Error('enough')) };
    const text = `${GRAPH}export const tests = { loops: { expect: () => { for (;;); } } };`;
    await assert.rejects(run(t, text, options), { message: 'enough' });
  });
});

describe('a snapshot of a test', () => {
  it('is kept when that is asked for, and compared from then on', async (t) => {
    const text = (word: string) => `${GRAPH}export const tests = {
  whole: { input: { word: '${word}' }, snapshot: true },
  part: { snapshot: (run) => run.order },
} as GraphTests;`;
    const { results, again, file, folder } = await run(t, text('one'));
    assert.deepEqual(results.map(shown), [
      'whole: SNAPSHOT_DIFFERS a.graph.ts:15',
      'part: SNAPSHOT_DIFFERS a.graph.ts:16',
    ]);
    const kept = join(folder, '__snapshots__/a.graph.ts.json');
    assert.ok(!existsSync(kept));
    await again({ updatesSnapshots: true });
    assert.deepEqual(JSON.parse(readFileSync(kept, 'utf8')), {
      part: ['say'],
      whole: { word: 'ONE' },
    });
    assert.deepEqual((await again()).results.map(shown), ['whole: passed', 'part: passed']);
    writeFileSync(file, text('two'));
    const [whole] = (await again()).results;
    assert.deepEqual(
      [whole!.failure!.expected, whole!.failure!.actual],
      ['{\n  "word": "ONE"\n}', '{\n  "word": "TWO"\n}'],
    );
    writeFileSync(kept, '{');
    assert.match((await again()).results[0]!.failure!.error.message, /JSON/);
  });
});

describe('calls of models in a test', () => {
  const MODEL = `import { Annotation, START, StateGraph } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
const State = Annotation.Root({ topic: Annotation<string>(), joke: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode('tell', async ({ topic }) => ({ joke: (await new ChatOpenAI().invoke(topic)).text }))
  .addEdge(START, 'tell')
  .compile();
const expect = (run) => { if (!run.state.joke) throw new Error(run.error?.message ?? run.status); };
export const tests = { cats: { input: { topic: 'cats' }, expect }, dogs: { input: { topic: 'dogs' }, expect } };
`;
  const models = { choose: async () => ({ kind: 'offline', options: { latencyMs: 0 } }) as const };

  it('are answered from the recording of each test, and refused where there is none', async (t) => {
    const { results, again, folder } = await run(t, MODEL);
    assert.match(
      results[0]!.failure!.error.message,
      /not recorded.*superstep test --record missing/s,
    );
    const recorded = await again({ record: 'missing', models, names: ['cats'] });
    assert.deepEqual(recorded.results.map(shown), ['cats: passed']);
    assert.ok(existsSync(join(folder, '__recordings__/a/cats/tell/tell-1.json')));
    const [cats, dogs] = (await again()).results;
    assert.deepEqual([cats!.failure, dogs!.failure?.error.name], [undefined, 'Error']);
  });

  it('are refused once in some of the shuffled runs, which makes no difference', async (t) => {
    const { again } = await run(t, MODEL);
    await again({ record: 'missing', models });
    const { results } = await again({ shuffle: 12 });
    assert.deepEqual(results.map(shown), ['cats: passed', 'dogs: passed']);
  });
});

describe('the shuffled runs of a test', () => {
  it('tell of the two nodes that race, with the seed', async (t) => {
    const { results } = await run(
      t,
      `import { Annotation, START, StateGraph } from 'superstep';
let last = '';
export const graph = new StateGraph(Annotation.Root({ said: Annotation<string>() }))
  .addNode('one', async () => void (last = 'one'))
  .addNode('two', async () => void (last = 'two'))
  .addNode('tell', () => ({ said: last }))
  .addEdge(START, 'one')
  .addEdge(START, 'two')
  .addEdge(['one', 'two'], 'tell')
  .compile();
export const tests = { tells: { expect: { state: { said: 'two' } } } };
`,
      { shuffle: 20 },
    );
    const [{ failure, problem }] = results as [TestResult];
    assert.equal(failure!.error.code, 'STATE_DIFFERS');
    assert.match(
      failure!.error.message,
      /^With seed \d+ state\.said is 'one', not 'two': "\w+" and "\w+" race/,
    );
    assert.deepEqual(
      [failure!.expected, failure!.actual, problem!.range!.line1],
      ["{ 'state.said': 'two' }", "{ 'state.said': 'one' }", 11],
    );
  });
});
