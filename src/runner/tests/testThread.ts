import { basename } from 'node:path';
import type { ErrorInfo } from '../../engine/model/events.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem } from '../../loader/locate.ts';
import type { FoundTest, TestReport } from '../../protocol/graphTests.ts';
import { answerModels } from '../answerModels.ts';
import { runnerError } from '../errors.ts';
import { exitError, type MemoryLimit } from '../exitError.ts';
import type { ModelProvider, ModelQuestions } from '../models.ts';
import type { Redactor } from '../redact.ts';
import { Answerer } from '../requests.ts';
import type {
  FromThread,
  JobThread,
  ThreadExit,
  ThreadListener,
  ToThread,
} from '../workerThread.ts';

type Order = Extract<ToThread, { type: 'test' }>;

/** What a thread has come to. */
export interface TestThreadEnd {
  /** The test that brought it down; absent: all were run. */
  readonly ended?: TestReport<ErrorInfo>;
}

/** Hears of the tests of a thread. */
export interface TestListener {
  onFound(tests: readonly FoundTest[]): void;
  onStarted(name: string): void;
  onEnded(report: TestReport<ErrorInfo>): void;
}

/** Tests that run in one thread, until all are done or one of them has brought it down. */
export class TestThread implements ThreadListener {
  readonly #thread: JobThread;
  readonly #order: Order;
  readonly #listener: TestListener;
  readonly #context: { readonly memory: MemoryLimit; readonly redactor: Redactor };
  readonly #models: Answerer<ModelQuestions>;
  readonly #settled = Promise.withResolvers<TestThreadEnd>();
  readonly #limits = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: { readonly name: string; readonly startedAt: number } | undefined;
  #loadLimitMs: number | undefined;
  #isLoaded = false;
  #failure: ErrorInfo | undefined;

  constructor(
    thread: JobThread,
    order: Order,
    listener: TestListener,
    context: {
      readonly memory: MemoryLimit;
      readonly redactor: Redactor;
      readonly models: ModelProvider | undefined;
    },
  ) {
    this.#thread = thread;
    this.#order = order;
    this.#listener = listener;
    this.#context = context;
    const answers = answerModels(context.models, {
      onKey: (key) => context.redactor.add(key),
      onGivenUp: () => this.#thread.terminate(),
    });
    this.#models = new Answerer(answers, (message) => this.#thread.post(message));
  }

  /**
   * @param limitMs How long the file may take to be loaded; `undefined`: neither it nor a test has a limit of time.
   * @throws {LoadError} Rejects with the signal's reason once that is aborted.
   */
  async run(signal: AbortSignal, limitMs: number | undefined): Promise<TestThreadEnd> {
    const cancel = () => this.#settled.reject(signal.reason);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      signal.throwIfAborted();
      this.#loadLimitMs = limitMs;
      this.#thread.start(this.#order, this);
      return await this.#settled.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
      clearTimeout(this.#timer);
      this.#models.close(new Error('The tests are over'));
      this.#thread.terminate();
    }
  }

  onMessage(message: FromThread): void {
    switch (message.type) {
      case 'secret':
        return this.#context.redactor.add(message.value);
      case 'ask':
      case 'giveUp':
        return this.#models.onMessage(message);
      case 'testsLoading':
        return this.#load();
      case 'testsFound':
        clearTimeout(this.#timer);
        this.#isLoaded = true;
        for (const { name, limitMs } of message.tests) this.#limits.set(name, limitMs);
        return this.#listener.onFound(message.tests);
      case 'testStarted':
        return this.#start(message.name);
      case 'testEnded':
        clearTimeout(this.#timer);
        this.#running = undefined;
        return this.#listener.onEnded(message.report);
      case 'tested':
        return this.#settled.resolve({});
      case 'loadFailed':
        return this.#settled.reject(new LoadError(message.problems));
      case 'crashed':
        this.#failure ??= message.error;
        return this.#thread.terminate();
      default:
    }
  }

  onEvents(): void {}

  onExit(exit: ThreadExit): void {
    clearTimeout(this.#timer);
    const error = this.#failure ?? exitError(exit, this.#context.memory);
    const running = this.#running;
    if (!this.#isLoaded || !running) {
      return this.#settled.reject(new LoadError([toProblem(error, this.#order.bundle)]));
    }
    const durationMs = performance.now() - running.startedAt;
    const ended = { name: running.name, durationMs, failure: { error }, output: [], notes: [] };
    this.#settled.resolve({ ended });
  }

  #load(): void {
    const limitMs = this.#loadLimitMs ?? Infinity;
    const name = basename(this.#order.bundle.file);
    this.#within(limitMs, () =>
      runnerError(
        'LOAD_TIMEOUT',
        `${name} was not loaded within ${limitMs / 1000} s: move what takes so long, or never ends, into a node or a test`,
      ),
    );
  }

  #start(name: string): void {
    this.#running = { name, startedAt: performance.now() };
    const limitMs = this.#limits.get(name)!;
    this.#within(limitMs, () =>
      runnerError(
        'TEST_TIMEOUT',
        `The test did not end within ${limitMs / 1000} s, and was ended: look for a loop or a promise that never ends, or give it more time (timeoutMs)`,
      ),
    );
    this.#listener.onStarted(name);
  }

  #within(limitMs: number, failure: () => ErrorInfo): void {
    clearTimeout(this.#timer);
    if (this.#loadLimitMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#failure = failure();
      this.#thread.terminate();
    }, limitMs);
  }
}
