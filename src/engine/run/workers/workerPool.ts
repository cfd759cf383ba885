import { MessageChannel, Worker, resourceLimits, type MessagePort } from 'node:worker_threads';
import { SuperstepError } from '../../model/errors.ts';
import type { HostLink, HostWorkers } from '../../model/graphHandle.ts';
import { yieldToEventLoop } from '../../model/clock.ts';
import { toError } from '../../model/errorInfo.ts';
import { WaitingLine, type Waiter } from '../limit.ts';
import type { Asked, FromWorker, TaskReply, ToWorker } from './messages.ts';
import type { WorkerStart } from './workerStart.ts';
import type { Job, Seat } from './seat.ts';
import { packError } from '../sending.ts';

/** How long a thread without work is kept, milliseconds. */
const IDLE_MS = 5000;

/** How long a task that was given up may go on before its thread is ended, milliseconds. */
const GRACE_MS = 500;

/**
 * The worker threads that have loaded the same code. A task takes a seat before it begins: what waits
 * for one has not started, for its observers, its timeouts and the caps of its run.
 */
export class WorkerPool {
  readonly #source: HostWorkers;
  readonly #workers = new Set<TaskWorker>();
  readonly #idle: TaskWorker[] = [];
  /** Why threads have ended before they could run anything: each is the end of one task. */
  readonly #stillborn: Death[] = [];
  readonly #line = new WaitingLine();
  /** The largest that was asked for since there were no threads. */
  #cap = 1;

  constructor(source: HostWorkers) {
    this.#source = source;
  }

  /** Threads that are not gone yet. */
  get size(): number {
    return this.#workers.size;
  }

  /** What the code that they load exports, as it is loaded in this thread. */
  exports(): Promise<unknown> {
    return this.#source.exports();
  }

  take(): Seat | undefined {
    const death = this.#stillborn.pop();
    if (death !== undefined) return { run: (job) => job.onLost(lost(job, death)), free: () => {} };
    const worker = this.#idle.pop();
    return worker && this.#seat(worker);
  }

  #seat(worker: TaskWorker): Seat {
    let isTaken = true;
    return {
      run(job) {
        isTaken = false;
        worker.run(job);
      },
      free: () => {
        if (isTaken) this.#onFree(worker);
        isTaken = false;
      },
    };
  }

  /** One more task waits: it may have a thread of its own, if there are fewer than so many. */
  grow(cap: number): void {
    this.#cap = Math.max(this.#cap, cap);
    if (this.#workers.size < this.#cap) this.#start();
  }

  /** Asks to be called when there may be a seat to take. Once: who needs more comes again. */
  wait(waiter: Waiter): void {
    this.#line.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.#line.remove(waiter);
  }

  /** Gives a task up: nothing more is heard of it. Its thread is free again when the task has left it. */
  abort(job: Job, reason: Error): void {
    for (const worker of this.#workers) if (worker.job === job) worker.giveUp(reason);
  }

  /** Calls who waits as long as there are seats: somebody who is called may be unable to take one. */
  #pump(): void {
    while (this.#idle.length + this.#stillborn.length > 0 && !this.#line.isEmpty) {
      this.#line.next()!();
    }
    this.#stillborn.length = 0;
  }

  #onFree(worker: TaskWorker): void {
    if (!this.#workers.has(worker)) return;
    this.#idle.push(worker);
    this.#pump();
  }

  #start(): void {
    const worker = new TaskWorker(this.#source, {
      onFree: () => this.#onFree(worker),
      onIdleForLong: () => {
        const place = this.#idle.indexOf(worker);
        if (place < 0) return;
        this.#idle.splice(place, 1);
        worker.end();
      },
      onGone: (stillborn) => {
        const place = this.#idle.indexOf(worker);
        if (place >= 0) this.#idle.splice(place, 1);
        this.#workers.delete(worker);
        if (stillborn !== undefined) this.#stillborn.push(stillborn);
        this.#pump();
        if (!this.#line.isEmpty) this.grow(1);
        if (this.#workers.size === 0) this.#cap = 1;
      },
    });
    this.#workers.add(worker);
  }
}

interface Owner {
  onFree(): void;
  onIdleForLong(): void;
  /** @param stillborn Why, if it has not become free before. */
  onGone(stillborn: Death | undefined): void;
}

/** How a thread has ended. */
interface Death {
  readonly code: number;
  readonly error: Error | undefined;
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
  readonly #serve: HostWorkers['serve'];
  #host: HostLink | undefined;
  #isReady = false;
  #death: Death | undefined;
  #isGivenUp = false;
  #error: Error | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ script, source, serve }: HostWorkers, owner: Owner) {
    this.#owner = owner;
    this.#serve = serve;
    const bell = new SharedArrayBuffer(4);
    this.#bells = new Int32Array(bell);
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    port1.unref();
    const start: WorkerStart = { source, answers: port2, bell };
    this.#worker = new Worker(new URL(script), {
      workerData: start,
      transferList: [port2],
      // What holds for the thread of the run holds for each of its own.
      resourceLimits,
    });
    this.#worker.on('message', (message: FromWorker) => this.#onMessage(message));
    this.#worker.on('error', (error) => (this.#error = toError(error, 'A worker thread')));
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  run(job: Job): void {
    clearTimeout(this.#timer);
    if (this.#death !== undefined) return job.onLost(lost(job, this.#death));
    this.job = job;
    this.#isGivenUp = false;
    this.#host = this.#serve?.((message) => this.#post({ type: 'host', message }));
    // The process must not end in the middle of it.
    this.#worker.ref();
    this.#post({ type: 'run', order: job.order });
  }

  giveUp(reason: Error): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#leaveHost();
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
    if (message.type === 'ready') return this.#onReady();
    if (job === undefined) return;
    if (message.type === 'ended') return this.#onEnded(job, message.reply);
    if (message.type === 'host') return this.#host?.onMessage(message.message);
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
    this.#leaveHost();
    this.#rest();
    if (!this.#isGivenUp) job.onEnded(reply);
    // The next is told of when the end of this one has been.
    yieldToEventLoop(() => this.#owner.onFree());
  }

  #leaveHost(): void {
    this.#host?.close();
    this.#host = undefined;
  }

  #onReady(): void {
    this.#isReady = true;
    this.#rest();
    this.#owner.onFree();
  }

  #rest(): void {
    this.#worker.unref();
    this.#timer = setTimeout(() => this.#owner.onIdleForLong(), IDLE_MS).unref();
  }

  #onExit(code: number): void {
    clearTimeout(this.#timer);
    this.#answers.close();
    this.#leaveHost();
    const { job } = this;
    this.job = undefined;
    const death = (this.#death = { code, error: this.#error });
    if (job !== undefined && !this.#isGivenUp) job.onLost(lost(job, death));
    this.#owner.onGone(this.#isReady ? undefined : death);
  }
}

function lost({ order }: Job, { code, error: cause }: Death): Error {
  const { node } = order.info;
  const why = cause === undefined ? `its code called process.exit(${code})` : cause.message;
  const isMemory = (cause as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const cure = isMemory
    ? 'give it less to hold at once, or the run more memory'
    : 'let the node throw or return, and catch errors in its timers and listeners';
  return new SuperstepError(
    'WORKER_ENDED',
    `The worker thread of "${node}" ended in the middle of it: ${why}; ${cure}`,
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
    const exports = () => import(module);
    pool = new WorkerPool({ script: moduleScript(), source: module, exports });
    pools.set(module, pool);
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
