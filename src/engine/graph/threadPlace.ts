import type { Checkpointer, ThreadAddress } from '../model/checkpointer.ts';
import { GraphValueError, SuperstepError } from '../model/errors.ts';
import { nodeInPart } from '../model/taskKey.ts';
import { isSaver, threadIdOf } from '../run/openThread.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** A thread of a graph, or of a subgraph in it, as a config names it. */
export interface ThreadPlace {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly checkpointId: string | undefined;
  readonly plan: Plan;
}

/**
 * What a config names.
 * @param action What is to be done there, for errors.
 * @throws {SuperstepError} MISSING_CHECKPOINTER, MISSING_THREAD_ID, UNKNOWN_CHECKPOINT
 */
export function placeOf(root: Plan, config: RunConfig, action: string): ThreadPlace {
  const saver = root.persistence.checkpointer;
  if (!isSaver(saver)) {
    throw new GraphValueError(
      'MISSING_CHECKPOINTER',
      `Cannot ${action} ${root.kind} "${root.name}": it has no checkpointer; ` +
        `compile it with { checkpointer: new MemorySaver() }`,
    );
  }
  const threadId = threadIdOf(root, config);
  const { checkpoint_ns: namespace = '', checkpoint_id: checkpointId } = (config.configurable ??
    {}) as { checkpoint_ns?: string; checkpoint_id?: string };
  const thread = { threadId, namespace };
  return { saver, thread, checkpointId, plan: planInside(root, namespace) };
}

/** The subgraph that a namespace belongs to. */
function planInside(root: Plan, namespace: string): Plan {
  let plan = root;
  for (const part of namespace === '' ? [] : namespace.split('|')) {
    const name = nodeInPart(part);
    const index = plan.byName.get(name);
    const inside = index === undefined ? undefined : plan.nodes[index]!.inner;
    if (inside === undefined) {
      throw new SuperstepError(
        'UNKNOWN_CHECKPOINT',
        `Cannot find the state of "${part}" in "${plan.name}": it has no subgraph of that name ` +
          `(graphs that are called inside a node keep their state to themselves)`,
        { nodes: [name] },
      );
    }
    plan = inside;
  }
  return plan;
}
