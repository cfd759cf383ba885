import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { GraphBundler } from '../../src/loader/bundle/bundleGraph.ts';
import { createFolder, evaluateInWorker, shipped } from './support.ts';

const library = join(import.meta.dirname, '../../dist/index.js');

it(
  'a graph file meets the built library where its folder has none',
  { skip: existsSync(library) ? false : 'dist/ is not built' },
  async () => {
    const bundler = new GraphBundler({
      loadEsbuild: async () => esbuild,
      shipped: { ...shipped, superstep: pathToFileURL(library).href },
    });
    after(() => bundler.dispose());
    const folder = await createFolder();
    await mkdir(folder);
    const file = join(folder, 'x.graph.ts');
    await writeFile(
      file,
      `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ a: Annotation<number>() });
export const graph = new StateGraph(State)
  .addNode('one', ({ a }) => ({ a: a + 1 }))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile({ name: 'counter' });
export const input = { a: 1 };
export const actual = await graph.invoke({ a: 1 });`,
    );
    const outcome = await evaluateInWorker(await bundler.build(file), true);
    assert.deepEqual(outcome, {
      actual: { a: 2 },
      expected: undefined,
      graphs: [
        { exportName: 'graph', name: 'counter', version: 1, hasInput: true, input: { a: 1 } },
      ],
    });
  },
);

it(
  'a graph file shares engine and openai with the client of models where its folder has none',
  { skip: existsSync(library) ? false : 'dist/ is not built' },
  async () => {
    const url = (path: string) => pathToFileURL(join(dirname(library), path)).href;
    const bundler = new GraphBundler({
      loadEsbuild: async () => esbuild,
      shipped: {
        superstep: url('index.js'),
        'superstep/openai': url('openai.js'),
        openai: url('vendor/openai.js'),
      },
    });
    after(() => bundler.dispose());
    const folder = await createFolder();
    await mkdir(folder);
    const file = join(folder, 'x.graph.ts');
    await writeFile(
      file,
      `import OpenAI from 'openai';
import { entrypoint } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
const answer = { choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] };
const model = new ChatOpenAI({ configuration: { fetch: async () => Response.json(answer) } });
const refusing = async () => Response.json({ error: { message: 'No' } }, { status: 400 });
const refused = new ChatOpenAI({ configuration: { fetch: refusing } });
export const workflow = entrypoint('ask', async () => (await model.invoke('Hi')).text);
const texts: string[] = [];
// Only if both have the same engine does the run learn of the call.
for await (const [message] of await workflow.stream({}, { streamMode: 'messages' })) {
  texts.push(message.text);
}
const error = await refused.invoke('Hi').catch((thrown) => thrown);
export const actual = { texts, isShared: error.cause instanceof OpenAI.APIError };`,
    );
    const outcome = await evaluateInWorker(await bundler.build(file), true);
    assert.deepEqual(outcome.actual, { texts: ['Hello'], isShared: true });
  },
);

it(
  'the engine hands callbacks on with the LangChain that the graph file finds',
  { skip: existsSync(library) ? false : 'dist/ is not built' },
  async () => {
    const bundler = new GraphBundler({
      loadEsbuild: async () => esbuild,
      shipped: { superstep: pathToFileURL(library).href },
    });
    after(() => bundler.dispose());
    const folder = await createFolder();
    const core = join(folder, 'node_modules/@langchain/core');
    await mkdir(core, { recursive: true });
    await writeFile(
      join(core, 'package.json'),
      '{ "type": "module", "exports": { "./callbacks/manager": "./manager.js" } }',
    );
    await writeFile(
      join(core, 'manager.js'),
      'export class CallbackManager { setHandlers(handlers) { this.handlers = handlers; } }',
    );
    const file = join(folder, 'x.graph.ts');
    await writeFile(
      file,
      `import { CallbackManager } from '@langchain/core/callbacks/manager';
import { Annotation, START, StateGraph } from 'superstep';
const graph = new StateGraph(Annotation.Root({ a: Annotation<boolean>() }))
  .addNode('one', (_, config) => ({ a: config.callbacks instanceof CallbackManager }))
  .addEdge(START, 'one')
  .compile();
export const actual = await graph.invoke({}, { callbacks: [{ name: 'listens' }] });`,
    );
    const outcome = await evaluateInWorker(await bundler.build(file));
    assert.deepEqual(outcome.actual, { a: true });
  },
);
