import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { SuperstepError } from '../../model/errors.ts';
import type { HostWorkers } from '../../model/graphHandle.ts';
import { toError } from '../../model/errorInfo.ts';
import type { Asked, FromWorker, TaskOrder, TaskReply, ToWorker, WorkerStart } from './messages.ts';
import { packError } from './sending.ts';

/** How long a thread without work is kept, milliseconds. */
const IDLE_MS = 5000;

/** How long a task that was given up may go on before its thread is ended, milliseconds. */
const GRACE_MS = 500;

/** A task for a worker thread, and who hears how it goes. */
export interface Job {
  readonly order: TaskOrder;
  onNews(message: Exclude<FromWorker, { type: 'ended' | 'ask' }>): StoreLine | void;
  onAsked(value: string): Asked;
  onEnded(reply: TaskReply): void;
  /** The thread has ended in the middle of it. */
  onLost(error: Error): void;
}

/** What comes back from the store, when it has. */
type StoreLine = Promise<Extract<ToWorker, { type: 'stored' }>>;

/** The worker threads that have loaded the same code, and the tasks that wait for one. */
export class WorkerPool {
  readonly #source: HostWorkers;
  readonly #workers = new Set<TaskWorker>();
  readonly #idle: TaskWorker[] = [];
  readonly #waiting = new Set<Job>();
  /** The largest that was asked for since there were no threads. */
  #cap = 1;

  constructor(source: HostWorkers) {
    this.#source = source;
  }

  /** Threads that are not gone yet. */
  get size(): number {
    return this.#workers.size;
  }

  /** Runs a task as soon as a thread is free. */
  run(job: Job, cap: number): void {
    this.#cap = Math.max(this.#cap, cap);
    this.#waiting.add(job);
    this.#pump();
  }

  /** Gives a task up: nothing more is heard of it. Its thread is free again when the task has left it. */
  abort(job: Job, reason: Error): void {
    if (this.#waiting.delete(job)) return;
    for (const worker of this.#workers) if (worker.job === job) worker.giveUp(reason);
  }

  #pump(): void {
    for (const job of this.#waiting) {
      const worker = this.#idle.pop() ?? this.#start();
      if (worker === undefined) return;
      this.#waiting.delete(job);
      worker.run(job);
    }
  }

  #start(): TaskWorker | undefined {
    if (this.#workers.size >= this.#cap) return undefined;
    const worker = new TaskWorker(this.#source, {
      onFree: () => {
        this.#idle.push(worker);
        this.#pump();
      },
      onIdleForLong: () => {
        const place = this.#idle.indexOf(worker);
        if (place < 0) return;
        this.#idle.splice(place, 1);
        worker.end();
      },
      onGone: () => {
        const place = this.#idle.indexOf(worker);
        if (place >= 0) this.#idle.splice(place, 1);
        this.#workers.delete(worker);
        if (this.#workers.size === 0) this.#cap = 1;
        this.#pump();
      },
    });
    this.#workers.add(worker);
    return worker;
  }
}

interface Owner {
  onFree(): void;
  onIdleForLong(): void;
  onGone(): void;
}

/**
 * One worker thread. It has a task from `run` until the thread says that the task has ended: also while
 * nobody waits for that any more, since only then can the next begin.
 */
class TaskWorker {
  job: Job | undefined = undefined;
  readonly #owner: Owner;
  readonly #worker: Worker;
  readonly #answers: MessagePort;
  readonly #bells: Int32Array;
  #isGivenUp = false;
  #error: Error | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ script, source }: HostWorkers, owner: Owner) {
    this.#owner = owner;
    const bell = new SharedArrayBuffer(4);
    this.#bells = new Int32Array(bell);
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    port1.unref();
    const start: WorkerStart = { source, answers: port2, bell };
    this.#worker = new Worker(new URL(script), { workerData: start, transferList: [port2] });
    this.#worker.on('message', (message: FromWorker) => this.#onMessage(message));
    this.#worker.on('error', (error) => (this.#error = toError(error, 'A worker thread')));
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  run(job: Job): void {
    clearTimeout(this.#timer);
    this.job = job;
    this.#isGivenUp = false;
    // The process must not end in the middle of it.
    this.#worker.ref();
    this.#post({ type: 'run', order: job.order });
  }

  giveUp(reason: Error): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#post({ type: 'abort', ...packError(reason) });
    this.#timer = setTimeout(() => this.end(), GRACE_MS);
  }

  end(): void {
    void this.#worker.terminate();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: FromWorker): void {
    const { job } = this;
    if (job === undefined) return;
    if (message.type === 'ended') return this.#onEnded(job, message.reply);
    if (message.type === 'ask') return this.#answer(job.onAsked(message.value));
    if (this.#isGivenUp) return;
    void job.onNews(message)?.then((answer) => {
      if (this.job === job) this.#post(answer);
    });
  }

  #answer(asked: Asked): void {
    this.#answers.postMessage(asked);
    Atomics.add(this.#bells, 0, 1);
    Atomics.notify(this.#bells, 0);
  }

  #onEnded(job: Job, reply: TaskReply): void {
    clearTimeout(this.#timer);
    this.job = undefined;
    this.#worker.unref();
    this.#timer = setTimeout(() => this.#owner.onIdleForLong(), IDLE_MS).unref();
    if (!this.#isGivenUp) job.onEnded(reply);
    this.#owner.onFree();
  }

  #onExit(code: number): void {
    clearTimeout(this.#timer);
    this.#answers.close();
    const { job } = this;
    this.job = undefined;
    this.#owner.onGone();
    if (job !== undefined && !this.#isGivenUp) job.onLost(lost(job.order, code, this.#error));
  }
}

function lost({ info: { node } }: TaskOrder, code: number, cause: Error | undefined): Error {
  const why = cause === undefined ? `its code called process.exit(${code})` : cause.message;
  return new SuperstepError(
    'WORKER_ENDED',
    `The worker thread of "${node}" ended in the middle of it: ${why}; let the node throw or return, and ` +
      `catch errors in its timers and listeners`,
    { nodes: [node] },
    { cause },
  );
}

const pools = new Map<string, WorkerPool>();
const poolsOfHosts = new WeakMap<HostWorkers, WorkerPool>();

/** The threads that load a module. They end some seconds after their last task. */
export function poolOfModule(module: string): WorkerPool {
  let pool = pools.get(module);
  if (pool === undefined) {
    pools.set(module, (pool = new WorkerPool({ script: moduleScript(), source: module })));
  }
  return pool;
}

/** The threads of a host. */
export function poolOfHost(host: HostWorkers): WorkerPool {
  let pool = poolsOfHosts.get(host);
  if (pool === undefined) poolsOfHosts.set(host, (pool = new WorkerPool(host)));
  return pool;
}

/** Path of the script from the file that this becomes a part of, where it is built. */
declare const TASK_THREAD_SCRIPT: string | undefined;

function moduleScript(): string {
  const path =
    typeof TASK_THREAD_SCRIPT === 'undefined' ? '../../taskThread.ts' : TASK_THREAD_SCRIPT;
  return new URL(path, import.meta.url).href;
}
