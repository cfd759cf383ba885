import type { SourceRange, StaticGraph } from '../../loader/source/staticGraph.ts';

/** An edit, as the editor reports it: lines are 0-based, the text replaces the range. */
export interface LineEdit {
  readonly range: {
    readonly start: { readonly line: number };
    readonly end: { readonly line: number };
  };
  readonly text: string;
}

/**
 * Moves graphs along with edits, by whole lines, for as long as the text cannot be parsed: what
 * stands below an edit moves with it, what stands above stays.
 */
export function shiftGraphs(
  graphs: readonly StaticGraph[],
  edits: readonly LineEdit[],
): readonly StaticGraph[] {
  return edits.reduce((shifted, { range, text }) => {
    const added = text.split('\n').length - 1 - (range.end.line - range.start.line);
    if (added === 0) return shifted;
    const endLine1 = range.end.line + 1;
    const firstLine1 = range.start.line + 1;
    const move = (line1: number): number =>
      line1 > endLine1 ? line1 + added : Math.min(line1, Math.max(firstLine1, line1 + added));
    const moveRange = (source: SourceRange): SourceRange =>
      source.line1 < firstLine1
        ? source
        : { ...source, line1: move(source.line1), endLine1: move(source.endLine1) };
    return shifted.map((graph) => ({
      ...graph,
      range: moveRange(graph.range),
      nodes: graph.nodes.map((node) => ({
        ...node,
        range: moveRange(node.range),
        ...(node.definition && { definition: moveRange(node.definition) }),
      })),
    }));
  }, graphs);
}
