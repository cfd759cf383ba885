import * as esbuild from 'esbuild';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Bundle } from '../../src/loader/bundle/bundle.ts';
import { GraphBundler } from '../../src/loader/bundle/bundleGraph.ts';
import { langGraphUrls } from '../../src/langgraph/entries.ts';
import type { Outcome } from './inWorker.ts';

export const FIXTURES = join(import.meta.dirname, '../fixtures/loader');

/** A name as users may have it; Windows allows less. */
const AWKWARD = process.platform === 'win32' ? 'a #b%20c é (x)' : 'a #b%20?c é (x):1:2';

/** Copies of the library that a test takes for those we ship. */
export const shipped = {
  ...Object.fromEntries(
    ['superstep', 'zod', 'openai'].map((name) => [
      name,
      pathToFileURL(join(FIXTURES, 'shipped', `${name}.js`)).href,
    ]),
  ),
  ...langGraphUrls((name) => new URL(`../../src/langgraph/${name}.ts`, import.meta.url).href),
};

/** A bundler that is disposed when the tests of the file are done. */
export function createBundler(): GraphBundler {
  const bundler = new GraphBundler({ loadEsbuild: async () => esbuild, shipped });
  after(() => bundler.dispose());
  return bundler;
}

/** An empty folder with an awkward name, removed when the tests of the file are done. */
export async function createFolder(): Promise<string> {
  const root = await mkdtemp(join(await realpath(tmpdir()), 'superstep-loader-'));
  after(() => rm(root, { recursive: true, force: true }));
  return join(root, AWKWARD);
}

/** Copies a fixture to a folder of its own, where its `packages` become `node_modules`. */
export async function copyFixture(path: string): Promise<string> {
  const folder = await createFolder();
  await cp(join(FIXTURES, path), folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.reverse()) {
    if (name === 'packages') await rename(join(parentPath, name), join(parentPath, 'node_modules'));
  }
  return folder;
}

/** The fixture's graph file. */
export async function mainOf(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((each) => each.startsWith('main.'));
  return join(folder, name ?? 'main.graph.ts');
}

/** Evaluates a bundle in a thread of its own, as the product does. */
export async function evaluateInWorker(bundle: Bundle, wantsGraphs = false): Promise<Outcome> {
  const worker = new Worker(join(import.meta.dirname, 'inWorker.ts'), {
    workerData: { bundle, wantsGraphs },
  });
  try {
    const [outcome] = (await once(worker, 'message')) as [Outcome];
    return outcome;
  } finally {
    await worker.terminate();
  }
}

/** Names and sizes of all files, to see that nothing has been written. */
export async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.sort();
}
