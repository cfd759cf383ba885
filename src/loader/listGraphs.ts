import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BUILDER, GRAPH, type BuilderMark, type GraphHandle } from '../engine/model/graphHandle.ts';
import type { Bundle } from './bundle/bundle.ts';
import { callFactories, functionsOf, type Made } from './callFactories.ts';
import { nameOfExport, UNNAMED } from './graphName.ts';
import { LoadError } from './loadError.ts';
import type { Problem } from './problem.ts';
import type { StaticGraph } from './source/staticGraph.ts';

/** A graph that a file exports. */
export interface LoadedGraph {
  /** `default` for a default export. */
  readonly exportName: string;
  /** The compiled graph or entrypoint itself. */
  readonly graph: object;
  readonly handle: GraphHandle;
  /** The file offers `input`. */
  readonly hasInput: boolean;
  readonly input?: unknown;
  /** The file exports it without `compile()`, which was called here; with what to tell about it. */
  readonly hint?: Problem;
}

type Exports = Readonly<Record<string, unknown>>;

/** Which graphs are wanted. */
export interface Wanted {
  /** Only this one is needed, or, without a name, the one that is meant; else all. */
  readonly only?: { readonly exportName: string | undefined };
  /** Told why functions make no graph, where there are others. */
  readonly tell?: (problems: readonly Problem[]) => void;
  /**
   * Makes of the graphs and builders of another library objects that are marked as ours are, always the same of
   * the same; gives back anything else as it is.
   */
  readonly adopt?: (value: unknown) => unknown;
}

/**
 * The graphs among a module's exports, in the order of the source text. An object exported twice
 * is listed once, under its name rather than as `default`. What the file exports as `inputs`, by
 * export name, is their input; what it exports as `input` is that of the first.
 *
 * A builder that nobody has compiled is compiled, without options: a file that exports a builder means
 * its graph. One that is compiled elsewhere is no graph of its own. One that cannot be compiled is left
 * out as long as there are others. A function that makes a graph is called for it, where that is wanted.
 * @throws {LoadError} NO_GRAPH if there is none, saying what to do about it; the reason why a builder
 * cannot be compiled or a function makes no graph, if there is nothing else.
 */
export async function listGraphs(
  namespace: Exports,
  bundle: Pick<Bundle, 'file' | 'exports' | 'names'>,
  wanted: Wanted = {},
): Promise<LoadedGraph[]> {
  // CommonJS gives its exports as the default one; so does `export default { a, b }`.
  const candidates = [namespace, namespace['default']].filter(isObject) as Exports[];
  let failure: LoadError | undefined;
  for (const exports of candidates) {
    const graphs = graphsOf(exports, bundle.exports, wanted.adopt);
    const made = await madeBy(exports, { graphs, bundle, wanted });
    failure ??= made.failures[0];
    // Whoever asks for it by name is told why it is not there; others that is no reason to go without.
    if (failure && wanted.only?.exportName !== undefined) throw failure;
    for (const { problems } of made.failures) {
      wanted.tell?.(problems.map((problem) => ({ ...problem, severity: 'warning' })));
    }
    const all = inOrder([...graphs, ...made.graphs], bundle.exports);
    if (all.length === 0) continue;
    const usable = await compileBuilders(all, bundle.file);
    for (const graph of usable) nameGraph(graph, bundle);
    return usable.map((graph, i) => ({ ...graph, ...inputOf(graph, { exports, i }) }));
  }
  throw failure ?? (await noGraph(candidates, bundle.file));
}

/** A graph without a name gets that of its project, or of its export: not all are to be called alike. */
function nameGraph(
  { graph, exportName, handle }: Pick<LoadedGraph, 'graph' | 'exportName' | 'handle'>,
  { file, names }: Pick<Bundle, 'file' | 'names'>,
): void {
  // A graph of an older copy of the library keeps its name, as `set` then does nothing.
  if (handle.kind === 'graph' && Reflect.get(graph, 'name') === UNNAMED) {
    Reflect.set(graph, 'name', names[exportName] ?? nameOfExport(exportName, file));
  }
}

/** What functions make, if they have to be called for what is wanted. */
async function madeBy(
  exports: Exports,
  {
    graphs,
    bundle: { file },
    wanted: { only, adopt },
  }: {
    readonly graphs: readonly Found[];
    readonly bundle: Pick<Bundle, 'file'>;
    readonly wanted: Wanted;
  },
): Promise<Made> {
  const isThere =
    only !== undefined &&
    (only.exportName === undefined
      ? graphs.length > 0
      : graphs.some(({ exportName }) => exportName === only.exportName));
  if (isThere || functionsOf(exports).length === 0) return { graphs: [], failures: [] };
  return callFactories(exports, {
    file,
    places: await readGraphs(file),
    wanted: only?.exportName,
    graphIn(result) {
      const graph = graphIn(result, adopt);
      return isMarked(graph) ? graph : undefined;
    },
  });
}

function inOrder(graphs: readonly Found[], names: readonly string[]): Found[] {
  const placeOf = ({ exportName }: Found) => {
    const place = names.indexOf(exportName);
    return place < 0 ? Infinity : place;
  };
  return [...graphs].sort((a, b) =>
    placeOf(a) < placeOf(b) ? -1 : Number(placeOf(a) > placeOf(b)),
  );
}

function isMarked(value: unknown): value is object {
  return (brand(value, GRAPH) ?? brand(value, BUILDER)) !== undefined;
}

function graphsOf(exports: Exports, order: readonly string[], adopt: Wanted['adopt']) {
  const names = [...new Set([...order, ...Object.keys(exports)])];
  const named = names.filter((name) => name !== 'default');
  const seen = new Set<unknown>();
  const graphs = [...named, 'default'].flatMap((exportName) => {
    const graph = graphIn(exports[exportName], adopt);
    if (seen.has(graph) || !(brand(graph, GRAPH) ?? isUncompiled(graph))) return [];
    seen.add(graph);
    return [{ exportName, graph: graph as object }];
  });
  return graphs.sort((a, b) => names.indexOf(a.exportName) - names.indexOf(b.exportName));
}

/** An agent of `langchain` is an object around its graph. */
function graphIn(given: unknown, adopt: Wanted['adopt'] = (value) => value): unknown {
  const value = adopt(given);
  if (!isObject(value) || GRAPH in value || BUILDER in value) return value;
  const graph = adopt(value['graph']);
  return brand(graph, GRAPH) === undefined ? value : graph;
}

interface Found {
  readonly exportName: string;
  readonly graph: object;
}

/** A builder that no code of the file, or of its imports, has compiled. */
function isUncompiled(value: unknown): boolean {
  const mark = brand(value, BUILDER) as BuilderMark | undefined;
  if (mark === undefined || typeof (value as Partial<Builder>).compile !== 'function') return false;
  // An older copy of the library does not know.
  return !(mark.isCompiled?.() ?? false);
}

interface Builder {
  compile(): object;
}

async function compileBuilders(
  found: readonly Found[],
  file: string,
): Promise<Pick<LoadedGraph, 'exportName' | 'graph' | 'handle' | 'hint'>[]> {
  const places = found.some(({ graph }) => isUncompiled(graph)) ? await readGraphs(file) : [];
  let failure: LoadError | undefined;
  const graphs = found.flatMap(({ exportName, graph }) => {
    if (!isUncompiled(graph)) return [{ exportName, graph, handle: handleOf(graph) }];
    const what = exportName === 'default' ? 'The default export' : `"${exportName}"`;
    const at = places.find((place) => place.exportName === exportName);
    const place = { file, ...(at && { range: at.range }) };
    try {
      const compiled = (graph as unknown as Builder).compile();
      const message = `${what} is not compiled; Superstep calls .compile() to run it. Export what .compile() returns to give it options, such as a checkpointer.`;
      const hint: Problem = {
        severity: 'information',
        code: 'BUILDER_NOT_COMPILED',
        message,
        ...place,
      };
      return [{ exportName, graph: compiled, handle: handleOf(compiled), hint }];
    } catch (error) {
      const { code = 'UNCAUGHT_ERROR', message: why } = error as Error & { code?: string };
      const message = `${what} is not compiled, and cannot be: ${why}`;
      failure ??= new LoadError([{ severity: 'error', code, message, ...place }], { cause: error });
      return [];
    }
  });
  if (graphs.length === 0 && failure) throw failure;
  return graphs;
}

function handleOf(graph: object): GraphHandle {
  return brand(graph, GRAPH) as GraphHandle;
}

function inputOf(
  { exportName }: { exportName: string },
  { exports, i }: { exports: Exports; i: number },
): Pick<LoadedGraph, 'hasInput' | 'input'> {
  const { inputs } = exports;
  if (isObject(inputs) && Object.hasOwn(inputs, exportName)) {
    return { hasInput: true, input: inputs[exportName] };
  }
  const isFirst = i === 0 && Object.hasOwn(exports, 'input');
  return isFirst ? { hasInput: true, input: exports['input'] } : { hasInput: false };
}

async function noGraph(candidates: readonly Exports[], file: string): Promise<LoadError> {
  const entries = candidates.flatMap((exports) => Object.entries(exports));
  const foreign = entries.find(([, value]) => brand(value, 'lg_is_pregel') === true)?.[0];
  const found = await readGraphs(file);
  const hidden = found.find(({ exportName, compiled }) => exportName === undefined && compiled);
  const at =
    found.find(({ exportName }) => exportName === foreign && foreign !== undefined) ??
    hidden ??
    found[0];
  return new LoadError([
    {
      severity: 'error',
      code: 'NO_GRAPH',
      message: explain({ foreign, hidden, name: basename(file) }),
      file,
      ...(at && { range: at.range }),
    },
  ]);
}

function explain({
  foreign,
  hidden,
  name,
}: {
  foreign: string | undefined;
  hidden: StaticGraph | undefined;
  name: string;
}): string {
  if (foreign !== undefined) {
    return `"${foreign}" was made by a copy of @langchain/langgraph that Superstep does not stand in for, such as one inside a bundled package. Make the graph with what you import from "@langchain/langgraph", or "superstep".`;
  }
  if (hidden?.isInFunction) {
    return `"${hidden.localName}" is made in a function that is not exported, or needs arguments: export one that returns it, and takes nothing or a config.`;
  }
  if (hidden) {
    return `"${hidden.localName}" is not exported: write "export" before its declaration, or "export { ${hidden.localName} }".`;
  }
  return `${name} exports no graph. Export what compile() returns, such as: export const graph = new StateGraph(State).addNode(…).compile();`;
}

/** The parser is loaded only here, where there is nothing to run. */
async function readGraphs(file: string): Promise<readonly StaticGraph[]> {
  const { findGraphs } = await import('./source/findGraphs.ts');
  try {
    return findGraphs(await readFile(file, 'utf8'), file).graphs;
  } catch {
    // Deleted since it was bundled: then there is no place to point at.
    return [];
  }
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function brand(value: unknown, key: PropertyKey): unknown {
  return isObject(value) || typeof value === 'function'
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
