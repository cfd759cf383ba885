import type { WorkerPlace } from '../../model/workerPlace.ts';
import type { Frame } from '../frame.ts';
import type { Waiter } from '../limit.ts';
import type { RunScope } from '../runScope.ts';
import type { Seat } from './seat.ts';
import { poolOfHost, poolOfModule, type WorkerPool } from './workerPool.ts';

/** The worker threads that a run may use for a function. */
export class Workers {
  readonly pool: WorkerPool;
  readonly #threads: number;

  constructor(pool: WorkerPool, threads: number) {
    this.pool = pool;
    this.#threads = threads;
  }

  take(): Seat | undefined {
    return this.pool.take();
  }

  /** Tells that one more task waits, whoever is called when it can begin. */
  grow(): void {
    this.pool.grow(this.#threads);
  }

  /** As soon as there is one. Rejects when the task is given up. */
  seat({ owner }: Frame): Promise<Seat> {
    const got = Promise.withResolvers<Seat>();
    const waiter: Waiter = () => {
      const seat = this.take();
      if (seat === undefined) this.pool.wait(waiter);
      else got.resolve(seat);
    };
    const abortable = {
      abort: (reason: Error) => (this.pool.leave(waiter), got.reject(reason)),
    };
    this.grow();
    waiter();
    owner.adopt(abortable);
    return got.promise.finally(() => owner.release(abortable));
  }
}

/** Those that can find a function; `undefined` where it runs in the thread of its run. */
export function workersFor(scope: RunScope, worker: WorkerPlace | undefined): Workers | undefined {
  if (worker === undefined) return undefined;
  const { threads = navigator.hardwareConcurrency } = scope.config;
  const { workers: host } = scope.internals;
  if (host !== undefined) return new Workers(poolOfHost(host), threads);
  const { module } = worker;
  return module === undefined ? undefined : new Workers(poolOfModule(module), threads);
}
