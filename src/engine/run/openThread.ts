import type { Checkpoint, Checkpointer } from '../model/checkpointer.ts';
import { GraphValueError, SuperstepError, show } from '../model/errors.ts';
import { breakpointsOf, type Plan, type Breakpoints } from '../plan/plan.ts';
import { toStateSnapshot } from '../plan/stateSnapshot.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { ThreadView } from './frame.ts';
import type { GraphRun } from './graphRun.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import { ThreadSession, type WantedStart } from './threadSession.ts';

/**
 * Gives a run its session, if it is to be stored: with the checkpointer of its graph, or inside the
 * session of its parent run.
 *
 * @param config Of a call from outside or inside a node; absent for a graph that is a node.
 * @throws {SuperstepError} MISSING_THREAD_ID, MISSING_CHECKPOINTER, UNKNOWN_NODE, INVALID_CONFIG
 */
export function openThread(run: GraphRun, config?: RunConfig): void {
  const { plan, scope, callerTask } = run;
  const { checkpointer, breakpoints } = plan.persistence;
  if (config === undefined && callerTask?.run.session === undefined) return;
  const parentThread = callerTask?.run.session;
  const breaks = config ? withCall(plan, config) : breakpoints;
  if (checkpointer === false || (parentThread === undefined && !isSaver(checkpointer))) {
    return refuseWithout(plan, checkpointer, { breaks, isInside: callerTask !== undefined });
  }
  if (parentThread !== undefined && !isOfOther(plan, parentThread, config)) {
    const { saver, thread, durability, parents, head, pending } = parentThread.checkpoints;
    const isStateful = checkpointer === true;
    const namespace = parentThread.innerNamespaces.next(callerTask!, { isStateful });
    run.session = new ThreadSession({
      plan,
      checkpoints: new CheckpointWriter({
        ...{ plan, saver, durability, clock: scope.clock, onPut: tellOf(run) },
        thread: { threadId: thread.threadId, namespace },
        parents: { ...parents, [thread.namespace]: head!.id },
        after: pending,
      }),
      answers: parentThread.answers,
      breakpoints: breaks,
      parentThread,
      start: {},
      isStateful,
    });
  } else {
    run.session = new ThreadSession({
      plan,
      checkpoints: new CheckpointWriter({
        ...{ plan, saver: checkpointer as Checkpointer, clock: scope.clock, onPut: tellOf(run) },
        thread: { threadId: threadIdOf(plan, scope.config), namespace: '' },
        durability: scope.config.durability ?? 'async',
        parents: {},
      }),
      answers: new Map(scope.internals.elsewhere?.answers),
      breakpoints: breaks,
      parentThread: undefined,
      start: wantedStart(config!),
      isStateful: true,
    });
  }
}

/** Where a call wants to start, if not from the newest state of its thread. */
function wantedStart({ configurable = {} }: RunConfig): WantedStart {
  const { checkpoint_id: checkpointId, checkpoint_ns: namespace = '' } = configurable as {
    checkpoint_id?: string;
    checkpoint_ns?: string;
  };
  return namespace === '' ? { checkpointId } : { inside: { namespace, checkpointId } };
}

/** Reports checkpoints, if somebody listens. */
function tellOf(run: GraphRun): ((checkpoint: Checkpoint) => void) | undefined {
  if (!run.scope.observed) return undefined;
  return (checkpoint) => {
    const { plan, path, session } = run;
    const saved = { checkpoint, tasks: [] };
    const { createdAt: _, ...state } = toStateSnapshot(plan, session!.checkpoints.thread, {
      saved,
      isNewest: false,
      isPast: false,
    });
    run.scope.emit({ type: 'checkpointMade', path, checkpoint: state, ...run.reportedPlace });
  };
}

export function isSaver(checkpointer: unknown): checkpointer is Checkpointer {
  return typeof checkpointer === 'object' && checkpointer !== null;
}

/** A graph with a checkpointer of its own that is called inside a node for another thread. */
function isOfOther(plan: Plan, parentThread: ThreadView, config: RunConfig | undefined): boolean {
  if (!isSaver(plan.persistence.checkpointer) || config === undefined) return false;
  const thread = config.configurable?.['thread_id'] as string | number | undefined;
  return thread !== undefined && String(thread) !== parentThread.checkpoints.thread.threadId;
}

/** @throws {SuperstepError} MISSING_THREAD_ID */
export function threadIdOf(plan: Plan, { configurable }: RunConfig): string {
  const thread = configurable?.['thread_id'] as unknown;
  if ((typeof thread === 'string' && thread !== '') || typeof thread === 'number') {
    return String(thread);
  }
  throw new SuperstepError(
    'MISSING_THREAD_ID',
    `Cannot run ${plan.kind} "${plan.name}": it has a checkpointer, and the call does not name a ` +
      `thread${thread === undefined ? '' : ` (thread_id is ${show(thread)})`}; pass ` +
      `{ configurable: { thread_id: "…" } }`,
    { key: 'thread_id', value: thread },
  );
}

/** The breakpoints of a call take the place of those of its graph. */
function withCall(plan: Plan, config: RunConfig): Breakpoints {
  const { breakpoints } = plan.persistence;
  const { interruptBefore, interruptAfter } = config;
  if (interruptBefore === undefined && interruptAfter === undefined) return breakpoints;
  const own = breakpointsOf(plan.byName, config);
  return {
    ...breakpoints,
    before: interruptBefore === undefined ? breakpoints.before : own.before,
    after: interruptAfter === undefined ? breakpoints.after : own.after,
  };
}

function refuseWithout(
  plan: Plan,
  checkpointer: Plan['persistence']['checkpointer'],
  { breaks, isInside }: { readonly breaks: Breakpoints; readonly isInside: boolean },
): undefined {
  const what = `${plan.kind} "${plan.name}"`;
  if (checkpointer === true && !isInside) {
    throw new GraphValueError(
      'MISSING_CHECKPOINTER',
      `Cannot run ${what} by itself: checkpointer: true means that of the graph around it, and there ` +
        `is none; compile it with new MemorySaver(), or run it inside a graph that has a checkpointer`,
    );
  }
  if (isEmpty(breaks.before) && isEmpty(breaks.after)) return;
  throw new GraphValueError(
    'MISSING_CHECKPOINTER',
    `Cannot pause ${what} at interruptBefore or interruptAfter: nothing keeps its state until it goes ` +
      `on; pass a checkpointer to the outermost graph, compile({ checkpointer: new MemorySaver() })`,
  );
}

function isEmpty(names: ReadonlySet<string> | '*'): boolean {
  return names !== '*' && names.size === 0;
}
