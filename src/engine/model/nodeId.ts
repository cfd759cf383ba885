/**
 * Ids of nodes in events and drawings: the names of the nodes around one and its own, joined by colons. Where
 * a name holds a colon itself, what is around it cannot be told from the id alone.
 */

/** The id of a node, or task, inside of another; `undefined`: of the graph itself. */
export function nodeIdInside(parentId: string | undefined, name: string): string {
  return parentId === undefined ? name : `${parentId}:${name}`;
}

/** Whether a node is inside of another, at whatever depth. */
export function isInsideNode(id: string, parentId: string): boolean {
  return id.startsWith(`${parentId}:`);
}

/** The names in an id, outermost first. */
export function namesInNodeId(id: string): string[] {
  return id.split(':');
}

/** The ids of what is around a node, outermost first; `[]` for a node of the graph itself. */
export function idsAroundNode(id: string): string[] {
  const ids: string[] = [];
  for (let at = id.indexOf(':'); at !== -1; at = id.indexOf(':', at + 1)) ids.push(id.slice(0, at));
  return ids;
}

/** The id as it is inside of what is around it. */
export function nodeIdWithin(parentId: string, id: string): string {
  return id.slice(parentId.length + 1);
}

/** The id of what is around a node of this name. */
export function parentOfNode(id: string, name: string): string {
  return id.slice(0, -name.length - 1);
}

/** The id of another node of the same graph, by both names. */
export function siblingOfNode(id: string, name: string, other: string): string {
  return id.slice(0, id.length - name.length) + other;
}

/** The two nodes of one graph that an edge belongs to: of what is inside a subgraph, the subgraph. */
export function inOneGraph(source: string, target: string): [source: string, target: string] {
  const [from, to] = [
    [...idsAroundNode(source), source],
    [...idsAroundNode(target), target],
  ];
  let depth = 0;
  while (depth < Math.min(from.length, to.length) - 1 && from[depth] === to[depth]) depth++;
  return [from[depth]!, to[depth]!];
}
