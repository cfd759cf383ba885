import type { NodeAction } from '../model/node.ts';
import { nodeIdInside } from '../model/nodeId.ts';
import type { Plan, PlanNode } from './plan.ts';

/**
 * What takes the place of a node, asked for each: `undefined` leaves it as it is.
 * @param id The names of the nodes around and its own, joined by `:`.
 * @param action Its function; `undefined` for a subgraph, whose nodes are asked for only if it stays.
 */
export type ReplaceAction = (id: string, action: NodeAction | undefined) => NodeAction | undefined;

/** The same graph with other functions in the place of its nodes, also of those of its subgraphs. */
export function replaceActions(plan: Plan, replace: ReplaceAction, parentId?: string): Plan {
  return {
    ...plan,
    nodes: plan.nodes.map((node) => replaceNode(node, replace, nodeIdInside(parentId, node.name))),
  };
}

function replaceNode(node: PlanNode, replace: ReplaceAction, id: string): PlanNode {
  const action = replace(id, node.inner ? undefined : node.action);
  if (action) {
    const identity = { changesInput: undefined };
    return {
      ...node,
      action,
      identity,
      inner: undefined,
      innerConfig: undefined,
      worker: undefined,
    };
  }
  return node.inner ? { ...node, inner: replaceActions(node.inner, replace, id) } : node;
}
