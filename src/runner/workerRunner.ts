import type { Runner } from './runner.ts';

/** What a composition root knows about where things lie. */
export interface WorkerRunnerOptions {
  /** The worker's script: `dist/worker.js`, or `src/runner/workerMain.ts` when run from source. */
  readonly workerUrl: URL;
  /** File URLs of the copies that graph files get where their own workspace has none. */
  readonly shipped: { readonly superstep: string; readonly zod: string; readonly openai: string };
  /** Imports esbuild; called at most once, when the first file is bundled. */
  readonly loadEsbuild: () => Promise<typeof import('esbuild')>;
  /** Heap of one thread in megabytes. Default 1024. */
  readonly maxMemoryMb?: number;
  /** Keeps one thread started in reserve after the first use. Default false. */
  readonly keepWarm?: boolean;
}

/** A runner that gives each run, and each look at a file, a worker thread of its own. */
export function createWorkerRunner(_options: WorkerRunnerOptions): Runner {
  throw new Error('Not there yet');
}
