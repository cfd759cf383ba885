import { SuperstepError, show } from '../model/errors.ts';
import { toInputUpdate } from '../plan/entryKeys.ts';
import { withContext } from './withContext.ts';
import type { PlanNode } from '../plan/plan.ts';
import { inherited, mergeConfig } from './runConfig.ts';
import type { Frame } from './frame.ts';
import { GraphRun } from './graphRun.ts';
import { tellStart } from './tellStart.ts';
import { isSignal } from '../model/signals.ts';
import { runLoop } from './loop.ts';
import { forThisGraph, handBack } from './handBack.ts';
import { openThread } from './openThread.ts';
import { toResult } from '../plan/outcome.ts';
import { RunScope } from './runScope.ts';
import { taskKey } from '../model/taskKey.ts';

/**
 * Runs a compiled graph as a node: the keys it shares with its parent graph go in, its output
 * comes back as one update. Its supersteps are its own; its failure fails the task.
 */
export async function runSubgraph(frame: Frame, node: PlanNode, input: unknown): Promise<unknown> {
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
    if (callbacks !== undefined) callbacks.ended(run.toldAs!, ended.output);
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
    if (callbacks !== undefined && !isSignal(error)) callbacks.failed(run.toldAs!, error);
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
function scopeInside({ run }: Frame, { inner, innerConfig: config }: PlanNode): RunScope {
  const { scope } = run;
  if (config === undefined && inner!.context === undefined) return scope;
  const merged = mergeConfig(inherited(scope.config), config);
  return new RunScope(withContext(inner!, merged), {
    parentScope: scope,
    maxConcurrency: config?.maxConcurrency,
  });
}
