import type { StaticGraph } from '../../loader/source/staticGraph.ts';

/** The exported graph that a line (1-based) belongs to; `undefined` where it is none's, or that of several. */
export function graphAt(graphs: readonly StaticGraph[], line1: number): StaticGraph | undefined {
  const there = graphs.filter(
    ({ exportName, range, nodes }) =>
      exportName !== undefined &&
      [range, ...nodes.flatMap((node) => [node.range, node.definition])].some(
        (place) => place && place.line1 <= line1 && line1 <= place.endLine1,
      ),
  );
  return there.length === 1 ? there[0] : undefined;
}
