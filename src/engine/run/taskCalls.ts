import { SeveralFailuresError, SuperstepError } from '../model/errors.ts';
import { dataKey } from '../checkpoint/dataKey.ts';
import { callKey, orderedCallKey, type TaskKey } from '../model/taskKey.ts';
import { runAttempts } from './policies/runAttempts.ts';
import { withCache } from './policies/cache.ts';
import { nextTurn } from '../model/clock.ts';
import { toTaskError } from './failure.ts';
import type { Frame, OpenCalls, ThreadView } from './frame.ts';
import { slotsInside, type Limit } from './limit.ts';
import {
  type InterruptSignal,
  type ParentCommandSignal,
  isPause,
  isSignal,
} from '../model/signals.ts';
import { runOnWorker } from './workers/runOnWorker.ts';
import { workersFor } from './workers/workers.ts';
import { callInFrame } from './runContext.ts';
import { promiseOf } from '../model/thenable.ts';
import { CallFrame } from './callFrame.ts';
import type { TaskDefinition } from './taskDefinition.ts';
import { TaskPromise } from './taskPromise.ts';

/**
 * The functional tasks that one task has called. They belong to it: it does not end before they do,
 * and what fails without anybody waiting for it fails the caller.
 */
export class TaskCalls implements OpenCalls {
  readonly #caller: Frame;
  /** Calls so far, by the task's name. */
  readonly #counts = new Map<string, number>();
  /** Calls so far with the same name and arguments, where they are kept. */
  readonly #alike = new Map<string, number>();
  readonly #open = new Set<CallFrame>();
  readonly #failures: {
    readonly promise: TaskPromise<unknown>;
    readonly error: Error | InterruptSignal | ParentCommandSignal;
  }[] = [];
  #onceEmpty: (() => void) | undefined;

  constructor(caller: Frame) {
    this.#caller = caller;
    caller.owner.adopt(this);
  }

  /**
   * Starts a task, now or as soon as there is a slot; or recalls what it resulted in when the caller ran
   * before.
   * @param identity What tells this call from others of the task, whatever their order.
   */
  call(
    definition: TaskDefinition,
    args: readonly unknown[],
    identity: unknown = args,
  ): Promise<unknown> {
    const caller = this.#caller;
    const { run, owner } = caller;
    if (caller.hasEnded || owner.abortReason !== undefined) return this.#refuse(definition);
    const index = this.#counts.get(definition.name) ?? 0;
    this.#counts.set(definition.name, index + 1);
    const { session } = run;
    const key = session && this.#keyOf(session, definition.name, { identity, index });
    const call = new CallFrame(caller, definition, { args, index, key });
    const known = key && session.records.recallCall(key);
    if (known !== undefined) {
      for (const update of known.pushed) caller.push(update);
      call.promise.settle(known.value);
      return call.promise;
    }
    this.#open.add(call);
    caller.onProgress?.(false);
    this.#startInTurn(call);
    return call.promise;
  }

  #keyOf(
    { records: { byTask } }: ThreadView,
    name: string,
    { identity, index }: { readonly identity: unknown; readonly index: number },
  ): TaskKey {
    const caller = this.#caller.key;
    if (byTask.size > 0) {
      const ordered = orderedCallKey(caller, name, index);
      if (byTask.has(ordered)) return ordered;
    }
    const args = dataKey(identity);
    const same = `${name} ${args}`;
    const nth = this.#alike.get(same) ?? 0;
    this.#alike.set(same, nth + 1);
    return callKey(caller, { name, args, nth });
  }

  /**
   * Waits until all calls have ended. Synchronous if there is nothing to wait for.
   *
   * @throws What a call failed with that nobody waited for; several such errors as one.
   */
  allEnded(): Promise<void> | undefined {
    if (this.#open.size === 0) return this.#end();
    return new Promise<void>((resolve) => (this.#onceEmpty = resolve)).then(() => this.allEnded());
  }

  /**
   * Waits until all calls have ended, well or not: the caller pauses, and what they result in is kept
   * for when it runs again.
   */
  async drained(): Promise<void> {
    while (this.#open.size > 0) {
      await new Promise<void>((resolve) => (this.#onceEmpty = resolve));
    }
  }

  abort(reason: Error): void {
    this.#caller.hasEnded = true;
    for (const call of this.#open) {
      this.#open.delete(call);
      if (call.waiter !== undefined) {
        this.#limitOf(call)?.line.remove(call.waiter);
        slotsInside(this.#caller)?.leave(call.waiter);
        workersFor(call.run.scope, call.definition.worker)?.pool.leave(call.waiter);
      }
      if (call.hasPlace) this.#limitOf(call)!.giveUp(1);
      if (call.slot !== undefined) {
        slotsInside(this.#caller)!.giveUp({ lent: 0, shared: 0, [call.slot]: 1 });
      }
      call.calls?.abort(reason);
      if (call.isStarted && call.isReported) call.run.taskFailed(call, reason, true);
      call.promise.fail(reason);
    }
    this.#onceEmpty?.();
  }

  #end(): undefined {
    this.#caller.owner.release(this);
    const errors = this.#failures.filter(({ promise }) => !promise.isWatched);
    if (errors.length === 0) return;
    const failed = errors.map(({ error }) => error).filter((error) => error instanceof Error);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a pause is no error
    if (failed.length === 0) throw errors[0]!.error;
    if (failed.length === 1) throw failed[0]!;
    throw new SeveralFailuresError(failed, { nodes: [this.#caller.info.node] });
  }

  /** The cap on the calls of this task, if it has one. */
  #limitOf({ definition, run }: CallFrame): Limit | undefined {
    return definition.maxConcurrency === undefined ? undefined : run.scope.limitOf(definition);
  }

  /** First a place among the calls of its task, then one of the run's slots, then a worker thread. */
  #startInTurn(call: CallFrame): void {
    const limit = this.#limitOf(call);
    if (limit !== undefined && !call.hasPlace) {
      call.hasPlace = limit.take();
      if (!call.hasPlace) return limit.line.add(this.#waiterOf(call));
    }
    const slots = call.definition.isQuiet ? undefined : slotsInside(this.#caller);
    if (slots !== undefined) {
      call.slot = slots.take();
      if (call.slot === undefined) return slots.wait(this.#waiterOf(call));
    }
    const workers = workersFor(call.run.scope, call.definition.worker);
    call.seat = workers?.take();
    if (workers !== undefined && call.seat === undefined) {
      workers.grow();
      workers.pool.wait(this.#waiterOf(call));
      // Others may have it, as long as there is no thread.
      if (call.slot !== undefined) slots!.give(call.slot);
      call.slot = undefined;
      return;
    }
    this.#start(call);
  }

  #waiterOf(call: CallFrame): () => void {
    return (call.waiter = () => {
      call.waiter = undefined;
      this.#startInTurn(call);
    });
  }

  #start(call: CallFrame): void {
    const { definition } = call;
    let returned: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      call.isStarted = true;
      if (definition.isQuiet) call.slots = slotsInside(this.#caller);
      if (call.isReported) call.run.taskStarted(call);
      returned =
        definition.policy === undefined
          ? runTask(call, definition, call.args)
          : callWithPolicy(call).finally(() => call.seat?.free());
      promise = promiseOf(returned);
    } catch (error) {
      call.seat?.free();
      return this.#failed(call, error);
    }
    if (promise === undefined) return this.#returned(call, returned);
    promise.then(
      (value) => this.#returned(call, value),
      (error: unknown) => this.#failed(call, error),
    );
  }

  /** The task's function has ended; the tasks it called, and its record, may still be waited for. */
  #returned(call: CallFrame, value: unknown): void {
    const { session } = call.run;
    const record = () =>
      session?.records.recordCall(call.key, { value, pushed: call.pushed ?? [] });
    let waiting: Promise<void> | void;
    try {
      const ended = call.calls?.allEnded();
      waiting = ended ? ended.then(record) : record();
    } catch (error) {
      return this.#failed(call, error);
    }
    if (waiting === undefined) return this.#finished(call, value);
    waiting.then(
      () => this.#finished(call, value),
      (error: unknown) => this.#failed(call, error),
    );
  }

  #finished(call: CallFrame, value: unknown): void {
    if (!this.#close(call)) return;
    const { run, definition } = call;
    call.returned = value;
    if (call.isReported) run.taskFinished(call, [{ [definition.name]: value }]);
    call.promise.settle(value);
    this.#release(call);
  }

  #failed(call: CallFrame, thrown: unknown): void {
    if (isSignal(thrown)) {
      void this.#allAsked(call).then(() => this.#left(call, thrown));
      return;
    }
    if (!this.#close(call)) return;
    const { run } = call;
    const error = toTaskError(thrown, call);
    call.calls?.abort(error);
    if (call.isReported) run.taskFailed(call, error, false);
    this.#reject(call, error);
  }

  /** Other parts of the call's code may ask too, and its own calls. */
  async #allAsked(call: CallFrame): Promise<void> {
    await nextTurn();
    await call.calls?.drained();
  }

  /** The task has stopped without a result: it asks, or leaves the node around it. */
  #left(call: CallFrame, signal: InterruptSignal | ParentCommandSignal): void {
    if (!this.#close(call)) return;
    if (call.isReported) {
      if (isPause(signal)) call.run.taskInterrupted(call, signal.interrupts);
      else call.run.taskFinished(call, []);
    }
    this.#reject(call, signal);
  }

  #reject(call: CallFrame, error: Error | InterruptSignal | ParentCommandSignal): void {
    this.#failures.push({ promise: call.promise, error });
    call.promise.fail(error);
    this.#release(call);
  }

  /** False if the call was given up before. */
  #close(call: CallFrame): boolean {
    if (!this.#open.delete(call)) return false;
    call.hasEnded = true;
    this.#caller.onProgress?.(false);
    return true;
  }

  /** Others may have its place, now that its end was told: they start at once. */
  #release(call: CallFrame): void {
    if (call.hasPlace) this.#limitOf(call)!.give();
    if (call.slot !== undefined) this.#caller.slots!.give(call.slot);
    if (this.#open.size === 0) this.#onceEmpty?.();
  }

  #refuse({ name }: TaskDefinition): Promise<never> {
    const { owner, info } = this.#caller;
    if (owner.abortReason === undefined) return Promise.reject(endedError(name, info.node));
    // Code that goes on after its run was stopped need not care; it must not bring the process down.
    const promise = new TaskPromise<never>();
    promise.fail(owner.abortReason);
    return promise;
  }
}

function endedError(task: string, caller: string): SuperstepError {
  return new SuperstepError(
    'OUTSIDE_RUN',
    `Cannot call task "${task}": "${caller}", which calls it, has ended already; ` +
      `await what comes before the call`,
    { nodes: [task] },
  );
}

function runTask(
  frame: Frame,
  { action, worker }: TaskDefinition,
  args: readonly unknown[],
): unknown {
  if (worker === undefined) return callInFrame(frame, action, args);
  return runOnWorker(frame, { worker, args, inThread: () => callInFrame(frame, action, args) });
}

async function callWithPolicy(call: CallFrame): Promise<unknown> {
  const { definition, run, args } = call;
  const { cache: policy } = definition.policy!;
  const produce = () =>
    runAttempts(call, { policy: definition.policy!, worker: definition.worker }, async (frame) =>
      runTask(frame, definition, args),
    );
  if (policy === undefined || run.cache === undefined) return produce();
  const owner = ['task', definition.name];
  const { action } = definition;
  const maker = { owner, identity: action, code: action };
  const cached = { cache: run.cache, policy, ...maker, args };
  const { value, isCached } = await withCache(cached, produce);
  call.isCached = isCached;
  return value;
}
