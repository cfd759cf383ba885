// How often a file's top level is evaluated.
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import { createTestRunner, record } from './testRunner.ts';

/** Notes each evaluation in a file beside it; the state tells how many runs its module has seen. */
const counting = `
  import { appendFileSync } from 'node:fs';
  import { Annotation, interrupt, START, StateGraph } from 'superstep';
  appendFileSync(import.meta.dirname + '/loads', 'x');
  console.log('loading');
  let runs = 0;
  const State = Annotation.Root({ runs: Annotation(), env: Annotation(), answer: Annotation() });
  export const graph = new StateGraph(State)
    .addNode('only', () => ({ runs: ++runs, ...(process.env.FROM_HOST && { env: process.env.FROM_HOST }) }))
    .addEdge(START, 'only').compile();
  export const asks = new StateGraph(State)
    .addNode('ask', () => ({ answer: interrupt('Sure?') }))
    .addEdge(START, 'ask').compile();
  export const builder = new StateGraph(State).addNode('only', () => ({ runs: ++runs })).addEdge(START, 'only');
`;

interface Counted {
  readonly file: string;
  /** How many evaluations there were since the last call. */
  readonly loads: () => Promise<number>;
}

async function countingFile(t: TestContext, more = ''): Promise<Counted> {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'counting.graph.ts');
  await writeFile(file, counting + more);
  const loads = async () => {
    const { length } = await readFile(join(folder, 'loads'), 'utf8').catch(() => '');
    await rm(join(folder, 'loads'), { force: true });
    return length;
  };
  return { file, loads };
}

const run = { exportName: 'graph', input: {} };

test('a look at a file and the run after it evaluate it once, and each run after that once', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  for (let round = 0; round < 3; round++) {
    const { state } = await runner.run({ file, ...run });
    assert.deepEqual(state, { runs: 1 });
    assert.equal(await loads(), 1);
    // Known, and nothing that a run has used waits for another.
    await runner.describe(file);
    assert.equal(await loads(), 0);
  }
});

test('a run without a look before it evaluates its file once', async (t) => {
  const { file, loads } = await countingFile(t);
  await createTestRunner(t, { keepWarm: true }).run({ file, ...run });
  assert.equal(await loads(), 1);
});

test('a builder that the look has compiled is found by the run, too', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  const { state } = await runner.run({ file, exportName: 'builder', input: {} });
  assert.deepEqual([state, await loads()], [{ runs: 1 }, 1]);
});

test('two runs at once never share what was loaded', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  const results = await Promise.all([1, 2].map(() => runner.run({ file, ...run })));
  assert.deepEqual(
    results.map(({ state }) => state),
    [{ runs: 1 }, { runs: 1 }],
  );
  assert.equal(await loads(), 2);
});

test('looks at once share one evaluation, which the end of one of them does not end', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  const abort = new AbortController();
  const [given, saved] = [
    runner.describe(file, { signal: abort.signal, contents: counting }),
    runner.describe(file),
  ];
  const { length } = (await saved).graphs;
  abort.abort();
  assert.equal((await given).graphs.length, length);
  await runner.run({ file, ...run });
  assert.equal(await loads(), 1);
});

test('a file that was changed since it was described is evaluated anew', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  await appendFile(file, 'export const more = 1;');
  await runner.run({ file, ...run });
  assert.equal(await loads(), 2);
});

test('a run with the description at hand takes the file as it was described', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  const described = await runner.describe(file);
  await writeFile(file, 'no program');
  assert.equal((await runner.run({ file, ...run, described })).status, 'done');
  assert.equal(await loads(), 1);
  await assert.rejects(runner.run({ file, ...run }), LoadError);
});

test('with other variables a file is evaluated anew', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file, { env: { FROM_HOST: 'one' } });
  const { state } = await runner.run({ file, ...run, env: { FROM_HOST: 'two' } });
  assert.deepEqual([state, await loads()], [{ runs: 1, env: 'two' }, 2]);
});

test('what a file has made of its environment when it was loaded stays for the run', async (t) => {
  const { file } = await countingFile(t, `process.env.FROM_HOST += ' and the file';`);
  const runner = createTestRunner(t, { keepWarm: true });
  const env = { FROM_HOST: 'host' };
  await runner.describe(file, { env });
  const { state } = await runner.run({ file, ...run, env });
  assert.deepEqual(state, { runs: 1, env: 'host and the file' });
});

test('a file that is prepared is not evaluated, and what is wrong with it is told when it is described', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t);
  const contents = `${counting}export const added = builder.compile();`;
  await runner.prepare(file, contents);
  assert.equal(await loads(), 0);
  const { graphs } = await runner.describe(file, { contents });
  assert.ok(graphs.some(({ exportName }) => exportName === 'added'));
  assert.equal(await loads(), 1);
  await runner.prepare(file, 'let = = 1');
  await assert.rejects(runner.describe(file, { contents: 'let = = 1' }), LoadError);
});

test('a change of a file that is no part of the program, but may have been read, counts', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  runner.fileChanged(file);
  await runner.run({ file, ...run });
  assert.equal(await loads(), 1);
  const other = await countingFile(t);
  await runner.describe(other.file);
  runner.fileChanged('/somewhere/prompt.txt');
  await runner.run({ file: other.file, ...run });
  assert.equal(await other.loads(), 2);
});

test('what a file says while it is loaded is told by the run that takes it, once', async (t) => {
  const { file } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  for (const _ of [1, 2]) {
    const { result, events } = record(runner, { file, ...run });
    await result;
    const said = events.filter(({ type }) => type === 'console');
    assert.deepEqual(said, [{ type: 'console', time: 0, level: 'log', text: 'loading' }]);
    assert.equal(events[0], said[0]);
  }
});

test('a file that says too much to be kept is evaluated anew', async (t) => {
  const { file, loads } = await countingFile(
    t,
    `for (let i = 0; i < 2000; i++) console.log('line');`,
  );
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  const { result, events } = record(runner, { file, ...run });
  await result;
  assert.equal(events.filter(({ type }) => type === 'console').length, 2001);
  assert.equal(await loads(), 2);
});

test('a key that the file brings is kept out of the run that takes it', async (t) => {
  const key = 'my-own-key-0123456789';
  const { file, loads } = await countingFile(
    t,
    `import { ChatOpenAI } from 'superstep/openai';
     new ChatOpenAI({ apiKey: '${key}' });
     export const tells = new StateGraph(State)
       .addNode('only', () => { throw new Error('With ${key}'); }).addEdge(START, 'only').compile();`,
  );
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  const { error, problem } = await runner.run({ file, exportName: 'tells', input: {} });
  assert.doesNotMatch(JSON.stringify([error, problem]), new RegExp(key));
  assert.equal(await loads(), 1);
});

test('a module that was refused a model when it was loaded does not serve a run, which has one', async (t) => {
  const { file, loads } = await countingFile(
    t,
    `const host = globalThis[Symbol.for('superstep.modelHost')];
     const found = await host.access({ model: 'm' }).then(({ kind }) => kind, () => 'none');
     export const tells = new StateGraph(State)
       .addNode('only', () => ({ answer: found })).addEdge(START, 'only').compile();`,
  );
  const runner = createTestRunner(t, { keepWarm: true });
  await runner.describe(file);
  const models = { choose: async () => ({ kind: 'offline' }) as const };
  const { state } = await runner.run({ file, exportName: 'tells', input: {}, models });
  assert.deepEqual([state, await loads()], [{ answer: 'handler' }, 2]);
});

test('only the files that were described last wait', async (t) => {
  const files = [await countingFile(t), await countingFile(t), await countingFile(t)];
  const runner = createTestRunner(t, { keepWarm: true });
  for (const { file } of files) await runner.describe(file);
  for (const { file } of files) await runner.run({ file, ...run });
  assert.deepEqual(await Promise.all(files.map(({ loads }) => loads())), [2, 1, 1]);
});

test('without threads in reserve none waits', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t);
  await runner.describe(file);
  await runner.run({ file, ...run });
  assert.equal(await loads(), 2);
});

test('going on with a run that waits evaluates its file once', async (t) => {
  const { file, loads } = await countingFile(t);
  const runner = createTestRunner(t, { keepWarm: true });
  const store = { path: join(file, '../threads.sqlite'), isTemporary: true };
  await runner.describe(file);
  const options = { file, exportName: 'asks', store };
  const { status, threadId } = await runner.run({ ...options, input: {} });
  assert.deepEqual([status, await loads()], ['waiting', 1]);
  await runner.describe(file);
  const { state } = await runner.run({
    ...options,
    threadId: threadId!,
    resume: { answer: 'yes' },
  });
  assert.deepEqual([state, await loads()], [{ answer: 'yes' }, 1]);
  // As after a reload of the window, where nothing is known.
  const later = createTestRunner(t, { keepWarm: true });
  const again = await later.run({ ...options, input: {} });
  await loads();
  const described = await later.describe(file);
  await later.run({
    ...{ ...options, described, threadId: again.threadId! },
    resume: { answer: 'yes' },
  });
  assert.equal(await loads(), 1);
});
