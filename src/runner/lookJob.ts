import type { RunEvent } from '../engine/model/events.ts';
import { LoadError } from '../loader/loadError.ts';
import { toProblem, type UserCode } from '../loader/locate.ts';
import type { Problem } from '../loader/problem.ts';
import { exitError, type MemoryLimit } from './exitError.ts';
import type { LoadedThread } from './loadedThreads.ts';
import type { Redactor } from './redact.ts';
import { withUserStack } from './userStack.ts';
import type {
  FromThread,
  ThreadExit,
  ThreadListener,
  ToThread,
  WorkerThread,
} from './workerThread.ts';

/** The jobs that look at something and run no graph, and with which message each of them ends well. */
interface Answers {
  readonly describe: 'described';
  readonly listThreads: 'threadsListed';
  readonly readThread: 'threadRead';
  readonly readHistory: 'historyRead';
}

type Job<T extends keyof Answers> = Extract<ToThread, { type: T }>;
type Answer<T extends keyof Answers> = Extract<FromThread, { type: Answers[T] }>;

/** One look at a file or its threads, from the job's start to the end of the thread, or its next job. */
export class LookJob<T extends keyof Answers> implements ThreadListener {
  readonly #thread: WorkerThread;
  readonly #memory: MemoryLimit;
  readonly #redactor: Redactor;
  /** The code that is to blame where something fails. */
  readonly #code: UserCode;
  readonly #successor: LoadedThread | undefined;
  readonly #settled = Promise.withResolvers<Answer<T>>();
  #last: FromThread | undefined;
  /** What is good to know of the file; complete once the job is done. */
  hints: readonly Problem[] = [];

  constructor(
    thread: WorkerThread,
    context: {
      readonly memory: MemoryLimit;
      readonly redactor: Redactor;
      readonly code: UserCode;
      /** Hears of all that a run would hear, and has the thread after a description. */
      readonly successor?: LoadedThread | undefined;
    },
  ) {
    this.#thread = thread;
    this.#memory = context.memory;
    this.#redactor = context.redactor;
    this.#code = context.code;
    this.#successor = context.successor;
  }

  /** Gives the thread its job; rejects with a LoadError, or with the signal's reason. */
  async start(job: Job<T>, signal: AbortSignal): Promise<Answer<T>> {
    const cancel = () => {
      this.#settled.reject(signal.reason);
      this.#thread.terminate();
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      this.#thread.start(job, this);
      return await this.#settled.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  onMessage(message: FromThread): void {
    switch (message.type) {
      case 'secret':
        this.#successor?.onMessage(message);
        return this.#redactor.add(message.value);
      case 'hints':
        this.hints = message.problems;
        return;
      case 'described':
      case 'threadsListed':
      case 'threadRead':
      case 'historyRead':
        this.#settled.resolve(message as Answer<T>);
        if (!this.#successor) break;
        return this.#thread.rest(this.#successor);
      default:
    }
    this.#last ??= message;
    this.#thread.terminate();
  }

  onEvents(events: readonly RunEvent[]): void {
    this.#successor?.onEvents(events);
  }

  onExit(exit: ThreadExit): void {
    const last = this.#last;
    const { reject } = this.#settled;
    if (last?.type === 'loadFailed') return reject(new LoadError(last.problems));
    const error = last?.type === 'crashed' ? last.error : exitError(exit, this.#memory);
    reject(new LoadError([toProblem(withUserStack(error, this.#code), this.#code)]));
  }
}
