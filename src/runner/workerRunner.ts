import { readFile } from 'node:fs/promises';
import { GraphBundler } from '../loader/bundle/bundleGraph.ts';
import type { GraphBundlerOptions } from '../loader/bundle/fileBundler.ts';
import type { Bundle } from '../loader/bundle/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import type { UserCode } from '../loader/locate.ts';
import type { ThreadCheckpoint, ThreadInfo, ThreadState } from '../protocol/threads.ts';
import { RunJob } from './runJob.ts';
import { checkInput, checkUpdate } from './checkInput.ts';
import { DebugProcess } from './debug/debugProcess.ts';
import { Describer } from './describer.ts';
import type { MemoryLimit } from './exitError.ts';
import { withKnownFields } from './knownFields.ts';
import { LoadedThreads } from './loadedThreads.ts';
import { LookJob } from './lookJob.ts';
import { withStandIns } from './recording/standInKeys.ts';
import { redactorOf, type Redactor } from './redact.ts';
import type {
  DescribeOptions,
  FileDescription,
  GraphInput,
  ListThreadsOptions,
  ReadHistoryOptions,
  ReadThreadOptions,
  Runner,
  RunOptions,
  RunResult,
  ThreadReader,
} from './runner.ts';
import type { GraphServer, ServeOptions } from './restate/serveOptions.ts';
import { ServeThread } from './restate/serveThread.ts';
import { runTests } from './tests/runTests.ts';
import type { GraphTester, TestedFile, TestFileOptions } from './tests/testFile.ts';
import { ThreadPool } from './threadPool.ts';
import { toPlain } from './wire.ts';
import type { JobThread, ShippedUrls } from './workerThread.ts';

/** What a composition root knows about where things lie. */
export interface WorkerRunnerOptions {
  /** The worker's script: `dist/worker.js`, or `src/runner/workerMain.ts` when run from source. */
  readonly workerUrl: URL;
  /** The script of runs that are debugged: `dist/debug.js`, or `src/runner/debug/debugMain.ts`. */
  readonly debugUrl: URL;
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
  /** Milliseconds that the code of a file may take to be loaded. Default 20 000. */
  readonly loadLimitMs?: number;
}

/**
 * A runner that gives each run, and each look at a file, a worker thread of its own. Bundles are
 * made here, user code runs there only.
 */
export function createWorkerRunner(
  options: WorkerRunnerOptions,
): Runner & ThreadReader & GraphTester & GraphServer {
  return new WorkerRunner(options);
}

class WorkerRunner implements Runner, ThreadReader, GraphTester, GraphServer {
  readonly #memory: MemoryLimit;
  readonly #debugPlace: ConstructorParameters<typeof DebugProcess>[0];
  readonly #limitMs: number;
  readonly #bundler: GraphBundler;
  readonly #threads: ThreadPool;
  readonly #loaded = new LoadedThreads();
  readonly #describer: Describer;
  /** What descriptions were made of. */
  readonly #bundles = new WeakMap<FileDescription, Bundle>();
  /** Every call that has not settled. */
  readonly #active = new Set<Promise<unknown>>();
  readonly #disposal = new AbortController();
  #disposed: Promise<void> | undefined;

  constructor(options: WorkerRunnerOptions) {
    const { maxMemoryMb = 1024, memorySetting, keepWarm = false } = options;
    this.#memory = { maxMemoryMb, memorySetting };
    this.#debugPlace = { url: options.debugUrl, shipped: options.shipped, maxMemoryMb };
    this.#limitMs = options.loadLimitMs ?? 20_000;
    this.#bundler = new GraphBundler(options);
    this.#threads = new ThreadPool({ ...options, maxMemoryMb, keepWarm });
    this.#describer = new Describer({
      threads: this.#threads,
      loaded: keepWarm ? this.#loaded : undefined,
      memory: this.#memory,
      limitMs: this.#limitMs,
    });
  }

  describe(file: string, options: DescribeOptions = {}): Promise<FileDescription> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#describe(file, options, redactor), redactor);
  }

  run(options: RunOptions): Promise<RunResult> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#run(options, redactor), redactor);
  }

  test(options: TestFileOptions): Promise<TestedFile> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#test(options, redactor), redactor);
  }

  serve(options: ServeOptions): Promise<void> {
    const redactor = redactorOf(process.env, options.env);
    return this.#track(this.#serve(options, redactor), redactor);
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
    this.#threads.dispose();
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
    this.#threads.bundled(bundle);
    const look = { bundle, xray, env, contents };
    const description = await this.#describer.describe(look, redactor, stop);
    this.#bundles.set(description, bundle);
    return description;
  }

  prepare(file: string, contents: string): Promise<void> {
    return this.#track(this.#bundler.buildAhead(file, contents), redactorOf(process.env));
  }

  fileChanged(path: string): void {
    this.#bundler.fileChanged();
    this.#loaded.fileChanged(path);
  }

  async #test(options: TestFileOptions, redactor: Redactor): Promise<TestedFile> {
    const signal = this.#anySignal(options.signal);
    try {
      const bundle = await this.#bundler.build(options.file, { signal });
      const { debug } = options;
      const take = () => (debug ? new DebugProcess(this.#debugPlace, debug) : this.#threads.take());
      // Who debugs may stand still anywhere.
      const limitMs = debug ? undefined : this.#limitMs;
      const context = { take, memory: this.#memory, redactor, signal, limitMs };
      return { results: await runTests(bundle, options, context), inputs: bundle.inputs };
    } finally {
      this.#threads.refill();
    }
  }

  async #serve(options: ServeOptions, redactor: Redactor): Promise<void> {
    const { files, ingress, port, host, reusePort, identityKeys, env = {}, models } = options;
    const signal = this.#anySignal(options.signal);
    const bundles: Bundle[] = [];
    for (const file of files) {
      const bundle = await this.#bundler.build(file, { signal });
      if (bundle.warnings.length > 0) options.onHints?.(bundle.warnings);
      bundles.push(bundle);
    }
    const thread = new ServeThread(this.#threads.take(), options, {
      memory: this.#memory,
      redactor,
    });
    const order = {
      type: 'serve',
      bundles,
      ...{ ingress, port, host, reusePort, env },
      ...(identityKeys.length > 0 && { identityKeys }),
      models: models && { override: models.override ?? false },
      limitMs: this.#limitMs,
    } as const;
    await thread.run(order, signal);
  }

  async #listThreads(
    { file, exportName, without = [], store, signal, env = {} }: ListThreadsOptions,
    redactor: Redactor,
  ): Promise<readonly ThreadInfo[]> {
    const stop = this.#anySignal(signal);
    stop.throwIfAborted();
    const job = this.#look<'listThreads'>(redactor, { file, inputs: [file] });
    try {
      const look = { type: 'listThreads', file, exportName, without, store, env } as const;
      return (await job.start(look, stop)).threads;
    } finally {
      this.#threads.refill();
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
      const thread = { exportName, threadId, store, at };
      const look = { type: 'readThread', bundle, ...thread, env, limitMs: this.#limitMs } as const;
      return (await job.start(look, stop)).thread;
    } finally {
      this.#threads.refill();
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
      const look = { type: 'readHistory', bundle, ...thread, env, limitMs: this.#limitMs } as const;
      return (await job.start(look, stop)).checkpoints;
    } finally {
      this.#threads.refill();
    }
  }

  #look<T extends 'describe' | 'listThreads' | 'readThread' | 'readHistory'>(
    redactor: Redactor,
    code: UserCode,
  ): LookJob<T> {
    return new LookJob<T>(this.#threads.take(), { memory: this.#memory, redactor, code });
  }

  async #run(options: RunOptions, redactor: Redactor): Promise<RunResult> {
    const { file, exportName, signal, engine = 'superstep' } = options;
    const isOurs = engine === 'superstep';
    const env =
      options.recording?.mode === 'replay' ? withStandIns(options.env) : (options.env ?? {});
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
    // Whoever records must be there before the file's code makes clients of models.
    const waits = isOurs && options.recording === undefined && this.#loaded.has(file);
    let thread: JobThread | undefined = options.debug
      ? new DebugProcess(this.#debugPlace, options.debug)
      : waits
        ? undefined
        : this.#threads.take();
    try {
      if (thread && !options.recording) void this.#warmUp(thread, file);
      let bundle = isOurs && options.described && this.#bundles.get(options.described);
      try {
        bundle ||= await this.#bundler.build(file, { signal: this.#anySignal(signal), engine });
        this.#threads.bundled(bundle);
      } catch (error) {
        thread?.terminate();
        if (signal?.aborted || this.#disposal.signal.aborted) return run.stopped();
        throw error;
      }
      const loaded = thread ? undefined : this.#loaded.take({ bundle, env });
      thread ??= loaded?.thread ?? this.#threads.take();
      run.tellHints(bundle.warnings);
      const input = 'input' in options ? { value: options.input } : undefined;
      const { threadId, store, resume, models, recording, onInputProblems } = options;
      const { breakpoints = [] } = options;
      const job = {
        type: 'run',
        bundle: loaded?.bundle ?? bundle,
        exportName,
        input,
        tells:
          (isOurs || undefined) &&
          onInputProblems &&
          (input ? 'input' : toldUpdate(resume) && 'update'),
        env,
        // Who debugs may stand still in the file's own code.
        limitMs: options.debug ? undefined : this.#limitMs,
        threadId,
        store,
        resume,
        breakpoints,
        recording,
        models: models && { override: models.override ?? false },
      } as const;
      const result = await run.start(thread, job, loaded);
      await check;
      return result;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#disposal.signal.removeEventListener('abort', kill);
      this.#threads.refill();
    }
  }

  /**
   * The client of models takes its time to get ready, which passes while the file is bundled. A look at
   * the text is enough: it may be wrong, and then it gets ready when it is needed, or for nothing.
   */
  async #warmUp(thread: JobThread, file: string): Promise<void> {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/['"]superstep\/openai['"]/.test(text)) thread.post({ type: 'warmUp' });
  }

  #anySignal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#disposal.signal]) : this.#disposal.signal;
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

/** The update that a run begins with, if it is one of the graph's own state. */
function toldUpdate(resume: RunOptions['resume']) {
  const update = resume?.update;
  return update && !update.namespace ? update : undefined;
}

async function tellInputProblems(
  graph: GraphInput,
  { file, input, resume, onInputProblems }: RunOptions,
): Promise<void> {
  const [known = graph] = await withKnownFields([graph], { file });
  const update = toldUpdate(resume);
  const problems = update ? checkUpdate(known, update.values) : checkInput(known, input);
  if (problems.length > 0) onInputProblems?.(problems);
}
