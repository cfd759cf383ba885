import { localNameOf, type BuilderDraft, type GraphDraft } from './graphDraft.ts';
import type { Problem } from '../problem.ts';
import { readSource } from './readSource.ts';
import type { SourceReader } from './sourceReader.ts';
import type { StaticGraph } from './staticGraph.ts';

/** What a source text tells about its graphs without being run. */
export interface FoundGraphs {
  /** In the order of their definitions; compiled graphs, and builders nobody compiles. */
  readonly graphs: readonly StaticGraph[];
  /** Syntax errors, as seen by a parser that goes on after them. */
  readonly problems: readonly Problem[];
  /** False if parts of the text could not be read, so that `graphs` may lack some. */
  readonly complete: boolean;
}

/**
 * Finds the graphs that a file defines by reading its text, and those that its exported functions
 * return. Follows variables, functions of the same file, imports of `superstep`, LangGraph.js and the
 * agents of LangChain under any name, and constants of files beside it. Never throws: in a text with
 * syntax errors it finds what can be found.
 * @param fileName Its path; the extension tells TypeScript from JavaScript and JSX.
 */
export function findGraphs(source: string, fileName: string): FoundGraphs {
  const { reader, problems, complete } = readSource(source, fileName);
  const graphs = reader.graphs
    .filter(({ isTemplate, exportName }) => !isTemplate || exportName !== undefined)
    .map((graph) => toStaticGraph(graph, reader));
  const builders = reader.builders
    .filter(({ isCompiled }) => !isCompiled)
    .map((builder) => toStaticBuilder(builder, reader));
  return {
    graphs: [...graphs, ...builders].sort(byPlace),
    problems,
    complete,
  };
}

function toStaticGraph(graph: GraphDraft, reader: SourceReader): StaticGraph {
  const { builder, exportName, name, isFactory, isInFunction } = graph;
  return {
    ...(exportName !== undefined && { exportName }),
    ...(isFactory && { isFactory }),
    ...(isInFunction && { isInFunction }),
    localName: localNameOf(graph),
    kind: builder.kind,
    ...(name !== undefined && { name }),
    range: graph.range ?? builder.range,
    ...builder.finish(),
    inputFields: inputFieldsOf(builder, reader),
    compiled: true,
  };
}

function toStaticBuilder(builder: BuilderDraft, reader: SourceReader): StaticGraph {
  const { exportName, localName, isFactory } = builder;
  return {
    ...(exportName !== undefined && { exportName }),
    ...(isFactory && { isFactory }),
    localName: localName ?? exportName ?? builder.kind,
    kind: builder.kind,
    range: builder.range,
    ...builder.finish(),
    inputFields: inputFieldsOf(builder, reader),
    compiled: false,
  };
}

/** Of a state, many keys are what nodes write: they are no part of what the graph is given. */
function inputFieldsOf(
  { input: { isOwn, types } }: BuilderDraft,
  reader: SourceReader,
): NonNullable<StaticGraph['inputFields']> {
  return new Map(
    [...types].map(([key, { type, optional }]) => [
      key,
      { type, required: !optional && (isOwn || reader.isOnlyRead(key)) },
    ]),
  );
}

function byPlace({ range: a }: StaticGraph, { range: b }: StaticGraph): number {
  return a.line1 - b.line1 || a.column1 - b.column1;
}
