import { basename } from 'node:path';
import type { Problem } from '../../loader/problem.ts';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { FileDescription } from '../../runner/runner.ts';
import { placeText } from '../../runner/report/failureText.ts';
import type { GraphFile } from '../graphs/graphFiles.ts';
import type { PreviewPanel } from './previewPanel.ts';
import type { PanelTarget } from './panelTarget.ts';
import { RESTRICTED } from '../trust.ts';

/** Brings what is known of a file into a panel of it. */
export function showFile(panel: PreviewPanel, found: GraphFile): void {
  switch (found.state) {
    case 'loaded':
      return showGraph(panel, found.description);
    case 'read':
      return void showText(panel, found.graphs);
    case 'broken': {
      const placed = found.problems.filter(hasPlace);
      return panel.showProblem(found.problems.map(toText).join('\n'), placed);
    }
    case 'deleted':
      return panel.showProblem(`${basename(found.file)} was deleted`);
    default:
      found satisfies never;
  }
}

/**
 * Shows what the text of a file tells, until more is known of it.
 * @param notice Why it is no more than that.
 */
export async function showSketch(
  panel: PreviewPanel,
  graphs: readonly StaticGraph[],
  notice?: string,
): Promise<void> {
  const { target } = panel;
  const { staticDiagram } = await import('./staticDiagram.ts');
  const graph = findGraph(target, graphs);
  // What is known by now is more.
  if (!graph || !panel.isEmpty || panel.target !== target) return;
  const diagram = staticDiagram(graph, { graphs, file: target.file });
  panel.show(target, { ...diagram, ...(notice !== undefined && { notice }) });
}

function showGraph(panel: PreviewPanel, { graphs }: FileDescription): void {
  const { file, exportName } = panel.target;
  const graph = graphs.find((one) => one.exportName === (exportName ?? graphs[0]?.exportName));
  if (!graph) return panel.showProblem(`${basename(file)} exports no graph "${exportName}"`);
  const { name, mermaid, nodes } = graph;
  panel.show({ file, exportName: graph.exportName }, { title: name, mermaid, nodes });
}

/** Shows what the text of a file tells in restricted mode. */
async function showText(panel: PreviewPanel, graphs: readonly StaticGraph[]): Promise<void> {
  const { staticDiagram } = await import('./staticDiagram.ts');
  const { file } = panel.target;
  const graph = findGraph(panel.target, graphs);
  if (!graph) {
    return panel.showProblem(`${RESTRICTED}. No graph was found in the text of ${basename(file)}`);
  }
  const target = { file, ...(graph.exportName && { exportName: graph.exportName }) };
  panel.show(target, {
    ...staticDiagram(graph, { graphs, file }),
    notice: RESTRICTED,
    canRun: false,
  });
}

/** The graph that is meant, or the first that is exported. */
export function findGraph(
  { exportName }: PanelTarget,
  graphs: readonly StaticGraph[],
): StaticGraph | undefined {
  return graphs.find((graph) =>
    exportName === undefined ? graph.exportName !== undefined : graph.exportName === exportName,
  );
}

/** A problem with its place, since the panel has no list in which that would stand. */
function toText(problem: Problem): string {
  return hasPlace(problem) ? `${placeText(problem)} ${problem.message}` : problem.message;
}

function hasPlace({ file, range }: Problem): boolean {
  return file !== undefined && range !== undefined;
}
