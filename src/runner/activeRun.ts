import { basename } from 'node:path';
import type { ErrorInfo, RunEvent, RunStarted, TaskStarted } from '../engine/events.ts';
import type { Bundle } from '../loader/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import { toProblem } from '../loader/locate.ts';
import { exitError } from './exitError.ts';
import { runnerError } from './errors.ts';
import type { RunOptions, RunResult } from './runner.ts';
import { withUserStack } from './userStack.ts';
import type {
  FromThread,
  ThreadExit,
  ThreadListener,
  ToThread,
  WorkerThread,
} from './workerThread.ts';

type Settled = Extract<FromThread, { type: 'settled' }>;
type Crashed = Extract<FromThread, { type: 'crashed' }>;

/** How the run ended, whoever found out. */
type Ending = Pick<Settled, 'status' | 'error'> & { state?: unknown; taskId?: number };

/**
 * One run from the job's start to the thread's end. Follows the events, so that it can say how far
 * the graph came, and what was left running, when the thread itself cannot any more.
 */
export class ActiveRun implements ThreadListener {
  readonly #thread: WorkerThread;
  readonly #options: RunOptions;
  readonly #maxMemoryMb: number;
  readonly #open = new Map<number, TaskStarted>();
  readonly #settled = Promise.withResolvers<RunResult>();
  #bundle: Bundle | undefined;
  #started: RunStarted | undefined;
  /** Time of `runFinished` or `runFailed`. */
  #overAt: number | undefined;
  #state: unknown = {};
  #last: Exclude<FromThread, { type: 'events' | 'described' }> | undefined;
  #isStopping = false;
  #graceTimer: NodeJS.Timeout | undefined;
  #observerError: { readonly error: unknown } | undefined;

  constructor(thread: WorkerThread, options: RunOptions, maxMemoryMb: number) {
    this.#thread = thread;
    this.#options = options;
    this.#maxMemoryMb = maxMemoryMb;
  }

  /**
   * Gives the thread its job and resolves with the result; rejects with a LoadError, or with what
   * an observer threw.
   */
  async start(job: Extract<ToThread, { type: 'run' }>): Promise<RunResult> {
    if (this.#isStopping) return this.stopped();
    this.#bundle = job.bundle;
    this.#thread.start(job, this);
    return this.#settled.promise;
  }

  /** The result of a run that was stopped before its thread had its job. */
  stopped(): RunResult {
    return this.#toResult(this.#endingOf(undefined, { exitCode: 0 }));
  }

  /** Asks the graph to stop; its thread is terminated after the grace time, or if it only loads. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (!this.#started) return this.#terminate();
    this.#thread.post({ type: 'stop' });
    this.#graceTimer = setTimeout(() => this.#terminate(), this.#options.graceMs ?? 2000);
  }

  /** Stops at once. */
  kill(): void {
    this.#isStopping = true;
    this.#terminate();
  }

  onMessage(message: FromThread): void {
    switch (message.type) {
      case 'events':
      case 'described':
        return;
      case 'loadFailed':
      case 'settled':
      case 'crashed':
        this.#last ??= message;
        // What else user code has going (timers, sockets) is not part of the run.
        return this.#terminate();
      default:
        message satisfies never;
    }
  }

  onEvents(events: readonly RunEvent[]): void {
    for (const event of events) this.#follow(event);
    if (this.#observerError || !this.#options.onEvents) return;
    try {
      this.#options.onEvents(
        events.map((event) =>
          'error' in event ? { ...event, error: this.#readable(event.error) } : event,
        ),
      );
    } catch (error) {
      this.#observerError = { error };
      this.#terminate();
    }
  }

  onExit(exit: ThreadExit): void {
    clearTimeout(this.#graceTimer);
    const { resolve, reject } = this.#settled;
    const last = this.#last;
    if (last?.type === 'loadFailed') return reject(new LoadError(last.problems));
    const ending = last?.type === 'settled' ? last : this.#endingOf(last, exit);
    if (!this.#started && last?.type !== 'settled' && ending.status === 'failed') {
      return reject(new LoadError([toProblem(this.#readable(ending.error!), this.#bundle!)]));
    }
    this.#conclude(ending);
    if (this.#observerError) return reject(this.#observerError.error);
    resolve(this.#toResult(ending));
  }

  #toResult({ status, error, state = this.#state }: Ending): RunResult {
    const { exportName, file } = this.#options;
    const shown = error && this.#readable(error);
    return {
      graph: this.#started?.graph ?? exportName ?? basename(file),
      status,
      durationMs: this.#overAt ?? 0,
      state,
      ...(shown && { error: shown }),
      ...(shown && status === 'failed' && { problem: toProblem(shown, this.#bundle!) }),
    };
  }

  #readable(error: ErrorInfo): ErrorInfo {
    return this.#bundle ? withUserStack(error, this.#bundle) : error;
  }

  /** The ending of a thread that did not come to tell it in the regular way. */
  #endingOf(crashed: Crashed | undefined, exit: ThreadExit): Ending {
    if (this.#isStopping) {
      const message = this.#started
        ? 'The run was stopped; it did not end by itself in the time it was given, so its thread was terminated'
        : 'The run was stopped while its file was being loaded';
      return { status: 'cancelled', error: runnerError('STOPPED', message) };
    }
    if (crashed) return { ...crashed, status: 'failed' };
    return { status: 'failed', error: exitError(exit, this.#maxMemoryMb) };
  }

  /** Tells the observers of the end of whatever they still believe to be running. */
  #conclude({ status, error, taskId }: Ending): void {
    if (!this.#started || this.#overAt !== undefined || !error) return;
    const cancelled = status === 'cancelled';
    const time = performance.timeOrigin + performance.now() - this.#started.startedAt;
    const blamed = cancelled ? new Set<number>() : this.#blame(taskId);
    const events: RunEvent[] = [...this.#open.values()].reverse().map((started) => ({
      type: 'taskFailed',
      time,
      task: started.task,
      durationMs: time - started.time,
      error,
      cancelled: !blamed.has(started.task.id),
    }));
    this.onEvents([...events, { type: 'runFailed', time, error, cancelled, state: this.#state }]);
  }

  /** The task that brought the thread down, with the subgraphs around it, as far as one can tell. */
  #blame(taskId: number | undefined): Set<number> {
    const parents = new Set([...this.#open.values()].map(({ task }) => task.parent));
    const leaves = [...this.#open.keys()].filter((id) => !parents.has(id));
    const blamed = new Set<number>();
    let id = taskId ?? (leaves.length === 1 ? leaves[0] : undefined);
    while (id !== undefined) {
      blamed.add(id);
      id = this.#open.get(id)?.task.parent;
    }
    return blamed;
  }

  #follow(event: RunEvent): void {
    switch (event.type) {
      case 'runStarted':
        this.#started = event;
        return;
      case 'taskStarted':
        this.#open.set(event.task.id, event);
        return;
      case 'taskFinished':
      case 'taskFailed':
        this.#open.delete(event.task.id);
        return;
      case 'superstepFinished':
        if (event.path.length === 0) this.#state = event.state;
        return;
      case 'runFinished':
      case 'runFailed':
        this.#overAt = event.time;
        return;
      default:
    }
  }

  #terminate(): void {
    clearTimeout(this.#graceTimer);
    this.#thread.terminate();
  }
}
