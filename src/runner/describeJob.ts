import type { RunEvent } from '../engine/model/events.ts';
import type { Bundle } from '../loader/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import { toProblem } from '../loader/locate.ts';
import type { Problem } from '../loader/problem.ts';
import { exitError, type MemoryLimit } from './exitError.ts';
import type { Redactor } from './redact.ts';
import type { GraphDescription } from './runner.ts';
import { withUserStack } from './userStack.ts';
import type {
  FromThread,
  ThreadExit,
  ThreadListener,
  ToThread,
  WorkerThread,
} from './workerThread.ts';

/** One look at the graphs of a file, from the job's start to the thread's end. */
export class DescribeJob implements ThreadListener {
  readonly #thread: WorkerThread;
  readonly #memory: MemoryLimit;
  readonly #redactor: Redactor;
  readonly #settled = Promise.withResolvers<readonly GraphDescription[]>();
  #bundle: Bundle | undefined;
  #last: FromThread | undefined;
  /** What is good to know of the file; complete once the job is done. */
  hints: readonly Problem[] = [];

  constructor(
    thread: WorkerThread,
    context: { readonly memory: MemoryLimit; readonly redactor: Redactor },
  ) {
    this.#thread = thread;
    this.#memory = context.memory;
    this.#redactor = context.redactor;
  }

  /** Gives the thread its job; rejects with a LoadError, or with the reason of `cancel`. */
  start(job: Extract<ToThread, { type: 'describe' }>): Promise<readonly GraphDescription[]> {
    this.#bundle = job.bundle;
    this.#thread.start(job, this);
    return this.#settled.promise;
  }

  cancel(reason: unknown): void {
    this.#settled.reject(reason);
    this.#thread.terminate();
  }

  onMessage(message: FromThread): void {
    if (message.type === 'secret') return this.#redactor.add(message.value);
    if (message.type === 'hints') {
      this.hints = message.problems;
      return;
    }
    this.#last ??= message;
    if (message.type === 'described') this.#settled.resolve(message.graphs);
    this.#thread.terminate();
  }

  onEvents(_events: readonly RunEvent[]): void {}

  onExit(exit: ThreadExit): void {
    const last = this.#last;
    const { reject } = this.#settled;
    if (last?.type === 'loadFailed') return reject(new LoadError(last.problems));
    const error = last?.type === 'crashed' ? last.error : exitError(exit, this.#memory);
    reject(new LoadError([toProblem(withUserStack(error, this.#bundle!), this.#bundle!)]));
  }
}
