import type { Policy } from '../model/policies/policy.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
import type { PlanNode } from '../plan/plan.ts';
import type { Frame } from './frame.ts';
import { callWithCare, learnsToCopy } from './ownCopy.ts';
import { runWithPolicy } from './policies/runWithPolicy.ts';
import { callInTask } from './runContext.ts';
import type { TaskFrame } from './taskFrame.ts';
import { runOnWorker } from './workers/runOnWorker.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { toInputUpdate } from '../plan/entryKeys.ts';
import { withContext } from './withContext.ts';
import { inherited, mergeConfig } from './runConfig.ts';
import { GraphRun } from './graphRun.ts';
import { tellStart } from './tellStart.ts';
import { isAway } from './remote/awaySignal.ts';
import { isSignal } from '../model/signals.ts';
import { runLoop } from './loop.ts';
import { forThisGraph, handBack } from './handBack.ts';
import { openThread } from './openThread.ts';
import { toResult } from '../plan/outcome.ts';
import { RunScope } from './runScope.ts';
import { taskKey } from '../model/taskKey.ts';

/**
 * Runs the node of a task, with the policies that it has.
 * @param timeout That of the task alone, in place of its node's.
 * @returns What its function returns: often a promise.
 */
export function runNode(
  frame: TaskFrame,
  input: unknown,
  timeout: TimeoutPolicy | undefined,
): unknown {
  const { node } = frame;
  const policy = policyFor(node.policy, timeout);
  return policy === undefined
    ? execute(frame, node, input)
    : executeWithPolicy(frame, { policy, input });
}

/**
 * Runs the node once more, on a copy of its input, if it has failed only because it changes that.
 * @returns `undefined` if it has failed for another reason.
 */
export function runOnCopy(
  frame: TaskFrame,
  thrown: unknown,
  input: () => unknown,
): Promise<unknown> | undefined {
  if (!learnsToCopy(frame, frame.node, thrown)) return undefined;
  frame.pushed = undefined;
  const again = async () => execute(frame, frame.node, input());
  return again();
}

/** The policies of a node, with a timeout that one of its tasks has of its own. */
function policyFor(
  policy: Policy | undefined,
  timeout: TimeoutPolicy | undefined,
): Policy | undefined {
  if (timeout === undefined) return policy;
  const none = { retry: undefined, cache: undefined, errorHandler: undefined };
  return { ...none, ...policy, timeout };
}

/** Runs a node's function or graph. */
function execute(frame: Frame, node: PlanNode, input: unknown): unknown {
  if (node.inner) return runSubgraph(frame, node, input);
  if (node.worker !== undefined) {
    const inThread = () => callWithCare(frame, node, input);
    return runOnWorker(frame, { worker: node.worker, args: [input], inThread });
  }
  if (node.identity.changesInput !== false) return callWithCare(frame, node, input);
  return callInTask(frame, node.action!, input);
}

function executeWithPolicy(
  frame: TaskFrame,
  { policy, input }: { readonly policy: Policy; readonly input: unknown },
): unknown {
  const { node } = frame;
  const outcome = runWithPolicy(frame, { policy, input }, async (attempt) => {
    try {
      return await execute(attempt, node, input);
    } catch (thrown) {
      if (!learnsToCopy(attempt, node, thrown)) throw thrown;
      attempt.pushed = undefined;
      return execute(attempt, node, input);
    }
  });
  // It was in the cache, or given up before it began.
  return node.worker ? outcome.finally(() => frame.seat?.free()) : outcome;
}

/**
 * Runs a compiled graph as a node: the keys it shares with its parent graph go in, its output
 * comes back as one update. Its supersteps are its own; its failure fails the task.
 */
async function runSubgraph(frame: Frame, node: PlanNode, input: unknown): Promise<unknown> {
  const plan = node.inner!;
  if (plan.kind === 'graph' && (typeof input !== 'object' || input === null)) {
    throw new SuperstepError(
      'INVALID_INPUT',
      `Cannot start subgraph "${node.name}" with ${show(input)}: its input must be an object`,
      { nodes: [node.name], value: input },
    );
  }
  const run = new GraphRun(plan, scopeInside(frame, node), frame);
  const { callbacks } = run.scope;
  if (callbacks !== undefined) tellStart(run, input);
  try {
    openThread(run);
    const ended = await runLoop(run, toInputUpdate(plan, sharedInput(frame, node, input)));
    if (callbacks !== undefined) callbacks.ended(run.callbackId!, ended.output);
    if (ended.interrupts) {
      throw frame.run.session!.questions.raise(
        frame,
        ended.interrupts,
        run.session!.checkpoints.thread.namespace,
      );
    }
    if (ended.parent.length === 0)
      return handBack(frame, node, { run, input, output: ended.output });
    return toResult(frame.run.plan, node.name, forThisGraph(ended.parent));
  } catch (error) {
    if (callbacks !== undefined && !isSignal(error) && !isAway(error))
      callbacks.failed(run.callbackId!, error);
    throw error;
  } finally {
    run.end();
  }
}

/** What a strict subgraph takes of the state around it; of what was sent to it, all is meant. */
function sharedInput(frame: Frame, { name, inner }: PlanNode, input: unknown): unknown {
  const { rules, keys } = inner!.input;
  if (!rules.isStrict || frame.key !== taskKey(name, -1)) return input;
  const given = input as Record<string, unknown>;
  return Object.fromEntries(keys.filter((key) => key in given).map((key) => [key, given[key]]));
}

/** The scope of the parent run, or one that differs from it by what the subgraph has of its own. */
export function scopeInside({ run }: Frame, { inner, innerConfig: config }: PlanNode): RunScope {
  const { scope } = run;
  if (config === undefined && inner!.context === undefined) return scope;
  const merged = mergeConfig(inherited(scope.config), config);
  return new RunScope(withContext(inner!, merged), {
    parentScope: scope,
    maxConcurrency: config?.maxConcurrency,
  });
}
