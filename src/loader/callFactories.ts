import { BUILDER, GRAPH } from '../engine/model/graphHandle.ts';
import { LoadError } from './loadError.ts';
import { toProblem } from './locate.ts';
import type { Problem } from './problem.ts';
import type { StaticGraph } from './source/staticGraph.ts';

/** What exported functions have made. */
export interface Made {
  readonly graphs: readonly { readonly exportName: string; readonly graph: object }[];
  /** One for each function that made none. */
  readonly failures: readonly LoadError[];
}

/** The functions among a module's exports, which are neither graphs nor classes. */
export function functionsOf(exports: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(exports).filter((name) => {
    const value = exports[name];
    if (typeof value !== 'function' || GRAPH in value || BUILDER in value) return false;
    return !/^class\b/.test(Function.prototype.toString.call(value));
  });
}

/**
 * Calls the functions that make graphs, as the text tells or because they were asked for by name, one
 * after another and with an empty config.
 * @param options.graphIn What of a result is the graph.
 */
export async function callFactories(
  exports: Readonly<Record<string, unknown>>,
  {
    file,
    places,
    wanted,
    graphIn,
  }: {
    readonly file: string;
    readonly places: readonly StaticGraph[];
    readonly wanted: string | undefined;
    readonly graphIn: (value: unknown) => object | undefined;
  },
): Promise<Made> {
  const known = new Map(
    places.flatMap((graph) => (graph.isFactory ? [[graph.exportName!, graph] as const] : [])),
  );
  const graphs: { exportName: string; graph: object }[] = [];
  const failures: LoadError[] = [];
  for (const exportName of functionsOf(exports)) {
    if (exportName !== wanted && (wanted !== undefined || !known.has(exportName))) continue;
    const at = { file, ...(known.has(exportName) && { range: known.get(exportName)!.range }) };
    const factory = exports[exportName] as (config: object) => unknown;
    if (factory.length > 1 && !known.has(exportName)) {
      failures.push(new LoadError([needsMore(exportName, factory.length, at)]));
      continue;
    }
    try {
      const result = await factory({ configurable: {}, metadata: {}, tags: [] });
      const graph = graphIn(result);
      if (graph) graphs.push({ exportName, graph });
      else failures.push(new LoadError([noGraphMade(exportName, result, at)]));
    } catch (error) {
      const { message, ...problem } = toProblem(error, { file, inputs: [file] });
      const told = `"${exportName}" was called to make its graph, and threw: ${message}`;
      failures.push(new LoadError([{ ...at, ...problem, message: told }], { cause: error }));
    }
  }
  return { graphs, failures };
}

function needsMore(name: string, count: number, at: Pick<Problem, 'file' | 'range'>): Problem {
  const message = `"${name}" needs ${count} arguments to make a graph. Export a function that takes nothing or a config.`;
  return { severity: 'error', code: 'NO_GRAPH', message, ...at };
}

function noGraphMade(name: string, result: unknown, at: Pick<Problem, 'file' | 'range'>): Problem {
  const what = result === null ? 'null' : typeof result === 'object' ? 'an object' : typeof result;
  const message = `"${name}" was called to make its graph, and returned ${what}. Return what .compile() gives.`;
  return { severity: 'error', code: 'NO_GRAPH', message, ...at };
}
