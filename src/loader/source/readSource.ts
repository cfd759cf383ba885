import type { Statement } from '@babel/types';
import { takesConfig } from './factories.ts';
import type { BuilderDraft, GraphDraft } from './graphDraft.ts';
import { parseSource } from './parseSource.ts';
import type { Problem } from '../problem.ts';
import { importsBeside } from './readImports.ts';
import { SourceReader } from './sourceReader.ts';

/** A source text, and what its variables are known to hold. */
export interface ReadSource {
  /** Top-level statements in the order of the text. */
  readonly statements: readonly Statement[];
  /** Has gone through all of them. */
  readonly reader: SourceReader;
  /** What the parser did not like. */
  readonly problems: readonly Problem[];
  /** False if parts of the text could not be read at all. */
  readonly complete: boolean;
}

/**
 * Parses a text and reads what it tells. Never throws.
 * @param fileName Its extension tells TypeScript from JavaScript and JSX.
 */
export function readSource(source: string, fileName: string): ReadSource {
  const { statements, problems, complete } = parseSource(source, fileName);
  const reader = new SourceReader(importsBeside(fileName));
  let isRead = true;
  try {
    reader.readModule(statements);
  } catch (error) {
    // Code nested deeper than the stack. What was read so far still counts.
    if (!(error instanceof RangeError)) throw error;
    isRead = false;
  }
  nameExports(reader.exports);
  nameFactories(reader);
  return { statements, reader, problems, complete: complete && isRead };
}

/** A graph exported twice goes by its first name other than `default`. */
function nameExports(exports: SourceReader['exports']): void {
  for (const { name, value } of exports) {
    const draft =
      value?.kind === 'graph' ? value.graph : value?.kind === 'builder' ? value.builder : undefined;
    if (draft && (draft.exportName ?? 'default') === 'default') draft.exportName = name;
  }
}

/**
 * A function that is exported and makes a graph is one, if it can be called with a config or nothing,
 * and what it makes is not exported itself.
 */
function nameFactories(reader: SourceReader): void {
  for (const { name, value } of reader.exports) {
    if (value?.kind !== 'function' || !takesConfig(value.code)) continue;
    const made = reader.madeBy(value.code);
    if (made?.kind === 'builder') nameFactory(made.builder, name);
    if (made?.kind !== 'graph') continue;
    const { graph } = made;
    const isExported = reader.graphs.some(
      (each) => each.builder === graph.builder && each.exportName !== undefined,
    );
    if (!isExported) nameFactory(graph, name);
  }
}

function nameFactory(draft: BuilderDraft | GraphDraft, name: string): void {
  if ((draft.exportName ?? 'default') === 'default') draft.exportName = name;
  draft.isFactory = true;
}
