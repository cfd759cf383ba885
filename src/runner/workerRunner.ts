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
import { LoadedThreads } from './loadedThreads.ts';
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
  /**
   * After the first use keeps one thread started in reserve, and for a short while those that have
   * loaded a file to describe it, for a run of the same. Default false.
   */
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

type Environment = Readonly<Record<string, string>>;

/** How many files' descriptions are kept. */
const maxDescribed = 20;

class WorkerRunner implements Runner, ThreadReader {
  readonly #options: WorkerRunnerOptions;
  readonly #memory: MemoryLimit;
  readonly #bundler: GraphBundler;
  /** By file, the longest unused first. */
  readonly #described = new Map<string, Described>();
  readonly #loaded = new LoadedThreads();
  /** What descriptions were made of. */
  readonly #bundles = new WeakMap<FileDescription, Bundle>();
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
    this.#loaded.dispose();
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
    const { code, inputs, warnings } = bundle;
    const given = JSON.stringify({ xray, env });
    let known = this.#described.get(file);
    if (known?.code !== code || known.given !== given) {
      try {
        known = { code, given, ...(await this.#evaluate({ bundle, xray, env }, redactor, stop)) };
      } catch (error) {
        throw error instanceof LoadError ? new LoadError(error.problems, { inputs }) : error;
      } finally {
        this.#keepSpare();
      }
      this.#remember(file, known);
    }
    // Types are no part of the code: they may have changed.
    const graphs = await withKnownFields(known.graphs, { file, contents });
    const hints = [...warnings, ...known.hints];
    const description = { graphs, inputs, ...(hints.length > 0 && { hints }) };
    this.#bundles.set(description, bundle);
    return description;
  }

  /** Has a thread load a file and describe its graphs; it then waits for a run, if threads may wait. */
  async #evaluate(
    look: { readonly bundle: Bundle; readonly xray: boolean | number; readonly env: Environment },
    redactor: Redactor,
    signal: AbortSignal,
  ): Promise<Pick<Described, 'graphs' | 'hints'>> {
    const { bundle } = look;
    const thread = this.#takeThread();
    const loaded = this.#options.keepWarm ? this.#loaded.begin(thread, look) : undefined;
    const context = { memory: this.#memory, redactor, code: bundle, successor: loaded };
    const job = new LookJob<'describe'>(thread, context);
    try {
      const { graphs, leaves } = await job.start({ type: 'describe', ...look }, signal);
      if (loaded && leaves !== 'refusal' && !this.#disposal.signal.aborted) {
        this.#loaded.keep(loaded, { isBusy: leaves === 'activity' });
        if (this.#usesModels) thread.warmUp();
      } else if (loaded) this.#loaded.giveUp(loaded);
      return { graphs, hints: job.hints };
    } catch (error) {
      if (loaded) this.#loaded.giveUp(loaded);
      throw error;
    }
  }

  fileChanged(path: string): void {
    this.#loaded.fileChanged(path);
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
    const { file, exportName, signal, described, env = {} } = options;
    this.#disposal.signal.throwIfAborted();
    let check: Promise<void> | undefined;
    const run = new RunJob(options, {
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
    // The thread starts while the file is being bundled, unless one waits that has loaded it.
    let thread = this.#loaded.has(file) ? undefined : this.#takeThread();
    try {
      if (thread) void this.#warmUp(thread, file);
      let bundle = described && this.#bundles.get(described);
      try {
        bundle ??= await this.#bundler.build(file, { signal: this.#anySignal(signal) });
        this.#usesModels = usesOurModels(bundle);
      } catch (error) {
        thread?.terminate();
        if (signal?.aborted || this.#disposal.signal.aborted) return run.stopped();
        throw error;
      }
      const loaded = thread ? undefined : this.#loaded.take({ bundle, env });
      thread ??= loaded?.thread ?? this.#takeThread();
      run.tellHints(bundle.warnings);
      const input = 'input' in options ? { value: options.input } : undefined;
      const { threadId, store, resume, models, onInputProblems } = options;
      const job = {
        type: 'run',
        bundle: loaded?.bundle ?? bundle,
        exportName,
        input,
        tellsGraph: input !== undefined && onInputProblems !== undefined,
        env,
        threadId,
        store,
        resume,
        models: models && { override: models.override ?? false },
      } as const;
      const result = await run.start(thread, job, loaded);
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

/** Of another copy nothing may be loaded ahead of time: it belongs to the user, who may change it. */
function usesOurModels({ imports, shipped }: Bundle): boolean {
  const target = imports['superstep/openai'];
  return target !== undefined && 'url' in target && target.url === shipped['superstep/openai'];
}
