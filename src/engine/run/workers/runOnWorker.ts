import { SuperstepError } from '../../model/errors.ts';
import type { RunEvent, TaskInfo } from '../../model/events.ts';
import type { WorkerPlace } from '../../model/workerPlace.ts';
import { InterruptSignal, ParentCommandSignal, isPause } from '../../model/signals.ts';
import { checkUpdate, type Update } from '../../plan/outcome.ts';
import { thrownBy } from '../failure.ts';
import type { Frame } from '../frame.ts';
import { sessionOf } from '../interrupt.ts';
import type { Untimed } from '../runScope.ts';
import type { Asked, StoreCall, TaskNews, TaskOrder, TaskReply } from './messages.ts';
import { pack, packError, unpack, unpackError } from '../sending.ts';
import type { Job, Seat } from './seat.ts';
import type { WorkerPool } from './workerPool.ts';
import { workersFor } from './workers.ts';

/** A function to run on a worker thread, or in this one where that cannot be. */
export interface WorkerCall {
  readonly worker: WorkerPlace;
  /** A node's config aside. */
  readonly args: readonly unknown[];
  readonly inThread: () => unknown;
}

/**
 * Runs a task's function on a worker thread. Where the thread does not find it, or what it is given cannot be
 * sent, it runs in this thread, and a warning tells why.
 *
 * @throws {SuperstepError} MISSING_MODULE
 */
export function runOnWorker(frame: Frame, call: WorkerCall): unknown {
  const workers = workersFor(frame.run.scope, call.worker);
  if (workers === undefined) throw missingModule(frame);
  const { seat } = frame;
  let order: TaskOrder;
  try {
    order = orderOf(frame, call);
  } catch (error) {
    warn(frame, call.worker, `what it is given cannot be sent to one: ${(error as Error).message}`);
    seat?.free();
    return call.inThread();
  }
  const ended = Promise.withResolvers<unknown>();
  const job: Job = new WorkerJob(frame, call, { order, ended, pool: workers.pool });
  const { owner } = frame;
  const abortable = {
    abort: (reason: Error) => (workers.pool.abort(job, reason), ended.reject(reason)),
  };
  owner.adopt(abortable);
  // Whoever hears of a task's start, or of a thread, may have stopped the run by then.
  const begin = (taken: Seat) => (owner.abortReason === undefined ? taken.run(job) : taken.free());
  frame.seat = undefined;
  if (seat !== undefined) begin(seat);
  else workers.seat(frame).then(begin, ended.reject);
  return ended.promise.finally(() => owner.release(abortable));
}

function missingModule(frame: Frame): SuperstepError {
  const { node, kind } = frame.info;
  const cure = kind === 'task' ? 'task({ name, thread: true,' : 'compile({';
  return new SuperstepError(
    'MISSING_MODULE',
    `Cannot run "${node}" on a worker thread: nothing says which module defines it; pass ` +
      `${cure} module: import.meta.url })`,
    { nodes: [node] },
  );
}

function orderOf(frame: Frame, { worker, args }: WorkerCall): TaskOrder {
  const { info, key, place, attempt, run } = frame;
  const { context, configurable, tags, metadata, recursionLimit, store } = frame.config;
  const config = { context: context as unknown, configurable, tags, metadata, recursionLimit };
  return {
    work: worker.key,
    args: pack(args, 'its input'),
    config: pack({ ...config, metadata: { ...metadata } }, 'its config'),
    ...{ info, key, place, attempt },
    depth: run.depth,
    graph: run.plan.name,
    isObserved: run.scope.observed,
    hasStore: store !== undefined,
  };
}

/** Once in a run for each function. */
const warned = new WeakMap<object, Set<string>>();

function warn(frame: Frame, { key }: WorkerPlace, why: string): void {
  const { root, scope } = frame.run;
  let keys = warned.get(root);
  if (keys === undefined) warned.set(root, (keys = new Set()));
  if (keys.has(key)) return;
  keys.add(key);
  const message = `"${frame.info.node}" does not run on a worker thread but in that of the run: ${why}`;
  scope.emit({ type: 'warning', code: 'NOT_ON_WORKER', message, task: frame.info });
}

/** A task that runs on a worker thread, seen from the thread of its run. */
class WorkerJob implements Job {
  readonly order: TaskOrder;
  readonly #frame: Frame;
  readonly #call: WorkerCall;
  readonly #ended: PromiseWithResolvers<unknown>;
  readonly #pool: WorkerPool;
  /** What the worker thread counts for itself, as it is counted here. */
  readonly #ids = new Map<string, number>();

  constructor(
    frame: Frame,
    call: WorkerCall,
    {
      order,
      ended,
      pool,
    }: {
      readonly order: TaskOrder;
      readonly ended: PromiseWithResolvers<unknown>;
      readonly pool: WorkerPool;
    },
  ) {
    this.#pool = pool;
    this.#frame = frame;
    this.#call = call;
    this.order = order;
    this.#ended = ended;
  }

  onNews(message: { type: 'news'; news: TaskNews } | ({ type: 'store' } & StoreCall)) {
    if (message.type === 'store') return this.#callStore(message);
    return this.#tell(message.news);
  }

  #tell(news: TaskNews): void {
    const frame = this.#frame;
    try {
      if (news.type === 'wrote') frame.config.writer(unpack(news.value));
      else if (news.type === 'alive') frame.onProgress?.(news.isHeartbeat);
      else if (news.type === 'event') this.#emit(unpack(news.event) as RunEvent);
      else this.#push(unpack(news.update) as Update);
    } catch (error) {
      this.#ended.reject(error);
    }
  }

  #push(update: Update): void {
    const { run, info } = this.#frame;
    const isGraph = run.plan.kind === 'graph';
    this.#frame.push(isGraph ? checkUpdate(run.plan, info.node, update) : update);
  }

  #emit(event: RunEvent): void {
    const { scope } = this.#frame.run;
    const told = { ...event } as Record<string, unknown>;
    if ('task' in event && event.task) {
      // Code of a task that was there before may go on.
      if (!this.#isInside(event.task)) return;
      told['task'] = this.#here(event.task);
    }
    if ('call' in event) {
      const id = this.#idOf(`model ${event.call.id}`, () => scope.nextModelCallId());
      told['call'] = { ...event.call, id };
    }
    if (event.type !== 'console') this.#frame.onProgress?.(false);
    scope.emit(told as unknown as Untimed<RunEvent>);
  }

  #isInside({ path, id }: TaskInfo): boolean {
    const { info } = this.#frame;
    if (path.length === info.path.length && id !== info.id) return false;
    return info.path.every((part, level) => part === path[level]);
  }

  /** A task inside of this one, with the ids that it has among all tasks of the run. */
  #here(task: TaskInfo): TaskInfo {
    const { info, run } = this.#frame;
    if (task.path.length <= info.path.length) return info;
    const idOf = (id: number) => this.#idOf(`task ${id}`, () => run.scope.nextTaskId());
    const isChild = task.path.length === info.path.length + 1;
    const parent = isChild ? info.id : task.parent === undefined ? undefined : idOf(task.parent);
    return { ...task, id: idOf(task.id), ...(parent !== undefined && { parent }) };
  }

  #idOf(key: string, next: () => number): number {
    let id = this.#ids.get(key);
    if (id === undefined) this.#ids.set(key, (id = next()));
    return id;
  }

  async #callStore({ call, method, args }: StoreCall) {
    const type = 'stored' as const;
    try {
      const store = this.#frame.config.store! as unknown as Record<string, StoreMethod>;
      const value = await store[method]!(...(unpack(args) as unknown[]));
      return { type, call, value: pack(value, `what store.${method}() returns`) };
    } catch (error) {
      return { type, call, ...packError(error) };
    }
  }

  onAsked(value: string): Asked {
    const frame = this.#frame;
    try {
      const answer = sessionOf(frame).questions.ask(frame, unpack(value));
      return { status: 'answered', answer: pack(answer, 'an answer') };
    } catch (thrown) {
      if (isPause(thrown)) return { status: 'paused', interrupts: thrown.interrupts };
      return { status: 'failed', ...packError(thrown) };
    }
  }

  onEnded(reply: TaskReply): void {
    try {
      this.#ended.resolve(this.#resultOf(reply));
    } catch (error) {
      this.#ended.reject(error);
    }
  }

  onLost(error: Error): void {
    this.#ended.reject(error);
  }

  #resultOf(reply: TaskReply): unknown {
    switch (reply.status) {
      case 'done':
        return unpack(reply.value);
      case 'paused':
        throw new InterruptSignal(unpack(reply.interrupts) as []);
      case 'left':
        throw new ParentCommandSignal(unpack(reply.commands) as []);
      case 'failed':
        return this.#fail(reply);
      case 'unknown':
        return this.#inThread(
          'the module, loaded there, does not define it: graphs and tasks are to be made while it is loaded',
        );
      case 'unloadable':
        return this.#inThread(`the module cannot be loaded there: ${unpackError(reply).message}`);
    }
  }

  async #fail(reply: Extract<TaskReply, { status: 'failed' }>): Promise<never> {
    const exports = reply.exported === undefined ? {} : await this.#pool.exports();
    const error = unpackError(reply, exports);
    throw reply.task === undefined ? error : thrownBy(error, reply.task, this.#frame.run.root);
  }

  #inThread(why: string): unknown {
    warn(this.#frame, this.#call.worker, why);
    return this.#call.inThread();
  }
}

type StoreMethod = (...args: unknown[]) => Promise<unknown>;
