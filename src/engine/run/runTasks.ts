import { SeveralFailuresError } from '../model/errors.ts';
import { ENTRY_KEYS } from '../plan/entryKeys.ts';
import { nextTurn, yieldToEventLoop } from '../model/clock.ts';
import { toTaskError } from './failure.ts';
import { InterruptSignal, isParentCommand, isPause } from '../model/signals.ts';
import { promiseOf } from '../model/thenable.ts';
import { valuesWith } from '../plan/applyWrites.ts';
import { chooseRoutes } from './chooseRoutes.ts';
import type { GraphRun } from './graphRun.ts';
import { forThisGraph } from './handBack.ts';
import { Outcome, toResult, withPushed, type TaskResult } from '../plan/outcome.ts';
import type { Tasks } from '../plan/prepareTasks.ts';
import { AwaySignal, isAway } from './remote/awaySignal.ts';
import type { Elsewhere } from './remote/work.ts';
import { goesOnHere, takenTask } from './remote/takenTask.ts';
import { readReply } from './remote/readReply.ts';
import { reportedUpdates } from './reportedUpdates.ts';
import { runNode, runOnCopy } from './runNode.ts';
import type { TaskFrame } from './taskFrame.ts';
import { TaskQueue } from './taskQueue.ts';
import type { ThreadSession } from './threadSession.ts';

/** How many tasks are started between two looks at the clock. */
const TASKS_PER_LOOK = 256;

/**
 * Runs the tasks of one superstep, as many at once as the run's and the nodes' `maxConcurrency` allow,
 * and resolves with their results in task order. Rejects with the first failure, or when the run is
 * aborted; the signal of the tasks that still run is then aborted, and what they return is dropped.
 * With `onError: 'settle'` a failure lets the others finish first.
 *
 * The cost is linear in tasks: a counter, not a race of promises, tells when all have finished.
 */
export function runTasks(run: GraphRun, tasks: Tasks): Promise<TaskResult[]> {
  const settle = Promise.withResolvers<TaskResult[]>();
  new SuperstepTasks(run, tasks, settle).start();
  return settle.promise;
}

class SuperstepTasks {
  readonly #run: GraphRun;
  readonly #tasks: Tasks;
  readonly #settle: { resolve(results: TaskResult[]): void; reject(error: Error): void };
  readonly #results: TaskResult[];
  readonly #queue: TaskQueue;
  /** Started and not finished; kept only for observers, who must hear how each task ends. */
  readonly #open: Set<TaskFrame> | undefined;
  /** What failed while others were left to finish, by task. */
  #failures: Map<number, Error> | undefined;
  #finished = 0;
  /** Not finished before they, or what is inside them, has been run elsewhere. */
  #away = 0;
  #settled = false;
  #pumping = false;

  constructor(
    run: GraphRun,
    tasks: Tasks,
    settle: { resolve(results: TaskResult[]): void; reject(error: Error): void },
  ) {
    this.#run = run;
    this.#tasks = tasks;
    this.#settle = settle;
    this.#results = new Array<TaskResult>(tasks.length);
    this.#queue = new TaskQueue(run, tasks, this.#pump);
    this.#open = run.scope.tellsTasks ? new Set() : undefined;
  }

  start(): void {
    const { abortReason } = this.#run;
    if (abortReason !== undefined) return this.#fail(abortReason);
    this.#run.onAbort = (reason) => this.#fail(reason);
    if (this.#run.session !== undefined) this.#recall(this.#run.session);
    this.#pump();
  }

  /** Takes over what an earlier run of this superstep has left; these tasks are not started. */
  #recall(session: ThreadSession): void {
    const keepsWaiting = session.answers.size > 0 || this.#run.elsewhere?.isContinued === true;
    for (const [index, result] of session.records.recall(this.#tasks, { keepsWaiting })) {
      this.#results[index] = result;
      if (this.#open !== undefined) this.#tellRecalled(index, result, session);
      this.#queue.skip(index);
      this.#finished++;
    }
  }

  #tellRecalled(index: number, result: TaskResult, session: ThreadSession): void {
    const run = this.#run;
    const interrupts = session.records.askedAt(index);
    if (result === undefined && interrupts === undefined) return;
    const frame = this.#queue.frameOf(index);
    if (interrupts !== undefined) {
      const task = frame.info;
      const askedAt = session.checkpoints.head!.createdAt;
      return run.scope.emit({ type: 'taskInterrupted', task, durationMs: 0, interrupts, askedAt });
    }
    const updates = reportedUpdates(frame, result);
    run.scope.emit({ type: 'taskRecalled', task: frame.info, updates });
  }

  /** Starts as many tasks as may run. */
  readonly #pump = (): void => {
    if (this.#pumping || this.#settled) return;
    this.#pumping = true;
    while (!this.#settled) {
      const frame = this.#queue.take();
      if (frame === undefined) break;
      this.#startTask(frame);
      if (this.#queue.reached % TASKS_PER_LOOK === 0 && this.#run.isDueToYield()) {
        yieldToEventLoop(() => {
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
    }
    this.#pumping = false;
    this.#resolveWhenDone();
  };

  #startTask(frame: TaskFrame): void {
    const run = this.#run;
    let returned: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      const input = this.#tasks.input(frame.index);
      frame.input = run.plan.kind === 'graph' ? input : entryInput(input);
      if (this.#open !== undefined) {
        this.#open.add(frame);
        run.taskStarted(frame);
      }
      const timeout = this.#tasks.timeout(frame.index);
      const isElsewhere = run.elsewhere !== undefined && !goesOnHere(frame.node, timeout);
      if (isElsewhere) return this.#startElsewhere(run.elsewhere, frame, input);
      returned = runNode(frame, input, timeout);
      promise = promiseOf(returned);
    } catch (error) {
      frame.seat?.free();
      return this.#callFailed(frame, error);
    }
    if (promise === undefined) return this.#returned(frame, returned);
    promise.then(
      (value) => this.#returned(frame, value),
      (error: unknown) => this.#callFailed(frame, error),
    );
  }

  /** The task has ended elsewhere, or is to be run there. */
  #startElsewhere(elsewhere: Elsewhere, frame: TaskFrame, input: unknown): void {
    const session = this.#run.session!;
    const reply = elsewhere.replyTo(this.#run.taskId(frame.key));
    if (reply === undefined) {
      elsewhere.take(takenTask(frame, { input, timeout: this.#tasks.timeout(frame.index) }));
      return this.#leave();
    }
    const read = readReply(frame, reply);
    for (const record of read.records) session.records.set(record);
    if (read.status === 'done') return this.#returned(frame, read.result);
    if (read.status === 'failed') return this.#taskFailed(frame, read.error);
    session.records.taskPaused(frame.index, read.record);
    if (this.#open?.delete(frame)) this.#run.taskInterrupted(frame, read.record.interrupts ?? []);
    this.#release(frame);
  }

  /** The superstep cannot be completed here and now; the other tasks can. */
  #leave(): void {
    this.#away++;
    this.#resolveWhenDone();
  }

  /** The node's function has failed, if only because it changes what it is given. */
  #callFailed(frame: TaskFrame, thrown: unknown): void {
    const again = this.#settled
      ? undefined
      : runOnCopy(frame, thrown, () => this.#tasks.input(frame.index));
    if (again === undefined) return this.#taskFailed(frame, thrown);
    again.then(
      (value) => this.#returned(frame, value),
      (error: unknown) => this.#taskFailed(frame, error),
    );
  }

  /** The node's function has ended; the tasks it called, and its routers, are part of its task. */
  #returned(frame: TaskFrame, value: unknown): void {
    const { session } = this.#run;
    // In a thread, what comes too late is kept for when the run is resumed.
    if (this.#settled && session === undefined) return;
    if (this.#open !== undefined) frame.returned = value;
    let result: TaskResult | Promise<TaskResult>;
    try {
      if (frame.calls !== undefined) {
        const calls = this.#waitForCalls(frame, () => this.#returned(frame, value));
        if (calls !== undefined) return this.#failWith(frame, calls);
      }
      if (session?.questions.hasRaised(frame)) throw this.#swallowed(frame, session);
      result = value instanceof Outcome ? value : toResult(this.#run.plan, frame.node.name, value);
      if (frame.pushed !== undefined) result = withPushed(frame.pushed, result);
      if (frame.node.routers.length > 0) result = this.#route(frame, result);
    } catch (error) {
      return this.#taskFailed(frame, error);
    }
    if (result instanceof Promise) {
      this.#failWith(
        frame,
        result.then((routed) => this.#taskFinished(frame, routed)),
      );
    } else this.#taskFinished(frame, result);
  }

  /** Calls back when the functional tasks that the code has called have ended, if there are any. */
  #waitForCalls(frame: TaskFrame, then: () => void): Promise<void> | undefined {
    const { calls } = frame;
    if (calls === undefined) return undefined;
    frame.calls = undefined;
    return calls.allEnded()?.then(then);
  }

  #failWith(frame: TaskFrame, work: Promise<void>): void {
    work.catch((error: unknown) => this.#taskFailed(frame, error));
  }

  #route(frame: TaskFrame, result: TaskResult): TaskResult | Promise<Outcome> {
    const { plan, snapshot } = this.#run;
    const { name, routers } = frame.node;
    const outcome = Outcome.of(result);
    if (outcome.isHandled) return outcome;
    const { values: from } = snapshot;
    const values = valuesWith(plan, from, { updates: outcome.updates, writer: name });
    outcome.foreseen = { from, values };
    return chooseRoutes(frame, outcome, { routers, source: name, values });
  }

  #taskFinished(frame: TaskFrame, result: TaskResult): void {
    this.#run.session?.records.taskFinished(frame, result);
    if (this.#settled) return;
    this.#results[frame.index] = result;
    if (this.#open?.delete(frame)) {
      const updates = reportedUpdates(frame, result);
      const chosen = result instanceof Outcome ? result.chosen(this.#run.plan) : undefined;
      const durationMs = this.#run.taskFinished(frame, updates, chosen);
      this.#run.guide?.taskFinished(frame, durationMs);
    }
    this.#release(frame);
  }

  #taskFailed(frame: TaskFrame, thrown: unknown): void {
    if (this.#settled) return;
    if (isAway(thrown)) return this.#leave();
    const run = this.#run;
    if (isParentCommand(thrown) && run.plan.kind === 'graph') {
      return this.#returned(frame, forThisGraph(thrown.commands));
    }
    if (isPause(thrown) && run.session) {
      // What \`interrupt\` throws is known by then, and what code makes itself is not.
      run.session.questions.raise(frame, thrown.interrupts);
      void this.#allAsked(frame).then(() => this.#taskPaused(frame, run.session!));
      return;
    }
    const error = toTaskError(thrown, frame);
    frame.calls?.abort(error);
    if (this.#open?.delete(frame)) run.taskFailed(frame, error, false);
    run.session?.records.taskFailed(frame.key, error);
    if (run.scope.config.onError === 'settle') {
      this.#failures ??= new Map();
      this.#failures.set(frame.index, error);
      return this.#release(frame);
    }
    this.#fail(error);
    run.abort(error);
  }

  /** Lets other parts of the task's code ask too: its calls, and what goes on beside what has asked. */
  async #allAsked(frame: TaskFrame): Promise<void> {
    await nextTurn();
    await frame.calls?.drained();
  }

  /** A task waits for an answer: the others finish, then the run pauses. */
  #taskPaused(frame: TaskFrame, session: ThreadSession): void {
    if (this.#settled) return;
    const interrupts = session.questions.pause(frame.key, frame.index);
    if (this.#open?.delete(frame)) this.#run.taskInterrupted(frame, interrupts);
    this.#release(frame);
  }

  /** User code has caught what `interrupt` threw: it is thrown again here. */
  #swallowed(frame: TaskFrame, session: ThreadSession): InterruptSignal {
    const { node, info } = frame;
    this.#run.scope.emit({
      type: 'warning',
      code: 'INTERRUPT_CAUGHT',
      message:
        `Node "${node.name}" caught what interrupt() threw, and went on: what it returned is dropped, ` +
        `and the run pauses; in the catch, rethrow what is not an Error`,
      task: info,
    });
    return new InterruptSignal(session.questions.raisedBy(frame.key));
  }

  /** A task is over: others may have its place. */
  #release(frame: TaskFrame): void {
    frame.hasEnded = true;
    this.#finished++;
    this.#queue.release(frame);
    if (this.#queue.hasMore) this.#pump();
    else this.#resolveWhenDone();
  }

  #resolveWhenDone(): void {
    const ended = this.#finished + this.#away;
    if (ended < this.#tasks.length || this.#pumping || this.#settled) return;
    if (this.#failures !== undefined) return this.#fail(joinFailures(this.#failures));
    this.#end();
    if (this.#away > 0) this.#settle.reject(new AwaySignal() as never);
    else this.#settle.resolve(this.#results);
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#end();
    for (const frame of this.#open ?? []) this.#run.taskFailed(frame, error, true);
    this.#settle.reject(error);
  }

  #end(): void {
    this.#settled = true;
    this.#run.onAbort = undefined;
    this.#queue.close();
  }
}

/** One failure as it is, several as one error, in task order. */
function joinFailures(failures: ReadonlyMap<number, Error>): Error {
  const inOrder = [...failures].sort(([a], [b]) => a - b).map(([, error]) => error);
  return inOrder.length === 1 ? inOrder[0]! : new SeveralFailuresError(inOrder);
}

function entryInput(state: unknown): unknown {
  return (state as Record<string, unknown>)[ENTRY_KEYS.input];
}
