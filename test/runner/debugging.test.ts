import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DebugOptions } from '../../src/runner/debug/debugOptions.ts';
import type { RunOptions } from '../../src/runner/runner.ts';
import { TestDebugger } from './debuggerOf.ts';
import { createTestRunner, fixture, record, transcript, type Recording } from './testRunner.ts';

const stops = `import { Annotation, START, StateGraph } from 'superstep';
const State = Annotation.Root({ value: Annotation<string>(), pid: Annotation<number>() });
export const graph = new StateGraph(State)
  .addNode('only', ({ value }) => {
    const told = value.toUpperCase();
    debugger;
    return { value: told, pid: process.pid };
  })
  .addEdge(START, 'only')
  .compile();
export const input = { value: 'a' };
`;

async function writeGraph(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-debug-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'debugged.graph.ts');
  writeFileSync(file, text);
  return file;
}

/** Starts a run, and tells where a debugger attaches. */
function debugRun(
  t: TestContext,
  options: RunOptions,
  debug: Partial<DebugOptions> = {},
): Recording & { readonly url: Promise<string> } {
  const listening = Promise.withResolvers<string>();
  const onListening = (url: string) => listening.resolve(url);
  const runner = createTestRunner(t);
  const recording = record(runner, {
    ...options,
    debug: { start: 'attached', onListening, ...debug },
  });
  return { ...recording, url: listening.promise };
}

test('a run that is debugged waits for the debugger, stops where it says, and goes on', async (t) => {
  const { url, result, events } = debugRun(t, { file: await writeGraph(t, stops) });
  const attached = await TestDebugger.attach(await url);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  assert.equal(await attached.evaluate(frame!, 'told'), 'A');
  assert.match(attached.urlOf(frame!), /debugged\.graph\.ts/);
  await attached.resume();
  const { status, state } = await result;
  assert.equal(status, 'done');
  assert.equal((state as { value: string }).value, 'A');
  assert.notEqual((state as { pid: number }).pid, process.pid);
  assert.deepEqual(transcript(events).slice(-3), [
    'taskFinished only',
    'superstepFinished 1',
    'runFinished',
  ]);
});

test('a run that is debugged is told of as any other, with its console', async (t) => {
  const file = fixture('nodes.graph.ts');
  const { result, events } = debugRun(
    t,
    { file, exportName: 'fine', input: {} },
    { start: 'atOnce' },
  );
  const { status, state } = await result;
  assert.deepEqual([status, state], ['done', { value: 'of first', list: ['of second'] }]);
  assert.equal(transcript(events).length, 12);
});

test('a run that is debugged can stop at the first line of its file', async (t) => {
  const file = await writeGraph(t, stops.replace('    debugger;\n', ''));
  const { url, result } = debugRun(t, { file }, { start: 'stopped' });
  const attached = await TestDebugger.attach(await url);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  assert.match(attached.urlOf(frame!), /debugged\.graph\.ts/);
  await attached.resume();
  assert.equal((await result).status, 'done');
});

test('a run that is debugged can stop at the first line of a node of a subgraph', async (t) => {
  const file = await writeGraph(
    t,
    stops
      .replace('    debugger;\n', '')
      .replace('export const graph', 'const inner')
      .replace(
        'export const input',
        "export const graph = new StateGraph(State).addNode('review', inner).addEdge(START, 'review').compile();\nexport const input",
      ),
  );
  const { url, result } = debugRun(t, { file }, { stopAt: 'review:only' });
  const attached = await TestDebugger.attach(await url);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  assert.match(attached.urlOf(frame!), /debugged\.graph\.ts/);
  assert.equal(await attached.evaluate(frame!, 'value'), 'a');
  assert.equal(await attached.evaluate(frame!, 'told'), undefined);
  await attached.resume();
  assert.equal((await result).status, 'done');
});

test('a run that is debugged can stop at the first line of a node that runs on a worker thread', async (t) => {
  const text = stops
    .replace('    debugger;\n', '')
    .replace('})\n  .addE', '}, { thread: true })\n  .addE');
  const { url, result } = debugRun(t, { file: await writeGraph(t, text) }, { stopAt: 'only' });
  const attached = await TestDebugger.attach(await url);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  assert.match(attached.urlOf(frame!), /debugged\.graph\.ts/);
  assert.equal(await attached.evaluate(frame!, 'value'), 'a');
  await attached.resume();
  assert.equal((await result).status, 'done');
});

test('a run that is held at a breakpoint is stopped, and its process ends', async (t) => {
  const stop = new AbortController();
  const file = await writeGraph(t, stops);
  const { url, result, when } = debugRun(t, { file, signal: stop.signal, graceMs: 10 });
  const attached = await TestDebugger.attach(await url);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  const pid = (await attached.evaluate(frame!, 'process.pid')) as number;
  await when(({ type }) => type === 'taskStarted');
  stop.abort();
  assert.equal((await result).status, 'cancelled');
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('a run that no debugger has attached to can be stopped', async (t) => {
  const stop = new AbortController();
  const file = await writeGraph(t, stops);
  const { url, result } = debugRun(t, { file, signal: stop.signal });
  await url;
  stop.abort();
  assert.equal((await result).status, 'cancelled');
});

test('tests are debugged as runs are, without limits of time', async (t) => {
  const tested = `${stops.replace('  })\n  .addEdge', '  }, { timeout: 1000 })\n  .addEdge')}
export const tests = { held: { timeoutMs: 1, expect: { state: { value: 'A' } } } };
`;
  const file = await writeGraph(t, tested);
  const listening = Promise.withResolvers<string>();
  const onListening = (url: string) => listening.resolve(url);
  const testing = createTestRunner(t).test({ file, debug: { start: 'attached', onListening } });
  const attached = await TestDebugger.attach(await listening.promise);
  const paused = attached.paused();
  await attached.begin();
  const [frame] = await paused;
  assert.match(attached.urlOf(frame!), /debugged\.graph\.ts/);
  // The process stands still for longer than the node may take.
  await attached.evaluate(
    frame!,
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)',
  );
  await attached.resume();
  const { results } = await testing;
  assert.deepEqual(
    results.map(({ name, failure }) => [name, failure]),
    [['held', undefined]],
  );
});

test('a run is not debugged with a program that is not there, or on a port that is taken', async (t) => {
  const file = await writeGraph(t, stops);
  const missing = debugRun(t, { file }, { runtime: { path: join(tmpdir(), 'no-node') } });
  await assert.rejects(missing.result, /ENOENT/);
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const taken = debugRun(t, { file }, { port });
  await assert.rejects(taken.result, new RegExp(`port ${port} is in use`));
});
