import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { ErrorInfo, RunEvent } from '../engine/model/events.ts';
import type { Bundle } from '../loader/bundle/bundle.ts';
import type { Problem } from '../loader/problem.ts';
import { eventIntervalMs } from '../protocol/workerMessages.ts';
import type { FromWorker, SentEvent, ToWorker, WorkerStart } from '../protocol/workerMessages.ts';
import type { ModelQuestions } from './models.ts';
import type { PartOf, RequestOf } from './requests.ts';
import type { GraphDescription, GraphInput } from './runner.ts';

/** File URLs of the copies that ship with us, by what graph files import. */
export type ShippedUrls = Readonly<Record<string, string>> & { readonly superstep: string };

interface Models {
  readonly request: RequestOf<ModelQuestions>;
  readonly part: PartOf<ModelQuestions>;
  readonly failure: ErrorInfo;
}

export type ToThread = ToWorker<Bundle, Models>;
export type FromThread = FromWorker<GraphDescription, GraphInput, Problem, ErrorInfo, Models>;
export type ThreadStart = WorkerStart<ShippedUrls, MessagePort>;

/** How a thread came to its end. `error` is what no handler in it could catch, such as a full heap. */
export interface ThreadExit {
  readonly exitCode: number;
  readonly error?: Error;
}

export interface ThreadListener {
  onMessage(message: FromThread): void;
  /**
   * In order; may be called once more after `onMessage` told the end of the job.
   * @param weight About how many kilobytes they hold, and at least their number.
   */
  onEvents(events: readonly RunEvent[], weight: number): void;
  /** Called once, when every message and every event has been delivered. */
  onExit(exit: ThreadExit): void;
}

/** Where one job is done: a thread of this process, or a process of its own. */
export interface JobThread {
  /** Gives it its job; `listener` hears of everything from now on. */
  start(job: ToThread, listener: ThreadListener): void;
  post(message: ToThread): void;
  /** Ends it in whatever state it is; `onExit` follows. */
  terminate(): void;
}

/**
 * After this time a thread that was terminated counts as ended. It may be held by a call that cannot
 * be interrupted, such as `execSync`; nothing of it is heard any more then.
 */
const terminationMs = 500;

/** Longest time that one look at the events may take, so that the host stays responsive. */
const longestDrainMs = 10;

/**
 * Megabytes for values that are new. What is left of them when memory runs out becomes old at once, and
 * Node grants a thread 16 MB over its limit to end in: with V8's own, larger size that was too little
 * in half of the cases, and then the whole process died, not the thread.
 */
const youngMb = 16;

/**
 * A worker thread and the port on which its events wait. Does not keep the process alive until it
 * is given its job.
 */
export class WorkerThread implements JobThread {
  readonly #worker: Worker;
  readonly #events: MessagePort;
  readonly #flow: ThreadStart['flow'] = new Int32Array(new SharedArrayBuffer(4));
  #listener: ThreadListener | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  /** The thread has rung since events were fetched last. */
  #hasRung = false;
  #failure: Error | undefined;
  #exitCode: number | undefined;
  #terminationTimer: NodeJS.Timeout | undefined;

  constructor(
    workerUrl: URL,
    options: { readonly shipped: ThreadStart['shipped']; readonly maxMemoryMb: number },
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#events = port1;
    const workerData: ThreadStart = { shipped: options.shipped, events: port2, flow: this.#flow };
    this.#worker = new Worker(workerUrl, {
      name: 'superstep',
      workerData,
      transferList: [port2],
      resourceLimits: {
        maxOldGenerationSizeMb: options.maxMemoryMb,
        maxYoungGenerationSizeMb: youngMb,
      },
      // Captured in the thread; what gets past that must not appear in the host's own output.
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (message: FromThread) => {
      if (message.type === 'events') this.#onRing();
      else this.#listener?.onMessage(message);
    });
    this.#worker.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on('exit', (exitCode) => this.#onExit(exitCode));
    // After the listeners, which would keep the process alive again.
    this.#worker.unref();
  }

  /** False once the thread has ended, for whatever reason; it takes no job then. */
  get isAlive(): boolean {
    return this.#exitCode === undefined;
  }

  /** Gives the thread its job; `listener` hears of everything from now on. */
  start(job: ToThread, listener: ThreadListener): void {
    this.#listener = listener;
    this.#worker.ref();
    this.post(job);
  }

  /** Lets the thread wait for another job; `listener` hears of it, and nothing is kept alive by it. */
  rest(listener: ThreadListener): void {
    this.#listener = listener;
    this.#worker.unref();
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** What it will run is likely to ask models: lets it get ready for that, if it lives. */
  warmUp(): void {
    if (this.isAlive) this.post({ type: 'warmUp' });
  }

  /** Ends the thread in whatever state it is; `onExit` follows. */
  terminate(): void {
    if (this.#terminationTimer !== undefined || this.#exitCode !== undefined) return;
    void this.#worker.terminate();
    this.#terminationTimer = setTimeout(() => {
      this.#worker.unref();
      this.#onExit(1);
    }, terminationMs);
  }

  #onExit(exitCode: number): void {
    clearTimeout(this.#terminationTimer);
    if (this.#exitCode !== undefined) return;
    this.#exitCode = exitCode;
    clearTimeout(this.#drainTimer);
    this.#drain();
  }

  #onRing(): void {
    this.#hasRung = true;
    if (this.#drainTimer === undefined) this.#drain();
  }

  /**
   * Fetches events, and looks again later as long as there may be more. The thread rings only
   * if it has not done so for an interval; so a look an interval after the ring finds the rest.
   */
  #drain(): void {
    this.#drainTimer = undefined;
    const hasRung = this.#hasRung;
    this.#hasRung = false;
    const more = this.#fetch();
    if (this.#exitCode !== undefined && more === 'none') return this.#end(this.#exitCode);
    if (!hasRung && more === 'none') return;
    const wait = more === 'many' ? eventIntervalMs - longestDrainMs : eventIntervalMs;
    this.#drainTimer = setTimeout(() => this.#drain(), this.isAlive ? wait : 0);
  }

  #fetch(): 'none' | 'some' | 'many' {
    const events: RunEvent[] = [];
    const until = performance.now() + longestDrainMs;
    let weight = 0;
    let isLate = false;
    while (!isLate) {
      const received = receiveMessageOnPort(this.#events);
      if (!received) break;
      const sent = received.message as SentEvent<RunEvent>;
      events.push(sent.event);
      weight += sent.weight;
      isLate = performance.now() > until;
    }
    if (events.length === 0) return 'none';
    this.#listener?.onEvents(events, weight);
    // Only now, so that an observer that is slow slows down the thread.
    Atomics.add(this.#flow, 0, weight);
    Atomics.notify(this.#flow, 0);
    return isLate ? 'many' : 'some';
  }

  #end(exitCode: number): void {
    this.#events.close();
    this.#listener?.onExit({ exitCode, ...(this.#failure && { error: this.#failure }) });
  }
}
