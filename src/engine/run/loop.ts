import type { Interrupt } from '../model/checkpointer.ts';
import type { Command } from '../model/command.ts';
import {
  GraphDrained,
  GraphRecursionError,
  SuperstepError,
  TimeoutError,
} from '../model/errors.ts';
import type { BreakpointInfo } from '../model/events.ts';
import { asksMore, readView, type Plan } from '../plan/plan.ts';
import { checkState, readChecked } from '../plan/readChecked.ts';
import { yieldToEventLoop } from '../model/clock.ts';
import { applyWrites } from '../plan/applyWrites.ts';
import { startRun } from './startRun.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, type TaskResult } from '../plan/outcome.ts';
import { STEPS_TO_TELL, findLoop } from '../plan/findLoop.ts';
import { prepareTasks, type TaskSet } from '../plan/prepareTasks.ts';
import { runTasks } from './runTasks.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { settledWith } from '../plan/partialStep.ts';
import type { RunInput } from './resolveStart.ts';
import type { ThreadSession } from './threadSession.ts';
import { acquireThread } from './threadLocks.ts';

/** How a graph came to its end. */
export interface Ended {
  /** The state, filtered by the output schema. */
  readonly output: Record<string, unknown>;
  /** What nodes asked of its parent graph; the run stopped there. */
  readonly parent: readonly Command[];
  /** The nodes that returned them. */
  readonly askedBy: readonly string[];
  /** The run has paused: the questions that wait for an answer, none at a breakpoint. */
  readonly interrupts: readonly Interrupt[] | undefined;
}

/** Runs a graph to its end, and stores what is left to store however it ends. */
export function runLoop(run: GraphRun, input: RunInput): Promise<Ended> {
  return run.session === undefined
    ? superstepsOf(run, input)
    : storedToTheEnd(run, run.session, input);
}

async function storedToTheEnd(
  run: GraphRun,
  session: ThreadSession,
  input: RunInput,
): Promise<Ended> {
  if (session.parentThread !== undefined) return stored(run, session, input);
  const thread = {
    saver: session.checkpoints.saver,
    threadId: session.checkpoints.thread.threadId,
  };
  const { acquired, release } = acquireThread(thread, { run, caller: run.callerTask });
  try {
    if (acquired !== undefined) await run.orAborted(acquired);
    return await orGivenUp(run, stored(run, session, input));
  } finally {
    release();
  }
}

/** Milliseconds for which a run that was aborted waits for its saver. */
const PATIENCE = 5000;

/** What is left to store is stored, but a saver that does not answer must not hold what was aborted. */
async function orGivenUp<T>(run: GraphRun, work: Promise<T>): Promise<T> {
  const givenUp = Promise.withResolvers<never>();
  let cancel: (() => void) | undefined;
  const watch = {
    abort(reason: Error) {
      cancel = run.scope.clock.after(PATIENCE, () => givenUp.reject(reason));
    },
  };
  run.adopt(watch);
  try {
    return await Promise.race([work, givenUp.promise]);
  } finally {
    run.release(watch);
    cancel?.();
  }
}

async function stored(run: GraphRun, session: ThreadSession, input: RunInput): Promise<Ended> {
  let ended: Ended;
  try {
    ended = await superstepsOf(run, input);
  } catch (error) {
    // What the run failed with counts, not that storing its remains may have failed too.
    await session.close({ isCutOff: true }).catch(() => {});
    throw error;
  }
  await session.close({ isCutOff: ended.interrupts !== undefined || ended.parent.length > 0 });
  return ended;
}

/**
 * The engine: bulk-synchronous supersteps in the manner of Pregel (Malewicz et al., SIGMOD 2010).
 * All tasks of a superstep read the same snapshot; their writes are applied together, in task order,
 * when all of them have finished; what they trigger runs in the next superstep.
 */
async function superstepsOf(run: GraphRun, input: RunInput): Promise<Ended> {
  // Also where there is nothing to wait for: graphs that call each other would use up the stack.
  await startRun(run, input);
  run.countFromHere();
  const recent: Snapshot[] = [];
  for (;;) {
    // 1. Prepare the tasks that the snapshot calls for.
    const tasks = prepareTasks(run.plan, run.snapshot);
    if (tasks.length === 0) return finished(run);
    const before = run.session?.breakpoints.before(tasks);
    if (before) return paused(run, run.session!, { when: 'before', nodes: before });
    const hold = mayStart(run, tasks, recent);
    if (hold !== undefined) await run.orAborted(hold);

    // 2. Run them.
    run.superstepStarted(tasks);
    const results = await runInTime(run, tasks);
    run.callerTask?.onProgress?.(false);
    if (run.session?.records.isPaused) return paused(run, run.session);
    const leaving = commandsForParent(tasks, results);
    if (leaving) return leaving;

    // 3. Apply what they wrote: the next snapshot.
    const { snapshot, writes } = applyWrites(run.plan, run.snapshot, { tasks, results });
    if (run.plan.stateRule !== undefined && snapshot.values !== run.snapshot.values)
      checkWritten(run.plan, snapshot, tasks, results);
    run.guide?.superstepEnded({ tasks, results, next: snapshot });
    run.snapshot = snapshot;
    run.superstepFinished(writes);

    // 4. Store it.
    if (run.session !== undefined) {
      const entry = { source: 'loop', written: writes.keys(), ran: namesOf(tasks) } as const;
      const put = run.session.put(snapshot, entry);
      if (put !== undefined) await put;
    }
    const after = run.session?.breakpoints.after(tasks);
    if (after) return paused(run, run.session!, { when: 'after', nodes: after });
    if (run.isDueToYield()) await new Promise<void>(yieldToEventLoop);
  }
}

/** Runs the tasks of a superstep, and aborts the run if they take longer than they may. */
function runInTime(run: GraphRun, tasks: TaskSet): Promise<TaskResult[]> {
  const { plan, scope, callerTask } = run;
  const ofCall = callerTask?.run.scope === scope ? undefined : scope.config.stepTimeout;
  const limit = ofCall ?? plan.stepTimeout;
  if (limit === undefined) return runTasks(run, tasks);
  const cancel = scope.clock.after(limit, () => {
    const message =
      `Run of "${plan.name}" was aborted: its superstep ${run.snapshot.step + 1} was not done within ` +
      `${limit} ms; allow it more with stepTimeout`;
    run.abort(new TimeoutError('STEP_TIMEOUT', message, { nodes: namesOf(tasks), value: limit }));
  });
  return runTasks(run, tasks).finally(cancel);
}

/**
 * Whether the next superstep may start: at once, or when the promise resolves.
 *
 * @param recent Gets the snapshots of the last supersteps before the limit.
 * @throws {GraphRecursionError} GRAPH_RECURSION_LIMIT
 * @throws {GraphDrained}
 */
function mayStart(run: GraphRun, tasks: TaskSet, recent: Snapshot[]): Promise<void> | undefined {
  checkLimit(run, tasks, recent);
  checkDrain(run);
  return run.scope.internals.pace?.();
}

/** The end of the run: nothing is left to do. */
function finished(run: GraphRun): Ended {
  run.guide?.runEnded();
  const { plan, snapshot } = run;
  const output = asksMore(plan.output)
    ? readAsked(plan, snapshot)
    : readView(plan.output, snapshot.values);
  return { output, parent: [], askedBy: [], interrupts: undefined };
}

/** The output of a graph whose output schema asks more than that of the state. */
function readAsked(plan: Plan, { values }: Snapshot): Record<string, unknown> {
  return readChecked(plan.output, values, (why, key) => {
    const what = key === undefined ? 'what its nodes wrote' : `key "${key}"`;
    return new SuperstepError(
      'VALIDATION_FAILED',
      `Cannot return the output of graph "${plan.name}": ${what}: ${why}; let its nodes write what the ` +
        `schema of its output takes, or let that take less`,
      { ...(key !== undefined && { key }) },
    );
  });
}

/** Beside the loop, each step of which would have to make room for what the closure holds. */
function checkWritten(
  plan: Plan,
  { values }: Snapshot,
  tasks: TaskSet,
  results: readonly TaskResult[],
): void {
  checkState(plan, values, () => writersOf(plan, tasks, results));
}

/** The nodes whose tasks wrote keys that the schema of the state declares. */
function writersOf({ state }: Plan, tasks: TaskSet, results: readonly TaskResult[]): string[] {
  const writers = results.flatMap((result, i) => {
    const updates = Outcome.of(result).updates;
    return updates.some((update) => state.keys.some((key) => Object.hasOwn(update, key)))
      ? [tasks.node(i).name]
      : [];
  });
  return writers;
}

/** Only the outermost graph stops: a subgraph is part of a task, which is not disturbed. */
function checkDrain({ scope, plan, callerTask }: GraphRun): void {
  const control = callerTask === undefined ? scope.control : scope.config.control;
  if (!control?.drainRequested || callerTask?.run.scope === scope) return;
  throw new GraphDrained(plan.name, control.drainReason!);
}

/** @param recent Gets the snapshots of the last supersteps before the limit, to tell of a loop. */
function checkLimit(run: GraphRun, tasks: TaskSet, recent: Snapshot[]): void {
  const limit = run.scope.config.recursionLimit ?? 25;
  const done = run.snapshot.step - run.firstStep;
  if (done >= limit - STEPS_TO_TELL) recent.push(run.snapshot);
  if (done < limit) return;
  const next = namesOf(tasks).slice(0, 10);
  const loop = findLoop(run.plan, recent);
  throw new GraphRecursionError(
    'GRAPH_RECURSION_LIMIT',
    `Graph "${run.plan.name}" is not done after ${limit} supersteps; next would run ` +
      `${next.map((name) => `"${name}"`).join(', ')}. ${loop?.text ?? ''}If it is a loop, let a ` +
      `router return END; if it needs more steps, raise recursionLimit in the config of the call`,
    { nodes: loop?.nodes ?? next },
  );
}

/** The end of the run, if nodes returned commands for its parent graph. */
function commandsForParent(tasks: TaskSet, results: readonly TaskResult[]): Ended | undefined {
  const parent: Command[] = [];
  const askedBy: string[] = [];
  for (let i = 0; i < results.length; i++) {
    const result = results[i];
    if (!(result instanceof Outcome) || result.parent.length === 0) continue;
    parent.push(...result.parent);
    askedBy.push(tasks.node(i).name);
  }
  return parent.length > 0 ? { output: {}, parent, askedBy, interrupts: undefined } : undefined;
}

/**
 * The end of the run for now: the state with the writes of the tasks that are done. Defaults alone are
 * no state: as in LangGraph, nothing is told before something is written.
 */
function paused(run: GraphRun, session: ThreadSession, breakpoint?: BreakpointInfo): Ended {
  const { plan, scope, path } = run;
  const { interrupts } = session.records;
  const { snapshot, written } = settledWith(plan, run.snapshot, session.records.results());
  if (scope.observed) {
    scope.emit({
      type: 'interrupted',
      path,
      superstep: run.snapshot.step + 1,
      interrupts,
      ...(breakpoint && { breakpoint }),
      ...(written.length > 0 && { state: readView(plan.state, snapshot.values) }),
      ...run.reportedPlace,
    });
  }
  const isBlank = snapshot.values === run.defaults;
  const output = isBlank ? {} : readView(plan.output, snapshot.values);
  return { output, parent: [], askedBy: [], interrupts };
}

function namesOf(tasks: TaskSet): string[] {
  if (tasks.length === 1) return [tasks.node(0).name];
  const names = new Set<string>();
  for (let i = 0; i < tasks.length; i++) names.add(tasks.node(i).name);
  return [...names];
}
