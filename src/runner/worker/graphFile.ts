import type { RunEvent } from '../../engine/model/events.ts';
import type { Bundle } from '../../loader/bundle.ts';
import { evaluateBundle } from '../../loader/evaluateBundle.ts';
import { listGraphs, type LoadedGraph } from '../../loader/listGraphs.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { RunnerErrorCode } from '../errors.ts';

/** What the runner uses of a graph, which may belong to any copy of the library. */
interface CompiledGraph {
  readonly name: string;
  invoke(
    input: unknown,
    config: {
      readonly signal: AbortSignal;
      readonly onEvent: (event: RunEvent) => void;
      readonly configurable?: { readonly thread_id: string };
    },
  ): Promise<unknown>;
  getGraph(options: { readonly xray: boolean | number }): {
    readonly nodes: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
    drawMermaid(): string;
    mermaidIds(): Record<string, string>;
  };
}

/** A graph that a file exports, brand checked. */
export type RunnableGraph = Omit<LoadedGraph, 'graph'> & { readonly graph: CompiledGraph };

/**
 * Runs the file's code and gives its graphs, at least one.
 * @throws {LoadError}
 */
export async function loadGraphs(bundle: Bundle): Promise<RunnableGraph[]> {
  const exports = await evaluateBundle(bundle);
  // The brand is the promise that the rest is there.
  return (await listGraphs(exports, bundle)) as unknown as RunnableGraph[];
}

/**
 * The graph of that export, or the only one.
 * @throws {LoadError} UNKNOWN_GRAPH, AMBIGUOUS_GRAPH
 */
export function chooseGraph(
  graphs: readonly RunnableGraph[],
  { file, exportName }: { readonly file: string; readonly exportName: string | undefined },
): RunnableGraph {
  const isWanted = (graph: RunnableGraph) =>
    exportName === undefined || graph.exportName === exportName;
  const wanted = graphs.filter(isWanted);
  if (wanted.length === 1) return wanted[0]!;
  const names = graphs.map((graph) => graph.exportName).join(', ');
  const [code, message]: [RunnerErrorCode, string] =
    exportName === undefined
      ? ['AMBIGUOUS_GRAPH', `The file exports several graphs, say which one to run: ${names}`]
      : ['UNKNOWN_GRAPH', `The file exports no graph "${exportName}"; it exports: ${names}`];
  throw new LoadError([{ severity: 'error', code, message, file }]);
}
