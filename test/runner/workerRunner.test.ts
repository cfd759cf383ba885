import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import { createTestRunner, fixture, record, starts, transcript } from './testRunner.ts';

const file = fixture('nodes.graph.ts');

test('a run resolves with the output and tells of every event in order', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'fine', input: {} });
  const { durationMs, ...rest } = await result;
  assert.deepEqual(rest, {
    graph: 'chain',
    status: 'done',
    state: { value: 'of first', list: ['of second'] },
  });
  assert.ok(durationMs > 0);
  assert.deepEqual(transcript(events), [
    'runStarted',
    'superstepStarted 1',
    'taskStarted first',
    'taskWrote first',
    'taskFinished first',
    'superstepFinished 1',
    'superstepStarted 2',
    'taskStarted second',
    'taskWrote second',
    'taskFinished second',
    'superstepFinished 2',
    'runFinished',
  ]);
});

test('input is the caller’s, else the file’s own for the graph, else {}', async (t) => {
  const runner = createTestRunner(t);
  const inputOf = async (options: object) => {
    const { events, result } = record(runner, { file, ...options });
    await result;
    const [started] = events;
    return started?.type === 'runStarted' && started.input;
  };
  assert.deepEqual(await inputOf({ exportName: 'echo', input: { value: 1n } }), { value: 1n });
  assert.deepEqual(await inputOf({ exportName: 'echo' }), { value: 'input of echo' });
  assert.deepEqual(await inputOf({ exportName: 'throwsNull' }), {});
});

test('input that is not an object fails the run with the engine’s own error', async (t) => {
  const { result } = record(createTestRunner(t), { file, exportName: 'fine', input: 'text' });
  const { status, error } = await result;
  assert.equal(status, 'failed');
  assert.equal(error?.code, 'INVALID_INPUT');
});

test('describe() tells of graphs, nodes, inputs and files', async (t) => {
  const { graphs, inputs } = await createTestRunner(t).describe(file);
  assert.equal(inputs[0], file);
  const [fine] = graphs;
  assert.equal(fine?.exportName, 'fine');
  assert.equal(fine.name, 'chain');
  assert.match(fine.mermaid, /first --> second;[^]*\n$/);
  assert.deepEqual(fine.nodes[1], { id: 'first', name: 'first', mermaidId: 'first' });
  assert.deepEqual(fine.input, { value: 'input of the file' });
  const echo = graphs.find(({ exportName }) => exportName === 'echo');
  assert.deepEqual(echo?.input, { value: 'input of echo' });
  assert.deepEqual(
    echo.inputFields.map(({ key }) => key),
    ['value', 'list'],
  );
  const nested = graphs.find(({ exportName }) => exportName === 'exitsInside');
  assert.ok(nested?.nodes.some(({ id }) => id === 'outer:second'));
});

test('describe() without xray draws subgraphs as single nodes', async (t) => {
  const { graphs } = await createTestRunner(t).describe(file, { xray: false });
  const nested = graphs.find(({ exportName }) => exportName === 'exitsInside');
  assert.deepEqual(
    nested?.nodes.map(({ id }) => id),
    ['__start__', 'outer', 'sibling', '__end__'],
  );
});

test('describe() of unchanged code does not run it again, of changed code it does', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'clock.graph.ts');
  await copyFile(fixture('loadTime.graph.ts'), path);
  const runner = createTestRunner(t);
  const loadedAt = async () => (await runner.describe(path)).graphs[0]!.input;
  const first = await loadedAt();
  assert.deepEqual(await loadedAt(), first);
  await copyFile(fixture('loadTimeChanged.graph.ts'), path);
  assert.notDeepEqual(await loadedAt(), first);
});

test('a look at a file that cannot be loaded tells of what the file is made', async (t) => {
  const path = fixture('throwsOnLoad.graph.ts');
  const { inputs } = await loadError(createTestRunner(t).describe(path));
  assert.equal(inputs?.[0], path);
});

test('a graph that is not in the file is a LoadError that names those that are', async (t) => {
  const runner = createTestRunner(t);
  const unknown = await loadError(runner.run({ file, exportName: 'nope' }));
  assert.equal(unknown.problems[0]?.code, 'UNKNOWN_GRAPH');
  assert.match(unknown.message, /"nope".*fine, echo/);
  const ambiguous = await loadError(runner.run({ file }));
  assert.equal(ambiguous.problems[0]?.code, 'AMBIGUOUS_GRAPH');
});

test('a builder is compiled, and what is told of it comes before the graph runs', async (t) => {
  const runner = createTestRunner(t);
  const path = fixture('builders.graph.ts');
  const heard: string[] = [];
  const result = await runner.run({
    file: path,
    exportName: 'workflow',
    onHints: (hints) =>
      heard.push(
        ...hints.map(({ severity, code, range }) => `${severity} ${code} ${range?.line1}`),
      ),
    onEvents: (events) => heard.push(...events.map(({ type }) => type).slice(0, 1)),
  });
  assert.deepEqual(result.state, { value: 'of the builder' });
  assert.deepEqual(heard.slice(0, 2), ['information BUILDER_NOT_COMPILED 5', 'runStarted']);
});

test('a look at a file shows builders, but none that is compiled elsewhere or cannot be', async (t) => {
  const { graphs, hints } = await createTestRunner(t).describe(fixture('builders.graph.ts'));
  assert.deepEqual(
    graphs.map(({ exportName }) => exportName),
    ['workflow', 'other'],
  );
  assert.deepEqual(
    hints?.map(({ code, message }) => [code, message.includes('"workflow"')]),
    [['BUILDER_NOT_COMPILED', true]],
  );
});

/** Nodes that are gated wait until the gate is opened. */
async function closedGate(t: TestContext): Promise<() => Promise<void>> {
  const gate = await temporaryFolder(t);
  process.env.SUPERSTEP_TEST_GATE = gate;
  t.after(() => delete process.env.SUPERSTEP_TEST_GATE);
  return () => rm(gate, { recursive: true });
}

test('two runs at once, of one graph and of two, do not meet', async (t) => {
  const open = await closedGate(t);
  const runner = createTestRunner(t, { keepWarm: true });
  const recordings = ['gated', 'gated', 'echo'].map((exportName, i) =>
    record(runner, { file, exportName, input: { list: [i] } }),
  );
  const [one, other, echo] = recordings;
  await Promise.all([one!.when(starts('second')), other!.when(starts('second')), echo!.result]);
  await open();
  const results = await Promise.all(recordings.map(({ result }) => result));
  assert.deepEqual(
    results.map(({ state }) => state),
    [
      { value: 'of first', list: [0, 'gated'] },
      { value: 'of first', list: [1, 'gated'] },
      { value: 'of first', list: [2, 'of first'] },
    ],
  );
  for (const { events } of recordings) {
    assert.equal(events.filter(({ type }) => type === 'taskStarted').length, 2);
  }
});

test('a file that is changed and deleted in the middle of a run does not disturb it', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a #b %41 ü.graph.ts');
  await copyFile(file, path);
  const open = await closedGate(t);
  const { result, when } = record(createTestRunner(t), { file: path, exportName: 'gated' });
  await when(starts('second'));
  await writeFile(path, 'syntax error');
  await rm(path);
  await open();
  assert.equal((await result).status, 'done');
});

test('state of any kind arrives as plain data, and whole', async (t) => {
  const runner = createTestRunner(t);
  const odd = await runner.run({ file, exportName: 'oddState' });
  const { value } = odd.state as { value: Record<string, any> };
  assert.equal(value['cycle'].self, value['cycle']);
  const { cycle: _cycle, ...others } = value;
  assert.deepEqual(others, {
    fn: '[Function: named]',
    point: { '[class]': 'Point', x: 1 },
    big: 2n ** 64n,
    map: new Map([['key', new Set([1])]]),
    date: new Date(0),
    promise: '[Promise]',
    message: { type: 'ai', content: 'hello' },
  });

  const { result, events } = record(runner, { file, exportName: 'hugeState' });
  assert.equal(((await result).state as { value: string }).value.length, 50_000_000);
  const wrote = events.findLast((event) => event.type === 'taskWrote');
  assert.match(String(wrote?.update['value']), /^x{10000}… 50.0 MB more$/);
});

test('timers and servers that are left behind do not hold the result', async (t) => {
  const { state } = await createTestRunner(t).run({ file, exportName: 'leavesThingsBehind' });
  assert.deepEqual(state, { value: 'of first', list: ['left'] });
});

test('what an observer throws reaches the caller, and the thread ends', async (t) => {
  const runner = createTestRunner(t);
  const run = runner.run({
    file,
    exportName: 'neverSettles',
    onEvents() {
      throw new Error('observer at fault');
    },
  });
  await assert.rejects(run, /observer at fault/);
});

/** Runs as soon as the client of models was loaded, by whomever. */
const waits = `
  // It speaks of 'superstep/openai', and imports nothing of it.
  import { Annotation, START, StateGraph } from 'superstep';
  const told = globalThis.preloaded ?? new Promise((resolve) => (globalThis.onPreload = resolve));
  const State = Annotation.Root({ text: Annotation() });
  export const graph = new StateGraph(State).addNode('only', async () => ({ text: await told }))
    .addEdge(START, 'only').compile();
`;

/** Stands in for the client of models, and tells that it was loaded. */
const toldClient = `globalThis.preloaded = 'loaded'; globalThis.onPreload?.('loaded');`;

const withToldClient = {
  superstep: new URL('../../src/engine/index.ts', import.meta.url).href,
  'superstep/openai': `data:text/javascript,${encodeURIComponent(toldClient)}`,
};

test('what a file says it imports of models is loaded while it is bundled', async (t) => {
  const path = join(await temporaryFolder(t), 'waits.graph.ts');
  await writeFile(path, waits);
  const runner = createTestRunner(t, { shipped: withToldClient });
  const { state } = await runner.run({ file: path, signal: AbortSignal.timeout(20_000) });
  assert.deepEqual(state, { text: 'loaded' });
});

test('after a file with models, the thread in reserve loads them before it has its job', async (t) => {
  const folder = await temporaryFolder(t);
  const [before, path] = ['imports.graph.ts', 'waits.graph.ts'].map((name) => join(folder, name));
  await writeFile(before!, `import 'superstep/openai';\n${waits}`);
  await writeFile(path!, waits.replace('superstep/openai', 'nothing'));
  const runner = createTestRunner(t, { shipped: withToldClient, keepWarm: true });
  await runner.describe(before!);
  const { state } = await runner.run({ file: path!, signal: AbortSignal.timeout(20_000) });
  assert.deepEqual(state, { text: 'loaded' });
});

test('dispose() ends every run and every look at a file, and refuses new ones', async (t) => {
  const runner = createTestRunner(t, { keepWarm: true });
  const run = record(runner, { file, exportName: 'busyLoop' });
  const look = runner.describe(fixture('endlessLoad.graph.ts'));
  await run.when(starts('second'));
  await Promise.all([runner.dispose(), assert.rejects(look, /disposed/)]);
  assert.equal((await run.result).status, 'cancelled');
  await assert.rejects(runner.run({ file }), /disposed/);
  await assert.rejects(runner.describe(file), /disposed/);
});

async function loadError(run: Promise<unknown>): Promise<LoadError> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error;
  }
  assert.fail('Loaded all the same');
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
