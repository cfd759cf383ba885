import type { RunEvent } from '../../engine/model/events.ts';
import { GRAPH, type GraphHandle, type GraphHost } from '../../engine/model/graphHandle.ts';
import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { evaluateBundle } from '../../loader/bundle/evaluateBundle.ts';
import { listGraphs, type LoadedGraph, type Wanted } from '../../loader/listGraphs.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import { chooseGraph, tellChoice } from '../chooseGraph.ts';
import type { RunnerErrorCode } from '../errors.ts';

/** What calls of a graph are given to find its thread. */
export interface CallConfig {
  readonly configurable?: {
    readonly thread_id: string;
    readonly checkpoint_ns?: string;
    readonly checkpoint_id?: string;
  };
}

/** What the runner uses of a graph, which may belong to any copy of the library. */
interface CompiledGraph {
  readonly name: string;
  invoke(
    input: unknown,
    config: {
      readonly signal: AbortSignal;
      readonly onEvent: (event: RunEvent) => void;
    } & CallConfig,
  ): Promise<unknown>;
  getState(config: CallConfig, options: { readonly subgraphs: true }): Promise<StateSnapshot>;
  getStateHistory(
    config: CallConfig,
    options?: { readonly limit?: number },
  ): AsyncIterable<StateSnapshot>;
  updateState(config: CallConfig, values: unknown, asNode?: string): Promise<unknown>;
  getGraph(options: { readonly xray: boolean | number }): {
    readonly nodes: Readonly<
      Record<
        string,
        {
          readonly id: string;
          readonly name: string;
          readonly joins?: readonly (readonly string[])[];
        }
      >
    >;
    drawMermaid(): string;
    mermaidIds(): Record<string, string>;
  };
}

/** A graph that a file exports, brand checked. */
export type RunnableGraph = Omit<LoadedGraph, 'graph'> & { readonly graph: CompiledGraph };

/** The graph for calls of ours, with what we bring to its runs. */
export function hosted(graph: RunnableGraph, host: GraphHost): RunnableGraph {
  const own = graph.handle.forHost?.(host) as
    (CompiledGraph & { readonly [GRAPH]: GraphHandle }) | undefined;
  return own ? { ...graph, graph: own, handle: own[GRAPH] } : graph;
}

/**
 * Runs the file's code and gives its graphs, at least one.
 * @throws {LoadError}
 */
export async function loadGraphs(bundle: Bundle, wanted: Wanted = {}): Promise<RunnableGraph[]> {
  const exports = await evaluateBundle(bundle);
  const adopt =
    bundle.engine === 'langgraph'
      ? await (await import('../langgraph/adoptGraph.ts')).adopter(bundle)
      : undefined;
  // The brand is the promise that the rest is there.
  return (await listGraphs(exports, bundle, {
    ...wanted,
    ...(adopt && { adopt }),
  })) as unknown as RunnableGraph[];
}

/**
 * The graph that is meant, and what to tell about it.
 * @throws {LoadError} UNKNOWN_GRAPH, AMBIGUOUS_GRAPH
 */
export function pickGraph(
  graphs: readonly RunnableGraph[],
  { file, exportName }: { readonly file: string; readonly exportName: string | undefined },
): { readonly graph: RunnableGraph; readonly hints: readonly Problem[] } {
  const { graph, others } = chooseGraph(graphs, exportName);
  if (graph) {
    const hints: Problem[] = graph.hint ? [graph.hint] : [];
    if (exportName === undefined && others.length > 0) {
      hints.push({ severity: 'information', message: tellChoice(graph, others), file });
    }
    return { graph, hints };
  }
  const names = graphs.map((each) => each.exportName).join(', ');
  const [code, message]: [RunnerErrorCode, string] =
    exportName === undefined
      ? ['AMBIGUOUS_GRAPH', `The file exports several graphs, say which one to run: ${names}`]
      : ['UNKNOWN_GRAPH', `The file exports no graph "${exportName}"; it exports: ${names}`];
  throw new LoadError([{ severity: 'error', code, message, file }]);
}
