import { langGraphUrls } from '../../langgraph/entries.ts';
import { loadEsbuild } from '../../loader/bundle/loadEsbuild.ts';
import { createWorkerRunner } from '../../runner/workerRunner.ts';
import { readMaxMemoryMb } from '../settings.ts';
import type { EditorRunner } from './lazyRunner.ts';

/**
 * The runner with its threads; this is where it learns what lies where in the package.
 * @param shippedIn The folder of what is built, with a slash at its end.
 */
export function startRunner(shippedIn: URL): EditorRunner {
  const shipped = (path: string): string => new URL(path, shippedIn).href;
  return createWorkerRunner({
    workerUrl: new URL('worker.js', shippedIn),
    debugUrl: new URL('debug.js', shippedIn),
    shipped: {
      superstep: shipped('index.js'),
      'superstep/sqlite': shipped('sqlite.js'),
      'superstep/openai': shipped('openai.js'),
      'superstep/prebuilt': shipped('prebuilt.js'),
      'superstep/testing': shipped('testing.js'),
      ...langGraphUrls((name) => shipped(`langgraph/${name}.js`)),
      zod: shipped('vendor/zod.js'),
      openai: shipped('vendor/openai.js'),
    },
    loadEsbuild,
    maxMemoryMb: readMaxMemoryMb(),
    memorySetting: 'the setting superstep.maxMemoryMb',
    keepWarm: true,
  });
}
