import type { Bundle } from '../loader/bundle/bundle.ts';
import { WorkerThread, type ShippedUrls } from './workerThread.ts';

/** What threads are made with. */
export interface ThreadPoolOptions {
  /** The worker's script. */
  readonly workerUrl: URL;
  /** File URLs of the copies that graph files get where their own workspace has none. */
  readonly shipped: ShippedUrls;
  /** Heap of one thread in megabytes. */
  readonly maxMemoryMb: number;
  /** Keeps one thread started in reserve after the first use. */
  readonly keepWarm: boolean;
}

/** Starts threads, each for one job, and keeps one in reserve. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  #spare: WorkerThread | undefined;
  /** The file that was bundled last has our client of models; the next is mostly the same file. */
  #usesModels = false;
  #isDisposed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  /** A thread that belongs to the caller from now on. */
  take(): WorkerThread {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.isAlive ? spare : this.#start();
  }

  /** Takes note of what is about to be run. */
  bundled(bundle: Bundle): void {
    this.#usesModels = usesOurModels(bundle);
  }

  /** Lets a thread get ready for what was bundled last. */
  warmUp(thread: WorkerThread): void {
    if (this.#usesModels) thread.warmUp();
  }

  /** Called at the end of a job, when starting another thread takes time from nobody. */
  refill(): void {
    if (!this.#options.keepWarm || this.#isDisposed) return;
    if (!this.#spare?.isAlive) this.#spare = this.#start();
    this.warmUp(this.#spare);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#spare?.terminate();
  }

  #start(): WorkerThread {
    return new WorkerThread(this.#options.workerUrl, this.#options);
  }
}

/** Of another copy nothing may be loaded ahead of time: it belongs to the user, who may change it. */
function usesOurModels({ imports, shipped }: Bundle): boolean {
  const target = imports['superstep/openai'];
  return target !== undefined && 'url' in target && target.url === shipped['superstep/openai'];
}
