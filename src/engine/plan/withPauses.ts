import type { HostPauses } from '../model/graphHandle.ts';
import { nodeIdInside } from '../model/nodeId.ts';
import type { Plan } from './plan.ts';

/** The same graph, whose runs pause where a host says so, in its subgraphs too. */
export function withPauses(plan: Plan, pauses: HostPauses, parentId?: string): Plan {
  const idOf = (name: string) => nodeIdInside(parentId, name);
  const host: HostPauses = (when, name, input) => pauses(when, idOf(name), input);
  const { persistence, nodes } = plan;
  return {
    ...plan,
    persistence: { ...persistence, breakpoints: { ...persistence.breakpoints, host } },
    nodes: nodes.map((node) =>
      node.inner ? { ...node, inner: withPauses(node.inner, pauses, idOf(node.name)) } : node,
    ),
  };
}
