import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeTypes } from '../../src/extension/newFiles/writeTypes.ts';
import { root, run } from '../host/install.ts';

const types = join(root, 'dist/typescriptPlugin/types');

const graph = `import { setTimeout as sleep } from 'node:timers/promises';
import { END, START, StateGraph, StateSchema } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import { SqliteSaver } from 'superstep/sqlite';
import { z } from 'zod';
const State = new StateSchema({ names: z.array(z.string()) });
export const model = new ChatOpenAI({ model: 'm' });
export const graph = new StateGraph(State)
  .addNode('sort', async ({ names }) => {
    await sleep(1);
    return { names: names.toSorted() };
  })
  .addEdge(START, 'sort')
  .addEdge('sort', END)
  .compile({ checkpointer: new SqliteSaver(':memory:') });
const state = await graph.invoke({ names: [] });
export const names: string[] = state.names;
// @ts-expect-error The state knows its types.
export const wrong: number = state.names;
`;

function makeFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'superstep-types-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const resolutions = {
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  nodenext: ['--module', 'nodenext'],
};
for (const [name, options] of Object.entries(resolutions)) {
  test(`the types written into a folder are found by any TypeScript, with ${name} resolution`, async (t) => {
    const folder = makeFolder(t);
    writeFileSync(join(folder, 'a.graph.mts'), graph);
    assert.deepEqual(await writeTypes(types, folder), ['superstep', 'zod']);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const args = ['--noEmit', '--strict', '--target', 'es2022', ...options, 'a.graph.mts'];
    await run(process.execPath, [tsc, ...args], { cwd: folder });
  });
}

test('writing types renews what was written before, and leaves alone what is installed', async (t) => {
  const folder = makeFolder(t);
  const installed = join(folder, 'node_modules/zod/package.json');
  mkdirSync(join(folder, 'node_modules/zod'), { recursive: true });
  writeFileSync(installed, '{ "name": "zod" }');
  assert.deepEqual(await writeTypes(types, folder), ['superstep']);
  const index = join(folder, 'node_modules/superstep/index.d.ts');
  writeFileSync(index, '// stale');
  assert.deepEqual(await writeTypes(types, folder), ['superstep']);
  assert.notEqual(readFileSync(index, 'utf8'), '// stale');
  assert.equal(readFileSync(installed, 'utf8'), '{ "name": "zod" }');
});
