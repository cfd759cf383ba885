import { Worker } from 'node:worker_threads';
import type { FromHistory, HistoryCall, HistoryCalls, HistoryStart } from './historyMessages.ts';
import type { SetAside } from './runFolder.ts';

/** A call that the thread could not do. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: HistoryError) => void;
}

/** The thread that owns the files of kept runs, so that this one never waits for a disk. */
export class HistoryThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #isOver = false;

  constructor(
    url: URL,
    options: HistoryStart & {
      readonly onSetAside: (what: SetAside) => void;
      readonly onChange: () => void;
    },
  ) {
    const { path, limits, threads } = options;
    this.#worker = new Worker(url, {
      name: 'superstep history',
      workerData: { path, limits, threads } satisfies HistoryStart,
    });
    this.#worker.on('message', (message: FromHistory) => {
      if (message.type === 'setAside') options.onSetAside(message.what);
      else if (message.type === 'changed') options.onChange();
      else this.#settle(message);
    });
    this.#worker.on('error', (error) =>
      this.#fail(error instanceof Error ? error.message : String(error)),
    );
    this.#worker.on('exit', () => this.#fail('the thread that keeps runs has ended'));
    this.#worker.unref();
  }

  get isAlive(): boolean {
    return !this.#isOver;
  }

  /** @throws {HistoryError} with what the system says. */
  call<T extends keyof HistoryCalls>(
    name: T,
    ...args: Parameters<HistoryCalls[T]>
  ): Promise<ReturnType<HistoryCalls[T]>> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new HistoryError('the thread that keeps runs has ended'));
      const number = ++this.#calls;
      this.#waiting.set(number, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ number, name, args } satisfies HistoryCall<T>);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(message: Extract<FromHistory, { number: number }>): void {
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (message.type === 'done') waiting?.resolve(message.result as never);
    else waiting?.reject(new HistoryError(message.message, message.code));
  }

  #fail(message: string): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(new HistoryError(message));
    this.#waiting.clear();
  }
}
