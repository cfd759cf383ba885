import { localNameOf, type BuilderDraft, type GraphDraft } from './graphDraft.ts';
import { parseSource } from './parseSource.ts';
import type { Problem } from './problem.ts';
import { SourceReader } from './sourceReader.ts';
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
 * Finds the graphs that a file defines by reading its text. Follows variables, functions of the
 * same file, and imports of `superstep` and `@langchain/langgraph` under any name. Never throws:
 * in a text with syntax errors it finds what can be found.
 * @param fileName Its extension tells TypeScript from JavaScript and JSX.
 */
export function findGraphs(source: string, fileName: string): FoundGraphs {
  const { statements, problems, complete } = parseSource(source, fileName);
  const reader = new SourceReader();
  let isRead = true;
  try {
    reader.readModule(statements);
  } catch (error) {
    // Code nested deeper than the stack. What was read so far still counts.
    if (!(error instanceof RangeError)) throw error;
    isRead = false;
  }
  nameExports(reader.exports);
  const graphs = reader.graphs
    .filter(({ isTemplate, exportName }) => !isTemplate || exportName !== undefined)
    .map((graph) => toStaticGraph(graph, reader));
  const builders = reader.builders
    .filter(({ isCompiled }) => !isCompiled)
    .map((builder) => toStaticBuilder(builder, reader));
  return {
    graphs: [...graphs, ...builders].sort(byPlace),
    problems,
    complete: complete && isRead,
  };
}

/** A graph exported twice goes by its first name other than `default`. */
function nameExports(exports: SourceReader['exports']): void {
  for (const { name, value } of exports) {
    const draft =
      value?.kind === 'graph' ? value.graph : value?.kind === 'builder' ? value.builder : undefined;
    if (draft && (draft.exportName ?? 'default') === 'default') draft.exportName = name;
  }
}

function toStaticGraph(graph: GraphDraft, reader: SourceReader): StaticGraph {
  const { builder, exportName, name } = graph;
  return {
    ...(exportName !== undefined && { exportName }),
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
  const { exportName, localName } = builder;
  return {
    ...(exportName !== undefined && { exportName }),
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
