import { fingerprint } from '../../model/checkpointIds.ts';
import type { Exits, Plan } from '../../plan/plan.ts';

/** By the nodes of the graph, which all its plans share. */
const known = new WeakMap<Plan['nodes'], string>();

/** A fingerprint of a graph's nodes, edges and the text of its functions, of those inside it too. */
export function codeOf(plan: Plan): string {
  let code = known.get(plan.nodes);
  if (code === undefined) known.set(plan.nodes, (code = fingerprint(textOf(plan))));
  return code;
}

function textOf(plan: Plan): string {
  const nodes = plan.nodes.map((node) => {
    const inner = node.inner && codeOf(node.inner);
    return [node.name, String(node.action), inner, ...exitsOf(node)];
  });
  return JSON.stringify([
    plan.kind,
    plan.channels.map(({ key }) => key),
    exitsOf(plan.start),
    nodes,
  ]);
}

function exitsOf({ edges, barriers, routers }: Exits): unknown[] {
  return [edges, barriers, routers.map(({ action }) => String(action))];
}
