import { basename } from 'node:path';
import type { ErrorInfo, RunEvent } from '../engine/model/events.ts';
import type { Bundle } from '../loader/bundle/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import { toProblem } from '../loader/locate.ts';
import type { Problem } from '../loader/problem.ts';
import type { Waiting } from '../protocol/waiting.ts';
import { answerModels } from './answerModels.ts';
import { exitError, type MemoryLimit } from './exitError.ts';
import type { LoadedThread } from './loadedThreads.ts';
import { runnerError } from './errors.ts';
import type { ModelQuestions } from './models.ts';
import type { Redactor } from './redact.ts';
import { EventCompleter } from './eventCompleter.ts';
import type { GraphInput, RunOptions, RunResult } from './runner.ts';
import { Answerer } from './requests.ts';
import { withUserStack } from './userStack.ts';
import { toPlain } from './wire.ts';
import type {
  FromThread,
  JobThread,
  ThreadExit,
  ThreadListener,
  ToThread,
} from './workerThread.ts';

type LastMessage = Extract<FromThread, { type: 'loadFailed' | 'settled' | 'crashed' }>;

/** How the run ended, whoever found out. */
interface Ending {
  readonly status: RunResult['status'];
  readonly error?: ErrorInfo;
  readonly isRefused?: true;
  readonly state?: unknown;
  readonly waiting?: Waiting | undefined;
  readonly threadId?: string | undefined;
  readonly keptBy?: RunResult['keptBy'] | undefined;
  readonly taskId?: number;
}

/** One run from the job's start to the thread's end. */
export class RunJob implements ThreadListener {
  #thread: JobThread | undefined;
  readonly #options: RunOptions;
  readonly #memory: MemoryLimit;
  readonly #redactor: Redactor;
  readonly #settled = Promise.withResolvers<RunResult>();
  readonly #completer = new EventCompleter();
  readonly #models: Answerer<ModelQuestions>;
  readonly #onLoaded: ((graph: GraphInput) => void) | undefined;
  #bundle: Bundle | undefined;
  #last: LastMessage | undefined;
  #isStopping = false;
  /** The model for which the user chose nobody. */
  #givenUp: string | undefined;
  #graceTimer: NodeJS.Timeout | undefined;
  #observerError: { readonly error: unknown } | undefined;

  constructor(
    options: RunOptions,
    context: {
      readonly memory: MemoryLimit;
      readonly redactor: Redactor;
      /** Told what the graph takes, if the job asks for that. */
      readonly onLoaded?: (graph: GraphInput) => void;
    },
  ) {
    this.#options = options;
    this.#memory = context.memory;
    this.#redactor = context.redactor;
    this.#onLoaded = context.onLoaded;
    const answers = answerModels(options.models, {
      onKey: (key) => context.redactor.add(key),
      onGivenUp: (model) => this.#giveUp(model),
    });
    this.#models = new Answerer(answers, (message) => this.#thread?.post(message));
  }

  /**
   * Gives a thread its job and resolves with the result; rejects with a LoadError, or with what
   * an observer threw.
   * @param loaded What was heard of a thread that has loaded the file before.
   */
  async start(
    thread: JobThread,
    job: Extract<ToThread, { type: 'run' }>,
    loaded?: LoadedThread,
  ): Promise<RunResult> {
    this.#thread = thread;
    if (this.#isStopping) {
      thread.terminate();
      return this.stopped();
    }
    this.#bundle = job.bundle;
    loaded?.tell(this);
    thread.start(job, this);
    return this.#settled.promise;
  }

  /** The result of a run that was stopped before its thread had its job. */
  stopped(): RunResult {
    return this.#toResult(this.#stoppedEnding());
  }

  /** Asks the graph to stop; its thread is terminated after the grace time, or if it only loads. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (!this.#completer.started) return this.#thread?.terminate();
    this.#thread?.post({ type: 'stop' });
    const graceMs = this.#options.graceMs ?? 2000;
    this.#graceTimer = setTimeout(() => this.#thread?.terminate(), graceMs);
  }

  /** Ends at once, so that no code sees a failure which the user has not asked for. */
  #giveUp(model: string): void {
    if (this.#isStopping) return;
    this.#givenUp = model;
    this.kill();
  }

  /** Stops at once. */
  kill(): void {
    this.#isStopping = true;
    this.#thread?.terminate();
  }

  onMessage(message: FromThread): void {
    switch (message.type) {
      case 'events':
      case 'described':
      case 'threadsListed':
      case 'threadRead':
      case 'historyRead':
      case 'testsLoading':
      case 'testsFound':
      case 'testStarted':
      case 'testEnded':
      case 'tested':
      case 'serving':
      case 'served':
        return;
      case 'loaded':
        return this.#onLoaded?.(message.input);
      case 'hints':
        return this.tellHints(message.problems);
      case 'secret':
        return this.#redactor.add(message.value);
      case 'ask':
      case 'giveUp':
        return this.#models.onMessage(message);
      case 'loadFailed':
      case 'settled':
      case 'crashed':
        this.#last ??= message;
        this.#models.close(new Error('The run is over'));
        // What else user code has going (timers, sockets) is not part of the run.
        return this.#thread?.terminate();
      default:
        message satisfies never;
    }
  }

  onEvents(events: readonly RunEvent[], weight: number): void {
    this.#tell(this.#completer.complete(events), weight);
  }

  onExit(exit: ThreadExit): void {
    clearTimeout(this.#graceTimer);
    this.#models.close(new Error('The run is over'));
    const { resolve, reject } = this.#settled;
    const last = this.#last;
    if (last?.type === 'loadFailed') return reject(new LoadError(last.problems));
    const ending = this.#endingOf(last, exit);
    const { status, error, taskId } = ending;
    const isLoaded = this.#completer.started !== undefined || last?.type === 'settled';
    if (!isLoaded && status === 'failed') {
      return reject(new LoadError([toProblem(this.#readable(error!), this.#bundle!)]));
    }
    if (error) {
      this.#tell(this.#completer.end({ error, cancelled: status === 'cancelled', taskId }));
    }
    if (this.#observerError) return reject(this.#observerError.error);
    resolve(this.#toResult(ending));
  }

  /** Passes on what is good to know of the file. */
  tellHints(hints: readonly Problem[]): void {
    if (hints.length > 0) this.#observe(() => this.#options.onHints?.(hints));
  }

  #tell(events: readonly RunEvent[], weight = events.length): void {
    if (events.length === 0 || this.#observerError) return;
    const readable = events.map((event) =>
      'error' in event ? { ...event, error: this.#readable(event.error) } : event,
    );
    this.#observe(() => this.#options.onEvents?.(readable, weight));
  }

  #observe(call: () => void): void {
    if (this.#observerError) return;
    try {
      call();
    } catch (error) {
      this.#observerError = { error };
      this.#thread?.terminate();
    }
  }

  #endingOf(
    last: Exclude<LastMessage, { type: 'loadFailed' }> | undefined,
    exit: ThreadExit,
  ): Ending {
    if (last?.type === 'settled') return last;
    if (this.#isStopping) return this.#stoppedEnding();
    if (last?.type === 'crashed') return { ...last, status: 'failed' };
    return { status: 'failed', error: exitError(exit, this.#memory) };
  }

  #stoppedEnding(): Ending {
    if (this.#givenUp !== undefined) {
      const message = `The run was cancelled: nobody was chosen to answer the model "${this.#givenUp}"`;
      return { status: 'cancelled', error: runnerError('STOPPED', message) };
    }
    const message = this.#completer.started
      ? 'The run was stopped; it did not end by itself in the time it was given, so its thread was terminated'
      : 'The run was stopped while its file was being loaded';
    return { status: 'cancelled', error: runnerError('STOPPED', message) };
  }

  #toResult(ending: Ending): RunResult {
    const { status, error, state = this.#completer.state, waiting, threadId, keptBy } = ending;
    const { isRefused } = ending;
    const { exportName, file } = this.#options;
    const shown = error && this.#readable(error);
    return {
      graph: this.#completer.started?.graph ?? exportName ?? basename(file),
      status,
      durationMs: this.#completer.durationMs,
      state,
      ...(waiting && { waiting }),
      ...(threadId !== undefined && { threadId }),
      ...(keptBy && { keptBy }),
      ...(shown && { error: shown }),
      ...(isRefused && { isRefused }),
      ...(shown && status === 'failed' && { problem: toProblem(shown, this.#bundle!) }),
    };
  }

  /** Most errors come from the thread without keys; those of its death do not. */
  #readable(given: ErrorInfo): ErrorInfo {
    const error = toPlain(given, { redactor: this.#redactor }) as ErrorInfo;
    return this.#bundle ? withUserStack(error, this.#bundle) : error;
  }
}
