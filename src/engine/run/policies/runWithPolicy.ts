import type { PlanNode } from '../../plan/plan.ts';
import { toTaskError } from '../failure.ts';
import type { Frame } from '../frame.ts';
import { isSignal } from '../../model/signals.ts';
import { callInFrame } from '../runContext.ts';
import { Outcome, toResult, type Update } from '../../plan/outcome.ts';
import type { AttemptFrame } from './attemptFrame.ts';
import { withCache } from './cache.ts';
import { NodeError, type Policy } from '../../model/policies/policy.ts';
import { runAttempts } from './runAttempts.ts';

/** A node's task. */
interface NodeTask extends Frame {
  readonly node: PlanNode;
  attempt: number;
  isCached: boolean;
  handled: Error | undefined;
  pushed: Update[] | undefined;
}

/**
 * Runs a node's task as its policy says: from the cache, or in as many attempts as it takes, each
 * within its time; if all fail, its error handler takes its place.
 */
export async function runWithPolicy(
  task: NodeTask,
  { policy, input }: { readonly policy: Policy; readonly input: unknown },
  call: (frame: AttemptFrame) => unknown,
): Promise<Outcome> {
  const { node, run } = task;
  let outcome: Outcome | undefined;
  const produce = () =>
    runAttempts(task, { policy, worker: node.worker }, async (frame) => {
      const returned = await call(frame);
      outcome = toOutcome(task, returned);
      if (frame.pushed) task.pushed = frame.pushed;
      return returned;
    });
  try {
    if (policy.cache === undefined || run.cache === undefined) await produce();
    else {
      const owner = [run.plan.name, node.name];
      const { identity, action: code } = node;
      const cached = { cache: run.cache, policy: policy.cache, owner, identity, code };
      const { value, isCached } = await withCache({ ...cached, args: [input] }, produce);
      task.isCached = isCached;
      outcome ??= toOutcome(task, value);
    }
  } catch (thrown) {
    const { errorHandler } = policy;
    if (!errorHandler || run.abortReason !== undefined || isSignal(thrown)) throw thrown;
    outcome = await handle(task, errorHandler, thrown);
  }
  return outcome!;
}

function toOutcome({ run, node }: NodeTask, returned: unknown): Outcome {
  if (returned instanceof Outcome) return returned;
  return Outcome.of(toResult(run.plan, node.name, returned));
}

async function handle(
  task: NodeTask,
  errorHandler: NonNullable<Policy['errorHandler']>,
  thrown: unknown,
): Promise<Outcome> {
  const error = toTaskError(thrown, task);
  const failed = new NodeError(task.node.name, error);
  const returned = await callInFrame(task, errorHandler, [task.input, failed, task.config]);
  const outcome = toOutcome(task, returned);
  task.handled = error;
  outcome.isHandled = true;
  return outcome;
}
