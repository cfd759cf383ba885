import type { Checkpoint } from '../model/checkpointer.ts';
import { SuperstepError } from '../model/errors.ts';
import type { Plan, PlanNode } from './plan.ts';

/** Names of the nodes that a checkpoint has scheduled and that the graph does not have any more. */
export function goneNodes({ byName }: Plan, { next }: Checkpoint): readonly string[] {
  const { nodes, sends, deferred } = next;
  const names = [...nodes, ...sends.map(({ node }) => node), ...deferred];
  return [...new Set(names.filter((name) => !byName.has(name)))];
}

/**
 * The plan with the nodes put back that a checkpoint has scheduled and that are gone, without their code: to
 * read what is stored, and to give up what they were to do. Never to run.
 */
export function withGoneNodes(plan: Plan, checkpoint: Checkpoint): Plan {
  const gone = goneNodes(plan, checkpoint);
  if (gone.length === 0) return plan;
  const first = plan.nodes.length;
  const standIns = gone.map((name, i) => standIn(plan, { name, index: first + i }));
  return {
    ...plan,
    nodes: [...plan.nodes, ...standIns],
    byName: new Map([...plan.byName, ...standIns.map(({ name, index }) => [name, index] as const)]),
  };
}

function standIn({ state }: Plan, { name, index }: Pick<PlanNode, 'name' | 'index'>): PlanNode {
  return {
    ...{ name, index, rank: index, identity: { changesInput: false }, view: state },
    ...{ edges: [], barriers: [], routers: [], plain: true },
    ...{ action: undefined, policy: undefined, maxConcurrency: undefined, worker: undefined },
    ...{ inner: undefined, innerConfig: undefined, ownInput: false, defer: false },
  };
}

/**
 * Before anything is written to a thread that is to go on.
 * @throws {SuperstepError} UNKNOWN_NODE when a node that is to run is gone.
 */
export function checkNext(plan: Plan, checkpoint: Checkpoint): void {
  const [name] = goneNodes(plan, checkpoint);
  if (name === undefined) return;
  throw new SuperstepError(
    'UNKNOWN_NODE',
    `Cannot continue the thread in graph "${plan.name}": node "${name}" is to run next, and the ` +
      `graph does not have it any more; add it, or move on with updateState(config, {}, asNode)`,
    { nodes: [name] },
  );
}
