import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Runner } from '../../../src/runner/runner.ts';
import type { createWorkerRunner as Create } from '../../../src/runner/workerRunner.ts';

const dist = new URL('../../../dist/', import.meta.url);

/**
 * The host's side as it ships: JavaScript, with the parser in a file of its own until needed.
 * @returns Path of the script.
 */
export async function bundleRunner(outdir: string): Promise<string> {
  const { build } = await import('esbuild');
  const source = new URL('../../../src/runner/workerRunner.ts', import.meta.url);
  await build({
    entryPoints: [fileURLToPath(source)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
  });
  return join(outdir, 'workerRunner.mjs');
}

/** The built runner, by the script that `bundleRunner` has made. */
export async function openRunner(script: string): Promise<Runner> {
  const place = (path: string) => new URL(path, dist);
  const module: unknown = await import(pathToFileURL(script).href);
  const { createWorkerRunner } = module as { createWorkerRunner: typeof Create };
  return createWorkerRunner({
    workerUrl: place('worker.js'),
    debugUrl: place('debug.js'),
    shipped: {
      superstep: place('index.js').href,
      zod: place('vendor/zod.js').href,
      openai: place('vendor/openai.js').href,
    },
    loadEsbuild: () => import('esbuild'),
    keepWarm: true,
  });
}
