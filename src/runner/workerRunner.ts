import { readFile } from 'node:fs/promises';
import { GraphBundler, type GraphBundlerOptions } from '../loader/bundleGraph.ts';
import type { Bundle } from '../loader/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import type { UserCode } from '../loader/locate.ts';
import type { Problem } from '../loader/problem.ts';
import type { ThreadCheckpoint, ThreadInfo, ThreadState } from '../protocol/threads.ts';
import { RunJob } from './runJob.ts';
import { checkInput } from './checkInput.ts';
import type { MemoryLimit } from './exitError.ts';
import { withKnownFields } from './knownFields.ts';
import { LookJob } from './lookJob.ts';
import { redactorOf, type Redactor } from './redact.ts';
import type {
  DescribeOptions,
  FileDescription,
  GraphDescription,
  GraphInput,
  ListThreadsOptions,
  ReadHistoryOptions,
  ReadThreadOptions,
  Runner,
  RunOptions,
  RunResult,
  ThreadReader,
} from './runner.ts';
import { toPlain } from './wire.ts';
import { WorkerThread, type ShippedUrls } from './workerThread.ts';

/** What a composition root knows about where things lie. */
export interface WorkerRunnerOptions {
  /** The worker's script: `dist/worker.js`, or `src/runner/workerMain.ts` when run from source. */
  readonly workerUrl: URL;
  /** File URLs of the copies that graph files get where their own workspace has none. */
  readonly shipped: ShippedUrls;
  /** Imports esbuild; called when the first file is bundled. */
  readonly loadEsbuild: GraphBundlerOptions['loadEsbuild'];
  /** Heap of one thread in megabytes. Default 1024. */
  readonly maxMemoryMb?: number;
  /** What a user changes for more of it, such as `the setting superstep.maxMemoryMb`; for messages. */
  readonly memorySetting?: string;
  /** Keeps one thread started in reserve after the first use. Default false. */
  readonly keepWarm?: boolean;
}

/**
 * A runner that gives each run, and each look at a file, a worker thread of its own. Bundles are
 * made here, user code runs there only.
 */
export function createWorkerRunner(options: WorkerRunnerOptions): Runner & ThreadReader {
  return new WorkerRunner(options);
}

/** What the graphs of a file looked like, and the code for which that is true. */
interface Described {
  readonly code: string;
  /** What else they depend on, as JSON. */
  readonly given: string;
  readonly graphs: readonly GraphDescription[];
  readonly hints: readonly Problem[];
}

/** How many files' descriptions are kept. */
const maxDescribed = 20;

class WorkerRunner implements Runner, ThreadReader {
  readonly #options: WorkerRunnerOptions;
  readonly #memory: MemoryLimit;
  readonly #bundler: GraphBundler;
  /** By file, the longest unused first. */
  readonly #described = new Map<string, Described>();
  /** Every call that has not settled. */
  readonly #active = new Set<Promise<unknown>>();
  readonly #disposal = new AbortController();
  #disposed: Promise<void> | undefined;
  #spare: WorkerThread | undefined;
  /** The file that was bundled last has our client of models; the next is mostly the same file. */
  #usesModels = false;

  constructor(options: WorkerRunnerOptions) {
    this.#options = options;
    const { maxMemoryMb = 1024, memorySetting } = options;
    this.#memory = { maxMemoryMb, memorySetting };
    this.#bundler = new GraphBundler(options);
  }

  describe(file: string, options: DescribeOptions = {}): Promise<FileDescription> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#describe(file, options, redactor), redactor);
  }

  run(options: RunOptions): Promise<RunResult> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#run(options, redactor), redactor);
  }

  listThreads(options: ListThreadsOptions): Promise<readonly ThreadInfo[]> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#listThreads(options, redactor), redactor);
  }

  readThread(options: ReadThreadOptions): Promise<ThreadState | undefined> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#readThread(options, redactor), redactor);
  }

  readHistory(options: ReadHistoryOptions): Promise<readonly ThreadCheckpoint[]> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#readHistory(options, redactor), redactor);
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#disposal.abort(new Error('The runner is disposed'));
    this.#spare?.terminate();
    await Promise.allSettled(this.#active);
    await this.#bundler.dispose();
  }

  async #describe(
    file: string,
    { signal, xray = true, env = {}, contents }: DescribeOptions,
    redactor: Redactor,
  ): Promise<FileDescription> {
    const stop = this.#anySignal(signal);
    const bundle = await this.#bundler.build(file, { signal: stop, contents });
    this.#usesModels = usesOurModels(bundle);
    const { inputs, code } = bundle;
    const known = this.#described.get(file);
    const given = JSON.stringify({ xray, env });
    if (known?.code === code && known.given === given) {
      // Types are no part of the code: they may have changed.
      const graphs = await withKnownFields(known.graphs, { file, contents });
      return describe({ ...known, graphs }, { inputs, warnings: bundle.warnings });
    }

    const job = this.#look<'describe'>(redactor, bundle);
    try {
      const { graphs } = await job.start({ type: 'describe', bundle, xray, env }, stop);
      const described = { code, given, graphs, hints: job.hints };
      this.#remember(file, described);
      const withFields = await withKnownFields(graphs, { file, contents });
      return describe({ ...described, graphs: withFields }, { inputs, warnings: bundle.warnings });
    } catch (error) {
      throw error instanceof LoadError ? new LoadError(error.problems, { inputs }) : error;
    } finally {
      this.#keepSpare();
    }
  }

  async #listThreads(
    { file, exportName, store, signal, env = {} }: ListThreadsOptions,
    redactor: Redactor,
  ): Promise<readonly ThreadInfo[]> {
    const stop = this.#anySignal(signal);
    stop.throwIfAborted();
    const job = this.#look<'listThreads'>(redactor, { file, inputs: [file] });
    try {
      const look = { type: 'listThreads', file, exportName, store, env } as const;
      return (await job.start(look, stop)).threads;
    } finally {
      this.#keepSpare();
    }
  }

  async #readThread(
    { file, exportName, threadId, store, at, signal, env = {} }: ReadThreadOptions,
    redactor: Redactor,
  ): Promise<ThreadState | undefined> {
    const stop = this.#anySignal(signal);
    const bundle = await this.#bundler.build(file, { signal: stop });
    const job = this.#look<'readThread'>(redactor, bundle);
    try {
      const look = { type: 'readThread', bundle, exportName, threadId, store, at, env } as const;
      return (await job.start(look, stop)).thread;
    } finally {
      this.#keepSpare();
    }
  }

  async #readHistory(
    { file, exportName, threadId, store, signal, limit = Infinity, env = {} }: ReadHistoryOptions,
    redactor: Redactor,
  ): Promise<readonly ThreadCheckpoint[]> {
    const stop = this.#anySignal(signal);
    const bundle = await this.#bundler.build(file, { signal: stop });
    const job = this.#look<'readHistory'>(redactor, bundle);
    try {
      const thread = { exportName, threadId, store, limit };
      const look = { type: 'readHistory', bundle, ...thread, env } as const;
      return (await job.start(look, stop)).checkpoints;
    } finally {
      this.#keepSpare();
    }
  }

  #look<T extends 'describe' | 'listThreads' | 'readThread' | 'readHistory'>(
    redactor: Redactor,
    code: UserCode,
  ): LookJob<T> {
    return new LookJob<T>(this.#takeThread(), { memory: this.#memory, redactor, code });
  }

  async #run(options: RunOptions, redactor: Redactor): Promise<RunResult> {
    const { file, exportName, signal } = options;
    this.#disposal.signal.throwIfAborted();
    // The thread starts while the file is being bundled.
    const thread = this.#takeThread();
    let check: Promise<void> | undefined;
    const run = new RunJob(thread, options, {
      memory: this.#memory,
      redactor,
      onLoaded: (graph) => {
        check = tellInputProblems(graph, options);
      },
    });
    const stop = () => run.stop();
    const kill = () => run.kill();
    signal?.addEventListener('abort', stop, { once: true });
    this.#disposal.signal.addEventListener('abort', kill, { once: true });
    try {
      void this.#warmUp(thread, file);
      let bundle: Bundle;
      try {
        bundle = await this.#bundler.build(file, { signal: this.#anySignal(signal) });
        this.#usesModels = usesOurModels(bundle);
      } catch (error) {
        thread.terminate();
        if (signal?.aborted || this.#disposal.signal.aborted) return run.stopped();
        throw error;
      }
      run.tellHints(bundle.warnings);
      const input = 'input' in options ? { value: options.input } : undefined;
      const { env = {}, threadId, store, resume, models, onInputProblems } = options;
      const result = await run.start({
        type: 'run',
        bundle,
        exportName,
        input,
        tellsGraph: input !== undefined && onInputProblems !== undefined,
        env,
        threadId,
        store,
        resume,
        models: models && { override: models.override ?? false },
      });
      await check;
      return result;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#disposal.signal.removeEventListener('abort', kill);
      this.#keepSpare();
    }
  }

  /**
   * The client of models takes its time to get ready, which passes while the file is bundled. A look at
   * the text is enough: it may be wrong, and then it gets ready when it is needed, or for nothing.
   */
  async #warmUp(thread: WorkerThread, file: string): Promise<void> {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/['"]superstep\/openai['"]/.test(text)) thread.warmUp();
  }

  #anySignal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#disposal.signal]) : this.#disposal.signal;
  }

  #takeThread(): WorkerThread {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.isAlive ? spare : this.#startThread();
  }

  #startThread(): WorkerThread {
    const { workerUrl, shipped } = this.#options;
    return new WorkerThread(workerUrl, { shipped, maxMemoryMb: this.#memory.maxMemoryMb });
  }

  /** Called at the end of a job, when starting another thread takes time from nobody. */
  #keepSpare(): void {
    if (!this.#options.keepWarm || this.#disposal.signal.aborted) return;
    if (!this.#spare?.isAlive) this.#spare = this.#startThread();
    if (this.#usesModels) this.#spare.warmUp();
  }

  #remember(file: string, described: Described): void {
    this.#described.delete(file);
    this.#described.set(file, described);
    const [oldest] = this.#described.keys();
    if (this.#described.size > maxDescribed) this.#described.delete(oldest!);
  }

  /** Problems are what the compiler, and the code that failed to load, say: they may quote keys. */
  async #track<T>(call: Promise<T>, redactor: Redactor): Promise<T> {
    this.#active.add(call);
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      const { problems, inputs } = error;
      throw new LoadError(toPlain(problems, { redactor }) as LoadError['problems'], { inputs });
    } finally {
      this.#active.delete(call);
    }
  }
}

async function tellInputProblems(
  graph: GraphInput,
  { file, input, onInputProblems }: RunOptions,
): Promise<void> {
  const [known] = await withKnownFields([graph], { file });
  const problems = checkInput(known ?? graph, input);
  if (problems.length > 0) onInputProblems?.(problems);
}

function describe(
  { graphs, hints }: Pick<Described, 'graphs' | 'hints'>,
  { inputs, warnings }: { inputs: readonly string[]; warnings: readonly Problem[] },
): FileDescription {
  const all = [...warnings, ...hints];
  return { graphs, inputs, ...(all.length > 0 && { hints: all }) };
}

/** Of another copy nothing may be loaded ahead of time: it belongs to the user, who may change it. */
function usesOurModels({ imports, shipped }: Bundle): boolean {
  const target = imports['superstep/openai'];
  return target !== undefined && 'url' in target && target.url === shipped['superstep/openai'];
}
