// A look at a file ends, whatever its top level waits for.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import { createTestRunner } from './testRunner.ts';

async function fileOf(t: TestContext, text: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'superstep-limit-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'agent.ts');
  await writeFile(file, text);
  return file;
}

async function problemOf(t: TestContext, text: string) {
  const runner = createTestRunner(t, { loadLimitMs: 2000 });
  const error = await runner.describe(await fileOf(t, text)).then(
    () => assert.fail('it was loaded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof LoadError);
  return error.problems[0]!;
}

test('a request at the top level that nobody answers is named with its place', async (t) => {
  // Takes requests and answers none.
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const problem = await problemOf(
    t,
    `async function ask() {
  return fetch('${origin}/v1/chat');
}
export const answer = await ask();`,
  );
  assert.equal(problem.code, 'LOAD_TIMEOUT');
  assert.equal(problem.range?.line1, 2);
  assert.match(problem.message, /^agent\.ts was not loaded within 2 s: it waits for an answer of/);
  assert.ok(problem.message.includes(origin), problem.message);
});

test('any other promise is told as one', async (t) => {
  const problem = await problemOf(t, 'await new Promise((resolve) => setTimeout(resolve, 1e8));');
  assert.equal(problem.code, 'LOAD_TIMEOUT');
  assert.match(problem.message, /it waits for a promise, at an `await` outside of functions/);
});

test('a function that makes a graph counts as loading, for a run and for a look', async (t) => {
  const text = `import { StateGraph } from 'superstep';
export async function make() {
  await new Promise(() => {});
  return new StateGraph({}).compile();
}`;
  const problem = await problemOf(t, text);
  assert.equal(problem.code, 'LOAD_TIMEOUT');
  const runner = createTestRunner(t, { loadLimitMs: 2000 });
  const file = await fileOf(t, text);
  const calls = [() => runner.run({ file }), () => runner.readThread({ file, threadId: '1' })];
  for (const call of calls) {
    await assert.rejects(call, /agent\.ts was not loaded within 2 s/);
  }
});

test('a function that makes no graph is told beside the graphs of others', async (t) => {
  const runner = createTestRunner(t);
  const file = await fileOf(
    t,
    `import { Annotation, START, StateGraph } from 'superstep';
const build = (name: string) => new StateGraph(Annotation.Root({ n: Annotation<number>() }))
  .addNode(name, () => ({ n: 1 })).addEdge(START, name).compile();
export const graph = build('one');
export function broken() {
  const graph = new StateGraph(Annotation.Root({})).addNode('x', () => ({})).addEdge(START, 'x');
  if (graph) throw new RangeError('not today');
  return graph.compile();
}
export function named(config: object, name: string) {
  return build(name);
}`,
  );
  const { graphs, hints = [] } = await runner.describe(file);
  assert.deepEqual(
    graphs.map(({ exportName }) => exportName),
    ['graph'],
  );
  assert.deepEqual(
    hints.map(({ severity, message }) => [severity, message]),
    [['warning', '"broken" was called to make its graph, and threw: RangeError: not today']],
  );
  await assert.rejects(runner.run({ file, exportName: 'broken' }), /threw: RangeError: not today/);
  await assert.rejects(runner.run({ file, exportName: 'named' }), /"named" needs 2 arguments/);
  await assert.rejects(runner.run({ file, exportName: 'nope' }), /exports no graph "nope"/);
});
